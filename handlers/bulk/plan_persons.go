package bulk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// life makes the row of a member who is to get another role, to be disabled, or to be brought back.
func (p *planner) life(line Line) {
	r := p.row(line)
	if p.wish.Kind.Name == ChangeRole {
		r.Role, r.Text = p.role(line), cmp.Or(p.wish.Sheet.Cell(line, Reason), p.wish.Reason)
	}
	m := p.person(r, line, false)
	if m == nil {
		return
	}
	c := Desk{Source: copies{p.Organisation}, Org: p.Organization, By: p.By}.Change(p.wish.Kind, []*Row{r})
	_ = c.Look(context.Background()) // it only looks at the copies
	if s, reason := obstacle(c); s != "" {
		r.setState(s, reason)
		return
	}
	d := c.Plan().Differences[0]
	r.Before, r.After = strings.Join(d.Before, ", "), strings.Join(d.After, ", ")
	switch {
	case p.wish.Kind.Name == Enable:
		r.After += ", in the groups that Tallyfy puts them back in"
		r.Pool = poolOf(m.Role)
	case m.Role == tallyfy.RoleLight && r.Role != "" && !m.IsDisabled():
		r.Pool = fullPool
	}
	r.Step = p.stepOf(string(m.ID))
}

// role is the role that a line says, else that of the form.
func (p *planner) role(line Line) tallyfy.Role {
	if text := p.wish.Sheet.Cell(line, Role); text != "" {
		return RoleOf(text)
	}
	return p.wish.Role
}

// poolOf is the pool of seats that a role needs one of.
func poolOf(role tallyfy.Role) string {
	if role == tallyfy.RoleLight {
		return lightPool
	}
	return fullPool
}

// RoleOf is the role that a text names, as our exports or Tallyfy write it; "" for none.
func RoleOf(text string) tallyfy.Role {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "administrator", "admin":
		return tallyfy.RoleAdmin
	case "standard":
		return tallyfy.RoleStandard
	case "light":
		return tallyfy.RoleLight
	}
	return ""
}

// invitation makes the row of somebody who is to be invited.
func (p *planner) invitation(line Line) {
	r, cell := p.row(line), func(c Column) string { return p.wish.Sheet.Cell(line, c) }
	r.Role = p.role(line)
	request := lifecycle.Tidy(tallyfy.InviteRequest{
		Email: cell(Email), FirstName: cell(FirstName), LastName: cell(LastName), Role: r.Role, Message: cmp.Or(cell(Message), p.wish.Message),
	})
	c := &lifecycle.Invitation{Org: p.Organization, Request: request}
	r.Who, r.Invite = journal.Subject{Kind: journal.Member, Name: c.Name(), Email: request.Email}, &request
	problems := lifecycle.Problems(request)
	for _, field := range slices.Sorted(maps.Keys(problems)) {
		r.setState(Cant, problems[field])
	}
	for _, text := range cellEntries(cell(Groups)) {
		if found := directory.Called(p.Groups, text); len(found) == 1 {
			r.Planned = append(r.Planned, store.PlannedGroup{ID: string(found[0].ID), Name: found[0].DisplayName()})
		} else {
			r.setState(Cant, "There is no group “"+names.Isolate(text)+"”, or there are several.")
		}
	}
	if r.State == Cant {
		return
	}
	c.Found = p.people.email[strings.ToLower(request.Email)]
	if g := p.people.guests[strings.ToLower(request.Email)]; g != nil && !g.IsDeleted() {
		c.Guest = &tallyfy.Guest{Email: request.Email}
	}
	if s, reason := obstacle(c); s != "" {
		r.setState(s, reason)
		return
	}
	r.Pool = poolOf(r.Role)
	r.Before, r.After = "not here", "invited as "+strings.ToLower(c.Plan().Differences[2].After[0])
	if len(r.Planned) > 0 {
		r.After += ", planned for " + words.Count(len(r.Planned), "group", "groups")
	}
	r.Step = p.stepOf(strings.ToLower(request.Email))
}
