// Package members_test tests the pages about members, and what both lists have: filters, files, the search for ids.
package members_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestMemberListTakesOneCallWithTheDocumentedParameters(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]url.Values{
		"/members":                            {"page": {"1"}, "per_page": {"25"}, "with": {"groups"}},
		"/members?q=anna&sort=-created_at":    {"page": {"1"}, "per_page": {"25"}, "with": {"groups"}, "q": {"anna"}, "sort": {"-created_at"}},
		"/members?per_page=50&page=2":         {"page": {"2"}, "per_page": {"50"}, "with": {"groups"}},
		"/members?q=&sort=&per_page=&page=":   {"page": {"1"}, "per_page": {"25"}, "with": {"groups"}},
		"/members?sort=shoe_size&per_page=26": {"page": {"1"}, "per_page": {"25"}, "with": {"groups"}},
		"/members?page=-1&per_page=99999":     {"page": {"1"}, "per_page": {"25"}, "with": {"groups"}},
		"/members?page=abc&state=disabled&x=": {"page": {"1"}, "per_page": {"25"}, "with": {"groups"}},
		"/members?sort_by=name":               {"page": {"1"}, "per_page": {"25"}, "with": {"groups"}}, // that one is the groups' name for it
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			s.Get(address).Whole(http.StatusOK)
			requests := s.Sandbox.Requests()
			require.Len(t, requests, 1)
			assert.Equal(t, "/organizations/"+s.Sandbox.OrgID()+"/users", requests[0].Path)
			got, err := url.ParseQuery(requests[0].RawQuery)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestMemberListShowsWhoIsWho(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?per_page=100").Whole(http.StatusOK)
	assert.Equal(t, []string{"Member", "Role", "Status", "Groups", "Joined", "Last sign-in"}, p.Texts("thead th"))
	assert.Equal(t, "60 members", p.Text(".page-title .note"))
	cells := func(name string) []string {
		row := p.Find("tbody tr").FilterFunction(func(_ int, tr *goquery.Selection) bool {
			return strings.Contains(tr.Text(), name+"@example.com")
		})
		require.Equal(t, 1, row.Length(), name)
		var list []string
		row.Find("td").Each(func(_ int, td *goquery.Selection) { list = append(list, strings.Join(strings.Fields(td.Text()), " ")) })
		return list
	}
	maren := cells("maren.dahl")
	assert.Contains(t, maren[0], "Maren Dahl")
	assert.Equal(t, "Administrator", maren[1])
	assert.Equal(t, "Active", maren[2])
	assert.Equal(t, "Everyone at Aldermoor, Management Board, Onboarding Buddies and 3 more", maren[3])
	for _, day := range maren[4:] {
		_, err := time.Parse("2 Jan 2006", day)
		assert.NoError(t, err)
	}
	for name, status := range map[string]string{
		"gareth.pugh": "Disabled", "marisol.quispe": "Disabled", "lena.fischbacher": "Invited", "assistant.bot": "Bot", "chiara.dangelo": "Active",
	} {
		assert.Equal(t, status, cells(name)[2], name)
	}
	assert.Equal(t, "Light", cells("noor.vandermeer")[1])
	assert.Equal(t, "never", cells("assistant.bot")[5])
	assert.Equal(t, "never", cells("lena.fischbacher")[5])
	assert.Contains(t, cells("siobhan.obrien")[0], "Siobhán O'Brien")
	assert.Contains(t, cells("lior.bendavid")[0], "ליאור בן־דוד")
}

func TestTwoMembersOfOneNameCanBeToldApart(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?q=kowalska")
	assert.Equal(t, []string{"Anna Kowalska", "Anna Kowalska"}, p.Texts("tbody .name"))
	assert.Equal(t, []string{"anna.kowalska@example.com", "a.kowalska@example.com"}, p.Texts("tbody .sub"))
	for i, email := range p.Texts("tbody .sub") {
		href, _ := p.Find("tbody .name").Eq(i).Attr("href")
		assert.Contains(t, s.Get(href).Text(".facts"), email)
	}
}

func TestEveryMemberIsOnOnePageOfTheList(t *testing.T) {
	t.Parallel()
	for _, size := range []int{10, 25, 50, 100} {
		for _, sort := range []string{"", "-created_at", "last_name", "-last_login_at"} {
			t.Run(fmt.Sprintf("%d by %s", size, sort), func(t *testing.T) {
				t.Parallel()
				s := sitetest.SignedIn(t, sitetest.Options{})
				p := s.Get("/members?" + url.Values{"per_page": {strconv.Itoa(size)}, "sort": {sort}}.Encode())
				seen := map[string]bool{}
				for n := 0; ; n++ {
					from, rows := n*size+1, p.Texts("tbody .sub")
					if size < 60 {
						assert.Equal(t, fmt.Sprintf("%d to %d of 60 members", from, from+len(rows)-1), p.Text(".page-title .note"))
					}
					for _, email := range rows {
						assert.False(t, seen[email], "%s twice", email)
						seen[email] = true
					}
					if p.Link("Next") == "" {
						assert.Empty(t, p.Link("Last"))
						break
					}
					p = p.Follow("Next").Whole(http.StatusOK)
				}
				assert.Len(t, seen, 60)
				if size == 10 {
					assert.Contains(t, p.Follow("First").Text(".page-title .note"), "1 to 10 of 60 members")
				}
			})
		}
	}
}

func TestPastTheEndOfTheMembersIsTheLastPage(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?page=99&sort=last_name").Whole(http.StatusOK)
	assert.Equal(t, "51 to 60 of 60 members", p.Text(".page-title .note"))
	assert.Equal(t, "Page 3 of 3", p.Text(".pager .position"))
	assert.Equal(t, "/members?page=2&sort=last_name", p.Link("Previous"))
	assert.Len(t, s.Sandbox.Requests(), 2)
}

func TestANewSearchForMembersStartsAtPageOne(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?page=3&per_page=10&sort=email").Form("form.toolbar").Set("q", "an").Submit("Search").Whole(http.StatusOK)
	for range 2 {
		u, err := url.Parse(p.URL)
		require.NoError(t, err)
		assert.Empty(t, u.Query().Get("page"))
		assert.Equal(t, "10", u.Query().Get("per_page"), "the rest of the view stays")
		assert.Equal(t, "email", u.Query().Get("sort"))
		assert.Contains(t, p.Text(".page-title .note"), "1 to ")
		p = p.Follow("Next").Form("form.toolbar").Set("q", "a").Submit("Search")
	}
}

func TestTheListOfMembersIsTheSameAfterLookingAtOne(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	const address = "/members?page=2&per_page=10&q=a&sort=-last_name"
	list := s.Get(address)
	p := list.Follow(list.Texts("tbody .name")[0])
	back := p.Find(".breadcrumb a")
	href, _ := back.Attr("href")
	assert.Equal(t, address, href)
	assert.Equal(t, list.Texts("tbody .sub"), s.Get(href).Texts("tbody .sub"))
}

func TestASearchThatFindsNobodySaysSo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	const attack = `"><script>alert(1)</script>`
	p := s.Get("/members?q=" + url.QueryEscape(attack)).Whole(http.StatusOK)
	assert.Equal(t, "No member matches “"+attack+"”", p.Text(".empty-title"))
	assert.False(t, p.Has("main script"))
	value, _ := p.Find("[name=q]").Attr("value")
	assert.Equal(t, attack, value)
	assert.Equal(t, "/members", p.Link("Show all members"))
}

