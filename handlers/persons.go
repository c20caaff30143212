package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// person is the member of the address, for a change of the person.
func (req *request) person() lifecycle.Person {
	return req.personOf(tallyfy.UserID(web.Param(req, "member")))
}

func (req *request) personOf(id tallyfy.UserID) lifecycle.Person {
	return lifecycle.Person{Source: req, Client: req.api, Org: req.who.Organisation, By: req.who.UserID, ID: id}
}

// personHead is whom a page of a change is about.
func personHead(p *lifecycle.Person) views.RemovalHead {
	h := views.RemovalHead{Person: personOf(p.Member), Organisation: p.Org.DisplayName()}
	if hasNamesake(p.Copy, p.Member) {
		h.Mark = h.Email
	}
	return h
}

// blockersOf are the reasons against a change, with the way to an administrator.
func (req *request) blockersOf(list []lifecycle.Blocker) (out []views.Blocker) {
	for _, b := range list {
		blocker := views.Blocker{Title: b.Title, Text: b.Out}
		if b.FindAdmin {
			blocker.LinkText, blocker.LinkURL = "Find an administrator", req.urls().Administrators()
		}
		out = append(out, blocker)
	}
	return out
}

// fromMembers adds to an address the list of members that the visitor came from.
func (req *request) fromMembers(address string) string {
	_, from := req.membersFrom()
	return views.FromList(address, from)
}

// memberPage is the frame of a page about a member, with the list that the visitor came from.
func (req *request) memberPage(title string) views.Page {
	p := req.page(title, views.SectionMembers)
	_, p.From = req.membersFrom()
	return p
}

// A changeForm is the form of a change that ends on its receipt, or on a page that says what was done.
type changeForm struct {
	editForm
	change change.Change
	// sent drops what is out of date after the call, nil for nothing.
	sent func(err error)
	// stopped answers where the change itself stops, done where it was carried out and found so. Where
	// done is nil, the page then says it, and without one the receipt.
	stopped func() error
	done    func(out change.Outcome, text string) error
}

// carryOut carries the change out and answers. What is not certain is said on the receipt.
func (f changeForm) carryOut() error {
	out, err := f.run(change.Press{Press: pressOf(f.kept), Fingerprint: f.kept.Get("seen")}, f.change, f.sent)
	if err != nil {
		return f.notMade(err)
	}
	switch out.Kind {
	case change.Stopped:
		return f.stopped()
	case change.Changed:
		return f.again(changedMeanwhile())
	}
	if answered, err := f.unfinished(out); answered {
		return err
	}
	tone, text := f.change.Summary(out.Entry, false)
	switch receipt := f.urls().Entry(out.Entry.ID); {
	case tone != change.Good || out.Entry.State != journal.Done || f.done == nil && f.then == "":
		return f.goTo(receipt)
	case f.done == nil:
		return f.said(text, "Receipt", receipt, f.then)
	}
	return f.done(out, text)
}

// taken shows the form for somebody new again: text says who has the address, found is the member.
func (f editForm) taken(text string, found *tallyfy.Member) error {
	r := refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"email": text}}
	if found != nil {
		r.ExistingName, r.ExistingID = found.Name(), string(found.ID)
	}
	return f.again(r)
}

// personGone answers a change of somebody who is not in the organisation any more.
func (req *request) personGone(cause error) error {
	req.invalidate(directory.Change{Members: true})
	return &problem{
		status: http.StatusNotFound, title: "That person is not there any more",
		text:  "Tallyfy does not have the person in this organisation: somebody may have removed them since you opened the page. Nothing was changed.",
		links: req.wayHome(), cause: cause,
	}
}

// said goes to a page that says what was done, with a link to the receipt, or to undo it.
func (req *request) said(text, linkText, linkURL, address string) error {
	req.notice(views.Notice{Kind: views.NoticeDone, Text: text, LinkText: linkText, LinkURL: linkURL})
	return req.goTo(address)
}

// mostLinked is how many guests or groups a receipt links to.
const mostLinked = 5

