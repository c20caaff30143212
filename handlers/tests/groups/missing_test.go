package groups_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// crowded is a site with 250 groups, most of one moment, whose lists order equal rows anew at each call.
func crowded(t *testing.T, change func(*http.Request)) *sitetest.Site {
	t.Helper()
	now := time.Now()
	w := &rewriting{change: change}
	s := sitetest.New(t, sitetest.Options{
		Sandbox:   sandbox.Options{ShuffleTies: true, Members: 400, Now: func() time.Time { return now }},
		Transport: w,
	})
	w.sandbox = s.Sandbox.Transport()
	s.SignIn()
	for i := len(s.Sandbox.Groups()); i < 250; i++ {
		s.Elsewhere(http.MethodPost, "/groups", fmt.Sprintf(`{"name":"Crew %03d","description":"x","members":[%s,%d]}`,
			i, s.ID("chiara.dangelo"), s.Sandbox.Members()[100+i%250].ID))
	}
	s.Sandbox.ClearRequests()
	return s
}

// rewriting changes the requests on their way to the sandbox.
type rewriting struct {
	sandbox http.RoundTripper
	change  func(*http.Request)
}

func (w *rewriting) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if w.change != nil {
		w.change(r)
	}
	return w.sandbox.RoundTrip(r)
}

// untidy asks for orders with ties, as if Tallyfy did not take ours, in pages of 50 members.
func untidy(r *http.Request) {
	q := r.URL.Query()
	switch {
	case strings.HasSuffix(r.URL.Path, "/groups"):
		q.Del("sort_by")
	case strings.HasSuffix(r.URL.Path, "/users"):
		q.Set("sort", "role")
		q.Set("per_page", "50")
	}
	r.URL.RawQuery = q.Encode()
}

// rows are those of a file, without its heading.
func rows(t *testing.T, p *sitetest.Page) [][]string {
	t.Helper()
	require.Equal(t, "text/csv; charset=utf-8", p.Header.Get("Content-Type"), p.Body)
	list, err := csv.NewReader(bytes.NewReader([]byte(p.Body))).ReadAll()
	require.NoError(t, err)
	return list[1:]
}

// A walk asks for an order in which no row can move unseen from page to page.
func TestAListWithTiesIsReadToItsEnd(t *testing.T) {
	s := crowded(t, nil)
	p := s.Get("/groups?holds=disabled").Whole(http.StatusOK)
	assert.False(t, p.Has("[data-part=list] .notice"))
	assert.Len(t, rows(t, s.Get("/groups.csv")), 250)
	assert.Len(t, rows(t, s.Get("/members.csv?status=all")), 400)
	assert.Equal(t, 3, s.Calls(http.MethodGet, "/groups"), "no reading is repeated")
}

func TestWhatCouldNotBeReadIsSaidWhereverTheCopyIsUsed(t *testing.T) {
	s := crowded(t, untidy)
	s.Elsewhere(http.MethodPost, "/groups", fmt.Sprintf(`{"name":"All hands","description":"x","members":[%s]}`, allIDs(s)))
	note := regexp.MustCompile(`([\d,]+) of 400 members could be read\. ([\d,]+) of 251 groups could be read\.`)
	p := s.Get("/groups?holds=disabled").Whole(http.StatusOK)
	said := note.FindStringSubmatch(p.Text("[data-part=list] .notice.warning"))
	require.Len(t, said, 3, "the filtered list says so: %s", p.Text("main"))
	members, err := strconv.Atoi(said[1])
	require.NoError(t, err)
	groups, err := strconv.Atoi(said[2])
	require.NoError(t, err)
	assert.Less(t, members, 400)
	assert.Less(t, groups, 251)

	for path, part := range map[string]string{
		"/members?role=admin": "", "/members": "", "/groups": "Not everything is counted in the menus: ",
	} {
		p := s.Get(path).Whole(http.StatusOK)
		assert.Equal(t, "Please note. "+part+said[0], p.Text("[data-part=list] .notice.warning"), path)
	}
	for path, want := range map[string]int{"/groups.csv": groups, "/members.csv?status=all": members} {
		file := rows(t, s.Get(path))
		require.Len(t, file, want+1, path)
		assert.Equal(t, said[0], file[want][0], "the last row of %s", path)
	}
	missing := said[1] + " of 400 members could be read."
	assert.Equal(t, missing, rows(t, s.Get(s.GroupPath("All hands")+"/people.csv"))[400][0])
	p = s.Get(s.GroupPath("All hands") + "?page=4").Whole(http.StatusOK)
	assert.Equal(t, "301 to 400 of 400 members", p.Text("#people"), "who could not be read is not nobody")
	assert.Equal(t, missing, p.Text(sectionPeople+" .section-head p"))
	assert.Contains(t, p.Texts(sectionPeople+" .rows .sub"), "name could not be read")
	p = s.Get("/groups/new").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".picker-count"), missing+" Search by name or email to find the others.")

	// Whoever could not be read may well be there.
	for _, path := range []string{s.RemovePath("chiara.dangelo"), s.PlanPath("chiara.dangelo", "leave")} {
		p = s.Get(path).Whole(http.StatusOK)
		assert.Regexp(t, `It is not known who stays in \d+ groups\. `+regexp.QuoteMeta(missing), p.Text("main"))
		assert.NotRegexp(t, `Crew \d+ will have (nobody|no active)`, p.Text("main"))
	}
	assert.Contains(t, s.Get(s.RemovePath("chiara.dangelo")+"/handover").Text("main"), missing)
}

