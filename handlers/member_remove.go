package handlers

import (
	"net/http"
	"strings"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// memberRemoval is the removal of a member for one request. Its three steps change nothing; the press of
// the last one's button does.
type memberRemoval struct {
	*request
	removal *removal.Removal
	// to is the choice of who takes over that came along.
	to string
}

func removalOf(req *request, to string) memberRemoval {
	return memberRemoval{req, req.removal(tallyfy.UserID(web.Param(req, "member"))), strings.TrimSpace(to)}
}

// goTo sends the browser to another page of the flow, with the list that the visitor came from.
func (m memberRemoval) goTo(path string) error {
	return m.request.goTo(m.fromMembers(path))
}

func (m memberRemoval) head() views.RemovalHead {
	h := views.RemovalHead{Person: personOf(m.removal.Leaver), Organisation: m.removal.Organisation, To: m.to}
	if hasNamesake(m.removal.Copy, m.removal.Leaver) {
		h.Mark = h.Email
	}
	return h
}

// showRemoval is the first step: what stands in the way, and what the member holds.
func showRemoval(req *request) error {
	m := removalOf(req, "")
	if err := m.removal.Look(req.ctx()); err != nil {
		return err
	}
	if f := req.refusedForm(); f != nil && len(m.removal.Blockers()) > 0 {
		return m.showHeld(f.Status)
	}
	return m.showHeld(http.StatusOK)
}

func (m memberRemoval) showHeld(status int) error {
	r := m.removal
	view := views.RemovalStart{Head: m.head(), GroupsKnown: r.Leaver.GroupsIncluded, Tasks: m.taskView(r.Tasks, m.urls().MemberTasks(r.ID)), Note: m.unknownNote()}
	view.Blockers = m.blockersOf(r.Blockers())
	view.Guests, view.GuestsKnown = m.guestRows()
	for _, g := range r.Groups() {
		view.Groups = append(view.Groups, groupLeft(g.Row(), true))
	}
	return m.show(status, views.RemovalFirst(m.memberPage(view.Head.Title("")), view))
}

// unknownNote says of how many groups it is not known who stays, if of any, and why.
func (m memberRemoval) unknownNote() string {
	n := 0
	for _, g := range m.removal.Groups() {
		if g.Unknown > 0 {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	note := "It is not known who stays in " + words.Count(n, "group", "groups") + ". "
	switch r := m.removal; {
	case r.Copy.Short != nil:
		return note + missing(r.Copy.Short, "members")
	case r.CopyError != nil:
		return note + "Tallyfy did not give all members."
	}
	return note + "The members are still being read: look again in a moment."
}

// guestRows are the guests whom the leaver knows. A removal hands none of them over.
func (m memberRemoval) guestRows() (list []views.GuestRow, known bool) {
	guests, known := m.guestsKnown(m.removal.ID)
	for _, g := range guests {
		list = append(list, guestPerson(g))
	}
	return list, known
}
