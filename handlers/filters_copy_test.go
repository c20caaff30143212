package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy/sandbox"
)

const groupsRoute = "/organizations/{org}/groups"

// walked goes through all pages of a list and gives what a selector finds on them, checking that the rows are numbered on.
func (p *page) walked(selector string, perPage int) (seen []string) {
	t := p.site.t
	t.Helper()
	total := p.total()
	for n := 0; ; n++ {
		rows := p.texts(selector)
		if total > perPage {
			numbers := fmt.Sprintf("%d to %d of %d ", n*perPage+1, n*perPage+len(rows), total)
			if len(rows) == 1 {
				numbers = fmt.Sprintf("%d of %d ", n*perPage+1, total)
			}
			assert.True(t, strings.HasPrefix(p.text(".page-title .note"), numbers), "%s on %s", numbers, p.url)
		}
		seen = append(seen, rows...)
		if p.link("Next") == "" {
			assert.Equal(t, max(1, (total+perPage-1)/perPage), n+1, "pages of %s", p.url)
			return seen
		}
		require.Less(t, n*perPage, total, "pages without end on %s", p.url)
		p = p.follow("Next")
	}
}

// With 50 active people the last page of ten is full, and there is none after it.
func TestWalkingAFilteredListShowsEveryRowOnce(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for _, name := range []string{"esi.mensah", "marek.dvorak", "isla.macleod", "dmytro.shevchuk"} {
		s.disable(name)
	}
	active := s.emails(func(m sandbox.Member) bool { return m.Status == "active" && m.Type != "bot" })
	require.Len(t, active, 50)
	for _, perPage := range []int{10, 25, 50, 100} {
		for _, sort := range []string{"", "email", "-email", "-created_at", "last_login_at"} {
			p := s.get("/members?status=active&" + url.Values{"per_page": {strconv.Itoa(perPage)}, "sort": {sort}}.Encode())
			rows := p.walked("tbody .sub", perPage)
			assert.ElementsMatch(t, active, rows, "%d by %q", perPage, sort)
			switch sort {
			case "email":
				assert.Equal(t, active, rows)
			case "-email":
				slices.Reverse(rows)
				assert.Equal(t, active, rows)
			}
		}
	}
	groups := s.get("/groups?holds=disabled&per_page=10&sort_by=name").walked("tbody .name", 10)
	assert.Greater(t, len(groups), 10)
	lower := func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
	assert.True(t, slices.IsSortedFunc(groups, lower), "%v", groups)
}

func TestPastTheEndOfAFilteredListIsTheLastPage(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get("/members?status=active&per_page=10&page=99").whole(http.StatusOK)
	assert.Equal(t, "51 to 54 of 54 members", p.text(".page-title .note"))
	assert.Equal(t, "Page 6 of 6", p.text(".pager .position"))
	assert.Equal(t, "/members?page=5&per_page=10&status=active", p.link("Previous"))
}

func TestFiltersSurvivePagingSortingAndLookingAtARow(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get("/members?status=active&role=standard&q=e&per_page=10").follow("Next")
	for _, link := range []string{"Next", "Previous", "Last", "Joined", "Export as CSV"} {
		u, err := url.Parse(p.link(link))
		require.NoError(t, err)
		for name, value := range map[string]string{"status": "active", "role": "standard", "q": "e", "per_page": "10"} {
			assert.Equal(t, value, u.Query().Get(name), "%s in the link %s", name, link)
		}
	}
	back := p.openedAndBack()
	assert.Equal(t, p.url, back.url)
	assert.Equal(t, p.texts("tbody .sub"), back.texts("tbody .sub"))

	g := s.get("/groups?holds=disabled&sort_by=name&per_page=10")
	again := g.openedAndBack()
	assert.Equal(t, g.url, again.url)
	assert.Equal(t, g.texts("tbody .name"), again.texts("tbody .name"))
}

// openedAndBack looks at the first row of a list and goes back by the link above it.
func (p *page) openedAndBack() *page {
	href, _ := p.follow(p.texts("tbody .name")[0]).Find(".breadcrumb a").Attr("href")
	return p.site.get(href)
}

