package sandbox

import (
	"slices"
	"strings"
)

// Member is a copy of a person in the main organisation, for tests.
type Member struct {
	ID                                             int
	Email, FirstName, LastName, Role, Status, Type string // role and status in lower case
	DefaultAdmin                                   bool
	Groups                                         []string // ids
}

// Group is a copy of a group in the main organisation, for tests.
type Group struct {
	ID, Name, Description string
	Members               []int
	Guests                []string // emails
	HasLogo               bool     // also when the logo's file is missing
}

// Members are those of the main organisation, as they are now, in the order of their ids.
func (s *Server) Members() []Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	return each(s.main.members, s.main.copyMember)
}

// Groups are those of the main organisation, as they are now, in the order of creation.
func (s *Server) Groups() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	return each(s.main.groups, copyGroup)
}

// MemberByEmail looks in the main organisation, whatever the letter case.
func (s *Server) MemberByEmail(email string) (Member, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.main.memberByEmail(email)
	if m == nil {
		return Member{}, false
	}
	return s.main.copyMember(m), true
}

// GroupByName looks in the main organisation, whatever the letter case.
func (s *Server) GroupByName(name string) (Group, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.main.groupByName[foldName(name)]
	if g == nil {
		return Group{}, false
	}
	return copyGroup(g), true
}

// Guest is a copy of a guest of the main organisation, for tests.
type Guest struct {
	ID                                  int
	Email, FirstName, LastName, Company string
	KnownBy                             []int // ids of members
}

// Guests are those of the main organisation, as they are now, in the order they came.
func (s *Server) Guests() []Guest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return each(s.main.guests, func(g *guest) Guest {
		return Guest{g.id, g.email, g.firstName, g.lastName, g.company, slices.Clone(g.knownBy)}
	})
}

// OpenTasks counts the active tasks a member of the main organisation owns, alone or with others.
func (s *Server) OpenTasks(memberID int) int {
	return s.countOpen(func(t *task) bool { return t.ownedBy(memberID) })
}

// OpenGuestTasks counts the active tasks of the main organisation that a guest is on.
func (s *Server) OpenGuestTasks(email string) int {
	return s.countOpen(func(t *task) bool { return slices.Contains(t.guests, strings.ToLower(email)) })
}

// OpenGroupTasks counts the active tasks of the main organisation that are assigned to a group.
func (s *Server) OpenGroupTasks(groupID string) int {
	return s.countOpen(func(t *task) bool { return t.assignedTo(groupID) })
}

func (s *Server) countOpen(mine func(*task) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.main.moveDueTasks(s.now())
	n := 0
	for _, t := range s.main.tasks {
		if t.status == taskActive && mine(t) {
			n++
		}
	}
	return n
}

func (o *organisation) copyMember(m *member) Member {
	return Member{
		ID: m.id, Email: m.email, FirstName: m.firstName, LastName: m.lastName,
		Role: m.role, Status: m.status, Type: m.kind, DefaultAdmin: m.defaultAdmin,
		Groups: each(o.groupsOf[m.id], func(g *group) string { return g.id }),
	}
}

func copyGroup(g *group) Group {
	return Group{
		ID: g.id, Name: g.name, Description: g.description,
		Members: slices.Clone(g.members), Guests: slices.Clone(g.guests), HasLogo: g.logo != "",
	}
}
