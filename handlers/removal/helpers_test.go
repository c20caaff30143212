package removal_test

import (
	"cmp"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

// The cast. Ids are strings of digits, as Tallyfy's are.
const (
	idJane tallyfy.UserID = "1"
	idOmar tallyfy.UserID = "2"
	idLena tallyfy.UserID = "3"
	idRob  tallyfy.UserID = "4"
)

func person(id tallyfy.UserID, name string, change ...func(*tallyfy.Member)) *tallyfy.Member {
	m := &tallyfy.Member{ID: id, FullName: name, Role: tallyfy.RoleStandard, Status: tallyfy.StatusActive, IsActive: true, GroupsIncluded: true}
	for _, f := range change {
		f(m)
	}
	return m
}

func bot(m *tallyfy.Member)     { m.Type = "Bot" }
func admin(m *tallyfy.Member)   { m.Role = tallyfy.RoleAdmin }
func light(m *tallyfy.Member)   { m.Role = tallyfy.RoleLight }
func invited(m *tallyfy.Member) { m.Status, m.IsActive = tallyfy.StatusInvited, false }

func disabled(m *tallyfy.Member) { m.Status, m.IsActive = tallyfy.StatusDisabled, false }
func inactive(m *tallyfy.Member) { m.IsActive = false }
func defaultAdmin(m *tallyfy.Member) {
	m.Role, m.IsDefaultAdmin = tallyfy.RoleAdmin, true
}

func at(email string) func(*tallyfy.Member) {
	return func(m *tallyfy.Member) { m.Email = email }
}

func noGroupsSent(m *tallyfy.Member) { m.GroupsIncluded = false }

func in(groups ...tallyfy.Group) func(*tallyfy.Member) {
	return func(m *tallyfy.Member) { m.Groups = groups }
}

func group(name string, members ...tallyfy.UserID) tallyfy.Group {
	return tallyfy.Group{ID: tallyfy.ID("id-" + name), Name: name, Members: members}
}

func withGuests(g tallyfy.Group, emails ...string) tallyfy.Group {
	g.Guests = emails
	return g
}

// aCase is Jane's, in an organisation where those given are known, and all of them.
func aCase(jane *tallyfy.Member, others ...*tallyfy.Member) removal.Departure {
	known := map[tallyfy.UserID]*tallyfy.Member{jane.ID: jane}
	for _, m := range others {
		known[m.ID] = m
	}
	return removal.Departure{
		Organisation: "Aldermoor", Leaver: jane, OtherAdmin: true, AllMembers: true, Tasks: tasks(5),
		Lookup: func(id tallyfy.UserID) (*tallyfy.Member, bool) { m, ok := known[id]; return m, ok },
	}
}

func tasks(n int) tallyfy.OpenTasks { return tallyfy.OpenTasks{Checked: true, Total: n} }

// texts are the sentences of a plan, each with its groups and who is left in them.
func texts(p removal.Plan) []string {
	list := make([]string, len(p.Lines))
	for i, l := range p.Lines {
		list[i] = l.String()
		for _, r := range l.Rows {
			list[i] += " | " + r.Name
			if left := cmp.Or(r.Now, r.Text); left != "" {
				list[i] += " = " + left
			}
		}
	}
	return list
}