func TestAListWithoutAFilterCostsOneCallAndFilteringTwoOnce(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for _, path := range []string{"/members", "/groups", "/members?q=anna"} {
		s.sandbox.ClearRequests()
		assert.Empty(t, s.get(path).counts(), "without a copy there is nothing to count in")
		assert.Len(t, s.sandbox.Requests(), 1, path)
	}
	s.sandbox.ClearRequests()
	assert.NotEmpty(t, s.get("/members?role=light").counts())
	assert.Len(t, s.sandbox.Requests(), 2)
	assert.Equal(t, 1, s.calls(http.MethodGet, "/users"))
	assert.Equal(t, 1, s.calls(http.MethodGet, "/groups"))
	for _, r := range s.sandbox.Requests() {
		assert.Contains(t, r.RawQuery, "per_page=100")
	}
	s.sandbox.ClearRequests()
	for _, path := range []string{"/members?role=admin&q=a", "/members?role=admin&page=2&per_page=10", "/groups?people=one", "/groups.csv", "/members.csv"} {
		assert.Equal(t, http.StatusOK, s.get(path).status)
		assert.Empty(t, s.sandbox.Requests(), path)
	}
	p := s.get("/members")
	assert.NotEmpty(t, p.counts(), "a warm copy lends its counts")
	assert.False(t, p.has(".copy-note"), "but the rows are Tallyfy's")
	assert.Len(t, s.sandbox.Requests(), 1)
}

func TestAFilteredListSaysHowOldItIsAndCanBeReadAnew(t *testing.T) {
	for address, route := range map[string]string{"/members?per_page=10&q=a&status=disabled": "Members", "/groups?holds=disabled&sort_by=name": "Groups"} {
		s := signedIn(t, siteOptions{})
		p := s.get(address)
		assert.Regexp(t, `^From a copy read just now, at \d\d:\d\d\. Read it anew$`, p.text(".copy-note"), route)
		before := p.total()
		s.elsewhere(http.MethodDelete, "/users/"+s.id("chiara.dangelo")+"/disable", "")
		s.sandbox.ClearRequests()
		assert.Equal(t, before, s.get(address).total(), "a change elsewhere is not known yet")
		assert.Empty(t, s.sandbox.Requests())
		p = p.follow("Read it anew")
		assert.Equal(t, s.get(address).texts("tbody .name"), p.texts("tbody .name"))
		u, err := url.Parse(p.url)
		require.NoError(t, err)
		asked, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, asked.Path, u.Path)
		assert.Equal(t, asked.Query(), u.Query(), "back at the same address")
		assert.Greater(t, p.total(), before)
		assert.Len(t, s.sandbox.Requests(), 2)
	}
}

func TestOwnChangesAreInTheFilteredListsAtOnce(t *testing.T) {
	s := signedIn(t, siteOptions{})
	require.Equal(t, 1, s.get("/groups?people=none").total())

	f := s.get("/groups/new").form("main form")
	p := f.set("name", "Empty so far").set("description", "New.").submit("Create the group").whole(http.StatusOK)
	require.Equal(t, "Empty so far", p.text("h1"))
	assert.Contains(t, s.get("/groups?people=none").texts("tbody .name"), "Empty so far")

	s.get("/groups/" + s.group("Empty so far").ID + "/delete").form("main form").submit("")
	assert.NotContains(t, s.get("/groups?people=none").texts("tbody .name"), "Empty so far")

	require.Equal(t, 2, s.get("/members?status=disabled").total())
	s.press("chiara.dangelo", "noor.vandermeer")
	assert.Contains(t, s.get("/members?status=disabled").texts("tbody .sub"), "chiara.dangelo@example.com")
	assert.Contains(t, s.get("/members?groups=none").texts("tbody .sub"), "chiara.dangelo@example.com")
	assert.Contains(t, s.get("/groups?people=none").texts("tbody .name"), "Payroll", "she was the only one in it")
}

