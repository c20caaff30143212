package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// A groupMerge puts the people of a group into another one, and then deletes it: two changes, each with its own
// entry. The second is made only after the first was found done.
type groupMerge struct {
	*request
	id, into tallyfy.ID
	deletion *membership.Deletion
	edit     *membership.Edit
}

func (req *request) groupMerge(form url.Values) groupMerge {
	m := groupMerge{request: req, id: tallyfy.ID(web.Param(req, "group")), into: tallyfy.ID(form.Get("into"))}
	m.deletion = req.deletion(m.id)
	m.deletion.Typed, m.deletion.Asked = form.Get("phrase"), form.Has("phrase")
	return m
}

// showGroupMerge offers the groups to merge one into, and says what merging it into the chosen one would do.
func showGroupMerge(req *request) error {
	f := req.askedForm()
	m := req.groupMerge(f.Form)
	req.returnTo = req.urls().Local(req.urls().MergeGroup(m.id, m.into))
	return m.show(f)
}

func (m groupMerge) show(f refusedForm) error {
	if m.into == "" || m.into == m.id || !tallyfy.PlausibleID(string(m.into)) || f.Form.Get("action") == "find" {
		return m.choose(f)
	}
	return m.ask(f)
}

// choose offers the groups to merge into.
func (m groupMerge) choose(f refusedForm) error {
	copied, err := m.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return m.showLoading("Merge a group", copied, m.urls().Group(m.id))
	}
	g, ok := copied.groups.ByID(m.id)
	if !ok {
		if g, err = m.Group(m.ctx(), m.id); err != nil {
			return m.missingGroup(m.id, err)
		}
	}
	view := views.GroupMergeChoice{ID: g.ID, Name: g.DisplayName(), Find: strings.TrimSpace(f.Form.Get("q")), Notice: f.Notice, Note: copied.missing()}
	found := copied.groups.Search(view.Find, func(other *tallyfy.Group) bool { return other.ID != m.id })
	slices.SortStableFunc(found, func(a, b *tallyfy.Group) int { return names.Compare(a.DisplayName(), b.DisplayName()) })
	view.Matching = len(found)
	for _, other := range found[:min(len(found), groupsToMerge)] {
		view.Offered = append(view.Offered, m.groupRow(other, copied.members))
	}
	return m.request.show(f.Status, views.ChooseGroupToMergeInto(m.page("Merge "+names.Isolate(g.DisplayName())+" into another group", views.SectionGroups), view))
}

// groupsToMerge is how many groups the page offers to merge into. The search reaches the others.
const groupsToMerge = 20

// look reads both groups.
func (m *groupMerge) look() error {
	if err := m.deletion.Look(m.ctx()); err != nil {
		return m.missingGroup(m.id, err)
	}
	m.edit = m.peopleEdit()
	if err := m.edit.Look(m.ctx()); err != nil {
		return m.missingGroup(m.into, err)
	}
	return nil
}

// peopleEdit is the first of the changes: everybody of the one group comes into the other. The page says what
// is at stake.
func (m *groupMerge) peopleEdit() *membership.Edit {
	g := m.deletion.Group
	return m.groupEdit(membership.Edit{ID: m.into, People: membership.People{Add: g.Members, AddGuests: g.Guests}, Merges: g.DisplayName(), Sure: true})
}

// ask says what would happen, in the order in which it would.
func (m groupMerge) ask(f refusedForm) error {
	if err := m.look(); err != nil {
		return err
	}
	d, c := m.deletion, m.edit
	people, deletion := c.Plan(), d.Plan()
	view := views.GroupMerge{
		ID: m.id, Name: d.Group.DisplayName(), Into: m.into, IntoName: c.Group.DisplayName(), Nothing: c.Nothing(), Lines: linesOf(people), Then: linesOf(deletion), Warnings: people.Warnings,
		Tasks: m.taskView(d.Tasks, m.urls().GroupTasks(m.id)), Phrase: d.Phrase(), ByID: d.ByID(), Typed: d.Typed, PhraseError: f.Errors["phrase"],
		Seen: deletion.Fingerprint(), SeenPeople: people.Fingerprint(), Press: newPress(), Notice: f.Notice,
		KeptDays: m.app.Journal.ContentsDays(), NeedsDescription: c.NeedsDescription(), Unread: c.Unread(),
	}
	if !view.Unread {
		view.LeftOut, view.Joined = c.LeftOutText(), c.JoinedText()
	}
	return m.request.show(f.Status, views.MergeGroup(m.page(view.Title(), views.SectionGroups), view))
}

// mergeGroup carries both changes out.
func mergeGroup(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	m := req.groupMerge(form)
	page := req.urls().MergeGroup(m.id, m.into)
	req.returnTo = req.urls().Local(page)
	f := editForm{request: req, page: page, then: req.urls().Group(m.into), kept: form, show: func(r refusedForm) error { return m.show(r) }}
	if m.into == "" || m.into == m.id || !tallyfy.PlausibleID(string(m.into)) {
		return m.choose(refusedForm{Status: http.StatusUnprocessableEntity, Form: form, Notice: &views.Notice{Kind: views.NoticeProblem, Text: "Choose another group to merge into. Nothing was changed."}})
	}
	d := m.deletion
	switch err := d.Look(req.ctx()); {
	case tallyfy.IsGone(err):
		return m.alreadyGone(f)
	case err != nil:
		return f.notMade(err)
	}
	if text := d.PhraseError(); text != "" {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"phrase": text}})
	}
	if seen := form.Get("seen"); seen != "" && seen != d.Plan().Fingerprint() {
		return f.again(stoppedForm("Stopped before anything was done: " + names.Isolate(d.Group.DisplayName()) + " has changed since you opened this page. This is how it is now."))
	}
	answered, err := m.addPeople(f, form)
	if answered || err != nil {
		return err
	}
	return m.deleteMerged(f, form)
}

