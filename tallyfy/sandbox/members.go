package sandbox

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// defaultMemberPage is the documented page size. No maximum is documented, so it is that, too.
const defaultMemberPage = 9999

var memberIncludes = []string{
	"groups", "stats", "organizations", "preferences", "assets",
	"member_watchers", "guest_watchers", "auth_methods", "country",
}

// memberOrders are the fields of sort. The contract says "field" without a list; these are the
// columns of a table of members.
var memberOrders = map[string]func(a, b *member) int{
	"id":            func(a, b *member) int { return cmp.Compare(a.id, b.id) },
	"email":         func(a, b *member) int { return compareFold(a.email, b.email) },
	"username":      func(a, b *member) int { return compareFold(a.username(), b.username()) },
	"first_name":    func(a, b *member) int { return compareFold(a.firstName, b.firstName) },
	"last_name":     func(a, b *member) int { return compareFold(a.lastName, b.lastName) },
	"full_name":     func(a, b *member) int { return compareFold(a.fullName(), b.fullName()) },
	"job_title":     func(a, b *member) int { return compareFold(a.jobTitle, b.jobTitle) },
	"role":          func(a, b *member) int { return compareFold(a.role, b.role) },
	"status":        func(a, b *member) int { return compareFold(a.status, b.status) },
	"created_at":    func(a, b *member) int { return a.createdAt.Compare(b.createdAt) },
	"updated_at":    func(a, b *member) int { return a.updatedAt.Compare(b.updatedAt) },
	"activated_at":  func(a, b *member) int { return a.activatedAt.Compare(b.activatedAt) },
	"last_login_at": func(a, b *member) int { return a.lastLoginAt.Compare(b.lastLoginAt) },
}

func compareFold(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

func (s *Server) listMembers(c *call) answer {
	p := c.parameters("q", "page", "per_page", "sort", "with")
	q := p.text("q")
	page := p.page(defaultMemberPage, defaultMemberPage)
	sort := p.values.Get("sort")
	field, descending := strings.CutPrefix(sort, "-")
	compare, known := memberOrders[cmp.Or(field, "id")]
	if !known || sort == "-" {
		p.problems.add("sort", "The selected sort is invalid.")
	}
	with := p.with(memberIncludes...)
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	var found []*member
	members := c.org.members
	if s.options.ShuffleTies {
		members = shuffled(s, members)
	}
	for _, m := range members {
		if q == "" || m.matches(q) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b *member) int {
		if descending {
			return compare(b, a)
		}
		return compare(a, b)
	})
	items := each(cut(page, found), func(m *member) memberWire { return c.member(m, with) })
	return list(c, page, len(found), items)
}

func (s *Server) getMember(c *call) answer {
	p := c.parameters("with")
	with := p.with(memberIncludes...)
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	m := c.target()
	if m == nil {
		return noMember
	}
	return item(c.member(m, with))
}

// target is the member of the path, nil if there is none.
func (c *call) target() *member {
	id, err := strconv.Atoi(c.vars["{user}"])
	if err != nil {
		return nil
	}
	return c.org.memberByID[id]
}

// matches searches the fields of the contract, and both names together, as people type them.
func (m *member) matches(q string) bool {
	return strings.Contains(strings.ToLower(m.fullName()), q) || strings.Contains(strings.ToLower(m.email), q)
}

func (m *member) username() string {
	name, _, _ := strings.Cut(m.email, "@")
	return name
}

func (c *call) member(m *member, with map[string]bool) memberWire {
	w := memberWire{
		ID: m.id, Email: m.email, Username: m.username(),
		FirstName: m.firstName, LastName: m.lastName, FullName: m.fullName(),
		IsActive:    m.status == statusActive,
		LastLoginAt: offsetDate(m.lastLoginAt), ActivatedAt: milliDate(m.activatedAt),
		CreatedAt: microDate(m.createdAt), UpdatedAt: plainDate(m.updatedAt),
		Phone: orNull(m.phone), JobTitle: orNull(m.jobTitle), Timezone: m.timezone, UTCOffset: utcOffset(m.timezone),
		Role: roleNames[m.role], Status: m.status, IsDefaultAdmin: m.defaultAdmin, Type: orNull(m.kind),
	}
	if m.invitedBy != 0 {
		w.InvitedBy = &m.invitedBy
	}
	c.includeInMember(&w, m, with)
	return w
}

// roleNames are the roles as lists write them, with a capital; organizations/{org}/me has none.
var roleNames = map[string]string{roleAdmin: "Admin", roleStandard: "Standard", roleLight: "Light"}

func (c *call) includeInMember(w *memberWire, m *member, with map[string]bool) {
	if with["groups"] {
		w.Groups = &included{each(c.org.groupsOf[m.id], c.groupBrief)}
	}
	if with["stats"] {
		w.Stats = &included{memberStatsWire{
			StepsCreated: m.stats.stepsCreated, TasksCompleted: m.stats.tasksCompleted,
			ProcessesLaunched: m.stats.processesLaunched, ChecklistsCreated: m.stats.checklistsCreated,
			LastStepCreatedAt: microDate(m.stats.lastStepCreatedAt),
		}}
	}
	if with["organizations"] {
		w.Organizations = &included{[]organisationWire{c.org.wire()}}
	}
	// Includes with a documented name and no documented content are empty, in their usual wrapper.
	for name, target := range map[string]**included{
		"preferences": &w.Preferences, "assets": &w.Assets, "member_watchers": &w.MemberWatchers,
		"guest_watchers": &w.GuestWatchers, "auth_methods": &w.AuthMethods, "country": &w.Country,
	} {
		if with[name] {
			*target = &included{[]string{}}
		}
	}
}
