package handlers

import (
	"net/http"
	"strings"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/overview"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showOverview shows what needs attention in the organisation, from the copies alone. Of what could not
// be read it says so.
func showOverview(req *request) error {
	if req.QueryParam("refresh") != "" {
		return req.refresh(req.urls().Overview())
	}
	if req.QueryParam(views.EnteredKey) != "" {
		req.notice(youAreIn(req.who))
		return req.goTo(req.urls().Overview())
	}
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Overview", copied, req.urls().Groups())
	}
	v := overview.Of(overview.Organisation{
		Members: membersFound("", copied), Groups: groupsFound("", copied), Now: req.now(),
		MembersShort: !copied.members.Complete, GroupsShort: !copied.groups.Complete,
	})
	screen := views.OverviewPage{
		ReadAt: copied.readAt(), Missing: copied.missing(),
		AllMembers: req.whole(v.Members, copied.members.Complete), AllGroups: req.whole(v.Groups, copied.groups.Complete),
		Sizes: req.sizes(v.Sizes), Roles: req.roles(v), Joined: req.joined(v.Joined),
		Bots: req.figure(v.Bots, words.Noun(v.Bots.N, "bot", "bots")), Other: v.Other, Activity: req.recentActivity(journal.Subject{}, copied.isAdmin(req)),
	}
	if admin, _ := copied.isAdmin(req)(req.ctx()); admin {
		if screen.Visit, err = req.sinceVisit(); err != nil { // the page is as good without
			req.logError("changes made elsewhere not listed", err)
		}
	}
	for _, f := range v.Findings {
		screen.Findings = append(screen.Findings, req.finding(f))
	}
	screen.New = req.figure(v.New, "joined in the last 30 days")
	screen.Unreviewed = req.unreviewed(copied)
	for _, m := range v.Newest {
		row := req.listRow(m.Member, m.In)
		row.GroupsKnown = copied.groups.Complete || len(row.Groups) > 0
		screen.Newest = append(screen.Newest, row)
	}
	return req.show(http.StatusOK, views.Overview(req.page("Overview", views.SectionOverview), screen))
}

// visitRows is how many changes made elsewhere the overview names.
const visitRows = 6

// sinceVisit is what has changed elsewhere since the person pressed Seen.
func (req *request) sinceVisit() (v views.SinceVisit, err error) {
	req.app.History.WaitUntilCompared(req.ctx(), req.org(), waitForEvents)
	var known bool
	if v.Since, v.ReadAt, known, err = req.app.History.Since(req.ctx(), req.org()); err != nil || !known {
		return v, err
	}
	upto, at, err := req.app.History.Seen(req.ctx(), req.org(), req.who.UserID)
	if err != nil {
		return v, err
	}
	v.Shown, v.SeenAt = true, at
	f := history.Filter{Org: req.org(), Since: upto}
	counts, err := req.app.History.Count(req.ctx(), f)
	if err != nil {
		return v, err
	}
	for _, k := range history.Kinds {
		if n := counts[k]; n > 0 {
			v.Counts = append(v.Counts, words.Number(n)+" "+k.Counted(n > 1))
			v.All += n
		}
	}
	latest, err := req.app.History.Latest(req.ctx(), f, visitRows)
	for i, e := range latest {
		row := req.eventRow(e, journal.Subject{})
		row.Sentence = e.Short(req.clock().Between(e.After, e.By))
		v.Rows = append(v.Rows, row)
		if i == 0 {
			v.Upto = e.ID
		}
	}
	return v, err
}

// seeChanges notes that the person has seen what was changed elsewhere, up to the event that the page named first.
func seeChanges(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	if err := req.app.History.SetSeen(req.ctx(), req.org(), req.who.UserID, form.Get("upto")); err != nil {
		return err
	}
	return req.goTo(req.urls().Overview())
}

// figure makes a count a link to its rows.
func (req *request) figure(c overview.Count, what string) components.Figure {
	return components.Figure{Value: c.N, Number: words.Number(c.N), What: what, URL: req.rows(c)}
}

// whole is the number of all rows of a list. A part of them has no list that shows exactly it.
func (req *request) whole(c overview.Count, complete bool) components.Figure {
	f := req.figure(c, "in all")
	if !complete {
		f.What, f.URL = "could be read", ""
	}
	return f
}

// rows is the address of the list that shows what is counted.
func (req *request) rows(c overview.Count) string {
	if c.List == overview.Groups {
		s := groupListState(nil)
		s.Chosen = c.Chosen
		return req.urls().GroupList(s)
	}
	s := memberListState(nil, req.now())
	s.Chosen = c.Chosen
	return req.urls().MemberList(s)
}

func (req *request) finding(f overview.Finding) views.OverviewFinding {
	v := views.OverviewFinding{
		Figure: req.figure(f.Count, f.Text), Names: f.Names, More: f.N - len(f.Names),
		Attention: f.State == overview.Attention, Unknown: f.State == overview.Unknown,
	}
	for _, s := range f.Seats {
		v.Seats = append(v.Seats, req.figure(s.Count, s.Text))
	}
	return v
}

func (req *request) sizes(sizes []overview.Size) components.ChartProps {
	chart := components.ChartProps{Title: "Groups by size"}
	for _, s := range sizes {
		f := req.figure(s.Count, words.Noun(s.N, "group", "groups")+" with "+strings.ToLower(s.Text))
		f.Label = s.Text
		chart.Figures = append(chart.Figures, f)
	}
	return chart
}

func (req *request) joined(months []overview.Month) components.ChartProps {
	chart := components.ChartProps{Title: "Joined by month"}
	for _, m := range months {
		f := req.figure(m.Count, "joined in "+m.From.Format("January 2006"))
		f.Label = m.From.Format("Jan")
		chart.Figures = append(chart.Figures, f)
	}
	return chart
}

// roles are the rows of the table of people: the roles, all of them, and bots.
func (req *request) roles(v overview.Overview) (rows []views.OverviewRole) {
	row := func(label string, of []overview.Count) views.OverviewRole {
		r := views.OverviewRole{Label: label}
		for i, c := range of {
			r.Statuses = append(r.Statuses, req.figure(c, strings.ToLower(label)+" "+string(overview.Statuses[i])))
		}
		return r
	}
	for _, role := range v.Roles {
		r := row(names.Role(role.Role), role.Statuses)
		r.People = role.N
		rows = append(rows, r)
	}
	return append(rows, row("All roles", v.Statuses))
}
