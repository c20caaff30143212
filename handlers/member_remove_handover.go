package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showHandover is the second step: who takes over. The choice made so far and the search are in
// the address.
func showHandover(v *visit) error {
	l, err := v.leaver()
	if err != nil {
		return err
	}
	if len(l.Blockers()) > 0 {
		return v.showBlockers(http.StatusConflict, l)
	}
	return v.askForSuccessor(http.StatusOK, l, "")
}

func (v *visit) askForSuccessor(status int, l *leaving, problem string) error {
	view := views.RemovalHandover{
		Head: l.head(), Tasks: taskView(l.Tasks), Query: strings.TrimSpace(v.QueryParam("q")), To: v.chosen(), Problem: problem,
		Note: v.directoryNote(l.members, l.problem),
	}
	found := v.searchMembers(l.members, view.Query, l.CanTakeOver)
	view.Matching = len(found)
	view.Candidates = v.candidates(l, found, view.To)
	return v.show(status, views.RemovalSecond(v.page("Who takes over from "+l.Leaver.Name()+"?", views.SectionMembers), view))
}

// chosen is the choice that came along, in the address or the form.
func (v *visit) chosen() string {
	if v.Request().Method == http.MethodPost {
		return strings.TrimSpace(v.Request().PostForm.Get("to"))
	}
	return strings.TrimSpace(v.QueryParam("to"))
}

// chosenMember finds the chosen member. While the directory is not complete, it may ask Tallyfy
// with one more call.
func (v *visit) chosenMember(l *leaving, to string) (*tallyfy.Member, bool) {
	m, ok := l.members.Member(tallyfy.UserID(to))
	if ok || l.members.Complete || to == "" || to == views.LeaveWork || !canBeID(to) {
		return m, ok
	}
	m, err := v.api.Members.Get(v.ctx(), v.org(), tallyfy.UserID(to))
	return m, err == nil
}

// candidates orders the members who can take over: first the one chosen so far, found by the search
// or not; then by the number of groups that they share with the leaver; then by name.
func (v *visit) candidates(l *leaving, found []*tallyfy.Member, to string) []views.Candidate {
	groups := len(l.Groups())
	shared := make(map[tallyfy.UserID]int, len(found))
	for _, m := range found {
		shared[m.ID] = len(l.Shared(m.ID))
	}
	slices.SortStableFunc(found, func(a, b *tallyfy.Member) int { return cmp.Compare(shared[b.ID], shared[a.ID]) })
	if m, ok := v.chosenMember(l, to); ok && l.CanTakeOver(m) {
		found = slices.DeleteFunc(found, func(other *tallyfy.Member) bool { return other.ID == m.ID })
		found = slices.Insert(found, 0, m)
		shared[m.ID] = len(l.Shared(m.ID))
	}
	list := make([]views.Candidate, 0, pickerRows)
	for _, m := range found[:min(pickerRows, len(found))] {
		c := views.Candidate{Person: personOf(m), LastLogin: m.LastLoginAt.Time}
		if n := shared[m.ID]; n > 0 {
			c.Reason = "shares " + views.Number(n) + " of " + views.Count(groups, "group", "groups")
		}
		list = append(list, c)
	}
	return list
}
