package tallyfy

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Role is what a member may do, in lower case. Unknown ones are kept.
type Role string

// UnmarshalText lowers the letter case.
func (r *Role) UnmarshalText(text []byte) error {
	*r = Role(strings.ToLower(strings.TrimSpace(string(text))))
	return nil
}

// The documented roles.
const (
	RoleAdmin    Role = "admin"
	RoleStandard Role = "standard"
	RoleLight    Role = "light"
)

// Status is how far a member has access, in lower case. Unknown ones are kept.
type Status string

// UnmarshalText lowers the letter case.
func (s *Status) UnmarshalText(text []byte) error {
	*s = Status(strings.ToLower(strings.TrimSpace(string(text))))
	return nil
}

// The documented statuses.
const (
	StatusActive   Status = "active"
	StatusInvited  Status = "invited"
	StatusDisabled Status = "disabled"
)

// Member is a person, or a bot, in an organisation. The API calls it "user".
type Member struct {
	ID         UserID `json:"id"`
	Email      string `json:"email"`
	Username   string `json:"username"`
	FirstName  string `json:"first_name"`
	LastName   string `json:"last_name"`
	FullName   string `json:"full_name"`
	ProfilePic string `json:"profile_pic"` // a URL, "" for none
	Phone      Text   `json:"phone"`
	JobTitle   string `json:"job_title"`
	Timezone   string `json:"timezone"`
	UTCOffset  Text   `json:"UTC_offset"` // as the service writes it, like "+02:00"
	Type       string `json:"type"`       // "standard", "bot" …
	Role       Role   `json:"role"`
	// Status is taken from is_active when it is missing, as in samples of one member.
	Status Status `json:"status"`
	// IsActive is taken from the status when it is missing.
	IsActive       bool           `json:"-"`
	IsDefaultAdmin bool           `json:"-"`
	InvitedBy      UserID         `json:"invited_by"` // "" for nobody
	LastLoginAt    Time           `json:"last_login_at"`
	ActivatedAt    Time           `json:"activated_at"`
	ApprovedAt     Time           `json:"approved_at"` // of members who were invited
	CreatedAt      Time           `json:"created_at"`
	UpdatedAt      Time           `json:"updated_at"`
	Groups         Include[Group] `json:"groups"` // only with=groups: id, name, logo, members and guests
	// GroupsIncluded tells "in no group" from "not asked for": true when the include was in the
	// answer.
	GroupsIncluded bool                 `json:"-"`
	Stats          Include[MemberStats] `json:"stats"` // only with=stats: one
}

// UnmarshalJSONFrom reads a member with what its fields say of each other.
func (m *Member) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type fields Member
	var w struct {
		fields
		Active       flag `json:"is_active"`
		DefaultAdmin flag `json:"is_default_admin"`
	}
	if err := json.UnmarshalDecode(dec, &w); err != nil {
		return err
	}
	*m = Member(w.fields)
	if m.Status == "" {
		m.Status = StatusActive
		if w.Active.known && !w.Active.value {
			m.Status = StatusDisabled
		}
	}
	m.IsActive = w.Active.value
	if !w.Active.known {
		m.IsActive = m.Status == StatusActive
	}
	m.IsDefaultAdmin = w.DefaultAdmin.value
	m.GroupsIncluded = m.Groups != nil
	m.Groups = withoutRepeats(m.Groups) // a group may be there twice
	return nil
}

// In are the groups of Groups.
func (m *Member) In() []*Group {
	list := make([]*Group, len(m.Groups))
	for i := range m.Groups {
		list[i] = &m.Groups[i]
	}
	return list
}

func (m *Member) identity() string { return string(m.ID) }

// MemberStats counts what a member has done so far.
type MemberStats struct {
	StepsCreated      Int  `json:"steps_created"`
	TasksCompleted    Int  `json:"tasks_completed"`
	ProcessesLaunched Int  `json:"processes_launched"`
	ChecklistsCreated Int  `json:"checklists_created"`
	LastStepCreatedAt Time `json:"last_step_created_at"`
}