func allIDs(s *sitetest.Site) string {
	ids := make([]string, 0, 400)
	for _, m := range s.Sandbox.Members() {
		ids = append(ids, strconv.Itoa(m.ID))
	}
	return strings.Join(ids, ",")
}

// A group that is deleted between two pages moves another one across the edge.
func TestAListThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	var s *sitetest.Site
	var once sync.Once
	s = crowded(t, func(r *http.Request) {
		if s != nil && strings.HasSuffix(r.URL.Path, "/groups") && r.URL.Query().Get("page") == "2" {
			once.Do(func() { s.Elsewhere(http.MethodDelete, s.GroupPath("Archive 2019 Relocation"), "") })
		}
	})
	file := rows(t, s.Get("/groups.csv"))
	names := map[string]bool{}
	for _, row := range file {
		names[row[0]] = true
	}
	assert.Len(t, file, 249)
	assert.Len(t, names, 249)
	assert.False(t, names["Archive 2019 Relocation"], "it is deleted")
	for _, g := range s.Sandbox.Groups() {
		assert.True(t, names[g.Name] || strings.Contains(g.Name, "<script>"), g.Name)
	}
	assert.Equal(t, 6, s.Calls(http.MethodGet, "/groups"))
}

// Somebody who was deleted for good stays in the groups' lists of ids, and is nobody.
func TestAGroupOfPeopleWhoAreGoneIsEmpty(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	ghost, leaver := s.ID("gareth.pugh"), s.ID("chiara.dangelo")
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"Ghosts","description":"x","members":[`+ghost+`]}`)
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"Haunted","description":"x","members":[`+leaver+`,`+ghost+`]}`)
	s.Elsewhere(http.MethodDelete, "/users/"+ghost+"/delete", "")

	p := s.Get("/groups?people=none").Whole(http.StatusOK)
	assert.Contains(t, p.Texts("tbody .name"), "Ghosts", "the filter")
	assert.NotContains(t, p.Texts("tbody .name"), "Haunted")
	assert.Contains(t, s.Get("/groups?people=one").Texts("tbody .name"), "Haunted")
	for _, path := range []string{"/groups?q=Ghosts", "/groups?q=Ghosts&people=none"} {
		assert.Equal(t, "0", s.Get(path).Text("tbody td.members"), path)
	}
	file := rows(t, s.Get("/groups.csv?q=Ghosts"))
	require.Len(t, file, 1)
	assert.Equal(t, "0", file[0][2], "the file")

	p = s.Get(s.GroupPath("Ghosts")).Whole(http.StatusOK)
	assert.Equal(t, "0 members", p.Text("#people"), "the page")
	assert.Equal(t, "1 id belongs to nobody in the organisation.", p.Text(sectionPeople+" .section-head p"))
	assert.Contains(t, p.Text(sectionPeople), "Nobody is in this group.")
	assert.Equal(t, []string{"Member " + ghost + ", not in the list of members"}, people(p))
	assert.Equal(t, "1 member", s.Get(s.GroupPath("Haunted")).Text("#people"))
	list := rows(t, s.Get(s.GroupPath("Ghosts")+"/people.csv"))
	assert.Equal(t, [][]string{{"Member", "", "", "", "Not in the organisation", ghost}}, list)

	p = s.Get(s.DeletePath("Ghosts")).Whole(http.StatusOK)
	assert.Equal(t, "Nobody is in the group, so nobody leaves it.", p.Texts(".plan li")[0], "the sentence")
	assert.Equal(t, "1 member leaves the group; their account stays as it is.", s.Get(s.DeletePath("Haunted")).Texts(".plan li")[0])

	assert.Contains(t, s.Get(s.RemovePath("chiara.dangelo")).Texts(".left tr:has(.few) a"), "Haunted")
	const emptied = "Nobody is left in Haunted. Tasks assigned to that group may reach nobody."
	p = s.Remove("chiara.dangelo", "leave").Whole(http.StatusOK)
	assert.Contains(t, p.Texts(".plan > li"), emptied+" Confirmed", "the check")
	assert.Equal(t, []int{mustInt(t, ghost)}, s.Group("Haunted").Members)
}
