package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// inviteFields are the fields of an invitation, which have the names of Tallyfy's.
var inviteFields = []string{"email", "first_name", "last_name", "role", "message"}

// invitesWithin is the time for which invitations are counted: whose day Tallyfy counts is not documented.
const invitesWithin = 24 * time.Hour

func showInvite(req *request) error {
	page := req.urls().Local(req.urls().Invite())
	return req.askInvite(req.openedForm(page))
}

// askInvite shows the form, with what was typed if anything was.
func (req *request) askInvite(f refusedForm) error {
	view := views.InviteForm{
		Values: map[string]string{"role": string(tallyfy.RoleStandard), "message": req.invitationMessage()},
		Errors: f.Errors, Notice: f.Notice, Press: newPress(), Sent: req.invitesSent(), ADay: tallyfy.InvitesADay,
	}
	for _, r := range lifecycle.Roles {
		if r != tallyfy.RoleAdmin || req.rights().Members { // Tallyfy lets nobody else invite one
			view.Roles = append(view.Roles, r)
		}
	}
	if f.Form != nil {
		view.Values = map[string]string{}
		for _, name := range inviteFields {
			view.Values[name] = strings.ReplaceAll(f.Form.Get(name), "\r\n", "\n")
		}
		if f.ExistingID != "" {
			view.ExistingName, view.ExistingURL = f.ExistingName, req.urls().Member(tallyfy.UserID(f.ExistingID))
		}
	}
	ctx, done := context.WithTimeout(req.ctx(), plainWait)
	defer done()
	groups, err := req.Groups(ctx)
	if shut := req.shutOutBy(err); shut != nil {
		return shut
	}
	view.Groups = req.planPicker(groups, err, f.Form)
	return req.show(f.Status, views.Invite(req.memberPage("Invite somebody"), view))
}

// invitesSent is how many invitations were sent from here of late, -1 where that is not known.
func (req *request) invitesSent() (n int) {
	f := journal.Filter{Org: req.org(), Kind: lifecycle.Invited, From: req.app.Now().Add(-invitesWithin)}
	for e, err := range req.app.Journal.List(req.ctx(), f) {
		if err != nil {
			return -1
		}
		if !e.NotMade() {
			n++
		}
	}
	return n
}

// planPicker offers the groups to plan: those chosen first, whatever is searched. err is that of the reading.
func (req *request) planPicker(groups *directory.Groups, err error, form url.Values) views.GroupPicker {
	v := views.GroupPicker{Find: strings.TrimSpace(form.Get("find"))}
	switch {
	case err != nil && len(groups.Items) == 0:
		v.Note = "The groups could not be read. Search to try again, or plan none."
	case groups.Short != nil:
		v.Note = missing(groups.Short, "groups")
	case !groups.Complete:
		v.Note = "The groups are still being read. Search again in a moment."
	}
	chosen := map[tallyfy.ID]bool{}
	for _, line := range plannedIn(form) {
		g := views.PickedGroup{GroupLink: views.GroupLink{ID: tallyfy.ID(line), Name: line}, Why: "Not known here", Chosen: true}
		if found := directory.Called(groups, line); len(found) == 1 {
			g.GroupLink, g.Why = req.groupLink(found[0]), groupSize(found[0])
		}
		if !chosen[g.ID] {
			chosen[g.ID] = true
			v.Offered = append(v.Offered, g)
		}
	}
	found := groups.Search(v.Find, func(g *tallyfy.Group) bool { return !chosen[g.ID] })
	slices.SortStableFunc(found, func(a, b *tallyfy.Group) int { return names.Compare(a.DisplayName(), b.DisplayName()) })
	v.Matching, v.Found = len(found), min(len(found), groupsOffered)
	for _, g := range found[:v.Found] {
		v.Offered = append(v.Offered, views.PickedGroup{GroupLink: req.groupLink(g), Why: groupSize(g)})
	}
	return v
}

func groupSize(g *tallyfy.Group) string {
	return words.Count(len(g.Members)+len(g.Guests), "person", "people")
}

// inviteMember sends an invitation; or, when the button of the search was pressed, shows the form again. Whatever goes
// wrong, the form comes back with everything in it.
func inviteMember(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	page := req.urls().Invite()
	req.returnTo, req.typed = req.urls().Local(page), form
	c := &lifecycle.Invitation{
		Client: req.api, Org: req.who.Organisation, By: req.who.Name, Plans: req.app.PlannedGroups,
		Request: lifecycle.Tidy(tallyfy.InviteRequest{
			Email: form.Get("email"), FirstName: form.Get("first_name"), LastName: form.Get("last_name"),
			Role: tallyfy.Role(form.Get("role")), Message: form.Get("message"),
		}),
	}
	edit := editForm{
		request: req, page: page, kept: form, fields: inviteFields, what: "This person", place: inviteRefusal,
		show: req.askInvite,
	}
	if form.Get("action") == "find" {
		return edit.again(refusedForm{Status: http.StatusOK})
	}
	errs := lifecycle.Problems(c.Request)
	var problem string
	if c.Groups, problem, err = req.plannedGroups(form); err != nil {
		return edit.notMade(err)
	}
	if problem != "" {
		errs["groups"] = problem
	}
	if len(errs) > 0 {
		return edit.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	return changeForm{
		editForm: edit, change: c,
		sent:    func(error) { req.invalidate(directory.Change{Members: true}) },
		stopped: func() error { return edit.taken(c.Standing(), c.Found) },
		done: func(out change.Outcome, text string) error {
			return req.said(text, "Receipt", req.urls().Entry(out.Entry.ID), req.urls().Member(tallyfy.UserID(out.Entry.Subject(journal.Member).ID)))
		},
	}.carryOut()
}

// inviteRefusal puts a refusal where it can be acted on: for lack of a seat at the role, and of a cap it says that the day may be used up.
func inviteRefusal(err error, f *refusedForm) {
	switch {
	case tallyfy.IsConflict(err) && f.Notice != nil:
		f.Errors = map[string]string{"role": f.Notice.Text}
		f.Notice = nil
	case tallyfy.IsHourlyCap(err) && f.Notice != nil:
		f.Notice.Text += " Tallyfy sends about " + words.Number(tallyfy.InvitesADay) + " invitations a day: if those are used up, try again tomorrow."
	}
}

// plannedIn are the names and ids of the groups that a form plans: those ticked, and those of a text with one a line, as
// other clients send it.
func plannedIn(form url.Values) (list []string) {
	for _, line := range entries(strings.Join(form["groups"], "\n")) {
		if line = names.Tidy(line); line != "" && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

// plannedGroups are the groups that a form plans. problem says which are none.
func (req *request) plannedGroups(form url.Values) (list []store.PlannedGroup, problem string, err error) {
	lines := plannedIn(form)
	if len(lines) == 0 {
		return nil, "", nil
	}
	groups, err := req.Groups(req.ctx())
	if err != nil {
		return nil, "", err
	}
	seen, wrong := map[tallyfy.ID]bool{}, []string(nil)
	for _, line := range lines {
		switch found := directory.Called(groups, line); {
		case len(found) == 1 && !seen[found[0].ID]:
			seen[found[0].ID] = true
			list = append(list, store.PlannedGroup{ID: string(found[0].ID), Name: found[0].DisplayName()})
		case len(found) > 1:
			wrong = append(wrong, "“"+names.Isolate(line)+"” fits several groups: give the id.")
		case len(found) == 0:
			wrong = append(wrong, "“"+names.Isolate(line)+"” is no group.")
		}
	}
	return list, strings.Join(wrong, " "), nil
}
