package sandbox

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
)

// The page sizes of the group list, both documented.
const (
	defaultGroupPage = 10
	maxGroupPage     = 100
)

func (s *Server) listGroups(c *call) answer {
	p := c.parameters("q", "page", "per_page", "sort_by", "with")
	q := p.text("q")
	page := p.page(defaultGroupPage, maxGroupPage)
	order := p.oneOf("sort_by", "created_at", "name", "created_at", "updated_at")
	with := p.with("assets", "users", "guests")
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	groups := c.org.groupsBy(order)
	if s.options.ShuffleTies {
		groups = shuffled(s, c.org.groups)
		slices.SortStableFunc(groups, groupOrder(order))
	}
	if q != "" {
		var found []*group
		for _, g := range groups {
			if strings.Contains(g.text, q) {
				found = append(found, g)
			}
		}
		groups = found
	}
	items := each(cut(page, groups), func(g *group) groupWire { return c.group(g, with) })
	return list(c, page, len(groups), items)
}

func (s *Server) getGroup(c *call) answer {
	p := c.parameters("with")
	with := p.with("assets")
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	g := c.org.groupByID[c.vars["{group}"]]
	if g == nil {
		return noGroup
	}
	return item(c.group(g, with))
}

var noGroup = refuse(http.StatusNotFound, "Group not found")

func (s *Server) createGroup(c *call) answer {
	p := c.parameters()
	f, refusal := c.fields("name", "description", "members", "guests")
	if refusal != nil {
		return *refusal
	}
	name := f.groupName(c.org, nil)
	description := f.text("description")
	members, guests := f.members(c.org, nil), f.guests()
	switch {
	case len(p.problems) > 0:
		return p.problems.answer()
	case len(f.problems) > 0:
		return f.problems.answer()
	}
	g := &group{name: name, description: description, members: []int{}, guests: []string{}, createdAt: c.now, updatedAt: c.now}
	if members != nil {
		g.members = *members
	}
	if guests != nil {
		g.guests = *guests
		c.inviteGuests(*guests)
	}
	c.org.addGroup(g)
	c.noteGroup(verbCreated, g)
	return itemCreated(c.group(g, nil))
}

func (s *Server) updateGroup(c *call) answer {
	g := c.org.groupByID[c.vars["{group}"]]
	if g == nil {
		return noGroup
	}
	p := c.parameters()
	f, refusal := c.fields("name", "description", "members", "guests")
	if refusal != nil {
		return *refusal
	}
	name := g.name
	if f.has("name") {
		name = f.groupName(c.org, g)
	}
	description := f.text("description")
	members, guests := f.members(c.org, g.members), f.guests()
	switch {
	case len(p.problems) > 0:
		return p.problems.answer()
	case len(f.problems) > 0:
		return f.problems.answer()
	}
	if guests != nil {
		c.inviteGuests(*guests)
	}
	c.org.updateGroup(g, name, description, members, guests, c.now)
	c.noteGroup(verbUpdated, g)
	return itemCreated(c.group(g, nil)) // the service answers an update with 201
}

func (s *Server) deleteGroup(c *call) answer {
	g := c.org.groupByID[c.vars["{group}"]]
	if g == nil {
		return noGroup
	}
	if a, ok := c.empty(); !ok {
		return a
	}
	c.org.deleteGroup(g)
	c.noteGroup(verbDeleted, g)
	return answer{status: http.StatusNoContent}
}

// groupsBy sorts once per field and change: with 100,000 groups a sort costs more than the rest of
// the request. The direction is not documented; ascending is a database's default. Equal groups
// stay in the order of creation.
func (o *organisation) groupsBy(field string) []*group {
	if sorted, ok := o.groupOrders[field]; ok {
		return sorted
	}
	sorted := slices.Clone(o.groups)
	slices.SortStableFunc(sorted, groupOrder(field))
	if o.groupOrders == nil {
		o.groupOrders = map[string][]*group{}
	}
	o.groupOrders[field] = sorted
	return sorted
}

func groupOrder(field string) func(a, b *group) int {
	return func(a, b *group) int {
		switch field {
		case "name":
			return cmp.Compare(a.text, b.text) // begins with the name, in lower case
		case "updated_at":
			return a.updatedAt.Compare(b.updatedAt)
		default:
			return a.createdAt.Compare(b.createdAt)
		}
	}
}

// shuffled is a copy in another order at each call. The server's mutex is held.
func shuffled[T any](s *Server, items []T) []T {
	s.shuffles++
	items = slices.Clone(items)
	rand.New(rand.NewPCG(s.shuffles, 0)).Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items
}

func (c *call) group(g *group, with map[string]bool) groupWire {
	w := groupWire{
		ID: g.id, Name: g.name, Description: orNull(g.description), Logo: c.logoURL(g),
		Members: g.members, Guests: g.guests,
		CreatedAt: microDate(g.createdAt), LastUpdated: offsetDate(g.updatedAt),
	}
	if with["assets"] {
		assets := []assetWire{}
		if f := c.org.files[g.logo]; f != nil {
			assets = append(assets, f.record())
		}
		w.Assets = &included{assets}
	}
	if with["users"] {
		users := []memberWire{}
		for _, id := range g.members {
			if m := c.org.memberByID[id]; m != nil {
				users = append(users, c.member(m, nil))
			}
		}
		w.Users = &included{users}
	}
	if with["guests"] {
		guests := []guestWire{}
		for _, email := range g.guests {
			if guest := c.org.guestBy[email]; guest != nil {
				guests = append(guests, guest.wire(nil))
			}
		}
		w.Guests = &included{guests}
	}
	return w
}

func (c *call) groupBrief(g *group) groupBrief {
	return groupBrief{ID: g.id, Name: g.name, Logo: c.logoURL(g), Members: g.members, Guests: g.guests}
}

// logoURL points at the API's own host, where it needs the token.
func (c *call) logoURL(g *group) *string {
	if g.logo == "" {
		return nil
	}
	url := c.base + "/organizations/" + c.org.id + "/file/" + g.logo
	return &url
}
