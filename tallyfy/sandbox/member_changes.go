package sandbox

import (
	"net/http"
	"strconv"
)

// The refusals. Documented texts are those of the contract, word for word.
var (
	noMember       = refuse(http.StatusNotFound, "User not found")
	noBotRemoval   = refuse(http.StatusBadRequest, "You can't remove a bot user from this organization!")
	noBotDisabling = refuse(http.StatusUnprocessableEntity, "Bot users cannot be disabled.")
	noBotEnabling  = refuse(http.StatusUnprocessableEntity, "Bot users cannot be edited.")
	notDisabledYet = refuse(http.StatusUnprocessableEntity, "Please disable the user before deletion.")
	isDefaultAdmin = refuse(http.StatusBadRequest, "Cannot modify the default administrator. Please assign another member as default administrator first.")
	isLastAdmin    = refuse(http.StatusBadRequest, "The last active administrator cannot be removed.")       // documented as a rule, without a text
	isInvitedOnly  = refuse(http.StatusUnprocessableEntity, "The user has not accepted the invitation yet.") // not documented
	noResource     = refuse(http.StatusNotFound, "Resource not found")                                       // of disable, enable and delete
)

// refuseLeaving has the refusals that removing and disabling share. A default administrator is not
// refused while there is another administrator: that one takes over the role.
func (o *organisation) refuseLeaving(m *member, forBots answer) (answer, bool) {
	switch {
	case m.isBot():
		return forBots, true
	case m.defaultAdmin && o.successorAdmin(m) == nil:
		return isDefaultAdmin, true
	case o.isLastActiveAdmin(m):
		return isLastAdmin, true
	}
	return answer{}, false
}

// removeMember is the soft delete. Removing a disabled member succeeds again.
func (s *Server) removeMember(c *call) answer {
	m := c.target()
	if m == nil {
		return noMember
	}
	if a, refused := c.org.refuseLeaving(m, noBotRemoval); refused {
		return a
	}
	p := c.parameters("with_reassignment", "to")
	successor := c.successor(p, m)
	f, refusal := c.fields()
	switch {
	case len(p.problems) > 0:
		return p.problems.answer()
	case refusal != nil:
		return *refusal
	case len(f.problems) > 0:
		return f.problems.answer()
	}
	if successor != nil {
		c.org.reassign(m, successor, c.now, s.options.HandOver)
	}
	c.org.handOverDefault(m)
	c.org.takeOutOfGroups(m, c.now)
	m.status, m.updatedAt = statusDisabled, c.now
	c.noteMember(verbDisabled, m)
	return item(removedWire{
		ID: m.id, Email: m.email, FirstName: m.firstName, LastName: m.lastName,
		Role: roleNames[m.role], Status: m.status,
	})
}

// successor is the member who takes over, nil without reassignment.
func (c *call) successor(p parameters, leaver *member) *member {
	reassign := p.oneOf("with_reassignment", "false", "true", "false", "1", "0")
	to := p.values.Get("to")
	if reassign == "false" || reassign == "0" {
		if to != "" {
			p.problems.add("to", "The to field needs with_reassignment=true.")
		}
		return nil
	}
	if to == "" {
		p.problems.add("to", "The to field is required when with_reassignment is true.")
		return nil
	}
	id, err := strconv.Atoi(to)
	successor := c.org.memberByID[id]
	if err != nil || successor == nil || successor == leaver || !successor.canWork() {
		p.problems.add("to", "The selected to is invalid.")
		return nil
	}
	return successor
}

// enableMember gives access back, and the groups that a removal took the member out of, but no tasks.
func (s *Server) enableMember(c *call) answer {
	m := c.target()
	if m == nil {
		return noResource
	}
	if a, ok := c.empty(); !ok {
		return a
	}
	switch {
	case m.isBot():
		return noBotEnabling
	case m.status == statusInvited:
		return isInvitedOnly
	}
	if a, refused := s.refuseSeat(c.org, m.role); refused {
		return a
	}
	c.org.putBackInGroups(m, c.now)
	m.status, m.updatedAt = statusActive, c.now
	c.noteMember(verbEnabled, m)
	return item(c.member(m, nil))
}

// disableMember takes the member out of all groups, as a removal does. Personal permissions, which it deletes, are not modelled.
func (s *Server) disableMember(c *call) answer {
	m := c.target()
	if m == nil {
		return noResource
	}
	if a, refused := c.org.refuseLeaving(m, noBotDisabling); refused {
		a.status = http.StatusUnprocessableEntity // the same texts as for a removal have another status here
		return a
	}
	if a, ok := c.empty(); !ok {
		return a
	}
	c.org.handOverDefault(m)
	c.org.takeOutOfGroups(m, c.now)
	m.status, m.updatedAt = statusDisabled, c.now
	c.noteMember(verbDisabled, m)
	return item(c.member(m, nil))
}

// deleteMember deletes the person's account in every organisation, without asking whether there are others.
func (s *Server) deleteMember(c *call) answer {
	m := c.target()
	switch {
	case m == nil:
		return noResource
	case m.status != statusDisabled:
		return notDisabledYet
	}
	if a, ok := c.empty(); !ok {
		return a
	}
	for _, o := range s.organisations() {
		if other := o.memberByEmail(m.email); other != nil {
			o.forget(other)
		}
	}
	gone := *m // the tasks keep the name
	gone.lastName, gone.email = m.lastName+"(Deleted)", m.email+".deleted."+strconv.Itoa(m.id)
	return item(c.member(&gone, nil))
}

func (s *Server) changeRole(c *call) answer {
	m := c.target()
	if m == nil {
		return noMember
	}
	p := c.parameters()
	f, refusal := c.fields("role")
	if refusal != nil {
		return *refusal
	}
	role := f.text("role")
	if role != "" && roleNames[role] == "" {
		f.problems.add("role", "The selected role is invalid.")
	}
	switch {
	case len(p.problems) > 0:
		return p.problems.answer()
	case len(f.problems) > 0:
		return f.problems.answer()
	case role != roleAdmin && m.defaultAdmin:
		return isDefaultAdmin
	case role != roleAdmin && c.org.isLastActiveAdmin(m):
		return isLastAdmin
	}
	if role != roleLight && m.role == roleLight && m.takesSeat() { // down to light is never refused
		if a, refused := s.refuseSeat(c.org, role); refused {
			return a
		}
	}
	m.role, m.updatedAt = role, c.now
	return item(c.member(m, nil))
}

// empty refuses parameters and fields of operations that have none.
func (c *call) empty() (answer, bool) {
	if p := c.parameters(); len(p.problems) > 0 {
		return p.problems.answer(), false
	}
	f, refusal := c.fields()
	if refusal != nil {
		return *refusal, false
	}
	if len(f.problems) > 0 {
		return f.problems.answer(), false
	}
	return answer{}, true
}
