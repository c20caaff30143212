package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// choicesOffered is how many groups the form offers to choose from, besides those from before.
const choicesOffered = 25

// A comeback brings a member back for one request. The choice of groups is in the address.
type comeback struct {
	*request
	change *lifecycle.Comeback
	// asked are the fields of the address, or of the form that was sent.
	asked url.Values
}

func (req *request) comebackOf(asked url.Values) (comeback, error) {
	c := &lifecycle.Comeback{Person: req.person(), Groups: asked.Get("groups")}
	for _, id := range asked["group"] {
		if tallyfy.PlausibleID(id) && !slices.Contains(c.Chosen, tallyfy.ID(id)) {
			c.Chosen = append(c.Chosen, tallyfy.ID(id))
		}
	}
	c.ReadGroup = func(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
		if groups := req.CopiedGroups(); groups != nil {
			if g, ok := groups.ByID(id); ok {
				return g, nil
			}
		}
		return req.Group(ctx, id)
	}
	e, groups, known, err := req.groupsBefore(c.ID)
	if c.BeforeKnown = known; e != nil && e.Kind == removal.MemberRemoved {
		c.Removal = e
	}
	for _, g := range groups {
		c.Before = append(c.Before, lifecycle.GroupName{ID: tallyfy.ID(g.ID), Name: g.Name})
	}
	return comeback{req, c, asked}, err
}

// page is the address of the form with the choice.
func (m comeback) page() string {
	return m.fromMembers(m.urls().BringBack(m.change.ID, m.change.Groups, m.change.Chosen))
}

// showComeback asks for the groups; with a choice it shows the plan.
func showComeback(req *request) error {
	f := req.askedForm()
	m, err := req.comebackOf(f.Form)
	if err != nil {
		return err
	}
	if err := m.change.Look(req.ctx()); err != nil {
		return err
	}
	return m.ask(f)
}

// ask shows the page, after Look.
func (m comeback) ask(f refusedForm) error {
	c := m.change
	view := views.ComebackForm{
		Head: personHead(&c.Person), Blockers: m.blockersOf(c.Blockers()), Notice: f.Notice, Press: newPress(),
		Groups: c.Groups, Known: c.BeforeKnown, Query: m.asked.Get("q"), Problem: f.Errors["groups"],
	}
	for _, id := range c.Chosen {
		view.Chosen = append(view.Chosen, string(id))
	}
	for _, g := range c.Before {
		view.Before = append(view.Before, views.GroupLink{ID: g.ID, Name: g.Name})
	}
	switch problem := c.ChoiceProblem(); {
	case len(view.Blockers) > 0:
	case problem == "" && !m.asked.Has("find"):
		plan := c.Plan()
		view.Lines, view.Notes, view.Seen = linesOf(plan), plan.Warnings, plan.Fingerprint()
	default:
		if problem != "" && c.Groups != "" && !m.asked.Has("find") {
			view.Problem, f.Status = problem, http.StatusUnprocessableEntity
		}
		if err := m.offer(&view); err != nil {
			return err
		}
	}
	return m.show(f.Status, views.BringBack(m.memberPage(view.Title()), view))
}

// offer lists the groups to choose from: those that are chosen, those from before, and those that the search finds.
func (m comeback) offer(view *views.ComebackForm) error {
	page, err := m.api.Groups.List(m.ctx(), m.org(), tallyfy.GroupListOptions{Query: names.Clean(view.Query), SortBy: "name", PerPage: choicesOffered})
	if err != nil {
		return err
	}
	add := func(id tallyfy.ID, name string, before bool) {
		known := func(o views.GroupChoice) bool { return o.ID == id }
		if !slices.ContainsFunc(view.Offered, known) {
			view.Offered = append(view.Offered, views.GroupChoice{GroupLink: views.GroupLink{ID: id, Name: name}, Before: before, Chosen: slices.Contains(m.change.Chosen, id)})
		}
	}
	wasIn := func(id tallyfy.ID) bool {
		return slices.ContainsFunc(view.Before, func(g views.GroupLink) bool { return g.ID == id })
	}
	for _, g := range m.change.Targets {
		if m.change.Groups == lifecycle.ChosenGroups {
			add(g.ID, g.Name, wasIn(g.ID))
		}
	}
	for _, g := range view.Before {
		add(g.ID, g.Name, true)
	}
	for i := range page.Items {
		add(page.Items[i].ID, page.Items[i].DisplayName(), false)
	}
	view.Total = page.Pagination.Total
	view.Listed = len(page.Items)
	return nil
}

