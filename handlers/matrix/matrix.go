package matrix

import (
	"slices"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// MostGroups is how many groups a matrix shows beside each other.
const MostGroups = 12

// A Question says whom a matrix shows, and which groups.
type Question struct {
	// Groups are the columns, [MostGroups] at most; those that do not exist are left out. Without any, the
	// matrix chooses: the groups of Like, or the largest ones, in both cases without those of nearly all.
	Groups []tallyfy.ID
	// Query is a search for people.
	Query string
	// Like, if not empty, is the member whom the others are compared with: the rows begin with that one, and
	// the most alike come next.
	Like tallyfy.UserID
	// Everybody includes bots and disabled people.
	Everybody bool
}

// A Matrix is people against groups.
type Matrix struct {
	Columns []Column
	// Rows are by name, or by likeness.
	Rows []Row
	// Like is who the others are compared with, nil for nobody.
	Like *tallyfy.Member
	// Chosen says that the question named the groups.
	Chosen bool
}

// A Column is a group. Rows is how many of the rows are in it.
type Column struct {
	*tallyfy.Group
	Rows int
}

// A Row is a member. In says for each column whether the member is in it, and Count for how many.
type Row struct {
	*tallyfy.Member
	In    []bool
	Count int
}

// Of answers a question from the copies.
func Of(q Question, members *directory.Members, groups *directory.Groups) Matrix {
	var m Matrix
	if like, ok := members.ByID(q.Like); ok {
		m.Like = like
	}
	people := m.people(q, members, groups)
	for _, id := range q.Groups {
		if g, ok := groups.ByID(id); ok && len(m.Columns) < MostGroups && !slices.ContainsFunc(m.Columns, func(c Column) bool { return c.ID == g.ID }) {
			m.Columns = append(m.Columns, Column{Group: g})
		}
	}
	m.Chosen = len(m.Columns) > 0
	if !m.Chosen {
		m.suggest(members, groups)
	}
	m.Rows = make([]Row, len(people))
	in := make([]bool, len(people)*len(m.Columns))
	at := make(map[tallyfy.UserID]int, len(people))
	for i, p := range people {
		m.Rows[i] = Row{Member: p, In: in[i*len(m.Columns) : (i+1)*len(m.Columns)]}
		at[p.ID] = i
	}
	for column := range m.Columns {
		for _, id := range m.Columns[column].Members {
			if i, ok := at[id]; ok && !m.Rows[i].In[column] {
				m.Rows[i].In[column] = true
				m.Rows[i].Count++
				m.Columns[column].Rows++
			}
		}
	}
	return m
}

// people are the rows' members in their order.
func (m *Matrix) people(q Question, members *directory.Members, groups *directory.Groups) []*tallyfy.Member {
	found := members.Search(q.Query, func(p *tallyfy.Member) bool { return q.Everybody || p.ID == q.Like || p.IsPerson() })
	if m.Like == nil {
		return found
	}
	rank := map[tallyfy.UserID]int{m.Like.ID: 0}
	for i, p := range Peers(m.Like, members, groups) {
		rank[p.ID] = i + 1
	}
	last := len(rank)
	rankOf := func(p *tallyfy.Member) int {
		if n, ok := rank[p.ID]; ok {
			return n
		}
		return last
	}
	slices.SortStableFunc(found, func(a, b *tallyfy.Member) int { return rankOf(a) - rankOf(b) })
	return found
}

// suggest chooses the columns.
func (m *Matrix) suggest(members *directory.Members, groups *directory.Groups) {
	all := groups.Items
	if m.Like != nil {
		all = groups.Of(m.Like.ID)
	}
	list := Telling(all, members)
	if m.Like == nil {
		slices.Reverse(list) // the largest first
	}
	for _, g := range list[:min(len(list), MostGroups)] {
		m.Columns = append(m.Columns, Column{Group: g})
	}
}