// Name returns the best name to show: the full name, else first and last name, else the user name,
// else the email address, else "Member" and the id.
func (m *Member) Name() string {
	return firstOf(m.FullName, joinName(m.FirstName, m.LastName), m.Username, m.Email, "Member "+string(m.ID))
}

// IsBot reports whether the member is a bot. Bots can be neither removed nor disabled (documented).
func (m *Member) IsBot() bool { return strings.EqualFold(m.Type, "bot") }

// IsDisabled reports whether the member has lost access to the organisation: the status says so,
// or is_active does of somebody who is not merely invited.
func (m *Member) IsDisabled() bool {
	return m.Status == StatusDisabled || (!m.IsActive && m.Status != StatusInvited)
}

// IsPerson reports whether the member is neither a bot nor disabled, also in a status that is not
// known here.
func (m *Member) IsPerson() bool { return !m.IsBot() && !m.IsDisabled() }

// CanWork reports whether the member may receive work: active, and not a bot.
func (m *Member) CanWork() bool { return m.Status == StatusActive && m.IsActive && !m.IsBot() }

// MemberListOptions are the query of a list of members. Zero values are not sent.
type MemberListOptions struct {
	Query   string   // q: searched in first name, last name and email
	Sort    string   // sort: a field, with "-" before it for descending, like "-created_at"
	Page    int      // from 1
	PerPage int      // default 9999 (documented)
	With    []string // "groups", "stats", "organizations", "preferences", "assets", "country" …
}

// RemoveOptions says what becomes of the removed member's work.
type RemoveOptions struct {
	// ReassignTo takes over the tasks and template steps. Empty: open tasks stay owned by the
	// removed member and nothing moves by itself (documented).
	ReassignTo UserID
}

// MembersService holds the calls on members.
type MembersService service

// List returns one page of members. It may include disabled ones: read Status.
//
// GET /organizations/{org}/users
func (s *MembersService) List(ctx context.Context, org ID, o MemberListOptions) (*Page[Member], error) {
	return getPage[Member](ctx, s.client, o.request(org))
}

func (o MemberListOptions) request(org ID) request {
	q := url.Values{}
	setNumber(q, "page", o.Page)
	setNumber(q, "per_page", o.PerPage)
	setText(q, "q", o.Query)
	setText(q, "sort", o.Sort)
	setText(q, "with", strings.Join(o.With, ","))
	return request{op: "members.list", path: orgPath(org, "users"), query: q}
}

// All reads the whole list, ignoring o.Page; o.PerPage defaults to 100. See pages for when it ends.
func (s *MembersService) All(ctx context.Context, org ID, o MemberListOptions) iter.Seq2[Member, error] {
	return pages(orgPath(org, "users"), o.PerPage, func(page, perPage int) (*Page[Member], error) {
		o.Page, o.PerPage = page, perPage
		return s.List(ctx, org, o)
	})
}

// Get returns one member. Administrators only (documented): 403 for others; 404.
//
// GET /organizations/{org}/users/{user}
func (s *MembersService) Get(ctx context.Context, org ID, id UserID, with ...string) (*Member, error) {
	q := url.Values{}
	setText(q, "with", strings.Join(with, ","))
	return getItem[Member](ctx, s.client, request{op: "members.get", path: orgPath(org, "users", string(id)), query: q, item: string(id)})
}

// Remove ends a member's access to the organisation and takes them out of every group; the account
// itself lives on. Administrators only. It returns the member as disabled, or nil when the
// service's answer is empty. Documented refusals: 400 for a bot and for a default administrator
// without another to take over, 404, 403.
//
// DELETE /organizations/{org}/users/{user}
func (s *MembersService) Remove(ctx context.Context, org ID, id UserID, o RemoveOptions) (*Member, error) {
	q := url.Values{}
	if o.ReassignTo != "" {
		setText(q, "to", string(o.ReassignTo))
		setText(q, "with_reassignment", "true")
	}
	return getOptionalItem[Member](ctx, s.client, request{
		op: "members.remove", method: http.MethodDelete, path: orgPath(org, "users", string(id)), query: q, item: string(id),
	})
}

