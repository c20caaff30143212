package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// freshGroups reads groups from Tallyfy, whatever copies there are: a decision may be days old.
type freshGroups struct{ *request }

// CopiedGroups implements membership.Source.
func (freshGroups) CopiedGroups() *directory.Groups { return nil }

// An application is what was decided in a review and is to be carried out now.
type application struct {
	*request
	review *review.Review
	// people are those whose groups are to be changed, held those of them whose changes are not made, and why.
	people []*review.Person
	held   []views.ReviewHeld
	// others is what has changed about the people since it was decided, by their ids.
	others map[tallyfy.UserID]string
	// wishes are the changes of groups that fit into one change. later is how many groups are left for another one.
	wishes []review.Wish
	later  int
	edits  *membership.Edits
}

// applicationOf finds out what there is to carry out. The people come from the copy of the members.
func (req *request) applicationOf(r *review.Review, copied snapshot, sure bool) application {
	a := application{request: req, review: r, others: map[tallyfy.UserID]string{}}
	for _, p := range r.ToApply(req.app.Now()) {
		m, ok := copied.members.ByID(p.ID)
		switch {
		case !ok && copied.members.Complete:
			a.hold(p, "is not in the organisation any more")
		case ok && m.IsDisabled():
			a.hold(p, "is deactivated")
		default:
			a.people = append(a.people, p)
			if ok {
				a.others[p.ID] = changedSince(p, m, copied.groups)
			}
		}
	}
	a.wishes = review.Wishes(a.people)
	if n := len(a.wishes); n > membership.MostEdits {
		a.wishes, a.later = a.wishes[:membership.MostEdits], n-membership.MostEdits
	}
	wish := membership.Edits{Sure: sure}
	for _, w := range a.wishes {
		wish.Groups = append(wish.Groups, membership.GroupPeople{ID: w.ID, People: membership.People{Add: w.Add, Remove: w.Remove}})
	}
	a.edits = req.groupEdits(wish)
	a.edits.Source = freshGroups{req}
	return a
}

func (a *application) hold(p *review.Person, why string) {
	a.held = append(a.held, views.ReviewHeld{ID: p.ID, Name: p.Name, Why: why})
}

// changedSince says what is different about somebody from what the reviewer saw, "" for nothing. What was decided to be
// changed speaks for itself.
func changedSince(p *review.Person, m *tallyfy.Member, groups *directory.Groups) string {
	d := p.Last()
	var in, out []string
	decided := func(id tallyfy.ID) bool {
		return slices.ContainsFunc(slices.Concat(d.Add, d.Remove), func(g review.Group) bool { return g.ID == id })
	}
	now := review.GroupsOf(groups.Of(p.ID))
	for _, g := range now {
		if !slices.ContainsFunc(d.Groups, func(was review.Group) bool { return was.ID == g.ID }) && !decided(g.ID) {
			in = append(in, g.Name)
		}
	}
	for _, was := range d.Groups {
		if !slices.ContainsFunc(now, func(g review.Group) bool { return g.ID == was.ID }) && !decided(was.ID) {
			out = append(out, was.Name)
		}
	}
	var list []string
	if len(in) > 0 {
		list = append(list, "has come into "+names.List(in))
	}
	if len(out) > 0 {
		list = append(list, "has left "+names.List(out))
	}
	if m.Role != p.Role {
		list = append(list, "has another role")
	}
	return strings.Join(list, ", ")
}

