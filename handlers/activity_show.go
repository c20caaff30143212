package handlers

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
)

// checkedFor is how long a receipt looks at Tallyfy again whenever it is opened. Later people have moved on,
// and a check takes the press of a button.
const checkedFor = 30 * 24 * time.Hour

// showEntry is the receipt of one change: what was planned, and what became of it.
func showEntry(req *request) error {
	e, err := req.entry(web.Param(req, "entry"))
	if err != nil {
		return err
	}
	overtaken := req.changedLater(e)
	if c := req.changeOf(e); c != nil && !e.NotMade() && !overtaken && req.looksAgain(e) {
		req.unsure = e.State != journal.Done // should the sign-in have ended before it can be looked at
		if err := req.app.changes.Check(req.ctx(), e, c); tallyfy.IsUnauthorized(err) {
			return err
		}
	}
	return req.showReceipt(e, overtaken)
}

// changedLater reports that a change was found done, and that what it was about was changed again
// with the dashboard since: what is so now says nothing about it any more. An edit of a group keeps
// by itself what was found done.
func (req *request) changedLater(e *journal.Entry) bool {
	if e.Unreadable || !e.CarriedOut() || e.Check.Count(journal.GoingOn) > 0 || e.Kind == membership.GroupEdited || e.Kind == membership.PeopleChanged || e.Kind == membership.GroupsChanged {
		return false
	}
	about := e.SubjectsOf(journal.Guest)
	if all := e.AllSubjects(); e.Kind != lifecycle.ContactsChanged && len(all) > 0 {
		about = all[:1]
	}
	later, err := req.laterOf(e, about, func(l *journal.Entry) bool {
		if about[0].Kind == journal.Member { // the others of a removal are told of whom it is, or take over the work
			return l.Subject(journal.Member).ID == about[0].ID
		}
		return slices.ContainsFunc(l.AllSubjects(), func(s journal.Subject) bool {
			return s.Kind == about[0].Kind && slices.ContainsFunc(about, func(a journal.Subject) bool { return s.ID == a.ID || s.Email != "" && s.Email == a.Email })
		})
	})
	return !req.laterUnknown(err) && len(later) > 0
}

// looksAgain reports whether opening the receipt compares it with what is so now. What has just been
// checked is shown as it was found.
func (req *request) looksAgain(e *journal.Entry) bool {
	now := req.app.Now()
	switch {
	case e.NotMade(), req.Request().Method == http.MethodHead:
		return false
	case req.QueryParam("check") != "" || req.reload:
		return true
	}
	return now.Sub(e.At) < checkedFor && (e.Check == nil || now.Sub(e.Check.At) >= req.app.Recall)
}

// showReceipt shows the receipt. overtaken says that it is not compared with what is so now.
func (req *request) showReceipt(e *journal.Entry, overtaken bool) error {
	underWay := change.UnderWay(e, req.app.Now())
	members, from := req.membersFrom()
	view := views.Receipt{
		Title: "Receipt", BackText: "Activity", BackURL: req.urls().Activity(views.ActivityState{}),
		Kind: views.NoticeInfo, Summary: req.activityRow(e).Sentence, At: e.At, By: actorOf(e), RequestID: e.RequestID, OnlyAsked: true,
	}
	if e.Check != nil {
		view.CheckedAt = e.Check.At
	}
	if e.Outcome != nil {
		view.UpstreamID = e.Outcome.UpstreamID
	}
	for i, l := range e.Lines {
		view.Lines = append(view.Lines, receiptLine(e, i, l, underWay))
		if e.Kind == membership.GroupsChanged && i < len(e.Subjects) { // the first sentences are about a group each
			view.Lines[i].Group = &views.GroupLink{ID: tallyfy.ID(e.Subjects[i].ID), Name: e.Called(e.Subjects[i])}
		}
	}
	for _, d := range e.Differences {
		if !slices.Equal(d.Before, d.After) && (d.What != "Groups" || !listsGroups(e)) {
			view.Differences = append(view.Differences, views.Difference(d))
		}
	}
	if c := req.changeOf(e); c != nil && !e.NotMade() {
		tone, summary := c.Summary(e, underWay)
		view.Kind, view.Summary, view.Overtaken = views.NoticeKind(tone), summary, overtaken
		if !overtaken {
			view.CheckURL = views.FromList(req.urls().EntryCheck(e.ID), from)
		}
		if view.OnlyAsked = e.State == journal.Refused; view.OnlyAsked && e.Outcome.Tallyfys && !e.Outcome.Missing { // in an answer of success
			view.Summary = "Tallyfy refused: " + quote(&tallyfy.Error{}, e.Outcome.Words) + " " + view.Summary
		}
		view.LookAgain = underWay || e.Check.Count(journal.GoingOn) > 0
	}
	view.NoUndo = noUndo(e)
	view.Links = []components.LinkProps{{Text: "All changes", URL: req.urls().Activity(views.ActivityState{})}}
	if id := bulk.JobOf(e); id != "" {
		if _, err := req.job(id); err == nil { // it is kept, and the person may see it
			view.Links = slices.Insert(view.Links, 0, components.LinkProps{Text: "The job", URL: req.urls().Job(id)})
		}
	}
	if link, ok := req.reviewLink(e); ok {
		view.Links = slices.Insert(view.Links, 0, link)
	}
	view.Links = append(req.reversals(e), view.Links...)
	title := "Receipt"
	if e.Kind == removal.MemberRemoved && !e.Unreadable {
		s := e.Subject(journal.Member)
		view.Head = &views.RemovalHead{Person: removedPerson(e, s), Organisation: req.who.Organisation.Name}
		view.Links = []components.LinkProps{{Text: "All members", URL: members}}
		if carriedOut(e) {
			view.Links = slices.Insert(view.Links, 0, req.broughtBack(e, s)...)
			if n := removal.GuestsKnown(e); n > 0 {
				view.Links = slices.Insert(view.Links, 0, req.handOverLink(tallyfy.UserID(s.ID), n))
			}
		}
		title += ": removal of " + e.Called(s)
		view.Title = title
	}
	frame := req.page(title, views.SectionActivity)
	frame.From = from
	return req.show(http.StatusOK, views.ReceiptPage(frame, view))
}

