package members_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// file takes an answer for a CSV file, whole and as spreadsheet programs want it, and gives its rows without the first.
func file(p *sitetest.Page, columns ...string) [][]string {
	t := p.Site.T
	t.Helper()
	require.Equal(t, http.StatusOK, p.Status)
	assert.Equal(t, "text/csv; charset=utf-8", p.Header.Get("Content-Type"))
	assert.Equal(t, "no-store", p.Header.Get("Cache-Control"))
	assert.Equal(t, "nosniff", p.Header.Get("X-Content-Type-Options"))
	assert.Empty(t, p.Header.Get("Refresh"))
	assert.Regexp(t, `^attachment; filename="[a-z0-9]+(-[a-z0-9]+)*-20\d\d-\d\d-\d\d\.csv"$`, p.Header.Get("Content-Disposition"))
	body, ok := strings.CutPrefix(p.Body, "\ufeff")
	assert.True(t, ok, "without the mark accents are garbled")
	assert.Equal(t, strings.Count(body, "\n"), strings.Count(body, "\r\n"), "RFC 4180 ends lines with both")
	assert.True(t, strings.HasSuffix(body, "\r\n"))
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	assert.Equal(t, columns, rows[0])
	return rows[1:]
}

// exported is the file of a list.
func exported(p *sitetest.Page) *sitetest.Page {
	p.Site.T.Helper()
	return p.Site.Get(p.Find(".actions a[data-file]").AttrOr("href", ""))
}

func groupRows(p *sitetest.Page) [][]string {
	p.Site.T.Helper()
	return file(p, "Name", "Description", "Members", "Guests", "Disabled members", "Created (UTC)", "Updated (UTC)", "Id")
}

func memberRows(p *sitetest.Page) [][]string {
	p.Site.T.Helper()
	return file(p, "Name", "Email", "Role", "Status", "Groups", "Job title", "Joined (UTC)", "Last sign-in (UTC)", "Id")
}

// column is one column of a file.
func column(rows [][]string, n int) []string {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = row[n]
	}
	return list
}

func TestTheFileOfGroupsHoldsAllOfThem(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	rows := groupRows(s.Get("/groups").Follow("Export 34 groups"))
	byID := map[string]sandbox.Group{}
	for _, g := range s.Sandbox.Groups() {
		byID[g.ID] = g
	}
	require.Len(t, rows, len(byID))
	disabled := []int{s.Member("gareth.pugh").ID, s.Member("marisol.quispe").ID}
	for _, row := range rows {
		g, ok := byID[row[7]]
		require.True(t, ok)
		delete(byID, g.ID)
		gone := 0
		for _, id := range disabled {
			if slices.Contains(g.Members, id) {
				gone++
			}
		}
		assert.Equal(t, []string{g.Name, g.Description, strconv.Itoa(len(g.Members)), strconv.Itoa(len(g.Guests)), strconv.Itoa(gone)}, row[:5])
		for _, at := range row[5:7] {
			_, err := time.Parse("2006-01-02 15:04:05", at)
			assert.NoError(t, err)
		}
	}
	assert.Empty(t, byID)
}

func TestTheFileOfMembersHoldsAllOfThem(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	rows := memberRows(s.Get("/members?status=all").Follow("Export 60 members"))
	names := map[string]string{}
	for _, g := range s.Sandbox.Groups() {
		names[g.ID] = g.Name
	}
	byID := map[string]sandbox.Member{}
	for _, m := range s.Sandbox.Members() {
		byID[strconv.Itoa(m.ID)] = m
	}
	require.Len(t, rows, 60)
	role := map[string]string{"admin": "Administrator", "standard": "Standard", "light": "Light"}
	status := map[string]string{"active": "Active", "invited": "Invited", "disabled": "Disabled"}
	for _, row := range rows {
		m, ok := byID[row[8]]
		require.True(t, ok)
		delete(byID, row[8])
		want := []string{m.FirstName + " " + m.LastName, m.Email, role[m.Role], status[m.Status]}
		if m.Type == "bot" {
			want[3] = "Bot"
		}
		assert.Equal(t, want, row[:4])
		var in []string
		for _, id := range m.Groups {
			in = append(in, names[id])
		}
		assert.ElementsMatch(t, in, strings.Split(row[4], "; "), m.Email)
		assert.NotEmpty(t, row[5])
		assert.Equal(t, m.Status == "invited" || m.Type == "bot", row[7] == "", "%s never signed in", m.Email)
	}
	assert.Empty(t, byID)
}

// A file is what the list shows, on all its pages.
func TestFilesFollowTheListTheyAreTakenFrom(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 230, Groups: 140}})
	for _, address := range []string{
		"/members?role=light&per_page=10&page=3&sort=email", "/members?q=an&status=active", "/members?q=nobody+at+all", "/members?sort=-email&per_page=10&role=standard",
		"/members?q=" + s.ID("chiara.dangelo"),
	} {
		p := s.Get(address)
		if total(p) == 0 {
			assert.Equal(t, "true", p.Find(".actions .off").AttrOr("aria-disabled", ""), "there is no file of nothing")
			continue
		}
		rows := memberRows(exported(p))
		if strings.Contains(address, "role=") || strings.Contains(address, "status=") {
			perPage := 25
			if strings.Contains(address, "per_page") {
				perPage = 10
			}
			list := s.Get(with(address, "page=1"))
			assert.Equal(t, walked(list, "tbody .sub", perPage), column(rows, 1), address)
		}
		assert.Len(t, rows, total(p), address)
	}
	const address = "/groups?q=e&sort_by=name&per_page=10&page=2"
	p := s.Get(address)
	rows := groupRows(exported(p))
	assert.Len(t, rows, total(p))
	assert.Equal(t, walked(s.Get(with(address, "page=1")), "tbody .name", 10), column(rows, 0))
	assert.Len(t, groupRows(s.Get("/groups.csv")), 140)
	assert.Len(t, memberRows(s.Get("/members.csv?status=all")), 230)
}

func TestTheFileOfAGroupHoldsItsPeople(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, name := range []string{"Fleet and Drivers", "Carrier Partners", "Archive 2019 Relocation", everybody} {
		g := s.Group(name)
		rows := file(s.Get("/groups/"+g.ID+"/people.csv"), "Kind", "Name", "Email", "Role", "Status", "Id")
		var members, guests []string
		for _, row := range rows {
			if row[0] == "Guest" {
				guests = append(guests, row[2])
				continue
			}
			m, ok := s.Sandbox.MemberByEmail(row[2])
			require.True(t, ok, row[2])
			assert.Equal(t, m.FirstName+" "+m.LastName, row[1])
			members = append(members, row[5])
		}
		var want []string
		for _, id := range g.Members {
			want = append(want, strconv.Itoa(id))
		}
		assert.ElementsMatch(t, want, members, name)
		assert.ElementsMatch(t, g.Guests, guests, name)
	}
	g := s.Group("Fleet and Drivers")
	p := s.Get("/groups/" + g.ID).Follow("Export " + strconv.Itoa(len(g.Members)+len(g.Guests)) + " people")
	assert.Contains(t, p.Body, "Gareth Pugh,gareth.pugh@example.com,Standard,Disabled")
	s.Get("/groups/" + noGroupID + "/people.csv").Whole(http.StatusNotFound)
}
