package views

import (
	"github.com/a-h/templ"

	"tallyfy-admin/views/components"
)

// groupRows is the body of the list of groups.
func groupRows(p Page, rows []GroupRow) templ.Component {
	return written(func(m *markup) {
		for i := range rows {
			m.groupRow(p, &rows[i])
		}
	})
}

func (m *markup) groupRow(p Page, row *GroupRow) {
	m.raw(`<tr role="row"><td role="cell" class="lead-cell"><div class="identity">`)
	if row.LogoVersion != "" {
		m.raw(`<img class="avatar" src="`)
		m.groupURL(p.URL, row.ID)
		m.raw(`/logo?v=`)
		m.segment(row.LogoVersion)
		m.raw(`" alt="" width="40" height="40" loading="lazy">`)
	} else {
		m.initials(false, string(row.ID), row.Name)
	}
	m.raw(`<a class="name" dir="auto" href="`)
	m.groupURL(p.URL, row.ID)
	m.raw(`">`)
	m.text(row.Name)
	m.raw(`</a></div></td><td role="cell" class="description" data-label="Description"><span class="clamp" dir="auto">`)
	m.text(row.Description)
	m.raw(`</span></td><td role="cell" class="number" data-label="Members">`)
	m.number(row.Members)
	m.raw(`</td><td role="cell" class="number" data-label="Guests">`)
	m.number(row.Guests)
	m.raw(`</td><td role="cell" data-label="Created">`)
	m.moment(p.Clock, row.Created, "not known")
	m.raw(`</td><td role="cell" data-label="Updated">`)
	m.moment(p.Clock, row.Updated, "not known")
	m.raw(`</td></tr>`)
}

// initials is what stands beside a name that has no picture.
func (m *markup) initials(person bool, seed, name string) {
	m.b = (&components.AvatarProps{Name: name, Seed: seed, Person: person}).Append(m.b)
}

// memberRows is the body of the list of members.
func memberRows(p Page, rows []MemberRow) templ.Component {
	return written(func(m *markup) {
		for i := range rows {
			m.memberRow(p, &rows[i])
		}
	})
}

func (m *markup) memberRow(p Page, row *MemberRow) {
	m.raw(`<tr role="row"><td role="cell" class="lead-cell"><div class="identity">`)
	m.initials(true, string(row.ID), row.Name)
	m.raw(`<div><a class="name" dir="auto" href="`)
	m.memberURL(p.URL, row.ID)
	m.raw(`">`)
	m.text(row.Name)
	m.raw(`</a><div class="sub" dir="ltr">`)
	m.text(row.Email)
	m.raw(`</div></div></div></td><td role="cell" data-label="Role">`)
	m.text(row.Role)
	m.raw(`</td><td role="cell" data-label="Status"><span><span class="badge `)
	m.text(row.Status.Badge)
	m.raw(`">`)
	m.text(row.Status.Text)
	m.raw(`</span></span></td><td role="cell" data-label="Groups" class="description">`)
	switch {
	case !row.GroupsKnown:
		m.raw(`<span class="muted">not known</span>`)
	case len(row.Groups) == 0:
		m.raw(`<span class="muted">in no group</span>`)
	default:
		m.raw(`<span class="clamp" dir="auto">`)
		for i, g := range row.Groups[:min(shownGroups, len(row.Groups))] {
			if i > 0 {
				m.raw(", ")
			}
			m.text(g.Name)
		}
		if more := len(row.Groups) - shownGroups; more > 0 {
			m.raw(" and ")
			m.number(more)
			m.raw(" more")
		}
		m.raw(`</span>`)
	}
	m.raw(`</td><td role="cell" data-label="Joined">`)
	m.moment(p.Clock, row.Joined, "not yet")
	m.raw(`</td><td role="cell" data-label="Last sign-in">`)
	m.moment(p.Clock, row.LastLogin, "never")
	m.raw(`</td></tr>`)
}

// people are the members in a group.
func people(p Page, rows []GroupMember) templ.Component {
	return written(func(m *markup) {
		for i := range rows {
			m.person(p, &rows[i])
		}
	})
}

func (m *markup) person(p Page, row *GroupMember) {
	m.raw(`<li class="split"><div class="identity">`)
	if !row.Known {
		m.initials(true, string(row.ID), "?")
		m.raw(`<div><span class="name">Member `)
		m.text(string(row.ID))
		m.raw(`</span><div class="sub">`)
		m.text(row.Email)
		m.raw(`</div></div></div></li>`)
		return
	}
	m.initials(true, string(row.ID), row.Name)
	m.raw(`<div><a class="name" dir="auto" href="`)
	m.memberURL(p.URL, row.ID)
	m.raw(`">`)
	m.text(row.Name)
	m.raw(`</a><div class="sub"><span dir="ltr">`)
	m.text(row.Email)
	m.raw(`</span> · `)
	m.text(row.Role)
	m.raw(`</div></div></div>`)
	if row.Status.Text != "Active" {
		m.raw(` <span class="badge `)
		m.text(row.Status.Badge)
		m.raw(`">`)
		m.text(row.Status.Text)
		m.raw(`</span>`)
	}
	m.raw(`</li>`)
}

// guests are the addresses of the guests in a group.
func guests(emails []string) templ.Component {
	return written(func(m *markup) {
		for _, email := range emails {
			m.raw(`<li><span dir="ltr">`)
			m.text(email)
			m.raw(`</span></li>`)
		}
	})
}

// sortHeader is the head of a column that the API can sort by. opposite is the value for the other direction, empty where
// the API has none.
func sortHeader(base string, l List, value, text, opposite string) templ.Component {
	return written(func(m *markup) {
		state, arrow, next := "", "", value
		switch {
		case l.Sort == value && opposite != "":
			state, arrow, next = "ascending", "↑", opposite
		case l.Sort != "" && l.Sort == opposite:
			state, arrow = "descending", "↓"
		case l.Sort == value:
			state = "other"
		}
		m.raw(`<th role="columnheader" scope="col"`)
		if state != "" {
			m.raw(` aria-sort="` + state + `"`)
		}
		m.raw(`><a href="`)
		m.text(base)
		m.text(l.SortedBy(next).Encode())
		m.raw(`">`)
		m.text(text)
		if arrow != "" {
			m.raw(` <span aria-hidden="true">` + arrow + `</span>`)
		}
		m.raw(`</a></th>`)
	})
}