// reviewLink leads to the review that a change carried out, from its page or in a job, or in a
// change that it applied once more. Only administrators may open one.
func (req *request) reviewLink(e *journal.Entry) (link components.LinkProps, ok bool) {
	id := membership.ReviewOf(e)
	if job := bulk.JobOf(e); job != "" {
		j, err := req.app.Jobs.Job(req.ctx(), req.org(), job)
		if err != nil { // past its time
			return link, false
		}
		id = j.Review
	}
	if _, repeats := membership.Relation(e); id == "" && repeats != "" {
		first, err := req.app.Journal.Get(req.ctx(), req.org(), repeats)
		if err != nil { // past its time
			return link, false
		}
		return req.reviewLink(first)
	}
	if id == "" || !req.rights().Members {
		return link, false
	}
	r, err := req.app.Reviews.Head(req.ctx(), req.org(), id)
	if err != nil { // past its time
		return link, false
	}
	title := views.ReviewHead{Name: r.Name, Unreadable: r.Unreadable}.Title()
	return components.LinkProps{Text: "Review: " + title, URL: req.urls().Review(id)}, true
}

// reversals are the links from an edit of a group: to the group, to undoing it, to the edit that it undoes or
// that has undone it; and from what else was done to where it is undone or goes on.
func (req *request) reversals(e *journal.Entry) (links []components.LinkProps) {
	if e.Unreadable {
		return nil
	}
	if links := req.personLinks(e); links != nil {
		return links
	}
	if id := review.IDOf(e); id != "" {
		if _, err := req.app.Reviews.Head(req.ctx(), req.org(), id); err != nil { // past its time, or never started
			return nil
		}
		return append(links, components.LinkProps{Text: "The review", URL: req.urls().Review(id)})
	}
	if _, ok := membership.RemnantOf(e); ok {
		again, err := req.recreated(e)
		if again != nil {
			return req.laterLink("Created again later", again)
		}
		if req.laterUnknown(err) || !req.contentsKept(e) {
			return nil
		}
		return append(links, components.LinkProps{Text: "Create it again…", URL: req.urls().RestoreEntry(e.ID)})
	}
	if of := membership.CreatedFrom(e); of != "" {
		links = append(links, components.LinkProps{Text: "The deletion before", URL: req.urls().Entry(of)})
	}
	if id := tallyfy.ID(e.Subject(journal.Group).ID); e.Kind == membership.GroupCreated && id != "" {
		return append(links, components.LinkProps{Text: "The group", URL: req.urls().Group(id)})
	}
	if e.Kind == review.SetChanged {
		return append(links, components.LinkProps{Text: "Starter sets", URL: req.urls().ReviewSets()})
	}
	_, one := membership.Undone(e)
	_, several := membership.AllUndone(e)
	_, lost := membership.AllRepeated(e)
	if one {
		_, lost = membership.Repeated(e)
	}
	if !(one && carriedOut(e)) && !several && !lost {
		return nil
	}
	undoes, repeats := membership.Relation(e)
	later, err := req.laterEdits(e, func(*journal.Entry) bool { return true })
	known := !req.laterUnknown(err)
	var undone, repeated []*journal.Entry
	for _, l := range slices.Backward(later) {
		u, r := membership.Relation(l)
		if u == e.ID {
			undone = append(undone, l)
		}
		if r == e.ID {
			repeated = append(repeated, l)
		}
	}
	add := func(id, text string) {
		if id != "" {
			links = append(links, components.LinkProps{Text: text, URL: req.urls().Entry(id)})
		}
	}
	if known && lost && len(repeated) == 0 {
		links = append(links, components.LinkProps{Text: "Apply what is missing…", URL: req.urls().RepeatEntry(e.ID), Kind: components.ButtonPrimary})
	}
	if known && len(undone) == 0 && (one || several) {
		links = append(links, components.LinkProps{Text: "Undo…", URL: req.urls().UndoEntry(e.ID)})
	}
	links = append(links, req.laterLink("Undone later", undone...)...)
	links = append(links, req.laterLink("Applied once more", repeated...)...)
	add(undoes, "The change that this undoes")
	add(repeats, "The change that this repeats")
	if one {
		add := components.LinkProps{Text: "The group", URL: req.urls().Group(tallyfy.ID(e.Subject(journal.Group).ID))}
		return append(links, add)
	}
	return links
}

