package sandbox

import (
	"slices"
	"strings"
)

// The page sizes of the task list are not documented. These are the groups'.
const (
	defaultTaskPage = 10
	maxTaskPage     = 100
)

func (s *Server) listTasks(c *call) answer {
	p := c.parameters("owners", "groups", "guests", "status", "page", "per_page")
	page := p.page(defaultTaskPage, maxTaskPage)
	status := p.oneOf("status", "", taskActive, taskCompleted)
	owner := p.number("owners", 0)
	group, guest := p.values.Get("groups"), strings.ToLower(p.values.Get("guests"))
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	var found []*task
	for _, t := range c.org.tasks {
		if (status == "" || t.status == status) && (owner == 0 || t.ownedBy(owner)) && (group == "" || t.assignedTo(group)) && (guest == "" || slices.Contains(t.guests, guest)) {
			found = append(found, t)
		}
	}
	return list(c, page, len(found), each(cut(page, found), (*task).wire))
}

// ownedBy counts direct owners only, not the members of the groups that own the task.
func (t *task) ownedBy(id int) bool {
	return slices.ContainsFunc(t.owners, func(m *member) bool { return m.id == id })
}

func (t *task) assignedTo(id string) bool {
	return slices.ContainsFunc(t.groups, func(g *group) bool { return g.id == id })
}

func (t *task) wire() taskWire {
	return taskWire{
		ID: t.id, Title: t.title, Status: t.status, RunID: orNull(t.run),
		Deadline: milliDate(t.deadline), CreatedAt: microDate(t.createdAt),
		Owners: ownersWire{
			Users:  each(t.owners, func(m *member) ownerWire { return ownerWire{m.id, m.fullName()} }),
			Guests: append([]string{}, t.guests...),
			Groups: each(t.groups, func(g *group) ownerGroupWire { return ownerGroupWire{g.id, g.name} }),
		},
	}
}
