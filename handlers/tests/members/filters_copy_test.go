package members_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// walked goes through all pages of a list and gives what a selector finds on them, checking that the rows are numbered on.
func walked(p *sitetest.Page, selector string, perPage int) (seen []string) {
	t := p.Site.T
	t.Helper()
	total := total(p)
	for n := 0; ; n++ {
		rows := p.Texts(selector)
		if total > perPage {
			numbers := fmt.Sprintf("%d–%d of %d", n*perPage+1, n*perPage+len(rows), total)
			if len(rows) == 1 {
				numbers = fmt.Sprintf("%d of %d", n*perPage+1, total)
			}
			assert.Equal(t, numbers, p.Text(".list-foot .position"), p.URL)
		}
		seen = append(seen, rows...)
		if p.Link("Next") == "" {
			assert.Equal(t, max(1, (total+perPage-1)/perPage), n+1, "pages of %s", p.URL)
			return seen
		}
		require.Less(t, n*perPage, total, "pages without end on %s", p.URL)
		p = p.Follow("Next")
	}
}

// With 50 active people the last page of ten is full, and there is none after it.
func TestWalkingAFilteredListShowsEveryRowOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, name := range []string{"esi.mensah", "marek.dvorak", "isla.macleod", "dmytro.shevchuk"} {
		s.Disable(name)
	}
	active := emails(s, func(m sandbox.Member) bool { return m.Status == "active" && m.Type != "bot" })
	require.Len(t, active, 50)
	for _, perPage := range []int{10, 25, 50, 100} {
		for _, sort := range []string{"", "email", "-email", "-created_at", "last_login_at"} {
			p := s.Get("/members?status=active&" + url.Values{"per_page": {strconv.Itoa(perPage)}, "sort": {sort}}.Encode())
			rows := walked(p, "tbody .sub", perPage)
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
	groups := walked(s.Get("/groups?holds=disabled&per_page=10&sort_by=name"), "tbody .name", 10)
	assert.Greater(t, len(groups), 10)
	lower := func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
	assert.True(t, slices.IsSortedFunc(groups, lower), "%v", groups)
}

func TestPastTheEndOfAFilteredListIsTheLastPage(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?status=active&per_page=10&page=99").Whole(http.StatusOK)
	assert.Equal(t, "51–54 of 54", p.Text(".pager .position"))
	assert.Equal(t, "/members?page=5&per_page=10&status=active", p.Link("Previous"))
}

func TestFiltersSurvivePagingSortingAndLookingAtARow(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?status=active&role=standard&q=e&per_page=10").Follow("Next")
	for _, link := range []string{"Next", "Previous", "Last", "Joined", p.Text(".actions a[data-file]")} {
		u, err := url.Parse(p.Link(link))
		require.NoError(t, err)
		for name, value := range map[string]string{"status": "active", "role": "standard", "q": "e", "per_page": "10"} {
			assert.Equal(t, value, u.Query().Get(name), "%s in the link %s", name, link)
		}
	}
	back := openedAndBack(p)
	assert.Equal(t, p.URL, back.URL)
	assert.Equal(t, p.Texts("tbody .sub"), back.Texts("tbody .sub"))

	g := s.Get("/groups?people=disabled&sort_by=name&per_page=10")
	again := openedAndBack(g)
	assert.Equal(t, g.URL, again.URL)
	assert.Equal(t, g.Texts("tbody .name"), again.Texts("tbody .name"))
}

// openedAndBack looks at the first row of a list and goes back by the link above it.
func openedAndBack(p *sitetest.Page) *sitetest.Page {
	href, _ := p.Follow(p.Texts("tbody .name")[0]).Find(".breadcrumb a").Attr("href")
	return p.Site.Get(href)
}

func TestAListWithoutAFilterCostsOneCallAndFilteringTwoOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, path := range []string{"/groups", "/groups?q=anna"} {
		s.Sandbox.ClearRequests()
		assert.Empty(t, counts(s.Get(path)), "without a copy there is nothing to count in")
		assert.Len(t, s.Sandbox.Requests(), 1, path)
	}
	s.Sandbox.ClearRequests()
	assert.NotEmpty(t, counts(s.Get("/members?role=light")))
	assert.Len(t, s.Sandbox.Requests(), 2)
	assert.Equal(t, 1, s.Calls(http.MethodGet, "/users"))
	assert.Equal(t, 1, s.Calls(http.MethodGet, "/groups"))
	for _, r := range s.Sandbox.Requests() {
		most := map[string]string{"users": "500", "groups": "100"}[path.Base(r.Path)]
		assert.Contains(t, r.RawQuery, "per_page="+most)
	}
	s.Sandbox.ClearRequests()
	for _, path := range []string{"/members?role=admin&q=a", "/members?role=admin&page=2&per_page=10", "/members", "/members?q=anna", "/groups?people=one", "/groups?sort_by=-members"} {
		assert.Equal(t, http.StatusOK, s.Get(path).Status)
		assert.Empty(t, s.Sandbox.Requests(), path)
	}
	for _, path := range []string{"/groups.csv", "/members.csv"} {
		assert.Equal(t, http.StatusOK, s.Get(path).Status)
		assert.Equal(t, 1, s.Calls(http.MethodGet, "/me"), "whether the token still works")
		assert.Len(t, s.Sandbox.Requests(), 1, path)
		s.Sandbox.ClearRequests()
	}
	p := s.Get("/groups")
	assert.NotEmpty(t, counts(p), "a warm copy lends its counts")
	assert.Empty(t, p.Text("[data-part=as-of]"), "but the rows are Tallyfy's")
	assert.Len(t, s.Sandbox.Requests(), 1)
}

