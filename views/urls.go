package views

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
)

// URLs gives the address of every page, below the sub-path that the dashboard is served under. Its
// methods are the only place where a path is written, besides the table of routes. A test checks
// that each one reaches a route.
type URLs struct {
	// Base is the sub-path without a trailing slash: "" or, for example, "/tools/tallyfy".
	Base string
	// Org is the organisation that the pages belong to. Where it is empty, their addresses are those
	// from before they named it, which lead to the organisation that was entered last.
	Org tallyfy.ID
}

// OrgPrefix is the beginning of the paths of everything that belongs to one organisation, without
// the base. The organisation's id follows.
const OrgPrefix = "/o/"

// In gives the addresses in another organisation.
func (u URLs) In(org tallyfy.ID) URLs { return URLs{Base: u.Base, Org: org} }

// Below is a page of the organisation whose path below the organisation is known.
func (u URLs) Below(path string) string { return u.org() + path }

func (u URLs) org() string {
	if u.Org == "" {
		return u.Base
	}
	return u.Base + OrgPrefix + url.PathEscape(string(u.Org))
}

// Home leads to the overview of the organisation that was entered last, or to sign-in.
func (u URLs) Home() string { return u.Base + "/" }

// Overview is the first page of the organisation.
func (u URLs) Overview() string { return u.org() + "/" }

// SignIn is the sign-in page. next, if not empty, is the page to go to afterwards, without the
// base.
func (u URLs) SignIn(next string) string {
	return u.Base + "/signin" + query(parameter{"next", next})
}

// SignInUnsent is the sign-in page after a form that was refused, for its sender was not signed in
// any more.
func (u URLs) SignInUnsent(next string) string {
	return u.Base + "/signin" + query(parameter{"next", next}, parameter{"unsent", "1"})
}

// SignInWithTallyfy leads to Tallyfy's own sign-in. next is the page to go to afterwards.
func (u URLs) SignInWithTallyfy(next string) string {
	return u.Base + "/signin/tallyfy" + query(parameter{"next", next})
}

// TallyfyAnswer is the page that Tallyfy sends the browser back to. A POST to it takes the answer.
func (u URLs) TallyfyAnswer() string { return u.Base + "/signin/answer" }

// SignOut takes a POST that ends the session.
func (u URLs) SignOut() string { return u.Base + "/signout" }

// Organisations is the list of the person's organisations. A POST to it switches to another one.
func (u URLs) Organisations() string { return u.org() + "/organisations" }

// SignIns is the list of who is signed in here. A POST to it ends sessions.
func (u URLs) SignIns() string { return u.org() + "/sign-ins" }

// Enter is the first page of an organisation, which says that one is there now.
func (u URLs) Enter() string { return u.Overview() + "?" + EnteredKey + "=1" }

// EnteredKey says that the visitor came from another organisation.
const EnteredKey = "entered"

// Search looks for members, groups and guests.
func (u URLs) Search(text string) string { return u.org() + "/search" + query(parameter{"q", text}) }

// Help says what can be done here, and lists the keys.
func (u URLs) Help() string { return u.org() + "/help" }

// Kit is the page of all components, in the sandbox only.
func (u URLs) Kit() string { return u.org() + "/kit" }

// Sandbox is the page for acting as another administrator, in the sandbox only. group and member, if not
// empty, are chosen there. A POST to it acts.
func (u URLs) Sandbox(group, member string) string {
	return u.org() + "/sandbox" + query(parameter{"group", group}, parameter{"member", member})
}

// Groups is the list of groups. A POST to it creates one.
func (u URLs) Groups() string { return u.org() + "/groups" }

// GroupList is the list of groups in some state.
func (u URLs) GroupList(s ListState) string { return u.Groups() + s.query() }

// NewGroup is the form for a new group.
func (u URLs) NewGroup() string { return u.org() + "/groups/new" }

// CopyGroup is the form for a new group, filled in with what is in another one.
func (u URLs) CopyGroup(id tallyfy.ID) string {
	return u.NewGroup() + query(parameter{"from", string(id)})
}

// Group is the page of one group.
func (u URLs) Group(id tallyfy.ID) string { return u.org() + "/groups/" + url.PathEscape(string(id)) }

// GroupPeople is the page of one group with a part of its people.
func (u URLs) GroupPeople(id tallyfy.ID, s PeopleState) string {
	return u.Group(id) + s.query()
}