// seen identifies what the page shows of the people; the plan has its own fingerprint.
func (a application) seen() string {
	h := sha256.New()
	for _, p := range a.people {
		fmt.Fprintf(h, "%q %d %q\n", p.ID, p.Base(), a.others[p.ID])
	}
	for _, p := range a.held {
		fmt.Fprintf(h, "%q %q\n", p.ID, p.Why)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// applying reads the review of the address and what there is to carry out. loading is true where the answer was a page
// that waits for the copies.
func (req *request) applying(sure bool) (a application, loading bool, err error) {
	copied, read, err := req.reviewing()
	if err != nil {
		return a, false, err
	}
	if !read {
		return a, true, req.showLoading("Check and apply", copied, req.urls().Reviews())
	}
	r, err := req.review()
	if err != nil {
		return a, false, err
	}
	return req.applicationOf(r, copied, sure), false, nil
}

// showReviewCheck shows what carrying out the decisions of a review would do.
func showReviewCheck(req *request) error {
	a, loading, err := req.applying(true)
	if loading || err != nil {
		return err
	}
	f := req.openedForm(req.urls().Local(req.urls().ReviewCheck(a.review.ID)))
	return a.check(f)
}

// check reads the groups concerned, and shows one row for each.
func (a application) check(f refusedForm) error {
	v := views.ReviewCheck{ID: a.review.ID, Name: a.review.Name, Held: a.held, Later: a.later, Press: newPress(), Notice: f.Notice, Error: f.Errors["sure"]}
	if len(a.wishes) > 0 {
		if err := a.edits.Look(a.ctx()); err != nil {
			a.sayRefused()
			return err
		}
		plan := a.edits.Plan()
		v.Seen, v.Warnings = plan.Fingerprint()+a.seen(), plan.Warnings
		a.rows(&v)
	}
	return a.show(f.Status, views.CheckReview(a.page("Check and apply", views.SectionMembers), v))
}

// rows lays out the groups, and who is left out or has changed.
func (a application) rows(v *views.ReviewCheck) {
	of := map[tallyfy.UserID]*review.Person{}
	for _, p := range a.people {
		of[p.ID] = p
		if what := a.others[p.ID]; what != "" {
			v.Changed = append(v.Changed, views.ReviewHeld{ID: p.ID, Name: p.Name, Why: what})
		}
	}
	people := func(ids []tallyfy.UserID) (list []views.ReviewHeld) {
		for _, id := range ids {
			if p := of[id]; p != nil {
				list = append(list, views.ReviewHeld{ID: id, Name: p.Name})
				v.People[id] = true
			}
		}
		return list
	}
	v.People = map[tallyfy.UserID]bool{}
	for _, g := range a.edits.Previews() {
		v.Groups = append(v.Groups, views.ReviewCheckGroup{
			ID: g.ID, Name: g.Name, Before: g.Before, After: g.After, Add: people(g.Add), Remove: people(g.Remove), Stakes: g.Stakes,
		})
	}
	for _, l := range a.edits.LeftOut {
		v.Held = append(v.Held, views.ReviewHeld{ID: l.ID, Name: l.Name, Why: l.Why})
	}
	a.notes()
	for _, s := range a.edits.Skipped {
		v.Skipped = append(v.Skipped, names.Isolate(s.Name)+" is not changed: "+s.Why+".")
	}
	v.Already = a.edits.Already
}

// notes says who was left out and which groups were not changed, by the names that the decisions have: a group may be gone.
func (a application) notes() string {
	for i, s := range a.edits.Skipped {
		for _, w := range a.wishes {
			if w.ID == s.ID {
				a.edits.Skipped[i].Name = w.Name
			}
		}
	}
	return a.edits.NotesText()
}

// applyReview carries the decisions of a review out: one call for each group. What is in place afterwards is recorded for
// each person; what is not stays to be decided or applied again.
func applyReview(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	a, loading, err := req.applying(form.Get("sure") != "")
	if loading || err != nil {
		return err
	}
	page := req.urls().ReviewCheck(a.review.ID)
	req.returnTo, req.typed = req.urls().Local(page), form
	f := editForm{request: req, page: page, kept: form, then: req.urls().ReviewReceipt(a.review.ID), show: func(r refusedForm) error {
		r.Form = form
		return a.check(r)
	}}
	seen := form.Get("seen")
	switch {
	case len(a.wishes) == 0 && len(a.held) == 0: // such as the second press of the button
		return req.goTo(f.then)
	case len(a.wishes) == 0:
		return req.goTo(page)
	case seen != "" && !strings.HasSuffix(seen, a.seen()):
		return f.again(changedMeanwhile())
	}
	out, err := f.run(change.Press{Press: pressOf(form), Fingerprint: strings.TrimSuffix(seen, a.seen()), Queue: true}, a.edits, func(error) { req.groupChanged() })
	if err != nil {
		return f.notMade(err)
	}
	switch {
	case out.Kind == change.Stopped && a.edits.Nothing():
		n, err := a.record(nil)
		if err != nil {
			return err
		}
		text := "Nothing was sent to Tallyfy. " + a.notes()
		if n > 0 {
			text = "All was in place already, so nothing was sent to Tallyfy: recorded for " + words.Count(n, "person", "people") + ". " + a.notes()
		}
		req.notice(views.Notice{Kind: views.NoticeInfo, Text: strings.TrimSpace(text)})
		return req.goTo(f.then)
	case out.Kind == change.Stopped:
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"sure": "Tick this to go on, or go back."}})
	case out.Kind == change.Changed:
		return f.again(changedMeanwhile())
	}
	if out.Kind != change.Busy && out.Kind != change.Repeated && !out.Entry.NotMade() {
		if _, err := a.record(out.Entry); err != nil {
			return err
		}
	}
	if answered, err := f.unfinished(out); answered {
		return err
	}
	tone, text := a.edits.Summary(out.Entry, false)
	req.notice(views.Notice{
		Kind: views.NoticeKind(tone), Text: strings.TrimSpace(text + " " + a.notes()), LinkText: "What was sent, and what was found", LinkURL: req.urls().Entry(out.Entry.ID),
	})
	return req.goTo(f.then)
}

// record keeps what is in place for each person, and returns for how many something is. e is nil where nothing was sent,
// because all was so already. Somebody about whom another decision was made meanwhile keeps that one.
func (a application) record(e *journal.Entry) (n int, err error) {
	entry, reached := "", map[tallyfy.ID]bool{}
	if e != nil {
		entry, reached = e.ID, membership.Reached(e)
	}
	in := func(id tallyfy.UserID) func(review.Group, bool) bool {
		out := slices.ContainsFunc(a.edits.LeftOut, func(l membership.LeftOut) bool { return l.ID == id })
		return func(g review.Group, add bool) bool {
			part, sent := reached[g.ID]
			skipped := slices.ContainsFunc(a.edits.Skipped, func(s membership.SkippedGroup) bool { return s.ID == g.ID })
			wished := slices.ContainsFunc(a.wishes, func(w review.Wish) bool { return w.ID == g.ID })
			return wished && !skipped && !(add && out) && (part || !sent)
		}
	}
	for _, p := range a.people {
		applied, left := p.Carried(a.caller().Actor, entry, in(p.ID))
		if applied == nil {
			continue
		}
		base := p.Base()
		for _, d := range []*review.Decision{applied, left} {
			if d == nil {
				continue
			}
			err := a.app.Reviews.Append(a.ctx(), a.review, d, base)
			if overtaken := (*review.OvertakenError)(nil); errors.As(err, &overtaken) {
				a.app.Log.Info("decided meanwhile", slog.String("request_id", web.IDOf(a)), slog.String("review", a.review.ID))
				break
			}
			if err != nil {
				return n, err
			}
			base = d.N
			if d == applied {
				n++
			}
		}
	}
	return n, nil
}