func TestAFilteredListSaysHowOldItIsAndCanBeReadAnew(t *testing.T) {
	t.Parallel()
	for address, route := range map[string]string{"/members?per_page=10&q=a&status=disabled": "Members", "/groups?people=disabled&sort_by=name": "Groups"} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		p := s.Get(address)
		assert.Regexp(t, `^As of \d\d:\d\d · Refresh$`, p.Text("[data-part=as-of]"), route)
		before := total(p)
		s.Disable("chiara.dangelo")
		s.Sandbox.ClearRequests()
		assert.Equal(t, before, total(s.Get(address)), "a change elsewhere is not known yet")
		assert.Empty(t, s.Sandbox.Requests())
		p = p.Follow("Refresh")
		assert.Equal(t, s.Get(address).Texts("tbody .name"), p.Texts("tbody .name"))
		u, err := url.Parse(p.URL)
		require.NoError(t, err)
		asked, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, asked.Path, u.Path)
		assert.Equal(t, asked.Query(), u.Query(), "back at the same address")
		assert.Greater(t, total(p), before)
		assert.Len(t, s.Sandbox.Requests(), 2)
	}
}

func TestOwnChangesAreInTheFilteredListsAtOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	require.Equal(t, 1, total(s.Get("/groups?people=none")))

	f := s.Get("/groups/new").Form("main form")
	p := f.Set("name", "Empty so far").Set("description", "New.").Submit("Create the group").Whole(http.StatusOK)
	require.Equal(t, "Empty so far", p.Text("h1"))
	assert.Contains(t, s.Get("/groups?people=none").Texts("tbody .name"), "Empty so far")

	s.Get("/groups/" + s.Group("Empty so far").ID + "/delete").Form("main form").Submit("")
	assert.NotContains(t, s.Get("/groups?people=none").Texts("tbody .name"), "Empty so far")

	require.Equal(t, 2, total(s.Get("/members?status=disabled")))
	s.Remove("chiara.dangelo", "noor.vandermeer")
	assert.Contains(t, s.Get("/members?status=disabled").Texts("tbody .sub"), "chiara.dangelo@example.com")
	assert.Contains(t, s.Get("/members?groups=none&status=all").Texts("tbody .sub"), "chiara.dangelo@example.com")
	assert.Contains(t, s.Get("/groups?people=none").Texts("tbody .name"), "Payroll", "she was the only one in it")
}