// addPeople makes the first change. Unless it was found done, or there was nothing to do, it answers.
func (m *groupMerge) addPeople(f editForm, form url.Values) (answered bool, err error) {
	m.edit = m.peopleEdit()
	out, err := m.run(change.Press{Press: pressOf(form), Fingerprint: form.Get("seen_people"), Queue: true}, m.edit, func(error) { m.groupChanged() })
	if err != nil {
		return true, f.notMade(err)
	}
	switch {
	case out.Kind == change.Stopped && m.edit.Unread():
		return true, f.again(stoppedForm("Stopped before anything was done: not all members are read yet, so it is not known who can be added."))
	case out.Kind == change.Stopped && m.edit.Nothing():
		return false, nil
	case out.Kind == change.Stopped && m.edit.NeedsDescription():
		return true, f.again(stoppedForm(names.Isolate(m.edit.Group.DisplayName()) + " has no description, and Tallyfy takes no change without one: edit it first. Nothing was changed."))
	case out.Kind == change.Stopped || out.Kind == change.Changed:
		return true, f.again(stoppedForm("Stopped before anything was done: " + names.Isolate(m.edit.Group.DisplayName()) + " has changed since you opened this page. This is how it is now."))
	case out.Kind == change.Busy:
		return true, f.busy(out)
	case out.Kind == change.Refused && !change.SaysOtherwise(out.Err):
		return true, f.notMade(out.Err)
	case out.Kind == change.NotConfirmed && tallyfy.IsUnauthorized(out.CheckErr):
		return true, out.CheckErr
	case out.Entry.CarriedOut():
		return false, nil
	}
	m.notice(views.Notice{Kind: views.NoticeWarning, Text: names.Isolate(m.deletion.Group.DisplayName()) + " was not deleted: it was not confirmed in time that its people are in the other group. Once they are, merge again."})
	return true, m.goTo(m.urls().Entry(out.Entry.ID))
}

// deleteMerged makes the second change. People who have come into the group meanwhile stop it.
func (m *groupMerge) deleteMerged(f editForm, form url.Values) error {
	d := m.deletion
	name, seen := names.Isolate(d.Group.DisplayName()), d.Plan().Fingerprint()
	result, err := m.run(change.Press{Press: pressOf(form), Fingerprint: seen, Queue: true}, d, func(error) { m.groupChanged() })
	if err != nil {
		return m.peopleOnly(f, err)
	}
	switch result.Kind {
	case change.Stopped, change.Changed:
		return f.again(stoppedForm("The people were added to the other group, and " + name + " has changed since, so it was not deleted. This is how it is now."))
	case change.Busy:
		return f.busy(result)
	case change.Refused:
		if tallyfy.IsGone(result.Err) {
			return m.alreadyGone(f)
		}
		if !change.SaysOtherwise(result.Err) {
			return m.peopleOnly(f, result.Err)
		}
	case change.NotConfirmed:
		if tallyfy.IsUnauthorized(result.CheckErr) {
			return result.CheckErr
		}
	}
	if result.Entry.Finding(membership.Gone).Result != journal.Confirmed {
		return m.goTo(m.urls().Entry(result.Entry.ID))
	}
	_, text := d.Summary(result.Entry, false)
	text = strings.TrimSpace("The people are in this group now. " + text + " " + m.edit.LeftOutText())
	m.notice(views.Notice{Kind: views.NoticeDone, Text: text, LinkText: "Receipt", LinkURL: m.urls().Entry(result.Entry.ID)})
	return m.goTo(f.then)
}

// alreadyGone answers when somebody has deleted the group, perhaps an earlier press of the button.
func (m *groupMerge) alreadyGone(f editForm) error {
	m.groupChanged()
	n := views.Notice{Kind: views.NoticeInfo, Text: "The other group is already gone. Nothing was deleted now."}
	if e := m.deletionOf(m.id); e != nil && carriedOut(e) {
		n.LinkText, n.LinkURL = "Receipt", m.urls().Entry(e.ID)
	}
	m.notice(n)
	return m.goTo(f.then)
}

// peopleOnly answers when the people were added, and the group was not deleted.
func (m *groupMerge) peopleOnly(f editForm, err error) error {
	if lockedOut(err) {
		return err
	}
	again := refusedForm{Status: http.StatusConflict, Notice: &views.Notice{Kind: views.NoticeWarning, RequestID: web.IDOf(m)}}
	r, refused := refusalOf(err)
	why := r.Text
	if !refused || !r.gaveReason() {
		p := m.explain(err)
		why, again.Status = p.title+". "+p.text, p.status
		m.setRetryAfter(err)
	}
	again.Notice.Text = "The people are in the other group, but " + names.Isolate(m.deletion.Group.DisplayName()) + " was not deleted. " + why
	return f.again(again)
}
