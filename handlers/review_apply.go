package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
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
	// roles are their roles: those of the copy, or in which they were decided.
	roles map[tallyfy.UserID]tallyfy.Role
	// wishes are the changes of groups. long says that they take longer than a page does, and become a job.
	wishes []review.Wish
	long   bool
	copied snapshot
	edits  *membership.Edits
}

// applicationOf finds out what there is to carry out. now are the people as they are, nil for those of the copy.
func (req *request) applicationOf(r *review.Review, copied snapshot, now func(tallyfy.UserID) (*tallyfy.Member, bool), sure bool) application {
	a := application{request: req, review: r, copied: copied, others: map[tallyfy.UserID]string{}, roles: map[tallyfy.UserID]tallyfy.Role{}}
	whole := now != nil || copied.members.Complete
	if now == nil {
		now = copied.members.ByID
	}
	for _, p := range r.ToApply(req.app.Now()) {
		m, ok := now(p.ID)
		switch {
		case !ok && whole:
			a.hold(p, "is not in the organisation any more")
		case ok && m.IsDisabled():
			a.hold(p, "is disabled")
		default:
			a.people = append(a.people, p)
			a.roles[p.ID] = p.RoleDecided()
			if ok {
				a.others[p.ID], a.roles[p.ID] = changedSince(p, m, copied.groups), m.Role
			}
		}
	}
	a.wishes = review.Wishes(a.people)
	a.long = len(a.wishes) > mostGroupsNow || len(a.people) > mostPeopleNow
	wish := membership.Edits{Sure: sure, Review: r.ID}
	for _, w := range a.wishes {
		wish.Groups = append(wish.Groups, membership.GroupPeople{ID: w.ID, People: membership.People{Add: w.Add, Remove: w.Remove}})
	}
	a.edits = req.groupEdits(wish)
	a.edits.Source = freshGroups{req}
	if a.long { // the job reads each group again before it changes it
		a.edits.Source = a.organisation().Source()
	}
	return a
}

func (a *application) hold(p *review.Person, why string) {
	a.held = append(a.held, views.ReviewHeld{ID: p.ID, Name: personCalled(p, a.copied.members), Why: why})
}

// changedSince says what is different about somebody from what the reviewer saw, "" for nothing. What was decided to be
// changed speaks for itself, whether it was carried out already or not.
func changedSince(p *review.Person, m *tallyfy.Member, groups *directory.Groups) string {
	d := p.Last()
	var in, out []string
	ours := slices.Concat(d.Add, d.Remove)
	for _, done := range p.Decisions {
		if done.State == review.Applied && !done.At.Before(d.Made()) {
			ours = slices.Concat(ours, done.Add, done.Remove)
		}
	}
	decided := func(id tallyfy.ID) bool {
		return slices.ContainsFunc(ours, func(g review.Group) bool { return g.ID == id })
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
	if m.Role != p.RoleDecided() {
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

// applying reads the review of the address and what there is to carry out. loading is true where the answer was a page that
// waits for the copies.
func (req *request) applying(sure bool) (a application, loading bool, err error) {
	req.app.Directory.Renew(req.scope)
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
	a = req.applicationOf(r, copied, nil, sure)
	if a.long && !copied.groups.Complete {
		return a, false, &problem{
			status: http.StatusBadGateway, title: "Not everything could be read", text: copied.missing() + " So many changes need all of it. Nothing was changed.", links: req.tryAgain(),
		}
	}
	return a, false, nil
}

// showReviewCheck shows what carrying out the decisions of a review would do.
func showReviewCheck(req *request) error {
	_, open, err := req.reviewJobs(web.Param(req, "review"))
	if err != nil {
		return err
	}
	a, loading, err := req.applying(true)
	if loading || err != nil {
		return err
	}
	f := req.openedForm(req.urls().Local(req.urls().ReviewCheck(a.review.ID)))
	if open == nil {
		return a.check(f)
	}
	v := views.ReviewCheck{ID: a.review.ID, Name: a.review.Name, Job: true}
	if v.Notice, err = req.underJob(open); err != nil {
		return err
	}
	return req.show(http.StatusOK, views.CheckReview(req.page("Check and apply", views.SectionMembers), v))
}

// check reads the groups concerned, and shows one row for each.
func (a application) check(f refusedForm) error {
	v := views.ReviewCheck{ID: a.review.ID, Name: a.review.Name, Missing: a.copied.missing(), Held: a.held, Long: a.long, Press: newPress(), Notice: f.Notice, Error: f.Errors["sure"]}
	if len(a.wishes) > 0 {
		if err := a.edits.Look(a.ctx()); err != nil {
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
	called := map[tallyfy.UserID]string{}
	for _, p := range a.people {
		called[p.ID] = personCalled(p, a.copied.members)
		if what := a.others[p.ID]; what != "" {
			v.Changed = append(v.Changed, views.ReviewHeld{ID: p.ID, Name: called[p.ID], Why: what})
		}
	}
	people := func(ids []tallyfy.UserID) (list []views.ReviewHeld) {
		for _, id := range ids {
			list = append(list, views.ReviewHeld{ID: id, Name: called[id]})
			v.People[id] = true
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
		v.Held = append(v.Held, views.ReviewHeld{ID: l.ID, Name: called[l.ID], Why: l.Why})
	}
	a.notes()
	for _, s := range a.edits.Skipped {
		v.Skipped = append(v.Skipped, names.Isolate(s.Name)+" is not changed: "+s.Why+".")
		for _, p := range a.people {
			what := "is to come into "
			if p.Wants(s.ID, true) {
				what = "is to leave "
			}
			if p.Wants(s.ID, false) || p.Wants(s.ID, true) {
				v.Held = append(v.Held, views.ReviewHeld{ID: p.ID, Name: called[p.ID], Why: what + names.Isolate(s.Name) + ": " + s.Why})
			}
		}
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

// A page carries out what fits into its time: two reads and a write for each group, and a read of each person. What takes
// longer becomes a job.
const (
	mostGroupsNow = 5
	mostPeopleNow = 10
)