func TestAFailedReadingIsAPage(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
	}{
		"403":     {sandbox.Fault{Status: 403}, http.StatusForbidden},
		"429":     {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"900"}}}, http.StatusTooManyRequests},
		"500":     {sandbox.Fault{Status: 500}, http.StatusBadGateway},
		"garbage": {sandbox.Fault{Status: 200, Body: "<html>"}, http.StatusBadGateway},
		"hangs":   {sandbox.Fault{Hang: true}, http.StatusGatewayTimeout},
	} {
		for _, path := range []string{"/members?role=light", "/groups?people=one", "/members.csv?role=light", "/groups.csv"} {
			for _, route := range []string{usersRoute, groupsRoute} {
				t.Run(name+" "+path+" "+route, func(t *testing.T) {
					t.Parallel()
					s := signedIn(t, siteOptions{attempt: 150 * time.Millisecond})
					fault := test.fault
					fault.Route = route
					s.sandbox.Fail(fault)
					p := s.get(path).whole(test.status)
					assert.Contains(t, p.texts("main code"), p.header.Get("X-Request-Id"))
					assert.Empty(t, p.header.Get("Content-Disposition"))
					if test.status == http.StatusBadGateway {
						s.sandbox.ClearFaults()
						assert.Equal(t, http.StatusOK, s.get(path).status, "a failure is not kept")
					}
				})
			}
		}
	}
	s := signedIn(t, siteOptions{})
	s.sandbox.Fail(sandbox.Fault{Route: usersRoute, Status: http.StatusUnauthorized, Times: 1})
	p := s.get("/members?role=light&per_page=10").form("form:has([name=sandbox])").submit("")
	assert.Equal(t, "/members?role=light&per_page=10", p.url)
}

// Tallyfy may ask to slow down in the middle of a long list. The reading waits as long as it is told, the page does not.
func TestAReadingThatIsToldToWaitGoesOnByItself(t *testing.T) {
	s := signedIn(t, siteOptions{directory: directory.Options{Wait: 20 * time.Millisecond}})
	s.sandbox.Fail(sandbox.Fault{Route: usersRoute, Status: 429, Header: http.Header{"Retry-After": {"1"}}, Times: 1})
	p := s.get("/members?role=light").whole(http.StatusOK)
	assert.Equal(t, "2", p.header.Get("Refresh"))
	assert.Contains(t, p.text("main [role=status]"), "0 members and ")
	for p.header.Get("Refresh") != "" {
		p = s.get("/members?role=light").whole(http.StatusOK)
	}
	assert.Equal(t, p.counts()["role=light"], p.total())
	assert.Equal(t, 2, s.calls(http.MethodGet, "/users"), "one that was refused, one that was not")
}

// Ten thousand people and five thousand groups take 150 calls, more than a page waits for.
func TestAFilterOverALargeOrganisationSaysHowFarItIs(t *testing.T) {
	s := signedIn(t, siteOptions{
		sandbox:   sandbox.Options{Members: 10_000, Groups: 5_000},
		directory: directory.Options{Wait: 20 * time.Millisecond},
	})
	const path = "/members?role=admin"
	p := s.get(path).whole(http.StatusOK)
	require.Equal(t, "2", p.header.Get("Refresh"), "the browser asks again by itself")
	assert.Regexp(t, `The filters need the whole organisation.* [\d,]+ members? and [\d,]+ groups? so far`, p.text("main [role=status]"))
	assert.Equal(t, "/members", p.link("Back"))
	assert.False(t, p.has("table"), "half a list would pass for the whole")
	file := s.get("/groups.csv")
	assert.NotEmpty(t, file.header.Get("Refresh"))
	assert.Empty(t, file.header.Get("Content-Disposition"))
	for p.header.Get("Refresh") != "" {
		p = s.get(path).whole(http.StatusOK)
	}
	assert.ElementsMatch(t, at("ingrid.solheim maren.dahl kwame.asante viktor.ionescu"), p.texts("tbody .sub"))
	p = s.get("/members?status=active&page=9999")
	assert.Equal(t, "9,976 to 9,994 of 9,994 members", p.text(".page-title .note"))
	assert.Equal(t, 9994, p.counts()["status=active"])
	assert.Equal(t, 1, s.get("/groups?people=none").total())
	assert.Equal(t, 100, s.calls(http.MethodGet, "/users"), "each page of the copy once, at 100 rows")
	assert.Equal(t, 50, s.calls(http.MethodGet, "/groups"))
}
