package handlers

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// changeKinds makes an empty change of each kind, to check and to word the entries of the journal. The
// order is that of the filter.
var changeKinds = []struct {
	kind, name string
	new        func(req *request) change.Change
}{
	{removal.MemberRemoved, "Member removed", func(req *request) change.Change { return req.removal("") }},
	{lifecycle.Invited, "Member invited", func(req *request) change.Change {
		return &lifecycle.Invitation{Client: req.api, Org: req.who.Organisation}
	}},
	{lifecycle.RoleChanged, "Role changed", func(req *request) change.Change { return &lifecycle.RoleChange{Person: req.personOf("")} }},
	{lifecycle.BroughtBack, "Member brought back", func(req *request) change.Change { return &lifecycle.Comeback{Person: req.personOf("")} }},
	{lifecycle.Disabled, "Member disabled", func(req *request) change.Change { return &lifecycle.Disabling{Person: req.personOf("")} }},
	{lifecycle.DeletedForGood, "Member deleted for good", func(req *request) change.Change { return &lifecycle.Erasure{Person: req.personOf("")} }},
	{lifecycle.GuestAdded, "Guest added", func(req *request) change.Change {
		return &lifecycle.GuestCreation{Client: req.api, Org: req.who.Organisation}
	}},
	{lifecycle.GuestRemoved, "Guest removed", func(req *request) change.Change { return req.guestRemoval("") }},
	{lifecycle.ContactsChanged, "Who knows a guest changed", func(req *request) change.Change { return req.contacts(nil) }},
	{membership.GroupCreated, "Group created", func(req *request) change.Change { return req.creation(tallyfy.CreateGroupRequest{}) }},
	{membership.GroupEdited, "Group edited", func(req *request) change.Change { return req.groupEdit(membership.Edit{}) }},
	{membership.PeopleChanged, "People of a group changed", func(req *request) change.Change { return req.groupEdit(membership.Edit{}) }},
	{membership.GroupsChanged, "People of several groups changed", func(req *request) change.Change { return req.groupEdits(membership.Edits{}) }},
	{review.SetChanged, "Starter set changed", func(req *request) change.Change { return req.setEdit("") }},
	{review.Started, "Review started", func(req *request) change.Change { return req.starting(nil) }},
	{review.Extended, "People added to a review", func(req *request) change.Change { return req.adding("", nil) }},
	{review.Closed, "Review closed", func(req *request) change.Change { return req.closing("", snapshot{}) }},
	{membership.GroupDeleted, "Group deleted", func(req *request) change.Change { return req.deletion("") }},
	// Of these nothing is left to check.
	{journal.ContentsKept, "Deleted group kept longer", nil},
	{journal.ContentsPurged, "Deleted group deleted for good", nil},
}

// changeOf is an empty change of an entry's kind; nil for one that cannot be opened and for a kind of another
// version of the program.
func (req *request) changeOf(e *journal.Entry) change.Change {
	for _, k := range changeKinds {
		if k.kind == e.Kind && k.new != nil && !e.Unreadable {
			return k.new(req)
		}
	}
	return nil
}

func (req *request) removal(id tallyfy.UserID) *removal.Removal {
	return &removal.Removal{Person: req.personOf(id), Now: req.app.Now}
}

func (req *request) creation(r tallyfy.CreateGroupRequest) *membership.Creation {
	return &membership.Creation{Source: req, Client: req.api, Org: req.org(), Request: r}
}

func (req *request) deletion(id tallyfy.ID) *membership.Deletion {
	return &membership.Deletion{Source: req, Client: req.api, Org: req.org(), ID: id, ReadLogo: req.logoData}
}

// groupEdit is an edit with what it needs to be carried out.
func (req *request) groupEdit(wish membership.Edit) *membership.Edit {
	wish.Source, wish.Client, wish.Org = req, req.api, req.org()
	return &wish
}

// groupEdits is a change of several groups with what it needs to be carried out.
func (req *request) groupEdits(wish membership.Edits) *membership.Edits {
	wish.Source, wish.Client, wish.Org = req, req.api, req.org()
	return &wish
}

// setEdit is an edit of a starter set with what it needs to be carried out.
func (req *request) setEdit(title string) *review.SetEdit {
	return &review.SetEdit{Sets: req.app.StarterSets, Org: req.org(), By: req.who.Name, Title: title}
}

