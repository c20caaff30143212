package sandbox

import (
	"net/http"
	"strings"
)

// me is the token's owner, outside any organisation.
func (s *Server) me(c *call) answer {
	if a, ok := c.empty(); !ok {
		return a
	}
	m := s.main.memberByEmail(c.email)
	if m == nil { // deleted for good from the organisation, and the sandbox keeps no accounts beside the members
		return refuse(http.StatusUnauthorized, "Unauthenticated.")
	}
	return item(userWire{
		ID: m.id, Email: m.email, FirstName: m.firstName, LastName: m.lastName,
		Username: m.username(), Timezone: m.timezone, CreatedAt: plainDate(m.createdAt),
	})
}

// myOrganisations lists the organisations in which the caller is an active member.
func (s *Server) myOrganisations(c *call) answer {
	p := c.parameters("page", "per_page")
	page := p.page(defaultGroupPage, maxGroupPage)
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	var mine []*organisation
	for _, o := range []*organisation{s.main, s.other} {
		if m := o.memberByEmail(c.email); m != nil && m.status == statusActive {
			mine = append(mine, o)
		}
	}
	return list(c, page, len(mine), each(cut(page, mine), (*organisation).wire))
}

func (o *organisation) wire() organisationWire {
	return organisationWire{ID: o.id, Name: o.name, CreatedAt: offsetDate(o.createdAt)}
}

// membership is the caller as a member of the organisation, with the role in lower case (see
// roleNames).
func (s *Server) membership(c *call) answer {
	p := c.parameters("with")
	with := p.with(memberIncludes...)
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	w := c.member(c.caller, with)
	w.Role = strings.ToLower(w.Role)
	return item(w)
}