// bringBack enables the member, and then sees to the groups.
func bringBack(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	m, err := req.comebackOf(form)
	if err != nil {
		return err
	}
	c := m.change
	req.returnTo = req.urls().Local(m.page())
	f := req.memberForm(m.page(), form, c, &c.Person, m.ask)
	press := pressOf(form)
	out, err := req.run(change.Press{Press: press, Fingerprint: form.Get("seen")}, c, req.memberChanged(c))
	if err != nil {
		return f.notMade(err)
	}
	switch out.Kind {
	case change.Stopped:
		status := http.StatusUnprocessableEntity
		if len(c.Blockers()) > 0 {
			status = http.StatusConflict
		}
		return f.again(refusedForm{Status: status, Errors: map[string]string{"groups": c.ChoiceProblem()}})
	case change.Changed:
		return f.again(changedMeanwhile())
	case change.Busy:
		return f.busy(out)
	case change.Repeated: // what the first press left undone stands on its receipt
		if out.Entry.NotMade() {
			return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Notice: &views.Notice{
				Kind: views.NoticeProblem, Text: req.activityRow(out.Entry).Sentence + " Nothing was changed.",
			}})
		}
		return req.goTo(req.urls().Entry(out.Entry.ID))
	case change.Refused:
		if !change.SaysOtherwise(out.Err) {
			return m.refused(f, out.Err)
		}
	}
	req.unsure = true // something was sent, should the sign-in end now
	if tallyfy.IsUnauthorized(out.CheckErr) {
		return out.CheckErr
	}
	if !carriedOut(out.Entry) {
		return req.goTo(req.urls().Entry(out.Entry.ID))
	}
	if err := m.seeToGroups(press); err != nil {
		return err
	}
	if err := req.app.changes.Check(req.ctx(), out.Entry, c); tallyfy.IsUnauthorized(err) {
		return err
	}
	return req.goTo(req.urls().Entry(out.Entry.ID))
}

// refused says why the member was not brought back. A seat that is missing is named by its pool.
func (m comeback) refused(f editForm, err error) error {
	if pool, noSeat := tallyfy.IsNoSeat(err); noSeat {
		seat := map[string]string{"full": "full seat", "light": "Light seat"}[pool]
		if seat == "" {
			seat = "seat"
		}
		r, _ := refusalOf(err)
		return f.again(refusedForm{Status: http.StatusConflict, Notice: &views.Notice{
			Kind: views.NoticeProblem,
			Text: "No " + seat + " is free, so " + m.change.Called() + " was not brought back, and no group was changed. Free a seat, or get one in Tallyfy. " + r.Text + " Nothing was changed.",
		}})
	}
	return f.notMade(err)
}

// seeToGroups reads the member, whom Tallyfy has put back in groups by itself, and changes the groups that are not as
// chosen. An error ends the request; what else goes wrong is said on the receipt.
func (m comeback) seeToGroups(press string) error {
	c := m.change
	not := func(why string) error {
		m.notice(views.Notice{Kind: views.NoticeProblem, Text: c.Called() + " was brought back, but the groups were not changed: " + why + " Change them on the person's page."})
		return nil
	}
	now, err := m.api.Members.Get(m.ctx(), m.org(), c.ID, "groups")
	if tallyfy.IsUnauthorized(err) {
		return err
	}
	if err != nil {
		m.logInfo("groups not read", err)
		return not("they could not be read.")
	}
	add, remove, ok := c.Rest(now)
	if !ok {
		return not("Tallyfy did not send them.")
	}
	var wish []membership.GroupPeople
	for _, id := range add {
		wish = append(wish, membership.GroupPeople{ID: id, People: membership.People{Add: []tallyfy.UserID{c.ID}}})
	}
	for _, id := range remove {
		wish = append(wish, membership.GroupPeople{ID: id, People: membership.People{Remove: []tallyfy.UserID{c.ID}}})
	}
	for some := range slices.Chunk(wish, membership.MostEdits) {
		e := m.groupEdits(membership.Edits{Groups: some, Sure: true})
		out, err := m.run(change.Press{Press: press, Queue: true}, e, func(error) { m.groupChanged() })
		switch {
		case lockedOut(err):
			return err
		case err != nil:
			p := m.explain(err)
			return not(p.title + ".")
		case out.Kind == change.Busy:
			return not("another change of the same groups is under way.")
		case out.Entry == nil:
			if text := e.NotesText(); text != "" {
				m.notice(views.Notice{Kind: views.NoticeWarning, Text: text})
			}
			continue
		case tallyfy.IsUnauthorized(out.CheckErr):
			return out.CheckErr
		}
		tone, text := e.Summary(out.Entry, false)
		m.notice(views.Notice{
			Kind: views.NoticeKind(tone), Text: strings.TrimSpace(text + " " + e.NotesText()), LinkText: "Receipt of the groups", LinkURL: m.urls().Entry(out.Entry.ID),
		})
	}
	return nil
}