// starting is the start of a review with what it needs to be carried out.
func (req *request) starting(r *review.Review) *review.Starting {
	return &review.Starting{Book: req.app.Reviews, Org: req.org(), Review: r}
}

// adding takes people into a review, with what it needs to be carried out.
func (req *request) adding(id string, people []*review.Person) *review.Adding {
	return &review.Adding{Book: req.app.Reviews, Org: req.org(), ID: id, People: people}
}

// closing is the closing of a review with what it needs to be carried out.
func (req *request) closing(id string, copied snapshot) *review.Closing {
	return &review.Closing{Book: req.app.Reviews, Org: req.org(), ID: id, By: req.me(), Members: copied.members}
}

// newPress identifies one press of a button: a form carries it, so that a second press is known.
func newPress() string { return web.NewID() }

var pressForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// pressOf reads which press of a button a form is. A form without one, as another client may send it, is a
// press of its own.
func pressOf(form url.Values) string {
	if press := form.Get("press"); pressForm.MatchString(press) {
		return press
	}
	return newPress()
}

// errSignedOut stops a change whose person was signed out while it was being prepared.
var errSignedOut = errors.New("signed out while the change was being prepared")

// run carries a change out that a form asks for. sent drops what is out of date after the call.
func (req *request) run(p change.Press, c change.Change, sent func(err error)) (change.Outcome, error) {
	by := req.caller()
	by.Sent, by.Barred = sent, func() error {
		if req.signedOut() {
			return errSignedOut
		}
		return nil
	}
	out, err := req.app.changes.Run(req.ctx(), by, p, c)
	if errors.Is(err, change.ErrNotRecorded) {
		req.logError("change not recorded", err)
		text := "Every change is recorded in the dashboard's database before it is sent to Tallyfy. The database did not take it, so nothing was sent."
		if c.Kind() == membership.GroupDeleted {
			text = "Before a group is deleted, all of it is stored in the dashboard's database, so that it can be created again. The database did not take it, so nothing was deleted."
		}
		err = &problem{status: http.StatusInternalServerError, title: "The change could not be recorded", text: text, links: req.tryAgain()}
	}
	if err == nil && out.Kind == change.Refused {
		if shut := req.shutOutBy(out.Err); shut != nil {
			return out, shut
		}
	}
	if err == nil && out.Kind == change.NotConfirmed {
		req.unsure = true
		req.app.Log.Warn("change not confirmed", slog.String("request_id", req.id), slog.Any("error", out.Err))
	}
	return out, err
}

func (req *request) caller() change.Caller {
	return change.Caller{
		Org: req.org(), RequestID: web.IDOf(req), Client: req.RealIP(),
		Actor: journal.Subject{Kind: journal.Member, ID: string(req.who.UserID), Name: req.who.Name, Email: req.who.Email},
	}
}

// actorOf names who made a change.
func actorOf(e *journal.Entry) string { return cmp.Or(e.Actor.Name, "Member "+e.Actor.ID) }

// busy answers a change of something that another change is under way for.
func (req *request) busy(title string, out change.Outcome, links []components.LinkProps) error {
	text, link := req.underWay(out)
	if link.Text != "" {
		links = append([]components.LinkProps{link}, links...)
	}
	return &problem{status: http.StatusConflict, title: title, text: text, links: links}
}

// underWay says which other change is under way, and gives the link to it.
func (req *request) underWay(out change.Outcome) (text string, link components.LinkProps) {
	text = "Another request for the same thing is under way, perhaps a second press of the button, perhaps another administrator. Nothing was done by this one. " +
		"If that attempt failed, you can try again in " + words.Count(change.LockMinutes, "minute", "minutes") + "."
	if e := out.Entry; e != nil {
		if e.State == journal.Sent || e.State == journal.NotConfirmed {
			clock := req.clock()
			text = "It was sent at " + clock.MinuteAfter(clock.Now, e.At) + " by " + names.Isolate(actorOf(e)) + " and is not answered yet. Nothing was done by this one. " +
				"Look at the other one: as soon as it is found carried out, or in " + words.Count(change.LockMinutes, "minute", "minutes") + ", this one can be sent again."
		}
		link = components.LinkProps{Text: "Look at the other one", URL: req.urls().Entry(e.ID), Kind: components.ButtonPrimary}
	}
	return text, link
}
