package members_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// A query as it is pasted finds the same in the list, the filtered list, the file and the pickers, with a copy and without.
func TestAPastedQueryFindsTheSameEverywhere(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, copied := range []bool{false, true} {
		if copied {
			s.Get("/members?role=light").Whole(http.StatusOK)
		}
		for _, query := range []string{
			"siobhan.obrien@example.com\u200b", "Siobhán O'Brien <siobhan.obrien@example.com>", "mailto:siobhan.obrien@example.com", "“siobhan.obrien@example.com”.",
			"O'Brien Siobhan", "siobhan o\u2019brien",
		} {
			q := url.QueryEscape(query)
			letterByLetter := strings.Contains(query, "@") || copied
			if letterByLetter {
				list := s.Get("/members?q=" + q).Whole(http.StatusOK)
				assert.Equal(t, "1 member", list.Text(".page-title .note"), "%q", query)
			}
			assert.Equal(t, "1 member", s.Get("/members?status=active&q="+q).Text(".page-title .note"), "%q", query)
			assert.Len(t, memberRows(s.Get("/members.csv?q="+q)), 1, "%q", query)
			p := s.GroupForm("N", "d").Search(query).Page
			if strings.Contains(query, "@") { // an address is taken
				assert.Equal(t, []string{"Siobhán O'Brien member"}, p.Texts(".picks li"), "%q", query)
			} else {
				assert.Equal(t, []string{"siobhan.obrien@example.com"}, p.Texts("[data-results=people] .sub"), "%q", query)
				assert.Contains(t, p.Text("[data-results=people] output"), "1 match for “")
			}
		}
	}
}

// With a copy at hand a search costs no call, and what the menus count is what the list has.
func TestASearchAndTheMenusCountTheSame(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/members?role=light").Whole(http.StatusOK)
	s.Sandbox.ClearRequests()
	p := s.Get("/members?q=Solheim+Ingrid").Whole(http.StatusOK)
	assert.Equal(t, "1 member", p.Text(".page-title .note"))
	assert.Contains(t, p.Texts("select[name=role] option"), "Administrator (1)")
	assert.Contains(t, p.Texts(".tabs a"), "People 1")
	assert.Empty(t, s.Sandbox.Requests())
}

// Names stand in one order in the list, the filtered list, the file, the removal and the pages of people: letters whatever
// their accents, numbers by value.
func TestNamesStandInOneOrder(t *testing.T) {
	want := []string{"apple", "Apple 2", "Ärzte", "Łódź", "Team 2", "Team 10", "Zulu"}
	s := sitetest.SignedIn(t, sitetest.Options{})
	id := s.Member("chiara.dangelo").ID
	for _, name := range []string{"Zulu", "Ärzte", "Team 10", "Apple 2", "Team 2", "apple", "Łódź"} {
		body, err := json.Marshal(map[string]any{"name": name, "description": "sorted", "members": []int{id}})
		require.NoError(t, err)
		s.Elsewhere(http.MethodPost, "/groups", string(body))
	}
	only := func(list []string) (kept []string) {
		for _, name := range list {
			for _, w := range want {
				if name == w {
					kept = append(kept, name)
				}
			}
		}
		return kept
	}
	assert.Equal(t, want, only(s.Get("/groups?people=one&sort_by=name&q=sorted").Texts("tbody a")))
	assert.Equal(t, want, only(s.Get("/groups?sort_by=name&q=sorted").Texts("tbody a")))
	assert.Equal(t, want, only(s.Get("/groups?sort_by=name&per_page=100").Texts("tbody a")))
	assert.Equal(t, want, only(s.Get(s.MemberPath("chiara.dangelo")).Texts("section[aria-labelledby=groups] a")))
	assert.Equal(t, want, only(s.Get(s.RemovePath("chiara.dangelo")).Texts("section[aria-labelledby=groups] .left a")))
	file := memberRows(s.Get("/members.csv?q=chiara"))
	require.Len(t, file, 1)
	assert.Contains(t, file[0][4], "apple; Apple 2; Ärzte; ")
	assert.Contains(t, file[0][4], "Team 2; Team 10; Zulu")
}
