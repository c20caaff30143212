package handlers_test

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
	"tallyfy-admin/tallyfy/sandbox"
)

func (s *site) groupPath(name string) string { s.t.Helper(); return "/groups/" + s.group(name).ID }

// people are the lines of a group's members: name, address and role, then the badge if there is one.
func (p *page) people() (lines []string) {
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
func (p *page) back() string {
	href, _ := p.Find(".breadcrumb a").Attr("href")
	return href
}

// warm reads the whole directory once, and forgets the calls.
func (s *site) warm() {
	s.t.Helper()
	require.Equal(s.t, http.StatusOK, s.get(s.groupPath("Payroll")).status)
	s.sandbox.ClearRequests()
}

// manyTasks is an answer with the first six of many open tasks.
var manyTasks = `{"data":[` + strings.Repeat(`{"id":"a","title":"<b>x</b>"},`, 5) + `{"id":"b","title":"y"}],"meta":{"pagination":{"total":1234,"count":6,"per_page":6,"current_page":1,"total_pages":206}}}`

const sectionTasks = "section[aria-labelledby=tasks]"

func TestGroupPageShowsTheGroup(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.warm()
	p := s.get(s.groupPath("Finance")).whole(http.StatusOK)
	assert.Len(t, s.sandbox.Requests(), 2, "the directory is warm")
	assert.Zero(t, s.writes())
	g := s.group("Finance")
	assert.Equal(t, "Finance", p.text("h1"))
	assert.Equal(t, g.Description, p.facts()["Description"])
	p = s.get(s.groupPath("Finance")) // facts takes the buttons out
	assert.Equal(t, []string{g.ID}, p.texts(".facts code"))
	assert.Equal(t, 1, p.Find(`.facts [data-copy="`+g.ID+`"]`).Length())
	for _, name := range []string{"Created", "Updated"} {
		_, err := time.Parse("2 Jan 2006", p.facts()[name])
		assert.NoError(t, err, name)
	}
	src, _ := p.Find(".headline img").Attr("src")
	assert.Regexp(t, "^/groups/"+g.ID+`/logo\?v=[0-9a-f]+$`, src)
	assert.Equal(t, "/groups/"+g.ID+"/delete", p.link("Delete this group…"))
	assert.NotEmpty(t, p.link("Export people as CSV"))
	assert.Equal(t, plural(len(g.Members), "member"), p.text("#people"))
	assert.Equal(t, "1 guest", p.text("#guests"))
	assert.Equal(t, g.Guests, p.texts("section[aria-labelledby=guests] li"))
}

func TestGroupPageSaysWhoSomebodyIs(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for group, lines := range map[string][]string{
		"Finance":             {"Lena Fischbacher, lena.fischbacher@example.com · Standard, Invited", "Esi Mensah, esi.mensah@example.com · Standard"},
		"Operations":          {"Gareth Pugh, gareth.pugh@example.com · Standard, Disabled"},
		"IT Service Desk":     {"Aldermoor Assistant, assistant.bot@example.com · Standard, Bot", "Kwame Asante, kwame.asante@example.com · Administrator"},
		"Warehouse Rotterdam": {"Renske Bakker, renske.bakker@example.com · Light"},
	} {
		t.Run(group, func(t *testing.T) {
			p := s.get(s.groupPath(group)).whole(http.StatusOK)
			g := s.group(group)
			people := p.people()
			require.Len(t, people, len(g.Members))
			for _, want := range lines {
				found := slices.ContainsFunc(people, func(line string) bool { return strings.HasSuffix(line, want) })
				assert.True(t, found, "%s in %q", want, people)
			}
			for _, id := range g.Members {
				assert.True(t, p.has(`.rows a[href="/members/`+strconv.Itoa(id)+`"]`))
			}
			assert.Empty(t, p.text("section[aria-labelledby=people] .section-head p"))
			assert.NotContains(t, p.text("main"), "Active", "what is ordinary is not marked")
		})
	}
	names := s.get(s.groupPath("Everyone at Aldermoor")).texts("section[aria-labelledby=people] a")
	assert.Len(t, names, len(s.sandbox.Members()))
	// By name, whatever the accents: Łukasz is not behind Zoë.
	at := func(name string) int { return slices.Index(names, name) }
	assert.Less(t, at("Aino Mäkelä"), at("Kwame Asante"))
	assert.Less(t, at("Kwame Asante"), at("Łukasz Wiśniewski"))
	assert.Less(t, at("Łukasz Wiśniewski"), at("Viktor Ionescu"))
	assert.Less(t, at("Viktor Ionescu"), at("Zoë Lindqvist"))
}

// Somebody who was deleted for good stays in the list of ids.
func TestGroupPageShowsAnIdThatNoLongerResolves(t *testing.T) {
	s := signedIn(t, siteOptions{})
	id := s.id("gareth.pugh")
	s.elsewhere(http.MethodDelete, "/users/"+id+"/delete", "")
	g := s.group("Operations")
	require.Contains(t, g.Members, mustInt(t, id))
	p := s.get(s.groupPath("Operations")).whole(http.StatusOK)
	people := p.people()
	assert.Len(t, people, len(g.Members))
	assert.Equal(t, "Member "+id+", not in the list of members", people[len(people)-1])
	assert.False(t, p.has(`.rows a[href="/members/`+id+`"]`))
	assert.Equal(t, 1, strings.Count(p.text("main"), "not in the list of members"))
}

func mustInt(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

func TestGroupPageWithoutAllNames(t *testing.T) {
	t.Run("the directory fails", func(t *testing.T) {
		s := signedIn(t, siteOptions{attempt: 300 * time.Millisecond})
		for name, fault := range map[string]sandbox.Fault{
			"403": {Status: 403}, "500": {Status: 500}, "502": {Status: 502}, "garbage": {Status: 200, Body: "<html>"}, "broken": {Abort: true, AbortAfter: 50},
		} {
			t.Run(name, func(t *testing.T) {
				fault.Route = usersRoute
				s.sandbox.Fail(fault)
				defer s.sandbox.ClearFaults()
				p := s.get(s.groupPath("Payroll")).whole(http.StatusOK)
				assert.Equal(t, "Tallyfy did not give all names. Reload to try again.", p.text("section[aria-labelledby=people] .section-head p"))
				assert.Equal(t, []string{"Member " + s.id("chiara.dangelo") + ", name could not be read"}, p.people())
				assert.NotContains(t, p.body, "not in the list of members")
			})
		}
		assert.Contains(t, s.get(s.groupPath("Payroll")).people()[0], "Chiara D'Angelo", "the next page tries again")
	})
	t.Run("the directory is being read", func(t *testing.T) {
		s := signedIn(t, siteOptions{directory: directory.Options{Wait: time.Nanosecond}})
		s.sandbox.Fail(sandbox.Fault{Route: usersRoute, Hang: true})
		p := s.get(s.groupPath("Payroll")).whole(http.StatusOK)
		assert.Equal(t, "Not all names are read yet. Reload in a moment.", p.text("section[aria-labelledby=people] .section-head p"))
		assert.Equal(t, []string{"Member " + s.id("chiara.dangelo") + ", name not read yet"}, p.people())
	})
}

func TestGroupPageTellsTasksFromNoneFromNotChecked(t *testing.T) {
	s := signedIn(t, siteOptions{})
	busy := s.group("Warehouse Rotterdam")
	p := s.get("/groups/" + busy.ID).whole(http.StatusOK)
	assert.Equal(t, "Found 4 open tasks:", p.text(sectionTasks+" p"))
	assert.Equal(t, 4, s.sandbox.OpenGroupTasks(busy.ID))
	assert.Len(t, p.texts(sectionTasks+" li"), 4)
	assert.Equal(t, "Found 1 open task:", s.get(s.groupPath("Payroll")).text(sectionTasks+" p"))
	s.sandbox.Fail(sandbox.Fault{Route: tasksRoute, Times: 1, Status: 200, Body: manyTasks})
	p = s.get("/groups/" + busy.ID).whole(http.StatusOK)
	assert.Equal(t, "Found 1,234 open tasks, the first 5:", p.text(sectionTasks+" p"))
	assert.Len(t, p.texts(sectionTasks+" li"), 5)
	assert.Equal(t, "<b>x</b>", p.texts(sectionTasks + " li")[0])

	assert.Equal(t, "Open tasks given to this groupNone", s.get(s.groupPath("Management Board")).text(sectionTasks))
	for name, fault := range map[string]sandbox.Fault{
		"401": {Status: 401}, "403": {Status: 403}, "404": {Status: 404}, "422": {Status: 422}, "500": {Status: 500}, "garbage": {Status: 200, Body: "<html>"},
		"no count": {Status: 200, Body: `{"data":[` + strings.Repeat(`{"id":"a","title":"x"},`, 4) + `{"id":"b"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Route = tasksRoute
			s.sandbox.Fail(fault)
			defer s.sandbox.ClearFaults()
			p := s.get("/groups/" + busy.ID).whole(http.StatusOK)
			assert.Equal(t, busy.Name, p.text("h1"))
			assert.Equal(t, "Not checked The open tasks could not be counted. There may be some.", p.text(sectionTasks+" p"))
		})
	}
}

func TestGroupPageOfUnusualGroups(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get(s.groupPath("Archive 2019 Relocation")).whole(http.StatusOK)
	assert.Equal(t, "0 members", p.text("#people"))
	assert.Contains(t, p.text("section[aria-labelledby=people]"), "Nobody is in this group.")
	assert.Equal(t, "none", p.facts()["Description"])
	assert.Equal(t, "No guests in this group.", p.text("section[aria-labelledby=guests] p"))
	assert.Empty(t, p.link("Export people as CSV"))
	assert.False(t, p.has(".headline img"))

	p = s.get(s.groupPath("Carrier Partners")).whole(http.StatusOK)
	assert.Equal(t, "0 members", p.text("#people"))
	assert.Equal(t, "4 guests", p.text("#guests"))
	guests := p.texts("section[aria-labelledby=guests] li")
	assert.ElementsMatch(t, s.group("Carrier Partners").Guests, guests)
	assert.True(t, slices.IsSorted(guests))

	const night = "Night Shift <script>alert('hi')</script> & Weekend"
	p = s.get(s.groupPath(night)).whole(http.StatusOK)
	assert.Equal(t, night, p.text("h1"))
	assert.Equal(t, "Named by a curious colleague. <b>Not bold</b>, please.", p.facts()["Description"])
	assert.False(t, p.has("main script, main b"))
	assert.Contains(t, p.text("title"), night)
}

func TestGroupPageOfNoGroup(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for _, id := range []string{"1", strings.Repeat("0", 32), "abc", "%3Cscript%3E", "..%2Fusers"} {
		p := s.get("/groups/" + id).whole(http.StatusNotFound)
		assert.NotEmpty(t, p.link("All groups"), id)
		assert.False(t, p.has("main script"), id)
	}
}

func TestGroupPageLeadsBackToTheList(t *testing.T) {
	s := signedIn(t, siteOptions{base: "/tools/tallyfy"})
	for _, list := range []string{"/groups?q=warehouse&sort_by=name", "/groups?per_page=10&page=2", "/groups"} {
		p := s.get(list)
		name := p.texts("tbody a.name")[0]
		p = p.follow(name).whole(http.StatusOK)
		assert.Equal(t, name, p.text("h1"))
		assert.Equal(t, s.base+list, p.back())
		assert.Equal(t, list, s.get(strings.TrimPrefix(p.back(), s.base)).url)
	}
	r := s.request(http.MethodGet, s.groupPath("Finance"), nil)
	r.Header.Set("Referer", "https://evil.example/tools/tallyfy/groups?q=x")
	assert.NotContains(t, s.do(r).body, "q=x")
}

func TestGroupPageSurvivesTallyfy(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
	}{
		"403": {sandbox.Fault{Status: 403}, 403}, "404": {sandbox.Fault{Status: 404}, 404}, "409": {sandbox.Fault{Status: 409}, 502},
		"422": {sandbox.Fault{Status: 422, Body: `{"message":"No.","errors":{"x":["secret.php"]}}`}, 502},
		"429": {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, 429}, "500": {sandbox.Fault{Status: 500, Body: "secret.php"}, 502},
		"503": {sandbox.Fault{Status: 503}, 502}, "time-out": {sandbox.Fault{Hang: true}, 504}, "broken": {sandbox.Fault{Abort: true}, 502},
		"broken half-way": {sandbox.Fault{Abort: true, AbortAfter: 40}, 502}, "garbage": {sandbox.Fault{Status: 200, Body: "<html><h1>Proxy</h1></html>"}, 502},
	} {
		for _, path := range []string{"", "/delete"} {
			if name == "404" && path != "" {
				continue // gone: its own test
			}
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				s := signedIn(t, siteOptions{attempt: 150 * time.Millisecond})
				at := s.groupPath("Finance") + path
				fault := test.fault
				fault.Route = groupRoute
				s.sandbox.Fail(fault)
				p := s.get(at).whole(test.status)
				assert.Contains(t, p.texts("main code"), p.header.Get("X-Request-Id"))
				assert.NotContains(t, p.body, "secret.php")
				assert.Zero(t, s.writes())
				if test.status > 404 {
					assert.Equal(t, at, p.link("Try again"))
				}
			})
		}
	}
}
