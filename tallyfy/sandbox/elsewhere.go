package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// A GroupChange is what another administrator changes in a group. Empty texts stay as they are.
type GroupChange struct {
	Name, Description       string
	Add, Remove             []int
	AddGuests, RemoveGuests []string
}

// ChangeGroup changes a group of the main organisation as another administrator does in Tallyfy itself:
// no request is logged for it, and no fault meets it. The activity names the owner of
// [ColleagueToken]. It reports whether the group exists.
func (s *Server) ChangeGroup(id string, c GroupChange) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.main.groupByID[id]
	if g == nil {
		return false
	}
	members := slices.DeleteFunc(slices.Clone(g.members), func(id int) bool { return slices.Contains(c.Remove, id) })
	for _, id := range c.Add {
		if !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	guests := slices.DeleteFunc(slices.Clone(g.guests), func(email string) bool { return slices.Contains(c.RemoveGuests, email) })
	for _, email := range c.AddGuests {
		if email = strings.ToLower(email); !slices.Contains(guests, email) {
			guests = append(guests, email)
		}
	}
	name, description := cmp.Or(c.Name, g.name), cmp.Or(c.Description, g.description)
	s.main.updateGroup(g, name, description, &members, &guests, s.now())
	s.noteElsewhere(verbUpdated, g)
	return true
}

// AfterUpdate calls do once, in the moment after the next update of a group and before the next reading of
// one: in which an update is overtaken.
func (s *Server) AfterUpdate(do func()) {
	const route = "/organizations/{org}/groups/{group}"
	s.Fail(Fault{Method: http.MethodPut, Route: route, Times: 1, Meanwhile: func() {
		s.Fail(Fault{Method: http.MethodGet, Route: route, Times: 1, Meanwhile: do})
	}})
}

// DisableInPlace disables a member of the main organisation as the service did before 2022: the groups keep the member, and the
// id after a deletion for good. The activity says nothing of it. It reports whether there is one.
func (s *Server) DisableInPlace(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.main.memberByID[id]
	if m != nil {
		m.status, m.updatedAt = statusDisabled, s.now()
	}
	return m != nil
}

// DeleteGroup deletes a group of the main organisation as another administrator does. It reports whether
// the group existed.
func (s *Server) DeleteGroup(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.main.groupByID[id]
	if g != nil {
		s.main.deleteGroup(g)
		s.noteElsewhere(verbDeleted, g)
	}
	return g != nil
}