// GroupLogo is the group's logo as a picture. version changes when the logo does, so that a
// browser can keep the picture.
func (u URLs) GroupLogo(id tallyfy.ID, version string) string {
	return u.Group(id) + "/logo" + query(parameter{"v", version})
}

// GroupTasks is the list of the open tasks of a group.
func (u URLs) GroupTasks(id tallyfy.ID) string { return u.Group(id) + "/tasks" }

// DeleteGroup is the page that asks before a group is deleted. A POST to it deletes.
func (u URLs) DeleteGroup(id tallyfy.ID) string { return u.Group(id) + "/delete" }

// MergeGroup is the page that merges a group into another one; without one it offers the groups to merge into.
func (u URLs) MergeGroup(id, into tallyfy.ID) string {
	return u.Group(id) + "/merge" + query(parameter{"into", string(into)})
}

// EditGroup is the form for a group's name and description. A POST to it changes them.
func (u URLs) EditGroup(id tallyfy.ID) string { return u.Group(id) + "/edit" }

// ChangePeople is the form for who is in a group. A POST to it changes that.
func (u URLs) ChangePeople(id tallyfy.ID) string { return u.Group(id) + "/people" }

// Members is the list of members.
func (u URLs) Members() string { return u.org() + "/members" }

// MemberList is the list of members in some state.
func (u URLs) MemberList(s ListState) string { return u.Members() + s.query() }

// ChooseMembers takes a POST of the boxes of a page of that list.
func (u URLs) ChooseMembers() string { return u.Members() + "/selection" }

// ChooseGroups takes a POST of the boxes of a page of the list of groups.
func (u URLs) ChooseGroups() string { return u.Groups() + "/selection" }

// ChooseGuests takes a POST of the boxes of a page of the list of guests.
func (u URLs) ChooseGuests() string { return u.Guests() + "/selection" }

// Administrators is the list of members who are administrators.
func (u URLs) Administrators() string { return u.Members() + query(parameter{"role", "admin"}) }

// GroupsFile is the list of groups as a CSV file, with the rows of all pages.
func (u URLs) GroupsFile(s ListState) string { return u.org() + "/groups.csv" + s.At(1).query() }

// MembersFile is the list of members as a CSV file.
func (u URLs) MembersFile(s ListState) string { return u.org() + "/members.csv" + s.At(1).query() }

// Guests is the list of guests.
func (u URLs) Guests() string { return u.org() + "/guests" }

// NewGuest is the form for a new guest. A POST to it adds the guest.
func (u URLs) NewGuest() string { return u.Guests() + "/new" }

// Guest is the page of the guest with an address. An odd address stands in letters and digits: many a proxy refuses
// an escaped slash, or takes it for a slash. GuestOf is the way back.
func (u URLs) Guest(email string) string {
	if tallyfy.IsOdd(email) {
		return u.Guests() + "/" + oddMark + base64.RawURLEncoding.EncodeToString([]byte(email))
	}
	return u.Guests() + "/" + url.PathEscape(email)
}

// oddMark begins the part of a path that is an odd address in letters and digits. What holds an "@" is no such part.
const oddMark = "~"

// GuestOf is the address that Guest has put into a part of a path.
func GuestOf(part string) string {
	if letters, ok := strings.CutPrefix(part, oddMark); ok && !strings.Contains(part, "@") {
		if email, err := base64.RawURLEncoding.DecodeString(letters); err == nil {
			return string(email)
		}
	}
	return part
}

// GuestCheck is the page of a guest, read anew.
func (u URLs) GuestCheck(email string) string { return u.Guest(email) + "?check=again" }

// GuestTasks is the list of the open tasks of a guest.
func (u URLs) GuestTasks(email string) string { return u.Guest(email) + "/tasks" }

// RemoveGuest asks before a guest is removed. A POST to it removes.
func (u URLs) RemoveGuest(email string) string { return u.Guest(email) + "/remove" }

// GuestContacts is the form for who knows a guest. A POST to it changes that.
func (u URLs) GuestContacts(email string) string { return u.Guest(email) + "/known-by" }

// GuestList is the list of guests in some state.
func (u URLs) GuestList(s ListState) string { return u.Guests() + s.query() }

// GuestsFile is the list of guests as a CSV file.
func (u URLs) GuestsFile(s ListState) string { return u.org() + "/guests.csv" + s.At(1).query() }

