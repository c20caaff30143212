// Package members_test tests the pages about members, and what both lists have: filters, files, the search for ids.
package members_test

import (
	"fmt"
	"net/http"
	"net/url"
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

// withoutCopies is a site that cannot read its groups: a list of members comes straight from Tallyfy.
func withoutCopies(t *testing.T) *sitetest.Site {
	t.Helper()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupsRoute, Status: 500})
	return s
}

// Until the copies are there a list of members takes one call, and says whom it could not leave out.
func TestMemberListWithoutCopiesTakesOneCallWithTheDocumentedParameters(t *testing.T) {
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
			s := withoutCopies(t)
			p := s.Get(address).Whole(http.StatusOK)
			assert.Contains(t, p.Text(".copy-note"), "Everybody is listed here, disabled people and bots too")
			requests := slices.DeleteFunc(s.Sandbox.Requests(), func(r sandbox.Request) bool { return !strings.Contains(r.RawQuery, "with=") })
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
	p := s.Get("/members?per_page=100&status=all").Whole(http.StatusOK)
	assert.Equal(t, []string{"Member", "Email", "Role", "Groups", "Joined", "Last sign-in"}, p.Texts("thead th"))
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
	assert.Equal(t, "MDMaren Dahl", maren[0], "the ordinary has no badge")
	assert.Equal(t, "Administrator", maren[2])
	assert.Equal(t, "6 People and Culture, Management Board +4", maren[3], "the smallest first")
	_, err := time.Parse("2 Jan 2006", maren[4])
	assert.NoError(t, err)
	assert.Regexp(t, `^\d{1,2} [A-Z][a-z]{2} 20\d\d (today|yesterday|\d+ days ago)$`, maren[5])
	for name, status := range map[string]string{
		"gareth.pugh": "Disabled", "marisol.quispe": "Disabled", "lena.fischbacher": "Invited", "assistant.bot": "Bot",
	} {
		assert.True(t, strings.HasSuffix(cells(name)[0], " "+status), name)
	}
	assert.Equal(t, "Light", cells("noor.vandermeer")[2])
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
		for _, sort := range []string{"", "-created_at", "last_name", "-last_login_at", "role", "-groups"} {
			t.Run(fmt.Sprintf("%d by %s", size, sort), func(t *testing.T) {
				t.Parallel()
				s := sitetest.SignedIn(t, sitetest.Options{})
				p := s.Get("/members?" + url.Values{"per_page": {strconv.Itoa(size)}, "sort": {sort}, "status": {"all"}}.Encode())
				seen := map[string]bool{}
				for n := 0; ; n++ {
					from, rows := n*size+1, p.Texts("tbody .sub")
					if size < 60 {
						assert.Equal(t, fmt.Sprintf("%d–%d of 60", from, from+len(rows)-1), p.Text(".list-foot .position"))
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
					assert.Equal(t, "1–10 of 60", p.Follow("First").Text(".list-foot .position"))
				}
			})
		}
	}
}

func TestPastTheEndOfTheMembersIsTheLastPage(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?page=99&sort=last_name").Whole(http.StatusOK)
	assert.Equal(t, "57 members", p.Text(".page-title .note"))
	assert.Equal(t, "51–57 of 57", p.Text(".pager .position"))
	assert.Equal(t, "/members?page=2&sort=last_name", p.Link("Previous"))
	p = withoutCopies(t).Get("/members?page=99&sort=last_name").Whole(http.StatusOK)
	assert.Equal(t, "51–60 of 60", p.Text(".pager .position"))
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
		assert.Contains(t, p.Text(".list-foot .position"), "1–")
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
	assert.Equal(t, "No members match “"+attack+"”", p.Text(".empty-title"))
	assert.False(t, p.Has("main script"))
	value, _ := p.Find("main [name=q]").Attr("value")
	assert.Equal(t, attack, value)
	assert.Equal(t, "/members", p.Link("Show all members"))
}

func TestAStandardMemberMayLookAtTheList(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get("/members").Whole(http.StatusOK)
	assert.Equal(t, "57 members", p.Text(".page-title .note"))
	assert.False(t, p.Has("a.name"), "a page that would be refused has no link")
	assert.Len(t, p.Texts("tbody .name"), 25)
	p = s.Get("/groups?q=kowalska")
	assert.Equal(t, "2 members", p.Follow("2 members match").Text(".page-title .note"))
	assert.Empty(t, p.Link("Anna Kowalska"))
}

// An organisation too large to be read at once is listed by Tallyfy until it is.
func TestMembersAreListedWhileTheCopyIsRead(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 1500}, Directory: directory.Options{Wait: time.Millisecond}})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupsRoute, Hang: true})
	cold := s.Get("/members?q=kjaergaard").Whole(http.StatusOK)
	assert.Contains(t, cold.Text("[data-part=list]"), "until all members are loaded")
	assert.Contains(t, cold.Text("[data-part=list]"), "Found by Tallyfy's own search")
	assert.NotEmpty(t, cold.Texts("tbody .groups"), "with the groups that Tallyfy sends along")
	assert.Empty(t, cold.Header.Get("Refresh"))
	assert.Equal(t, "2", s.Get("/members?sort=-groups").Header.Get("Refresh"), "Tallyfy cannot sort by that")
}

// A search that finds nothing says where there is something.
func TestASearchForWhatIsInAnotherListSaysSo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?q=fleet").Whole(http.StatusOK)
	assert.Equal(t, []string{"1 group matches · Fleet and Drivers"}, p.Texts(".elsewhere li"))
	assert.Equal(t, "1 group", p.Follow("1 group matches").Text(".page-title .note"))
	assert.Equal(t, s.GroupPath("Fleet and Drivers"), p.Link("Fleet and Drivers"))
	p = s.Get("/members?q=gareth").Whole(http.StatusOK)
	assert.Equal(t, "Disabled 1", p.Texts(".tabs a")[2])
	assert.Equal(t, []string{"gareth.pugh@example.com"}, p.Follow("1 match among all members").Texts("tbody .sub"))
	p = s.Get("/groups?q=kowalska").Whole(http.StatusOK)
	assert.Equal(t, []string{"2 members match · Anna Kowalska · Anna Kowalska"}, p.Texts(".elsewhere li"))
	assert.Equal(t, "2 members", p.Follow("2 members match").Text(".page-title .note"))
	assert.False(t, s.Get("/members?q=xyzzy").Has(".elsewhere"))
}
