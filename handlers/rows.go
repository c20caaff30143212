package handlers

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// planLine shapes a sentence of a plan. now says that what was counted when the plan was made is shown, too:
// afterwards it may not be so any more.
func planLine(l journal.Line, now bool) views.PlanLine {
	line := views.PlanLine{Text: l.Text}
	if now {
		line.Text = l.String()
	}
	for _, r := range l.Rows {
		line.Groups = append(line.Groups, groupLeft(r, now))
	}
	return line
}

func groupLeft(r journal.Row, now bool) views.GroupLeft {
	g := views.GroupLeft{ID: r.ID, Name: r.Name, Left: r.Text, Warn: r.Warn}
	if now {
		g.Left = cmp.Or(r.Now, r.Text)
	}
	return g
}

// personOf shapes a member for every screen.
func personOf(m *tallyfy.Member) views.Person {
	return views.Person{ID: m.ID, Name: m.Name(), Email: m.Email, Role: names.Role(m.Role), Status: views.MemberStatus(m)}
}

// memberRow shapes a member with the groups that Tallyfy sent along.
func (req *request) memberRow(m *tallyfy.Member) views.MemberRow {
	row := views.MemberRow{Person: personOf(m), GroupsKnown: m.GroupsIncluded, Joined: m.CreatedAt.Time, LastLogin: m.LastLoginAt.Time}
	for _, g := range m.In() {
		row.Groups = append(row.Groups, req.groupLink(g))
	}
	sortLinks(row.Groups)
	row.GroupCount = len(row.Groups)
	return row
}

// groupLink shapes a group that is named on a page, with its logo.
func (req *request) groupLink(g *tallyfy.Group) views.GroupLink {
	req.rememberLogo(g)
	return views.GroupLink{ID: g.ID, Name: g.DisplayName(), LogoVersion: logo.Version(g.Logo)}
}

// inGroups are the names of groups, in the order of names.
func inGroups(groups []*tallyfy.Group) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		list[i] = g.DisplayName()
	}
	slices.SortFunc(list, names.Compare)
	return list
}

// listRow is a member in a list, with the most telling of the groups: the fewer are in a group, the more it says.
func (req *request) listRow(m *tallyfy.Member, groups []*tallyfy.Group) views.MemberRow {
	row := views.MemberRow{Person: personOf(m), GroupsKnown: true, Joined: m.CreatedAt.Time, LastLogin: m.LastLoginAt.Time}
	row.Groups, row.GroupCount = req.telling(groups), len(groups)
	return row
}

// ownGroupsRow is listRow with the groups that Tallyfy sent along.
func (req *request) ownGroupsRow(m *tallyfy.Member) views.MemberRow {
	row := req.listRow(m, m.In())
	row.GroupsKnown = m.GroupsIncluded
	return row
}

// telling are the smallest of some groups, as many as a row of a list names.
func (req *request) telling(groups []*tallyfy.Group) []views.GroupLink {
	sorted := slices.SortedFunc(slices.Values(groups), func(a, b *tallyfy.Group) int {
		return cmp.Or(cmp.Compare(len(a.Members), len(b.Members)), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	list := make([]views.GroupLink, min(len(sorted), views.NamedGroups))
	for i := range list {
		list[i] = req.groupLink(sorted[i])
	}
	return list
}

func sortLinks(groups []views.GroupLink) {
	slices.SortFunc(groups, func(a, b views.GroupLink) int {
		return cmp.Or(names.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// groupMembers shapes members of a group. unknown says why a member has no name.
func groupMembers(resolved []directory.Resolved[tallyfy.Member, tallyfy.UserID], unknown string) []views.GroupMember {
	list := make([]views.GroupMember, len(resolved))
	for i, r := range resolved {
		if r.Item != nil {
			list[i] = views.GroupMember{Person: personOf(r.Item), Known: true}
		} else {
			list[i].ID, list[i].Email = r.ID, unknown
		}
	}
	return list
}

// groupRow shapes a group, and keeps where its logo is for the browser's request for it. Members who are
// gone are not counted as far as a copy of the members, which may be nil, tells them.
func (req *request) groupRow(g *tallyfy.Group, members *directory.Members) views.GroupRow {
	req.rememberLogo(g)
	present := len(g.Members)
	if members != nil {
		present = members.Count(g.Members)
	}
	clock := req.clock()
	date := func(t time.Time) views.Moment { return clock.Date(t, "not known").Prepared() }
	return views.GroupRow{
		ID: g.ID, Name: g.DisplayName(), Description: g.Description, LogoVersion: logo.Version(g.Logo),
		Members: present, Guests: len(g.Guests), Created: date(g.CreatedAt.Time), Updated: date(g.LastUpdated.Time),
	}
}

// activityRow words an entry of the journal.
func (req *request) activityRow(e *journal.Entry) views.ActivityRow {
	clock := req.clock()
	minute := func(t time.Time) string { return clock.MinuteAfter(e.At, t) }
	return views.ActivityRow{ID: e.ID, At: e.At, Sentence: e.Sentence(minute, change.UnderWay(e, clock.Now))}
}

// mostOpened is how many entries one page opens to look for some. The link to older ones goes on.
const mostOpened = 2000

// mostRecent is how many changes the page of a person or a group lists.
const mostRecent = 5

// recentActivity lists the latest changes of a person or a group, or of the organisation. Somebody whom
// isAdmin does not know to be an administrator sees their own only.
func (req *request) recentActivity(s journal.Subject, isAdmin func(context.Context) (bool, error)) views.RecentActivity {
	f := journal.Filter{Org: req.org(), Subject: s}
	latest, err := req.app.Journal.Latest(req.ctx(), f, mostRecent)
	if slices.ContainsFunc(latest, func(e *journal.Entry) bool { return e.Actor.ID != string(req.who.UserID) }) {
		if admin, adminErr := isAdmin(req.ctx()); !admin {
			f.Actor = req.who.UserID
			latest, err = req.app.Journal.Latest(req.ctx(), f, mostRecent)
			err = errors.Join(err, adminErr)
		}
	}
	recent := views.RecentActivity{Incomplete: err != nil}
	if s.ID != "" {
		recent.About = s.Key()
	}
	for _, e := range latest {
		recent.Rows = append(recent.Rows, req.activityRow(e))
	}
	if s.ID != "" {
		elsewhereErr := req.elsewhere(&recent, s, isAdmin)
		recent.Incomplete = recent.Incomplete || elsewhereErr != nil
		err = errors.Join(err, elsewhereErr)
	}
	if err != nil {
		req.logError("changes not listed", err)
	}
	return recent
}