func TestAStandardMemberMayLookAtTheList(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	assert.Equal(t, "1 to 25 of 60 members", s.Get("/members").Whole(http.StatusOK).Text(".page-title .note"))
}

// A group of everybody would come along with each of its members; then their groups are those of the copy, which says its age.
func TestGroupsOfALargeOrganisationComeFromTheCopy(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 700}})
	cold := s.Get("/members?q=kjaergaard").Whole(http.StatusOK)
	assert.Contains(t, s.Sandbox.Requests()[len(s.Sandbox.Requests())-1].RawQuery, "with=groups")
	assert.Contains(t, cold.Text(".copy-note"), "Found by Tallyfy's own search")
	s.Get("/members?role=admin").Whole(http.StatusOK) // reads the copies
	s.Sandbox.ClearRequests()
	searched := s.Get("/members?q=kjaergaard").Whole(http.StatusOK)
	assert.Equal(t, cold.Text("tbody"), searched.Text("tbody"), "a search comes from the copy and costs no call")
	assert.Empty(t, s.Sandbox.Requests())
	warm := s.Get("/members?sort=-created_at").Whole(http.StatusOK)
	last := s.Sandbox.Requests()[len(s.Sandbox.Requests())-1]
	assert.Contains(t, last.Path, "/users")
	assert.NotContains(t, last.RawQuery, "with=groups")
	assert.Contains(t, warm.Text(".copy-note"), "The groups are from a copy read just now")

	small := sitetest.SignedIn(t, sitetest.Options{})
	small.Get("/members?role=admin").Whole(http.StatusOK)
	small.Get("/members").Whole(http.StatusOK)
	assert.Contains(t, small.Sandbox.Requests()[len(small.Sandbox.Requests())-1].RawQuery, "with=groups")
}
