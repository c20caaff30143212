package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// An editForm is what a form for an edit was sent from, for the ways in which it can end.
type editForm struct {
	*request
	// page is the page of the form, kept what was typed.
	page string
	kept url.Values
	// what is what the form changes at the beginning of a sentence, "" for groups; gone answers when Tallyfy does not have it
	// any more.
	what string
	gone func(cause error) error
	// place, if set, puts a refusal elsewhere on the form.
	place func(err error, f *refusedForm)
	// fields are the fields that Tallyfy's messages can be about.
	fields []string
	// then is the page that says what was done.
	then string
	// show answers with the page itself, where the session cannot hold the form.
	show func(f refusedForm) error
}

// A groupChange is an edit of a group, or of several.
type groupChange interface {
	change.Change
	// Nothing reports that all is as wished already, NothingText says so.
	Nothing() bool
	NothingText() string
	// NotesText says what else there is to know, "" for nothing: such as who was left out.
	NotesText() string
}

// carryOut carries an edit out and answers. stopped answers where the edit itself stops.
func (f editForm) carryOut(p change.Press, c groupChange, stopped func() error) error {
	p.Queue = true
	out, err := f.run(p, c, func(error) { f.groupChanged() })
	if err != nil {
		return f.notMade(err)
	}
	switch out.Kind {
	case change.Stopped:
		if c.Nothing() {
			return f.nothing(c)
		}
		return stopped()
	case change.Changed:
		return stopped()
	}
	if answered, err := f.unfinished(out); answered {
		return err
	}
	return f.made(c, out)
}

// unfinished answers where the change was not made, or where that is not certain.
func (f editForm) unfinished(out change.Outcome) (answered bool, err error) {
	switch out.Kind {
	case change.Busy:
		return true, f.busy(out)
	case change.Repeated:
		if out.Entry.NotMade() { // the first press left this form, too
			return true, f.again(refusedForm{Status: http.StatusUnprocessableEntity, Notice: &views.Notice{
				Kind: views.NoticeProblem, Text: f.activityRow(out.Entry).Sentence + " Nothing was changed.",
			}})
		}
	case change.Refused:
		if !change.SaysOtherwise(out.Err) {
			return true, f.notMade(out.Err)
		}
		return true, f.goTo(f.urls().Entry(out.Entry.ID))
	case change.NotConfirmed:
		if tallyfy.IsUnauthorized(out.CheckErr) {
			return true, out.CheckErr
		}
		return true, f.goTo(f.urls().Entry(out.Entry.ID))
	}
	return false, nil
}

// unsureForm is a form whose box, which says that the reader is sure, was not ticked.
func unsureForm() refusedForm {
	return refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"sure": "Tick this to go on, or go back."}}
}

// reviewAgain leads a form to the page that shows what is at stake: for the first time, because it was not
// confirmed there, or because something has changed since, which changed says.
func reviewAgain(form url.Values, sure bool, changed refusedForm) refusedForm {
	r := refusedForm{Status: http.StatusOK}
	switch {
	case form.Get("step") != "review":
	case !sure:
		r = unsureForm()
	default:
		r = changed
	}
	form.Set("step", "review")
	return r
}

// changedMeanwhile is a form whose page was no longer true.
func changedMeanwhile() refusedForm {
	return stoppedForm("Stopped before anything was done: something has changed since you opened this page. This is how it is now.")
}

// stoppedForm is a form that is not carried out as things are.
func stoppedForm(text string) refusedForm {
	return refusedForm{Status: http.StatusConflict, Notice: &views.Notice{Kind: views.NoticeWarning, Text: text}}
}

// busy shows the form again, because another change of the same is under way.
func (f editForm) busy(out change.Outcome) error {
	text, link := f.underWay(out)
	return f.again(refusedForm{Status: http.StatusConflict, Notice: &views.Notice{
		Kind: views.NoticeWarning, Text: cmp.Or(f.what, "The same") + " is being changed right now. " + text, LinkText: link.Text, LinkURL: link.URL,
	}})
}

// again leads to the form with everything in it.
func (f editForm) again(r refusedForm) error {
	r.Form = f.kept
	return f.answerOn(f.page, r, func() error { return f.show(r) })
}

// made says what was done; on the receipt where not all of it is in place.
func (f editForm) made(c groupChange, out change.Outcome) error {
	tone, text := c.Summary(out.Entry, false)
	if tone != change.Good {
		return f.goTo(f.urls().Entry(out.Entry.ID))
	}
	done := views.Notice{Kind: views.NoticeDone, Text: strings.TrimSpace(text + " " + c.NotesText())}
	if _, some := membership.AllUndone(out.Entry); some || out.Entry.Kind != membership.GroupsChanged { // of which all may have been so already
		done.LinkText, done.LinkURL = "Undo", f.urls().UndoEntry(out.Entry.ID)
	}
	f.notice(done)
	return f.goTo(f.then)
}

