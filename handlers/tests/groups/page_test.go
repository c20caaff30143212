// Package groups_test tests the pages about groups: list, page and logo, creation and deletion.
package groups_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// people are the lines of a group's members: name, address and role, then the badge if there is one.
func people(p *sitetest.Page) (lines []string) {
	p.Find("section[aria-labelledby=people] .rows li").Each(func(_ int, li *goquery.Selection) {
		line := li.Find(".name").Text() + ", " + li.Find(".sub").Text()
		if badge := li.Find(".badge").Text(); badge != "" {
			line += ", " + badge
		}
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	})
	return lines
}

// back is where the link above the heading leads to.
func back(p *sitetest.Page) string {
	href, _ := p.Find(".breadcrumb a").Attr("href")
	return href
}

// warm reads the whole directory once, and forgets the calls.
func warm(s *sitetest.Site) {
	s.T.Helper()
	require.Equal(s.T, http.StatusOK, s.Get(s.GroupPath("Payroll")).Status)
	s.Sandbox.ClearRequests()
}

// manyTasks is an answer with the first six of many open tasks.
var manyTasks = `{"data":[{"id":"a","title":"<b>x</b>"},{"id":"b","title":"y"},{"id":"c"},{"id":"d"},{"id":"e"},{"id":"f"}],"meta":{"pagination":{"total":1234,"count":6,"per_page":6,"current_page":1,"total_pages":206}}}`

const sectionTasks = "section[aria-labelledby=tasks]"

func TestGroupPageShowsTheGroup(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	warm(s)
	p := s.Get(s.GroupPath("Finance")).Whole(http.StatusOK)
	assert.Len(t, s.Sandbox.Requests(), 2, "the directory is warm")
	assert.Zero(t, s.Writes())
	g := s.Group("Finance")
	assert.Equal(t, "Finance", p.Text("h1"))
	assert.Equal(t, g.Description, p.Text(".page-header .lead"))
	p = s.Get(s.GroupPath("Finance")) // facts takes the buttons out
	assert.Equal(t, []string{g.ID}, p.Texts(".facts code"))
	assert.Equal(t, 1, p.Find(`.facts [data-copy="`+g.ID+`"]`).Length())
	for _, name := range []string{"Created", "Updated"} {
		_, day, _ := strings.Cut(p.Facts()[name], ", ")
		_, err := time.Parse("2 Jan 2006", day)
		assert.NoError(t, err, name)
	}
	src, _ := p.Find(".headline img").Attr("src")
	assert.Regexp(t, "^/groups/"+g.ID+`/logo\?v=[0-9a-f]+$`, src)
	assert.Equal(t, "/groups/"+g.ID+"/delete", p.Link("Delete this group…"))
	assert.Equal(t, s.GroupPath("Finance")+"/people.csv", p.Link("Export "+strconv.Itoa(len(g.Members)+1)+" people"))
	assert.Equal(t, sitetest.Plural(len(g.Members), "member"), p.Text("#people"))
	assert.Equal(t, "1 guest", p.Text("#guests"))
	assert.Equal(t, g.Guests, p.Texts("section[aria-labelledby=guests] .name"))

	// Once the guests are read they have names here, too, without another call.
	s.Get("/guests").Whole(http.StatusOK)
	s.Sandbox.ClearRequests()
	p = s.Get(s.GroupPath("Finance")).Whole(http.StatusOK)
	assert.Equal(t, []string{"Deirdre Kavanagh"}, p.Texts("section[aria-labelledby=guests] .name"))
	assert.Equal(t, g.Guests, p.Texts("section[aria-labelledby=guests] .sub"))
	assert.Equal(t, "/guests/"+g.Guests[0], p.Link("Deirdre Kavanagh"))
	assert.Zero(t, s.Calls(http.MethodGet, "/guests"))
}

func TestGroupPageSaysWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for group, lines := range map[string][]string{
		"Finance":             {"Lena Fischbacher, lena.fischbacher@example.com · Standard, Invited", "Esi Mensah, esi.mensah@example.com · Standard"},
		"Operations":          {"Gareth Pugh, gareth.pugh@example.com · Standard, Disabled"},
		"IT Service Desk":     {"Aldermoor Assistant, assistant.bot@example.com · Standard, Bot", "Kwame Asante, kwame.asante@example.com · Administrator"},
		"Warehouse Rotterdam": {"Renske Bakker, renske.bakker@example.com · Light"},
	} {
		t.Run(group, func(t *testing.T) {
			p := s.Get(s.GroupPath(group)).Whole(http.StatusOK)
			g := s.Group(group)
			people := people(p)
			require.Len(t, people, len(g.Members))
			for _, want := range lines {
				found := slices.ContainsFunc(people, func(line string) bool { return strings.HasSuffix(line, want) })
				assert.True(t, found, "%s in %q", want, people)
			}
			for _, id := range g.Members {
				assert.True(t, p.Has(`.rows a[href="/members/`+strconv.Itoa(id)+`"]`))
			}
			assert.Empty(t, p.Text("section[aria-labelledby=people] .section-head p"))
			assert.NotContains(t, p.Text("main"), "Active", "what is ordinary is not marked")
		})
	}
	names := s.Get(s.GroupPath("Everyone at Aldermoor")).Texts("section[aria-labelledby=people] a")
	assert.Len(t, names, len(s.Sandbox.Members()))
	// By name, whatever the accents: Łukasz is not behind Zoë.
	at := func(name string) int { return slices.Index(names, name) }
	assert.Less(t, at("Aino Mäkelä"), at("Kwame Asante"))
	assert.Less(t, at("Kwame Asante"), at("Łukasz Wiśniewski"))
	assert.Less(t, at("Łukasz Wiśniewski"), at("Viktor Ionescu"))
	assert.Less(t, at("Viktor Ionescu"), at("Zoë Lindqvist"))
}

// Somebody who was deleted for good stays in the list of ids.
func TestGroupPageShowsAnIdThatNoLongerResolves(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	id := s.ID("gareth.pugh")
	s.Elsewhere(http.MethodDelete, "/users/"+id+"/delete", "")
	g := s.Group("Operations")
	require.Contains(t, g.Members, mustInt(t, id))
	p := s.Get(s.GroupPath("Operations")).Whole(http.StatusOK)
	people := people(p)
	assert.Len(t, people, len(g.Members))
	assert.Equal(t, "Member "+id+", not in the list of members", people[len(people)-1])
	assert.False(t, p.Has(`.rows a[href="/members/`+id+`"]`))
	assert.Equal(t, 1, strings.Count(p.Text("main"), "not in the list of members"))
}

func mustInt(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

func TestGroupPageWithoutAllNames(t *testing.T) {
	t.Parallel()
	t.Run("the directory fails", func(t *testing.T) {
		s := sitetest.SignedIn(t, sitetest.Options{})
		for name, fault := range map[string]sandbox.Fault{
			"403": {Status: 403}, "500": {Status: 500}, "502": {Status: 502}, "garbage": {Status: 200, Body: "<html>"}, "broken": {Abort: true, AbortAfter: 50},
		} {
			t.Run(name, func(t *testing.T) {
				fault.Route = sitetest.UsersRoute
				s.Sandbox.Fail(fault)
				defer s.Sandbox.ClearFaults()
				p := s.Get(s.GroupPath("Payroll")).Whole(http.StatusOK)
				assert.Equal(t, "Tallyfy did not give all names. Reload to try again.", p.Text("section[aria-labelledby=people] .section-head p"))
				assert.Equal(t, []string{"Member " + s.ID("chiara.dangelo") + ", name could not be read"}, people(p))
				assert.NotContains(t, p.Body, "not in the list of members")
			})
		}
		assert.Contains(t, people(s.Get(s.GroupPath("Payroll")))[0], "Chiara D'Angelo", "the next page tries again")
	})
	t.Run("the directory is being read", func(t *testing.T) {
		s := sitetest.SignedIn(t, sitetest.Options{Directory: directory.Options{Wait: time.Nanosecond}})
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Hang: true})
		p := s.Get(s.GroupPath("Payroll")).Whole(http.StatusOK)
		assert.Equal(t, "Not all names are read yet. Reload in a moment.", p.Text("section[aria-labelledby=people] .section-head p"))
		assert.Equal(t, []string{"Member " + s.ID("chiara.dangelo") + ", name not read yet"}, people(p))
	})
}

