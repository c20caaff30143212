package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

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
		return refuse(http.StatusNotFound, "Guest not found")
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
			Status: g.status, CompanyName: orNull(g.company), DisabledAt: guestDate(g.disabledAt),
		},
	}
	if with["stats"] {
		w.Stats = &included{[]string{}} // its content is not documented
	}
	return w
}