// nothing says that all is as wished already.
func (f editForm) nothing(c groupChange) error {
	f.notice(views.Notice{Kind: views.NoticeInfo, Text: strings.TrimSpace(c.NothingText() + " " + c.NotesText())})
	return f.goTo(f.then)
}

// notMade shows the form again with the reason why nothing was changed.
func (f editForm) notMade(err error) error {
	if lockedOut(err) {
		return err
	}
	if left := (*change.NotSent)(nil); errors.As(err, &left) && (left.Err == nil || left.Missing) {
		return f.again(refusedForm{Status: http.StatusConflict, Notice: &views.Notice{Kind: views.NoticeProblem, Text: left.Words + " Nothing was changed."}})
	}
	switch {
	case tallyfy.IsGone(err) && f.gone != nil:
		return f.gone(err)
	case tallyfy.IsGone(err):
		return f.groupIsGone(err)
	}
	if r, refused := refusalOf(err, f.fields...); refused && (r.gaveReason() || tallyfy.IsValidation(err) || tallyfy.IsConflict(err)) {
		again := refusedForm{Status: http.StatusUnprocessableEntity, Errors: r.Fields}
		if r.Text != "" {
			again.Notice = &views.Notice{Kind: views.NoticeProblem, Text: r.Text + " Nothing was changed."}
		}
		return f.placed(err, again)
	}
	return f.placed(err, f.explained(err))
}

// explained is a form that comes back for a reason that is not its own.
func (req *request) explained(err error) refusedForm {
	p := req.explain(err)
	req.setRetryAfter(err)
	return refusedForm{Status: p.status, Notice: &views.Notice{
		Kind: views.NoticeProblem, Text: p.title + ". " + p.text + " Nothing was changed.", RequestID: web.IDOf(req),
	}}
}

// placed shows the form again with a refusal where the form wants it.
func (f editForm) placed(err error, again refusedForm) error {
	if f.place != nil {
		f.place(err, &again)
	}
	return f.again(again)
}

// groupIsGone answers an edit of a group that somebody has deleted.
func (f editForm) groupIsGone(cause error) *problem {
	f.groupChanged()
	return &problem{
		status: http.StatusNotFound, title: "That group is gone",
		text:  "Tallyfy does not have the group any more: somebody may have deleted it since you opened the page. Nothing was changed.",
		links: f.wayHome(), cause: cause,
	}
}

// carriedOut reports that a change was made as far as is known.
func carriedOut(e *journal.Entry) bool { return e.State == journal.Done || e.CarriedOut() }

// madeSomething reports that a change was made, or one of several groups in part.
func madeSomething(e *journal.Entry) bool {
	_, part := membership.AllUndone(e)
	return part || carriedOut(e)
}

// laterEdits are the changes of a group after one of them that fit, newest first, whoever made
// them.
func (req *request) laterEdits(e *journal.Entry, fits func(*journal.Entry) bool) ([]*journal.Entry, error) {
	return req.laterOf(e, membership.GroupsOf(e), fits) // that of a deletion is the group that was deleted
}

// laterOf is laterEdits for the changes of any subjects.
func (req *request) laterOf(e *journal.Entry, subjects []journal.Subject, fits func(*journal.Entry) bool) (list []*journal.Entry, err error) {
	for _, s := range subjects {
		if s.ID == "" { // a filter without a subject would find everything
			continue
		}
		for l, err := range req.app.Journal.List(req.ctx(), journal.Filter{Org: req.org(), Subject: s, After: e.ID}) {
			if err != nil {
				return nil, err
			}
			known := func(other *journal.Entry) bool { return other.ID == l.ID }
			if madeSomething(l) && fits(l) && !slices.ContainsFunc(list, known) {
				list = append(list, l)
			}
		}
	}
	slices.SortFunc(list, func(a, b *journal.Entry) int { return strings.Compare(b.ID, a.ID) })
	return list, nil
}

// laterUnknown logs why the later changes are not known, and reports whether that is so. The page
// then offers nothing that depends on them.
func (req *request) laterUnknown(err error) bool {
	if err != nil {
		req.logError("later changes not known", err)
	}
	return err != nil
}

// visible are those of some changes that the person may see: their own, and for administrators
// everybody's.
func (req *request) visible(list []*journal.Entry) []*journal.Entry {
	foreign := func(e *journal.Entry) bool { return e.Actor.ID != string(req.who.UserID) }
	if slices.ContainsFunc(list, foreign) {
		if admin, err := req.isAdmin(req.ctx()); req.laterUnknown(err) || !admin {
			return slices.DeleteFunc(list, foreign)
		}
	}
	return list
}