func TestGroupPageTellsTasksFromNoneFromNotChecked(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	busy := s.Group("Warehouse Rotterdam")
	p := s.Get("/groups/" + busy.ID).Whole(http.StatusOK)
	assert.Equal(t, "4 open tasks", p.Text(sectionTasks+" p"))
	assert.Equal(t, 4, s.Sandbox.OpenGroupTasks(busy.ID))
	assert.Len(t, p.Texts(sectionTasks+" li"), 4)
	assert.Equal(t, "1 open task", s.Get(s.GroupPath("Payroll")).Text(sectionTasks+" p"))
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Times: 1, Status: 200, Body: manyTasks})
	p = s.Get("/groups/" + busy.ID).Whole(http.StatusOK)
	assert.Equal(t, "1,234 open tasksAll 1,234 open tasks", p.Text(sectionTasks+" p"))
	assert.Len(t, p.Texts(sectionTasks+" li"), 5)
	assert.Equal(t, "<b>x</b> no deadline", p.Texts(sectionTasks + " li")[0])

	assert.Equal(t, "Open tasks assigned to this groupNo open tasks.", s.Get(s.GroupPath("Management Board")).Text(sectionTasks))
	for name, fault := range map[string]sandbox.Fault{
		"401": {Status: 401}, "403": {Status: 403}, "404": {Status: 404}, "422": {Status: 422}, "500": {Status: 500}, "garbage": {Status: 200, Body: "<html>"},
		"no count":            {Status: 200, Body: `{"data":[{"id":"a","title":"x"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"}]}`},
		"an unreadable count": {Status: 200, Body: `{"data":[{"id":"a","title":"x"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"}],"meta":{"pagination":{"total":"many"}}}`},
		"a count too low":     {Status: 200, Body: `{"data":[{"id":"a","title":"x"},{"id":"b"}],"meta":{"pagination":{"total":1}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Route = sitetest.TasksRoute
			s.Sandbox.Fail(fault)
			defer s.Sandbox.ClearFaults()
			p := s.Get("/groups/" + busy.ID).Whole(http.StatusOK)
			assert.Equal(t, busy.Name, p.Text("h1"))
			assert.Equal(t, "Not checked The open tasks could not be counted. There may be some.", p.Text(sectionTasks+" p"))
		})
	}
}

func TestGroupPageOfUnusualGroups(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.GroupPath("Archive 2019 Relocation")).Whole(http.StatusOK)
	assert.Equal(t, "0 members", p.Text("#people"))
	assert.Contains(t, p.Text("section[aria-labelledby=people]"), "Nobody is in this group.")
	assert.Equal(t, "No description.", p.Text(".page-header .lead"))
	assert.Equal(t, "No guests in this group.", p.Text("section[aria-labelledby=guests] p"))
	assert.Equal(t, "Export", p.Text(".actions .off"), "there is nobody to export")
	assert.False(t, p.Has(".headline img"))

	p = s.Get(s.GroupPath("Carrier Partners")).Whole(http.StatusOK)
	assert.Equal(t, "0 members", p.Text("#people"))
	assert.Equal(t, "4 guests", p.Text("#guests"))
	guests := p.Texts("section[aria-labelledby=guests] .name")
	assert.ElementsMatch(t, s.Group("Carrier Partners").Guests, guests)
	assert.True(t, slices.IsSorted(guests))

	const night = "Night Shift <script>alert('hi')</script> & Weekend"
	p = s.Get(s.GroupPath(night)).Whole(http.StatusOK)
	assert.Equal(t, night, p.Text("h1"))
	assert.Equal(t, "Named by a curious colleague. <b>Not bold</b>, please.", p.Text(".page-header .lead"))
	assert.False(t, p.Has("main script, main b"))
	assert.Contains(t, p.Text("title"), night)
}

func TestGroupPageOfNoGroup(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, id := range []string{"1", strings.Repeat("0", 32), "abc", "%3Cscript%3E"} {
		p := s.Get("/groups/" + id).Whole(http.StatusNotFound)
		assert.NotEmpty(t, p.Link("All groups"), id)
		assert.False(t, p.Has("main script"), id)
	}
}

func TestGroupPageLeadsBackToTheList(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Base: "/tools/tallyfy"})
	for _, list := range []string{"/groups?q=warehouse&sort_by=name", "/groups?per_page=10&page=2", "/groups"} {
		p := s.Get(list)
		name := p.Texts("tbody a.name")[0]
		p = p.Follow(name).Whole(http.StatusOK)
		assert.Equal(t, name, p.Text("h1"))
		assert.Equal(t, s.Base+list, back(p))
		assert.Equal(t, list, s.Get(strings.TrimPrefix(back(p), s.Base)).URL)
	}
	r := s.Request(http.MethodGet, s.GroupPath("Finance"), nil)
	r.Header.Set("Referer", "https://evil.example/tools/tallyfy/groups?q=x")
	assert.NotContains(t, s.Do(r).Body, "q=x")
}
