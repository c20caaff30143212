package bulk

import (
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A finder knows people by what lines call them. It never guesses: what fits several, or nobody, is a problem
// with those who look alike.
type finder struct {
	members *directory.Members
	email   map[string]*tallyfy.Member
	name    map[string][]*tallyfy.Member // by the words of the name, in any order
	guests  map[string]*tallyfy.Guest    // who was removed, too: groups may still have the address
}

func newFinder(members *directory.Members, guests *directory.Guests) *finder {
	f := &finder{members: members, email: directory.ByEmail(members), name: map[string][]*tallyfy.Member{}, guests: map[string]*tallyfy.Guest{}}
	for _, m := range members.Items {
		key := nameKey(m.Name())
		f.name[key] = append(f.name[key], m)
	}
	if guests != nil {
		for _, g := range guests.Items {
			if email := strings.ToLower(g.Email); f.guests[email] == nil || f.guests[email].IsDeleted() {
				f.guests[email] = g
			}
		}
	}
	return f
}

// nameKey is a name by its parts, which a comma may part.
func nameKey(name string) string {
	return names.Bag(strings.ReplaceAll(name, ",", " "))
}

// find finds whom a line means. m is nil for a guest, who has the address email.
func (f *finder) find(s *Sheet, line Line, guests bool) (m *tallyfy.Member, email, problem string) {
	id, address, person, name := s.Cell(line, ID), s.Cell(line, Email), s.Cell(line, Person), s.Cell(line, Name)
	switch {
	case id != "":
		m, ok := f.members.ByID(tallyfy.UserID(id))
		if !ok && address == "" {
			return nil, "", "Nobody here has the id “" + names.Isolate(id) + "”."
		}
		if address == "" {
			return m, "", ""
		}
		byEmail, guest, wrong := f.entry(address, guests)
		switch {
		case guest != "": // whose ids are not those of members
			return nil, guest, ""
		case ok && (wrong != "" || byEmail != m):
			return nil, "", "The id is that of " + names.Isolate(m.Name()) + ", the address is not."
		case !ok && byEmail != nil:
			return nil, "", "The address is that of " + names.Isolate(byEmail.Name()) + ", the id is not."
		}
		return byEmail, "", wrong
	case address != "":
		return f.entry(address, guests)
	case person != "":
		return f.entry(person, guests)
	case name != "":
		m, problem = f.named(name)
		return m, "", problem
	}
	return nil, "", "The line names nobody."
}

// entry finds whom an address, "Name <address>", an id or a name means.
func (f *finder) entry(text string, guests bool) (m *tallyfy.Member, email, problem string) {
	found, _ := names.Addresses(text)
	if known := strings.ToLower(strings.TrimSpace(text)); f.email[known] != nil || f.guests[known] != nil { // whatever it looks like
		found = []string{strings.TrimSpace(text)}
	}
	if len(found) > 1 {
		return nil, "", "“" + names.Isolate(text) + "” holds several addresses."
	}
	if len(found) == 0 {
		m, problem = f.named(text)
		return m, "", problem
	}
	lower := strings.ToLower(found[0])
	switch m = f.email[lower]; {
	case m != nil:
		return m, "", ""
	case f.guests[lower] != nil && guests:
		return nil, found[0], ""
	case f.guests[lower] != nil && !f.guests[lower].IsDeleted():
		return nil, "", "“" + names.Isolate(found[0]) + "” is a guest, not a member."
	}
	problem = "Nobody here has the address “" + names.Isolate(found[0]) + "”."
	if like := f.like(lower); len(like) > 0 {
		problem += " Similar: " + names.List(like) + "."
	}
	return nil, "", problem
}

// Named finds the member whom a text calls by the address, the id, or a name that only one has. The problem says why
// nobody is found, "" if somebody is.
func Named(members *directory.Members, text string) (m *tallyfy.Member, problem string) {
	return newFinder(members, nil).named(strings.TrimSpace(text))
}

// named finds a member by id or by a name that only one has.
func (f *finder) named(text string) (*tallyfy.Member, string) {
	if m, ok := f.members.ByID(tallyfy.UserID(text)); ok {
		return m, ""
	}
	if found, _ := names.Addresses(text); len(found) == 1 {
		m, _, problem := f.entry(text, false)
		return m, problem
	}
	switch found := f.name[nameKey(text)]; len(found) {
	case 0:
		return nil, "Nobody here is called “" + names.Isolate(text) + "”."
	case 1:
		return found[0], ""
	default:
		list := make([]string, len(found))
		for i, m := range found {
			list[i] = m.Email
		}
		return nil, "Several are called “" + names.Isolate(text) + "”: " + names.List(list) + ". Give the address."
	}
}

// mostLike is how many similar addresses are shown.
const mostLike = 3

// like are addresses that differ in two characters at most, or in the domain only.
func (f *finder) like(lower string) (list []string) {
	local, _, _ := strings.Cut(lower, "@")
	for _, m := range f.members.Items {
		other := strings.ToLower(m.Email)
		otherLocal, _, _ := strings.Cut(other, "@")
		if other != "" && (local == otherLocal || near(lower, other)) {
			if list = append(list, m.Email); len(list) == mostLike {
				break
			}
		}
	}
	return list
}

// near reports that two texts become equal by two insertions, deletions or changes at most.
func near(a, b string) bool {
	const most = 2
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > most {
		return false
	}
	row := make([]int, len(a)+1)
	for i := range row {
		row[i] = i
	}
	for j := 1; j <= len(b); j++ {
		diagonal, best := row[0], j
		row[0] = j
		for i := 1; i <= len(a); i++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[i]
			row[i] = min(cost, row[i]+1, row[i-1]+1)
			best = min(best, row[i])
		}
		if best > most {
			return false
		}
	}
	return row[len(a)] <= most
}
