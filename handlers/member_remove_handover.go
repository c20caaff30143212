package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// showHandover is the second step: who takes over. The choice made so far and the search are in
// the address.
func showHandover(req *request) error {
	m := removalOf(req, req.QueryParam("to"))
	if err := m.removal.Look(req.ctx()); err != nil {
		req.sayRefused()
		return err
	}
	if len(m.removal.Blockers()) > 0 {
		return m.showHeld(http.StatusConflict)
	}
	if f := req.refusedForm(); f != nil {
		return m.askForSuccessor(f.Status, f.Problem)
	}
	return m.askForSuccessor(http.StatusOK, "")
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
	return m.show(status, views.RemovalSecond(m.page(view.Head.Title("who takes over?"), views.SectionMembers), view))
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

// candidates orders the members who can take over: first the one chosen so far, found by the search
// or not; then by the number of groups that they share with the leaver; then by name.
func (m memberRemoval) candidates(found []*tallyfy.Member) []views.Candidate {
	r := m.removal
	groups := len(r.Groups())
	shared := make(map[tallyfy.UserID]int, len(found))
	for _, c := range found {
		shared[c.ID] = len(r.Shared(c.ID))
	}
	slices.SortStableFunc(found, func(a, b *tallyfy.Member) int { return cmp.Compare(shared[b.ID], shared[a.ID]) })
	if chosen, ok := m.chosenMember(); ok && r.CanTakeOver(chosen) {
		found = slices.DeleteFunc(found, func(other *tallyfy.Member) bool { return other.ID == chosen.ID })
		found = slices.Insert(found, 0, chosen)
		shared[chosen.ID] = len(r.Shared(chosen.ID))
	}
	list := make([]views.Candidate, 0, pickerRows)
	for _, c := range found[:min(pickerRows, len(found))] {
		candidate := views.Candidate{Person: personOf(c), LastLogin: c.LastLoginAt.Time}
		if n := shared[c.ID]; n > 0 {
			candidate.Reason = "shares " + words.Number(n) + " of " + words.Count(groups, "group", "groups")
		}
		list = append(list, candidate)
	}
	return list
}