// noUndo says why a change that was carried out can't be undone from here, and what can be done; ""
// for one that can.
func noUndo(e *journal.Entry) string {
	if e.Unreadable || !carriedOut(e) {
		return ""
	}
	switch e.Kind {
	case lifecycle.DeletedForGood:
		return "This can't be undone: Tallyfy has deleted the account itself, in every organisation."
	case lifecycle.GuestRemoved:
		return "This can't be undone: Tallyfy does not put a guest back on the tasks. The guest can be added again."
	case lifecycle.Invited:
		return "An invitation can't be withdrawn from here: Tallyfy's interface has no call for it. It is done in Tallyfy, from the page of the person."
	case lifecycle.ContactsChanged:
		if _, ok := lifecycle.ContactsUndone(e); !ok {
			return "This can't be undone from here: it was not kept who knew the guest before."
		}
	case membership.GroupCreated:
		return "This is undone by deleting the group."
	case review.SetChanged:
		return "This is undone by changing the set again."
	case review.Started:
		return "A review is not deleted from here. It can be closed."
	case review.Extended:
		return "This can't be undone: nobody is taken out of a review again."
	case review.Closed:
		return "This can't be undone: a review is not opened again. Whoever it left open is offered by the next one."
	}
	return ""
}

// removedPerson is the member as the last check found the account, else as it was before.
func removedPerson(e *journal.Entry, s journal.Subject) views.Person {
	m := tallyfy.Member{
		ID: tallyfy.UserID(s.ID), FullName: s.Name, Email: s.Email,
		Role: tallyfy.Role(e.Before("Role")), Status: tallyfy.Status(e.Before("Status")),
	}
	if e.Finding(removal.Access).Result == journal.Confirmed {
		m.Status = tallyfy.StatusDisabled
	}
	m.IsActive = m.Status == tallyfy.StatusActive
	return personOf(&m)
}

// listsGroups reports that a sentence of the plan lists the groups that it is about.
func listsGroups(e *journal.Entry) bool {
	return slices.ContainsFunc(e.Lines, func(l journal.Line) bool { return len(l.Rows) > 0 })
}

// receiptLine is a sentence of the plan with what was found.
func receiptLine(e *journal.Entry, i int, l journal.Line, underWay bool) views.ReceiptLine {
	line := views.ReceiptLine{PlanLine: planLine(l, false)}
	if e.NotMade() {
		return line
	}
	f := e.FindingAt(i)
	if underWay && (f.Result == journal.NotAsExpected || e.Finding(e.Lines[0].Kind).Result != journal.Confirmed) {
		f = journal.Finding{Result: journal.NotChecked, Detail: "Still under way."}
	}
	line.Result, line.Detail = views.ReceiptResult(f.Result), f.Detail
	return line
}

// showOldReceipt leads from the address that receipts of removals had before the journal to their entry.
func showOldReceipt(req *request) error {
	id := web.Param(req, "member")
	for _, press := range req.app.OldReceipts(id, web.Param(req, "record")) {
		e, err := req.app.Journal.ByPress(req.ctx(), req.org(), press)
		if err == nil {
			return req.goTo(req.urls().Entry(e.ID))
		}
		if !errors.Is(err, journal.ErrNotFound) {
			return err
		}
	}
	return noReceipt(req, journal.ErrNotFound)
}