// GroupPeopleFile is the members and guests of a group as a CSV file.
func (u URLs) GroupPeopleFile(id tallyfy.ID) string { return u.Group(id) + "/people.csv" }

// Member is the page of one member.
func (u URLs) Member(id tallyfy.UserID) string {
	return u.Members() + "/" + url.PathEscape(string(id))
}

// MemberGroups is the form for the groups of a member. A POST to it changes them.
func (u URLs) MemberGroups(id tallyfy.UserID) string { return u.Member(id) + "/groups" }

// HandOverGuests asks who gets to know the guests whom a member knows; to, if not empty, is the choice made so far. A POST to it
// hands them over.
func (u URLs) HandOverGuests(id tallyfy.UserID, to string) string {
	return u.Member(id) + "/guests" + query(parameter{"to", to})
}

// MakeLike is the part of that form where a colleague is chosen.
func (u URLs) MakeLike(id tallyfy.UserID) string { return u.MemberGroups(id) + "#field-who" }

// MemberCheck is the page of one member, read anew.
func (u URLs) MemberCheck(id tallyfy.UserID) string { return u.Member(id) + "?check=again" }

// MemberTasks is the list of the open tasks of a member.
func (u URLs) MemberTasks(id tallyfy.UserID) string { return u.Member(id) + "/tasks" }

// RemoveMember is the removal wizard's first step: the blockers, and what the member holds. A POST
// to it removes.
func (u URLs) RemoveMember(id tallyfy.UserID) string { return u.Member(id) + "/remove" }

// BringBack is the page that asks before a removed member is let in again, with the groups that are chosen so far. A
// POST to it lets the member in.
func (u URLs) BringBack(id tallyfy.UserID, groups string, chosen []tallyfy.ID) string {
	parameters := []parameter{{"groups", groups}}
	for _, group := range chosen {
		parameters = append(parameters, parameter{"group", string(group)})
	}
	return u.Member(id) + "/enable" + query(parameters...)
}

// RemovalHandover is the wizard's second step: who takes over. to, if not empty, is the choice
// made so far.
func (u URLs) RemovalHandover(id tallyfy.UserID, to string) string {
	return u.RemoveMember(id) + "/handover" + query(parameter{"to", to})
}

// RemovalPlan is the wizard's third step: what will happen.
func (u URLs) RemovalPlan(id tallyfy.UserID, to string) string {
	return u.RemoveMember(id) + "/plan" + query(parameter{"to", to})
}

// Invite is the form that invites somebody. A POST to it sends the invitation.
func (u URLs) Invite() string { return u.Members() + "/invite" }

// MemberRole asks for a member's new role. A POST to it changes the role.
func (u URLs) MemberRole(id tallyfy.UserID) string { return u.Member(id) + "/role" }

// UndoRole is the plan of a change of role, which may undo the one of an entry.
func (u URLs) UndoRole(id tallyfy.UserID, to, entry string) string {
	return u.MemberRole(id) + query(parameter{"to", to}, parameter{"undoes", entry})
}

// DisableMember asks before a member is disabled. A POST to it disables.
func (u URLs) DisableMember(id tallyfy.UserID) string { return u.Member(id) + "/disable" }

// DeleteMember asks before a member is deleted for good. A POST to it deletes.
func (u URLs) DeleteMember(id tallyfy.UserID) string { return u.Member(id) + "/delete" }

// refreshed is the address of a list that is read again before it is shown.
func refreshed(list string) string {
	if strings.Contains(list, "?") {
		return list + "&refresh=1"
	}
	return list + "?refresh=1"
}

// Access is people against groups.
func (u URLs) Access(s AccessState) string { return u.org() + "/access" + s.query() }

// AccessFile is people against groups as a CSV file, with the people of all pages.
func (u URLs) AccessFile(s AccessState) string { return u.org() + "/access.csv" + s.At(1).query() }

// Activity is the list of changes that were made through the dashboard.
func (u URLs) Activity(s ActivityState) string { return u.org() + "/activity" + s.query() }

// SeeChanges takes the form that says that changes made elsewhere were seen.
func (u URLs) SeeChanges() string { return u.org() + "/activity/seen" }

// GroupOn is who was in a group on a day, "2026-03-04", GroupOnFile the file of it.
func (u URLs) GroupOn(id tallyfy.ID, day string, page int) string {
	return u.Group(id) + query(parameter{"on", day}, parameter{"page", pageNumber(page)})
}