// SetRole changes what a member may do. Administrators only. It returns nil when the answer is empty.
// 403, 404, 422 for a role that there is not; 409 for a role that takes a seat of a pool without a free
// one, which is never so for the Light one. What the last and the default administrator are answered is
// not documented.
//
// PUT /organizations/{org}/users/{user}/role
func (s *MembersService) SetRole(ctx context.Context, org ID, id UserID, role Role) (*Member, error) {
	return getOptionalItem[Member](ctx, s.client, request{
		op: "members.role", method: http.MethodPut, path: orgPath(org, "users", string(id), "role"), item: string(id),
		body: map[string]Role{"role": role},
	})
}

// The bounds of an invitation, in characters (documented), and about how many may be sent in a day
// (documented on the page about troubleshooting).
const (
	MaxPersonName = 32
	MaxInvitation = 5000
	InvitesADay   = 10
)

// InviteRequest is the body of an invitation. All fields are required.
type InviteRequest struct {
	Email     string `json:"email"`
	FirstName string `json:"first_name"` // at most MaxPersonName, no address of a page
	LastName  string `json:"last_name"`
	Role      Role   `json:"role"`
	Message   string `json:"message"` // at most MaxInvitation
}

// Invite mails an invitation and returns the invited member, who takes a seat from now on. 422 for an
// address that is a member's; 409 without a free seat; 429 when about InvitesADay were sent in a day;
// 402 in a trial at its limit. Groups cannot be given along, and no call is documented that sends an
// invitation again or withdraws it.
//
// POST /organizations/{org}/users/invite
func (s *MembersService) Invite(ctx context.Context, org ID, r InviteRequest) (*Member, error) {
	return getItem[Member](ctx, s.client, request{
		op: "members.invite", method: http.MethodPost, path: orgPath(org, "users", "invite"), body: r,
	})
}

// Disable ends a member's access, takes them out of all groups, and deletes the permissions for templates
// and processes that were given to them personally, which [MembersService.Remove] does not. Tasks stay
// theirs. Administrators only. It returns nil when the answer is empty. 403, 404, 422 with a text, as for
// a bot and a default administrator without another to take over.
//
// DELETE /organizations/{org}/users/{user}/disable
func (s *MembersService) Disable(ctx context.Context, org ID, id UserID) (*Member, error) {
	return getOptionalItem[Member](ctx, s.client, request{
		op: "members.disable", method: http.MethodDelete, path: orgPath(org, "users", string(id), "disable"), item: string(id),
	})
}

// Delete deletes a disabled member's account in every organisation that they belong to, for good and
// unchecked. Administrators only. It returns nil when the answer is empty. 403, 404, 422 for somebody who
// is not disabled.
//
// DELETE /organizations/{org}/users/{user}/delete
func (s *MembersService) Delete(ctx context.Context, org ID, id UserID) (*Member, error) {
	return getOptionalItem[Member](ctx, s.client, request{
		op: "members.delete", method: http.MethodDelete, path: orgPath(org, "users", string(id), "delete"), item: string(id),
	})
}

// Enable gives a disabled member access again, puts them back in their groups, and lets Tallyfy mail them
// (documented). It returns nil when the answer is empty. Administrators only. 403, 404, 422 with a text,
// as for a bot; 409 when no seat is left (seen in the vendor's clients).
//
// PUT /organizations/{org}/users/{user}/enable
func (s *MembersService) Enable(ctx context.Context, org ID, id UserID) (*Member, error) {
	return getOptionalItem[Member](ctx, s.client, request{
		op: "members.enable", method: http.MethodPut, path: orgPath(org, "users", string(id), "enable"), item: string(id),
	})
}