// personLinks lead on from the receipt of a change of one person; nil for entries of other kinds.
func (req *request) personLinks(e *journal.Entry) (links []components.LinkProps) {
	for _, s := range e.AllSubjects() {
		switch {
		case len(links) == mostLinked:
		case e.Kind == lifecycle.GuestRemoved && s.Kind == journal.Group: // which may list the address still
			links = append(links, components.LinkProps{Text: names.Isolate(s.Name), URL: req.urls().Group(tallyfy.ID(s.ID))})
		case e.Kind != lifecycle.GuestRemoved && s.Kind == journal.Guest && s.Email != "":
			links = append(links, components.LinkProps{Text: names.Isolate(s.Name), URL: req.urls().Guest(s.Email)})
		}
	}
	s := e.Subject(journal.Member)
	if role, ok := lifecycle.RoleBefore(e); ok && carriedOut(e) {
		undone, err := req.laterOf(e, []journal.Subject{s}, func(l *journal.Entry) bool { return lifecycle.Undone(l) == e.ID })
		links = append(links, req.laterLink("Undone later", undone...)...)
		if !req.laterUnknown(err) && len(undone) == 0 {
			links = append(links, components.LinkProps{Text: "Undo…", URL: req.urls().UndoRole(tallyfy.UserID(s.ID), string(role), e.ID)})
		}
	}
	if _, ok := lifecycle.ContactsUndone(e); ok {
		undone, err := req.laterOf(e, e.SubjectsOf(journal.Guest), func(l *journal.Entry) bool { return lifecycle.Undone(l) == e.ID })
		first := req.laterLink("Undone later", undone...)
		if !req.laterUnknown(err) && len(undone) == 0 {
			first = []components.LinkProps{{Text: "Undo…", URL: req.urls().UndoEntry(e.ID)}}
		}
		links = append(first, links...)
	}
	if e.Kind == lifecycle.Disabled && carriedOut(e) {
		links = append(links, req.broughtBack(e, s)...)
		if lifecycle.GuestsAlone(e) > 0 {
			links = append(links, components.LinkProps{Text: "Hand over the guests…", URL: req.urls().HandOverGuests(tallyfy.UserID(s.ID), "")})
		}
	}
	if e.Kind == lifecycle.GuestAdded && carriedOut(e) {
		if g := e.Subject(journal.Guest); g.Email != "" {
			links = append(links, components.LinkProps{Text: "Remove the guest…", URL: req.urls().RemoveGuest(g.Email)})
		}
	}
	if of := lifecycle.Undone(e); of != "" {
		links = append(links, components.LinkProps{Text: "The change that this undoes", URL: req.urls().Entry(of)})
	}
	if of, ok := lifecycle.Comes(e); ok {
		if of != "" {
			links = append(links, components.LinkProps{Text: "The removal before", URL: req.urls().Entry(of)})
		}
		if carriedOut(e) {
			groups, err := req.laterOf(e, []journal.Subject{s}, func(l *journal.Entry) bool { return l.Kind == membership.GroupsChanged })
			req.laterUnknown(err)
			slices.Reverse(groups)
			links = append(links, req.laterLink("The groups afterwards", groups...)...)
			links = append(links, components.LinkProps{Text: "Remove again…", URL: req.urls().RemoveMember(tallyfy.UserID(s.ID))})
		}
		links = append(links, components.LinkProps{Text: names.Isolate(s.Name), URL: req.urls().Member(tallyfy.UserID(s.ID))})
	}
	if slices.Contains([]string{lifecycle.RoleChanged, lifecycle.Invited, lifecycle.Disabled}, e.Kind) && s.ID != "" {
		links = append(links, components.LinkProps{Text: names.Isolate(s.Name), URL: req.urls().Member(tallyfy.UserID(s.ID))})
	}
	return links
}

// broughtBack leads from the receipt of a removal or a disabling to that of the comeback, or to the page that brings the
// member back.
func (req *request) broughtBack(e *journal.Entry, s journal.Subject) []components.LinkProps {
	later, err := req.laterOf(e, []journal.Subject{s}, func(l *journal.Entry) bool {
		of, ok := lifecycle.Comes(l)
		return ok && (of == e.ID || e.Kind == lifecycle.Disabled)
	})
	if req.laterUnknown(err) || len(later) > 0 {
		slices.Reverse(later)
		return req.laterLink("Brought back later", later...)
	}
	return []components.LinkProps{{Text: "Bring back…", URL: req.urls().BringBack(tallyfy.UserID(s.ID), "", nil)}}
}