// GroupOnFile is described at GroupOn.
func (u URLs) GroupOnFile(id tallyfy.ID, day string) string {
	return u.GroupPeopleFile(id) + query(parameter{"on", day})
}

// ActivityFile is the list of changes as a CSV file: all of it, whatever page is shown.
func (u URLs) ActivityFile(s ActivityState) string {
	return u.org() + "/activity.csv" + s.At("").query()
}

// NewBulk is the form for many changes of one kind, or the choice of a kind where it is empty.
func (u URLs) NewBulk(kind string) string {
	return u.org() + "/bulk/new" + query(parameter{"kind", kind})
}

// AddPerson is NewBulk with the groups to be chosen that somebody is added to, who is named by the address.
func (u URLs) AddPerson(email string) string {
	return u.org() + "/bulk/new" + query(parameter{"kind", "add-to-groups"}, parameter{"text", email})
}

// BulkOfChosen is NewBulk for what was chosen on a list: "yes" for members, "groups", or "guests".
func (u URLs) BulkOfChosen(kind, list string) string {
	return u.org() + "/bulk/new" + query(parameter{"kind", kind}, parameter{"chosen", list})
}

// CorrectBulk is NewBulk with the lines of a dry run.
func (u URLs) CorrectBulk(kind, id string) string {
	return u.org() + "/bulk/new" + query(parameter{"kind", kind}, parameter{"lines", id})
}

// PlanBulk takes a POST of that form, which makes a dry run.
func (u URLs) PlanBulk() string { return u.org() + "/bulk" }

// Bulk is a dry run.
func (u URLs) Bulk(id string) string { return u.org() + "/bulk/" + url.PathEscape(id) }

// RunBulk takes a POST that starts a dry run.
func (u URLs) RunBulk(id string) string { return u.Bulk(id) + "/run" }

// Jobs is the list of jobs, from the one before another one on.
func (u URLs) Jobs(before string) string {
	return u.org() + "/jobs" + query(parameter{"before", before})
}

// Job is one job.
func (u URLs) Job(id string) string { return u.org() + "/jobs/" + url.PathEscape(id) }

// JobRows is a page of the rows of a job, or of a dry run: those in one state, or all.
func (u URLs) JobRows(id string, planned bool, state string, page int) string {
	at := u.Job(id)
	if planned {
		at = u.Bulk(id)
	}
	return at + query(parameter{"rows", state}, parameter{"page", pageNumber(page)})
}

// JobProgress sends how far a job is as it goes on.
func (u URLs) JobProgress(id string) string { return u.Job(id) + "/progress" }

// JobFile is the lines of a job that were not done as a CSV file.
func (u URLs) JobFile(id string) string { return u.Job(id) + "/failed.csv" }

// PauseJob takes a POST that lets a job rest.
func (u URLs) PauseJob(id string) string { return u.Job(id) + "/pause" }

// ResumeJob takes a POST that lets a job go on.
func (u URLs) ResumeJob(id string) string { return u.Job(id) + "/resume" }

// StopJob takes a POST that ends a job.
func (u URLs) StopJob(id string) string { return u.Job(id) + "/stop" }

// RetryJob takes a POST that tries again what failed.
func (u URLs) RetryJob(id string) string { return u.Job(id) + "/retry" }

// Reviews is the list of reviews of new joiners. A POST to it starts one.
func (u URLs) Reviews() string { return u.org() + "/reviews" }

// NewReview is the form for a new review.
func (u URLs) NewReview() string { return u.Reviews() + "/new" }

// Review is the queue of a review.
func (u URLs) Review(id string) string { return u.Reviews() + "/" + url.PathEscape(id) }

// ReviewQueue is a page of the queue of a review: those in one state, or all.
func (u URLs) ReviewQueue(id, state string, page int) string {
	return u.Review(id) + query(parameter{"state", state}, parameter{"page", pageNumber(page)})
}

// ReviewPause is the queue with the request to look again at what was decided too fast.
func (u URLs) ReviewPause(id string) string { return u.Review(id) + "?pause=1" }

// AddToReview takes a POST that adds people who joined later.
func (u URLs) AddToReview(id string) string { return u.Review(id) + "/people" }

// ReviewPerson is one step of a review. A POST to it decides.
func (u URLs) ReviewPerson(id string, member tallyfy.UserID) string {
	return u.AddToReview(id) + "/" + url.PathEscape(string(member))
}

