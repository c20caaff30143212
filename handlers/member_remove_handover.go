package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/matrix"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showHandover is the second step: who takes over. The choice made so far and the search are in
// the address.
func showHandover(req *request) error {
	m := removalOf(req, req.QueryParam("to"))
	if err := m.removal.Look(req.ctx()); err != nil {
		return err
	}
	if len(m.removal.Blockers()) > 0 {
		return m.showHeld(http.StatusConflict)
	}
	f := req.pressedForm()
	return m.askForSuccessor(f.Status, f.Problem)
}

func (m memberRemoval) askForSuccessor(status int, problem string) error {
	r := m.removal
	view := views.RemovalHandover{
		Head: m.head(), Tasks: m.taskView(r.Tasks, m.urls().MemberTasks(r.ID)), Query: strings.TrimSpace(m.QueryParam("q")), To: m.to, Problem: problem,
		Note: m.directoryNote(r.Copy, r.CopyError),
	}
	found := m.searchMembers(r.Copy, view.Query, r.CanTakeOver)
	view.Matching = len(found)
	view.Candidates = m.candidates(found)
	return m.show(status, views.RemovalSecond(m.memberPage(view.Head.Title("who takes over?")), view))
}

// chosenMember finds the chosen member. While the directory is not complete, it may ask Tallyfy
// with one more call.
func (m memberRemoval) chosenMember() (*tallyfy.Member, bool) {
	chosen, ok := m.removal.Copy.ByID(tallyfy.UserID(m.to))
	if ok || m.removal.Copy.Complete || m.to == removal.LeaveWork || !tallyfy.PlausibleID(m.to) {
		return chosen, ok
	}
	chosen, err := m.api.Members.Get(m.ctx(), m.org(), tallyfy.UserID(m.to))
	return chosen, err == nil
}

// candidates orders the members who can take over: first the one chosen so far, found by the search or not; then by
// the groups that they share with the leaver, of which a small one says more than a large one; then by job title;
// then by name.
func (m memberRemoval) candidates(found []*tallyfy.Member) []views.Candidate {
	like := matrix.LikenessTo(m.removal.Leaver, m.tellingGroups())
	slices.SortStableFunc(found, like.Compare)
	if chosen, ok := m.chosenMember(); ok && m.removal.CanTakeOver(chosen) {
		found = slices.DeleteFunc(found, func(other *tallyfy.Member) bool { return other.ID == chosen.ID })
		found = slices.Insert(found, 0, chosen)
	}
	list := make([]views.Candidate, 0, pickerRows)
	for _, c := range found[:min(pickerRows, len(found))] {
		candidate := views.Candidate{Person: personOf(c), LastLogin: c.LastLoginAt.Time}
		if groups := like.Shared(c.ID); len(groups) > 0 {
			var named []string
			for _, g := range groups[:min(views.NamedGroups, len(groups))] {
				named = append(named, g.DisplayName())
			}
			candidate.Reason = "also in " + names.Some(named, len(groups)-len(named))
		} else if like.SameTitle(c) {
			candidate.Reason = "same job title"
		}
		list = append(list, candidate)
	}
	return list
}

// tellingGroups are the leaver's groups, the smallest first. Those of more than half of everybody
// are left out as far as it is known how many everybody is.
func (m memberRemoval) tellingGroups() []*tallyfy.Group {
	groups := m.removal.Leaver.In()
	if m.removal.Copy.Complete {
		return matrix.Telling(groups, m.removal.Copy)
	}
	slices.SortStableFunc(groups, func(a, b *tallyfy.Group) int { return cmp.Compare(len(a.Members), len(b.Members)) })
	return groups
}