// lostAccess is the entry of the removal or the disabling that a member is to be brought back from.
// It is nil where that is not known, and where they have come back since, here or as seen
// elsewhere: the groups from before would be those of another time.
func (req *request) lostAccess(id tallyfy.UserID) (last *journal.Entry, err error) {
	for _, kind := range []string{removal.MemberRemoved, lifecycle.Disabled, lifecycle.BroughtBack} {
		f := journal.Filter{Org: req.org(), Subject: journal.Subject{Kind: journal.Member, ID: string(id)}, Kind: kind}
		for e, err := range req.app.Journal.List(req.ctx(), f) {
			if err != nil {
				return nil, err
			}
			if !e.Unreadable && (e.Subject(journal.Member).ID != string(id) || notCarriedOut(e)) { // who took over, or made the change
				continue
			}
			if last == nil || e.ID > last.ID { // ids grow with time
				last = e
			}
			break
		}
	}
	if last == nil || last.Unreadable || last.Kind == lifecycle.BroughtBack || !carriedOut(last) {
		return nil, nil
	}
	req.app.History.WaitUntilCompared(req.ctx(), req.org(), waitForEvents)
	back, err := req.app.History.BackSince(req.ctx(), req.org(), id, last.At)
	if err != nil || back {
		return nil, err
	}
	return last, nil
}

// notCarriedOut reports that a change was not made, as far as is known.
func notCarriedOut(e *journal.Entry) bool {
	return e.NotMade() || !carriedOut(e) && len(e.Lines) > 0 && e.Finding(e.Lines[0].Kind).Result == journal.NotAsExpected
}

// groupsBefore are the groups that a member was in when losing access, and the entry of that, nil
// where it is not known.
func (req *request) groupsBefore(id tallyfy.UserID) (e *journal.Entry, groups []journal.Subject, known bool, err error) {
	switch e, err = req.lostAccess(id); {
	case e == nil:
	case e.Kind == removal.MemberRemoved:
		groups, known = removal.GroupsBefore(e)
	default:
		groups, known = lifecycle.GroupsBefore(e)
	}
	return e, groups, known, err
}

// linesOf are the sentences of a plan.
func linesOf(p change.Plan) (list []string) {
	for _, l := range p.Lines {
		list = append(list, l.String())
	}
	return list
}

// memberForm is the form of a change of the member p. Shown again, it looks unless it has.
func (req *request) memberForm(page string, kept url.Values, c change.Change, p *lifecycle.Person, ask func(refusedForm) error) editForm {
	return editForm{request: req, page: page, kept: kept, what: "This member", gone: req.personGone, show: func(f refusedForm) error {
		if p.Member == nil {
			if err := c.Look(req.ctx()); err != nil {
				return err
			}
		}
		return ask(f)
	}}
}

// A memberChange knows the member as its call leaves them.
type memberChange interface{ Changed() *tallyfy.Member }

// memberChanged drops what is out of date after the call of a change of a member.
func (req *request) memberChanged(c memberChange) func(err error) {
	return func(err error) {
		changed := directory.Change{Members: true}
		if err == nil {
			changed.Member = c.Changed()
		}
		req.invalidate(changed)
	}
}

// invitation is what is known of an invitation that was not accepted.
func invitation(m *tallyfy.Member) (v views.Invitation) {
	if v.Pending = m.Status == tallyfy.StatusInvited; v.Pending {
		switch {
		case !m.ApprovedAt.IsZero():
			v.Since, v.Approved = m.ApprovedAt.Time, true
		case m.ActivatedAt.IsZero(): // else the account is used elsewhere, and may be an old one
			v.Since = m.CreatedAt.Time
		}
	}
	return v
}

// planned adds the groups that were planned with an invitation.
func (req *request) planned(v *views.Invitation, m *tallyfy.Member) {
	planned, ok, err := req.app.PlannedGroups.Find(req.ctx(), string(req.org()), string(m.ID), m.Email)
	if err != nil { // the page is as good without
		req.logError("planned groups not read", err)
	}
	if ok {
		v.By, v.At = planned.By, planned.At
		for _, g := range planned.Groups {
			v.Planned = append(v.Planned, views.GroupLink{ID: tallyfy.ID(g.ID), Name: g.Name})
		}
	}
}

// invitationMessage is what the mail of an invitation says where nobody writes something else.
func (req *request) invitationMessage() string {
	return "You are invited to join " + req.who.Organisation.DisplayName() + " in Tallyfy."
}
