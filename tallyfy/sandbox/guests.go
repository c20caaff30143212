package sandbox

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

var noGuest = refuse(http.StatusNotFound, "Guest not found")

// defaultGuestPage is the documented page size. No maximum is documented, so it is that, too.
const defaultGuestPage = 999

var guestOrders = map[string]func(a, b *guest) int{
	"created_at":       func(a, b *guest) int { return a.createdAt.Compare(b.createdAt) },
	"last_accessed_at": func(a, b *guest) int { return a.lastAccessedAt.Compare(b.lastAccessedAt) },
	"email":            func(a, b *guest) int { return compareFold(a.email, b.email) },
	"first_name":       func(a, b *guest) int { return compareFold(a.firstName, b.firstName) },
	"last_name":        func(a, b *guest) int { return compareFold(a.lastName, b.lastName) },
}

func (s *Server) listGuests(c *call) answer {
	p := c.parameters("q", "page", "per_page", "sort", "sort_by", "with")
	q := p.text("q")
	page := p.page(defaultGuestPage, defaultGuestPage)
	field, descending := strings.CutPrefix(cmp.Or(p.values.Get("sort"), p.values.Get("sort_by"), "created_at"), "-")
	compare, known := guestOrders[field]
	if !known {
		p.problems.add("sort", "The selected sort is invalid.")
	}
	with := p.with("stats")
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	var found []*guest
	guests := c.org.guests
	if s.options.ShuffleTies {
		guests = shuffled(s, guests)
	}
	for _, g := range guests {
		if strings.Contains(strings.ToLower(g.email), q) {
			found = append(found, g)
		}
	}
	slices.SortStableFunc(found, func(a, b *guest) int {
		if descending {
			return compare(b, a)
		}
		return compare(a, b)
	})
	items := each(cut(page, found), func(g *guest) guestWire { return g.wire(with) })
	return list(c, page, len(found), items)
}

// getGuest answers 200; one page of the documentation says 201.
func (s *Server) getGuest(c *call) answer {
	p := c.parameters("with")
	with := p.with("stats")
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	g := c.org.guestBy[strings.ToLower(c.vars["{email}"])]
	if g == nil {
		return noGuest
	}
	return item(g.wire(with))
}

// inviteGuests makes a guest of each email that is new to the organisation.
func (c *call) inviteGuests(emails []string) {
	for _, email := range emails {
		if c.org.guestBy[email] == nil {
			c.org.addGuest(&guest{email: email, status: statusActive, createdAt: c.now, link: guestLink(email)})
		}
	}
}

// guestLink has the form of the secret sign-in link. Its host never resolves.
func guestLink(email string) string {
	return "http://sandbox.invalid/guest/" + makeID("link/"+email, 1)
}

func (g *guest) wire(with map[string]bool) guestWire {
	w := guestWire{
		ID: g.id, Email: g.email, FirstName: g.firstName, LastName: g.lastName, Link: g.link,
		CreatedAt: guestDate(g.createdAt), LastAccessedAt: guestDate(g.lastAccessedAt), DeletedAt: guestDate(g.deletedAt),
		Details: guestDetails{
			Status: g.status, CompanyName: orNull(g.company), DisabledAt: guestDate(g.disabledAt), KnownBy: g.knownBy,
		},
	}
	if with["stats"] {
		w.Stats = &included{[]string{}} // its content is not documented
	}
	return w
}

// The texts of guests that are optional, and the longest that each may be, in characters (documented).
var guestTexts = map[string]int{
	"first_name": 200, "last_name": 200, "company_name": 200, "opportunity_name": 200, "status": 200, "phone_1": 20, "phone_2": 20,
}

// createGuest makes a guest. A guest who is there already is linked, not doubled.
func (s *Server) createGuest(c *call) answer {
	p := c.parameters()
	f, refusal := c.fields(append(slices.Sorted(maps.Keys(guestTexts)), "email")...)
	if refusal != nil {
		return *refusal
	}
	email := c.newEmail(&f, "The email belongs to a member of this organization.")
	texts := map[string]string{}
	for name, most := range guestTexts {
		if !f.has(name) {
			continue
		}
		texts[name] = f.text(name)
		if utf8.RuneCountInString(texts[name]) > most {
			f.problems.add(name, "The %s may not be greater than %d characters.", strings.ReplaceAll(name, "_", " "), most)
		}
	}
	switch {
	case len(p.problems) > 0:
		return p.problems.answer()
	case len(f.problems) > 0:
		return f.problems.answer()
	}
	g := c.org.guestBy[email]
	if g == nil {
		g = &guest{
			email: email, firstName: texts["first_name"], lastName: texts["last_name"], company: texts["company_name"],
			status: cmp.Or(texts["status"], statusActive), createdAt: c.now, link: guestLink(email),
		}
		c.org.addGuest(g)
	}
	return itemCreated(g.wire(nil))
}

// updateGuest replaces who knows the guest. The service drops every other field without a word; here it is a mistake.
func (s *Server) updateGuest(c *call) answer {
	p := c.parameters()
	f, refusal := c.fields("email", "associated_members")
	if refusal != nil {
		return *refusal
	}
	g := c.org.guestBy[strings.ToLower(c.vars["{email}"])]
	if g == nil {
		return noGuest
	}
	if email := f.text("email"); email != "" && !strings.EqualFold(email, g.email) {
		f.problems.add("email", "The email must be that of the guest.")
	}
	var ids []int
	if !f.has("associated_members") || f.isNull("associated_members") || json.Unmarshal(f.raw["associated_members"], &ids) != nil || hasNullElement(f.raw["associated_members"]) {
		f.problems.add("associated_members", "The associated members must be an array of integers.")
	}
	for _, id := range ids {
		if c.org.memberByID[id] == nil {
			f.problems.add("associated_members", "The member %d is not in this organization.", id)
		}
	}
	switch {
	case len(p.problems) > 0:
		return p.problems.answer()
	case len(f.problems) > 0:
		return f.problems.answer()
	}
	g.knownBy = ids
	return itemCreated(g.wire(nil))
}

// removeGuest takes a guest off all tasks and out of the organisation. An unknown address is a 422 (documented). Groups keep the address: nothing else is
// documented.
func (s *Server) removeGuest(c *call) answer {
	g := c.org.guestBy[strings.ToLower(c.vars["{email}"])]
	if g == nil {
		p := problems{}
		p.add("email", "The selected email is invalid.")
		return p.answer()
	}
	if a, ok := c.empty(); !ok {
		return a
	}
	c.org.guests = without(c.org.guests, g)
	delete(c.org.guestBy, strings.ToLower(g.email))
	for _, t := range c.org.tasks {
		t.guests = without(t.guests, strings.ToLower(g.email))
	}
	gone := *g
	gone.deletedAt = c.now
	return item(gone.wire(nil))
}
