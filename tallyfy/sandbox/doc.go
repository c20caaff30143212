// Package sandbox is an implementation of the Tallyfy API in memory with a demo organisation. It
// serves people who try the product without an account, and tests that need a service that says no.
//
// It follows the documented contract to the letter. It is stricter than the service where a client
// could otherwise be wrong without noticing: missing headers are 401, unknown routes and trailing
// slashes 404, wrong methods 405, unknown or mistyped fields, parameters and includes 422.
//
// It has its own wire structs, store, clock and id source. It imports the standard library only,
// and must not import the client, which it is there to check.
//
// # Using it
//
// A [Server] is an [net/http.Handler] that serves the API under /api. [Server.Transport] reaches it
// in process under [BaseURL]. The tokens are [AdminToken], [ColleagueToken], [StandardToken],
// [LightToken] and [ExpiredToken], and those that it issues. Tests read the store with [Server.Members] and its neighbours and the
// traffic with [Server.Requests], script faults with [Server.Fail], and end tokens with
// [Server.RevokeToken].
//
// # Signing in
//
// GET /oauth/authorize is the authorisation endpoint of OAuth's implicit grant (RFC 6749, 4.2) for
// the clients in [Options].OAuthClients. A page asks who signs in, maren.dahl or tomas.herrera, and
// whether the client may. The answer to its form is a redirect with a new token, or access_denied,
// in the fragment. The token is opaque and looks like the service's own. It acts for that person
// until it expires by the sandbox's clock, is revoked, or 10,000 newer ones have been issued.
//
// # Where to add a thing
//
// An operation is a row in routes.go, a method in the file of its resource and a struct in wire.go.
// A case of the demo organisation is a row in seed_people.go, seed_groups.go or seed_tasks.go;
// seed_test.go counts the cases.
//
// # Ways to say no
//
// Answers of the service that the sandbox does not give by itself have names: see [Answer].
// [Fault].Answer gives one to the requests of a method and a route. The names cover:
//
//   - errors that are an object or a text, with a seat pool and without;
//   - an id that nobody has;
//   - limits of the plan (402);
//   - field errors without a message, and nested ones;
//   - rules that a text names, with HTML in it;
//   - a 401 about the token, and one about the organisation;
//   - the hourly cap, flat and in an object, and the daily one of invitations;
//   - a Retry-After of a day;
//   - 200 with a failure inside.
//
// [Fault].Meanwhile is what somebody else does in the moment before a call, such as
// [Server.ChangeGroup]; [Fault].Skip chooses the call. [Server.AfterUpdate] is the moment in which a
// change is overtaken.
// [Options].HandOver lets the tasks of a removed member move slowly.
//
// A name together with a status or a body of the fault's own is a mistake.
//
// # The demo organisation
//
// Aldermoor Logistics has 60 members, 34 groups, 18 guests and 400 tasks, the same at every start.
// Dates follow the clock at the start. The people to know, all @example.com:
//
//   - maren.dahl is signed in by AdminToken, tomas.herrera by StandardToken,
//     lukasz.wisniewski by LightToken;
//   - ingrid.solheim is the default administrator;
//   - chiara.dangelo is the only member of "Payroll";
//   - soren.kjaergaard has twelve groups and much open work;
//   - noor.vandermeer is only in the group with everybody, and has no work;
//   - gareth.pugh is disabled and still owns open work;
//   - anna.kowalska and a.kowalska have one name.
//
// Options.Joiners adds a team of five dispatchers and eight people who joined lately, among them ines.carvalho with
// too few groups, aaliyah.rahman with too many, milan.horvat as a new administrator, pawel@temp, who is a guest, too,
// and vera.lindholm, who has left again.
//
// Larger sizes add invented people and groups. "Everyone at Aldermoor" holds all members but most
// joiners at every size: with 10,000 members, each member listed with=groups carries that group's 10,000 ids, as
// such an organisation's would.
//
// # Decided here, because the contract leaves it open
//
//   - An organisation that does not exist and one that is not the caller's both answer 403, so that
//     nobody can probe for organisations. Not 401: the token itself is good.
//   - Only administrators have the manage_groups permission. Permission comes before existence:
//     403, then 404.
//   - Lists sort ascending, equal items by age, or as [Options].ShuffleTies says. A group's name is unique whatever its letter case.
//     Names, descriptions and roles lose outer space. Sizes above the maximum are capped, a page
//     past the end is empty, empty parameters count as absent.
//   - Each field has one date form, always the same. The forms differ between fields.
//   - A default administrator who is removed or disabled hands the role to the oldest other active
//     administrator, and is refused only when there is none. PUT …/role cannot take the role away
//     (same text, 400).
//   - The last active administrator is refused with 400 and a text of our own. In the main
//     organisation that is always the default one. The other organisation's default administrator
//     is disabled, so that the case can be tried.
//   - to without with_reassignment=true is 422. Removing a member who is disabled already succeeds
//     again.
//   - Enabling puts people back into those of their groups that still exist, with everybody else as
//     they are by then, and is 422 for an invited member.
//   - An invitation of somebody who is invited already is a 422, as that of a member. A guest can be
//     invited. The day of the limit for invitations is one of UTC, and counts for the organisation.
//   - Seats are counted where [Options] give a number of them, for active and invited people.
//   - Only administrators add, change and remove guests. Removing one leaves the address in the
//     groups.
//   - Deleting for good leaves the id in the groups and the name in the tasks. A PUT may keep such
//     an id in a group that has it, and is 422 with one for another group. [MemberUnknown] is the
//     answer of a service that is stricter.
//   - Guests of a group who are new to the organisation become guests of the organisation.
//   - A deleted group disappears from the owners of its tasks. Its logo file stays.
//   - with=users and with=guests are for the group list only. with=guests replaces the emails in
//     guests.
//   - The activity has no entries at the start. It names the member who created, updated or
//     deleted a group, or invited, enabled or disabled a member; a removal is a disabling, too. It
//     names the invited person for the acceptance. A member who leaves all groups by being disabled
//     makes no entries about these groups.
//   - The days of the activity are those of UTC. Other members than administrators see the entries
//     about groups, and about themselves.
//   - An authorisation request must have redirect_uri and state: a client without a state would be
//     open to forged answers. The state is printable ASCII, as RFC 6749 has it. A missing or
//     repeated parameter is a 400 page, and so are an unknown client and an unregistered
//     redirect_uri. Only unsupported_response_type and access_denied go back to the client.
//
// # Not modelled
//
//   - Withdrawing an invitation and accepting one over the API: see [Server.AcceptInvitation]. Changing
//     the default administrator; the setting that lets others than administrators invite.
//   - Parts of signing in: passwords, sessions and remembered consent (each request asks again, and
//     anyone who sees the page may choose), scopes, refresh tokens, the other grants, signatures
//     that could be checked. The fixed tokens do not expire: those of people last
//     until they are revoked.
//   - Limits by token, hourly caps, limits of a plan; 5xx, HTML from a proxy: script them as
//     faults.
//   - Everything about processes, templates and their steps (a reassignment moves tasks only),
//     automations, tags, guests as task owners, creating or changing tasks, disabling guests,
//     turning guests and members into each other, uploading files.
//   - The content of the member includes preferences, assets, member_watchers, guest_watchers,
//     auth_methods and country, and of the guest include stats: they are empty.
//   - Activity of anything but groups and members, of deletions for good, of roles (which the
//     service does not have in it) and of downloads; its parameters search, field, origin_type,
//     origin_id and entity_type, its includes, and what an update changed.
//   - Logos on another host, logos in other formats than PNG, conditional and range requests.
//   - Ids as text and the rarer forms of links (null, {}, absent): one form per field. The others
//     are for table tests of a decoder.
//   - Accents in searches (é does not find e), and the service's real collation in sorts.
package sandbox