// laterLink leads to the first of some later changes that the person may see, if there is one.
func (req *request) laterLink(text string, later ...*journal.Entry) []components.LinkProps {
	if later = req.visible(later); len(later) == 0 {
		return nil
	}
	return []components.LinkProps{{Text: text, URL: req.urls().Entry(later[0].ID)}}
}

// laterRows are rows of later changes that the person may see.
func (req *request) laterRows(later []*journal.Entry, err error) (rows []views.ActivityRow) {
	if req.laterUnknown(err) { // the page is as good without
		return nil
	}
	for _, e := range req.visible(later) {
		rows = append(rows, req.activityRow(e))
	}
	return rows
}

// recreated is the entry that created the group of a deletion again, nil for none.
func (req *request) recreated(deletion *journal.Entry) (*journal.Entry, error) {
	again, err := req.laterEdits(deletion, func(e *journal.Entry) bool { return membership.CreatedFrom(e) == deletion.ID })
	if len(again) == 0 {
		return nil, err
	}
	return again[0], nil
}

// deletionOf is the latest deletion of a group with the dashboard, nil where there is none that the
// person may see.
func (req *request) deletionOf(id tallyfy.ID) *journal.Entry {
	f := journal.Filter{Org: req.org(), Subject: journal.Subject{Kind: journal.Group, ID: string(id)}, Kind: membership.GroupDeleted}
	latest, err := req.app.Journal.Latest(req.ctx(), f, 1)
	if err != nil || len(latest) == 0 {
		return nil
	}
	if may, _ := req.maySee(latest[0]); !may {
		return nil
	}
	return latest[0]
}

// missingGroup answers for a group that could not be read. If it was deleted with the dashboard, the page
// says what has become of it.
func (req *request) missingGroup(id tallyfy.ID, cause error) error {
	if !tallyfy.IsNotFound(cause) {
		return cause
	}
	e := req.deletionOf(id)
	if e == nil {
		return cause
	}
	r, ok := membership.RemnantOf(e)
	if !ok {
		return cause
	}
	clock := req.clock()
	until := clock.Day(req.app.Journal.ContentsEnd(e))
	p := &problem{status: http.StatusNotFound, title: "That group was deleted", cause: cause}
	p.text = names.Isolate(r.Group.Name) + " was deleted on " + clock.Day(e.At) + " by " + names.Isolate(actorOf(e)) + "."
	again, err := req.recreated(e)
	switch {
	case req.laterUnknown(err):
	case again != nil:
		group := again.Subject(journal.Group)
		p.text += " It was created again as " + names.Isolate(group.Name) + "."
		p.links = []components.LinkProps{{Text: names.Isolate(group.Name), URL: req.urls().Group(tallyfy.ID(group.ID)), Kind: components.ButtonPrimary}}
	case req.contentsKept(e):
		p.text += " It can be created again until " + until + "."
		p.links = []components.LinkProps{{Text: "Create it again…", URL: req.urls().RestoreEntry(e.ID), Kind: components.ButtonPrimary}}
	default:
		p.text += " What was in it was kept until " + until + ", so it can't be created again any more."
	}
	p.links = append(p.links, components.LinkProps{Text: "Receipt", URL: req.urls().Entry(e.ID)})
	return p
}

// mostBases is how many groups are kept as the forms for their people showed them, baseTime how long: to name
// whom others have added and taken out since. Without one, as at another replica, the name of the base still tells
// that somebody did.
const (
	mostBases = 64
	baseTime  = time.Hour
)

// keepBase keeps a group as a form shows it, and names it.
func (req *request) keepBase(g *tallyfy.Group) string {
	name := membership.PeopleKey(g)
	req.app.bases.Add(req.baseKey(g.ID, name), g)
	return name
}

// keepGroupsSeen keeps the groups of a member as a form shows them, and names them.
func (req *request) keepGroupsSeen(id tallyfy.UserID, groups []tallyfy.ID) string {
	groups = slices.Sorted(slices.Values(groups))
	name := change.Digest(fmt.Sprintf("%q", groups))
	req.app.groupsSeen.Add(req.baseKey(tallyfy.ID(id), name), groups)
	return name
}

// base is a group as a form showed it, nil if it is not known any more.
func (req *request) base(id tallyfy.ID, name string) *tallyfy.Group {
	g, _ := req.app.bases.Get(req.baseKey(id, name))
	return g
}

func (req *request) baseKey(id tallyfy.ID, name string) string {
	return string(req.org()) + " " + string(id) + " " + name
}