// ReviewPersonCheck is a step of a review with the person read anew.
func (u URLs) ReviewPersonCheck(id string, member tallyfy.UserID) string {
	return u.ReviewPerson(id, member) + "?check=again"
}

// ReviewLooks takes a POST that gives a tenth of those who look right to another administrator.
func (u URLs) ReviewLooks(id string) string { return u.Review(id) + "/looks" }

// ReviewLook is somebody of a review for a second look. A POST to it answers.
func (u URLs) ReviewLook(id string, member tallyfy.UserID) string {
	return u.ReviewLooks(id) + "/" + url.PathEscape(string(member))
}

// Elsewhere is one change that was made elsewhere, and what Tallyfy can be asked about it.
func (u URLs) Elsewhere(id string) string {
	return u.org() + "/activity/elsewhere/" + url.PathEscape(id)
}

// Entry is one change.
func (u URLs) Entry(id string) string { return u.org() + "/activity/" + url.PathEscape(id) }

// EntryCheck is one change, looked at again.
func (u URLs) EntryCheck(id string) string { return u.Entry(id) + "?check=again" }

// UndoEntry says what undoing a change would do. A POST to it undoes.
func (u URLs) UndoEntry(id string) string { return u.Entry(id) + "/undo" }

// RepeatEntry says what applying the lost part of a change once more would do. A POST to it does it.
func (u URLs) RepeatEntry(id string) string { return u.Entry(id) + "/repeat" }

// RestoreEntry says what creating a deleted group again would do. A POST to it creates the group.
func (u URLs) RestoreEntry(id string) string { return u.Entry(id) + "/restore" }

// Trash is the list of the groups that were deleted with the dashboard. before, if not empty, is the entry that
// the page begins after.
func (u URLs) Trash(before string) string {
	return u.org() + "/trash" + query(parameter{"before", before})
}

// TrashFile is the list of deleted groups as a CSV file, with the rows of all pages.
func (u URLs) TrashFile() string { return u.org() + "/trash.csv" }

// KeepLonger is where a form keeps a deleted group for a day longer. entry is that of the deletion.
func (u URLs) KeepLonger(entry string) string {
	return u.Trash("") + "/" + url.PathEscape(entry) + "/keep"
}

// TrashPicture is the logo that a deleted group had, as a file. entry is that of the deletion.
func (u URLs) TrashPicture(entry string) string {
	return u.Trash("") + "/" + url.PathEscape(entry) + "/picture"
}

// Local turns a path of ours with the base into one without, the form that SignIn takes.
func (u URLs) Local(path string) string { return strings.TrimPrefix(path, u.Base) }

// FromList adds to an address the query of the list that its visitor came from.
func FromList(address, from string) string {
	if from == "" {
		return address
	}
	path, rest, ok := strings.Cut(address, "?")
	if ok {
		rest += "&"
	}
	return path + "?" + rest + FromKey + "=" + url.QueryEscape(from)
}

type parameter struct{ name, value string }

// query is the query of an address, sorted by name. Empty values are left out.
func query(parameters ...parameter) string {
	slices.SortStableFunc(parameters, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for _, p := range parameters {
		if p.value != "" {
			b.WriteByte("?&"[min(b.Len(), 1)])
			b.WriteString(url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value))
		}
	}
	return b.String()
}

// ReviewCheck says what carrying out the decisions of a review would do.
func (u URLs) ReviewCheck(id string) string { return u.Review(id) + "/check" }

// ApplyReview takes a POST that carries the decisions of a review out.
func (u URLs) ApplyReview(id string) string { return u.Review(id) + "/apply" }

// CloseReview is the page that closes a review. A POST to it does.
func (u URLs) CloseReview(id string) string { return u.Review(id) + "/close" }

// ReviewReceipt is the record of a review, ReviewFile its rows as a CSV file.
func (u URLs) ReviewReceipt(id string) string { return u.Review(id) + "/receipt" }

// ReviewFile is described at ReviewReceipt.
func (u URLs) ReviewFile(id string) string { return u.ReviewReceipt(id) + ".csv" }

// ReviewSets is the list of starter sets.
func (u URLs) ReviewSets() string { return u.org() + "/reviews/sets" }

// ReviewSet is the form for the starter set of a job title, "" for everybody. A POST to it edits the set.
func (u URLs) ReviewSet(title string) string {
	return u.ReviewSets() + "?for=" + url.QueryEscape(title)
}