func TestAFailedReadingIsAPage(t *testing.T) {
	t.Parallel()
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
			for _, route := range []string{sitetest.UsersRoute, sitetest.GroupsRoute} {
				t.Run(name+" "+path+" "+route, func(t *testing.T) {
					t.Parallel()
					s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(test.fault)})
					fault := test.fault
					fault.Route = route
					s.Sandbox.Fail(fault)
					p := s.Get(path).Whole(test.status)
					assert.Contains(t, p.Texts("main code"), p.Header.Get("X-Request-Id"))
					assert.Empty(t, p.Header.Get("Content-Disposition"))
					if test.status == http.StatusBadGateway {
						s.Sandbox.ClearFaults()
						assert.Equal(t, http.StatusOK, s.Get(path).Status, "a failure is not kept")
					}
				})
			}
		}
	}
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Status: http.StatusUnauthorized, Times: 1})
	p := s.Get("/members?role=light&per_page=10").Form("form:has([name=sandbox])").Submit("")
	assert.Equal(t, "/members?role=light&per_page=10", p.URL)
}

// Tallyfy may ask to slow down in the middle of a long list. The reading waits as long as it is told, the page does not.
func TestAReadingThatIsToldToWaitGoesOnByItself(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Directory: directory.Options{Wait: 20 * time.Millisecond}})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Status: 429, Header: http.Header{"Retry-After": {"1"}}, Times: 1})
	p := s.Get("/members?role=light").Whole(http.StatusOK)
	assert.Equal(t, "2", p.Header.Get("Refresh"))
	assert.Contains(t, p.Text("main [role=status]"), "0 members and ")
	for p.Header.Get("Refresh") != "" {
		time.Sleep(10 * time.Millisecond) // as a browser does, which takes longer
		p = s.Get("/members?role=light").Whole(http.StatusOK)
	}
	assert.Equal(t, counts(p)["role=light"], total(p))
	assert.Equal(t, 2, s.Calls(http.MethodGet, "/users"), "one that was refused, one that was not")
}

// Ten thousand people and five thousand groups take 70 calls, more than a page waits for.
func TestAFilterOverALargeOrganisationSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{
		Sandbox:   sandbox.Options{Members: 10_000, Groups: 5_000},
		Directory: directory.Options{Wait: 20 * time.Millisecond},
	})
	const list = "/members?role=admin"
	p := s.Get(list).Whole(http.StatusOK)
	require.Equal(t, "2", p.Header.Get("Refresh"), "the browser asks again by itself")
	assert.Regexp(t, `Loading everybody.* [\d,]+ members? and [\d,]+ groups? so far`, p.Text("main [role=status]"))
	assert.Equal(t, "/members", p.Link("Back"))
	assert.False(t, p.Has("table"), "half a list would pass for the whole")
	file := s.Get("/groups.csv")
	assert.NotEmpty(t, file.Header.Get("Refresh"))
	assert.Empty(t, file.Header.Get("Content-Disposition"))
	for p.Header.Get("Refresh") != "" {
		time.Sleep(10 * time.Millisecond) // as a browser does, which takes longer
		p = s.Get(list).Whole(http.StatusOK)
	}
	assert.ElementsMatch(t, at("ingrid.solheim maren.dahl kwame.asante viktor.ionescu"), p.Texts("tbody .sub"))
	p = s.Get("/members?status=active&page=9999")
	assert.Equal(t, "9,976–9,994 of 9,994", p.Text(".list-foot .position"))
	assert.Equal(t, 9994, counts(p)["status="]-3, "and three are invited")
	assert.Equal(t, 1, total(s.Get("/groups?people=none")))
	assert.Equal(t, 20, s.Calls(http.MethodGet, "/users"), "each page of the copy once, at 500 rows")
	assert.Equal(t, 50, s.Calls(http.MethodGet, "/groups"))
}
