package site_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// lastPart is the id at the end of a link's path.
func lastPart(a *goquery.Selection) string {
	path, _, _ := strings.Cut(a.AttrOr("href", ""), "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// matrixOf reads the table: the ids of its groups, those of its people, and for each person the groups that
// are marked. It expects that every sum is right.
func matrixOf(t *testing.T, p *sitetest.Page) (groups, people []string, in map[string][]string) {
	t.Helper()
	p.Whole(http.StatusOK).Find(".matrix thead .turned a").Each(func(_ int, a *goquery.Selection) { groups = append(groups, lastPart(a)) })
	in = map[string][]string{}
	sums := make([]int, len(groups))
	p.Find(".matrix tbody tr").Each(func(_ int, row *goquery.Selection) {
		id := lastPart(row.Find("th a"))
		people = append(people, id)
		row.Find("td").Each(func(i int, cell *goquery.Selection) {
			if cell.HasClass("in") {
				in[id] = append(in[id], groups[i])
				sums[i]++
			}
		})
		assert.Equal(t, strconv.Itoa(len(in[id])), row.Find("td.number").Text(), row.Text())
	})
	p.Find(".matrix tfoot td.number").Each(func(i int, cell *goquery.Selection) {
		assert.GreaterOrEqual(t, numberIn(t, cell.Text()), sums[i]) // of all pages
	})
	return groups, people, in
}

// expectTruth compares what a table says with what is so.
func expectTruth(t *testing.T, s *sitetest.Site, p *sitetest.Page) (groups, people []string) {
	t.Helper()
	groups, people, in := matrixOf(t, p)
	require.NotEmpty(t, people)
	for _, m := range s.Sandbox.Members() {
		id := strconv.Itoa(m.ID)
		if !slices.Contains(people, id) {
			continue
		}
		var want []string
		for _, g := range groups {
			if slices.Contains(m.Groups, g) {
				want = append(want, g)
			}
		}
		assert.Equal(t, want, in[id], m.Email)
	}
	return groups, people
}

func TestAccessShowsWhoIsInWhat(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/access")
	groups, people := expectTruth(t, s, p)
	assert.Len(t, groups, 12)
	assert.NotContains(t, groups, s.Group("Everyone at Aldermoor").ID, "it says nothing about anybody")
	assert.Len(t, people, 25)
	assert.Equal(t, "57 people in 12 groups", p.Text(".page-title .note"), "without the two who are disabled, and the bot")
	_, others := expectTruth(t, s, p.Form("form[data-access]").Submit("Next page"))
	assert.Len(t, others, 25)
	assert.NotContains(t, others, people[0])
	all := s.Get("/access?show=everybody")
	assert.Equal(t, fmt.Sprint(len(s.Sandbox.Members()), " people in 12 groups"), all.Text(".page-title .note"))
	var badges []string
	for page := all; ; page = page.Form("form[data-access]").Submit("Next page") {
		if badges = append(badges, page.Texts(".matrix .gone + .badge")...); !slices.Contains(page.Texts("button"), "Next page") {
			break
		}
	}
	assert.Equal(t, []string{"Disabled", "Disabled"}, badges)

	chosen := url.Values{"group": {s.Group("Finance").ID, s.Group("Legal").ID, "nothing", s.Group("Finance").ID}, "q": {"an"}}
	p = s.Get("/access?" + chosen.Encode())
	groups, people = expectTruth(t, s, p)
	assert.Equal(t, chosen["group"][:2], groups, "in the order of the address, each once")
	assert.Less(t, len(people), 20)
	assert.Equal(t, []string{s.Group("Legal").ID}, must(url.Parse(p.Find(`a.chip:contains("Finance")`).AttrOr("href", ""))).Query()["group"], "a chip takes its group out")
	assert.Contains(t, s.Get("/access?q=nobody+at+all").Text("main"), "Nobody matches")
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// Whoever shares the rarer groups comes first, counted anew here.
func TestAccessPutsThoseAlikeFirst(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	like := s.Member("soren.kjaergaard")
	p := s.Get("/access?like=" + like.Email)
	groups, people := expectTruth(t, s, p)
	assert.Equal(t, strconv.Itoa(like.ID), people[0])
	size := map[string]int{}
	for _, g := range s.Sandbox.Groups() {
		size[g.ID] = len(g.Members)
	}
	for i, g := range groups {
		assert.Contains(t, like.Groups, g)
		assert.GreaterOrEqual(t, size[g], size[groups[max(0, i-1)]], "the smallest first")
	}
	weight := func(m sandbox.Member) (sum float64) {
		for _, g := range m.Groups {
			if slices.Contains(like.Groups, g) && 2*size[g] <= len(s.Sandbox.Members()) {
				sum += 1 / float64(size[g])
			}
		}
		return sum
	}
	byID := map[string]sandbox.Member{}
	for _, m := range s.Sandbox.Members() {
		byID[strconv.Itoa(m.ID)] = m
	}
	for i := 2; i < len(people); i++ {
		assert.GreaterOrEqual(t, weight(byID[people[i-1]])+1e-9, weight(byID[people[i]]), "%s before %s", byID[people[i-1]].Email, byID[people[i]].Email)
	}
	assert.Equal(t, people, second(matrixOf(t, s.Get("/access?like="+people[0]))), "by id, too")
	next := p.Follow("Like Hanneke de Wit")
	assert.Equal(t, s.ID("hanneke.dewit"), second(matrixOf(t, next))[0])

	two := s.Get("/access?like=kowalska+anna")
	assert.Contains(t, two.Text("main"), "2 people match “kowalska anna”. Whom do you mean?")
	assert.Contains(t, two.Follow("Anna Kowalska, a.kowalska@example.com").Text("main"), "The groups of Anna Kowalska, the smallest first.")
	assert.Equal(t, []string{"a.kowalska@example.com", "anna.kowalska@example.com"}, slices.Sorted(slices.Values(two.Texts(".matrix th .small"))), "who has a namesake is told apart")
	assert.Contains(t, s.Get("/access?like=zzz").Text("main"), "Nobody matches “zzz”.")
}

func second[A, B, C any](_ A, b B, _ C) B { return b }

func TestGroupsOfTheAccessPageAreChosen(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get("/access?find=ware").Form("form[data-access]")
	f.Values["group"] = []string{s.Group("Warehouse Rotterdam").ID}
	p := f.Submit("Show these groups")
	groups, _ := expectTruth(t, s, p)
	assert.Equal(t, f.Values["group"], groups)
	assert.Equal(t, groups, p.Form("form[data-access]").Values["group"], "and stay chosen")
	var many url.Values = map[string][]string{}
	for _, g := range s.Sandbox.Groups()[:13] {
		many.Add("group", g.ID)
	}
	p = s.Get("/access?" + many.Encode())
	groups, _ = expectTruth(t, s, p)
	assert.Equal(t, many["group"][:12], groups)
	assert.Contains(t, p.Text("main"), "These are the first twelve.")
}

func TestAccessAsAFile(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	address := "/access?like=" + s.ID("soren.kjaergaard")
	groups, people, in := matrixOf(t, s.Get(address))
	file := s.Get(s.Get(address).Link("Export 57 people")).Body
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 58)
	last := len(rows[0]) - 1
	assert.Len(t, rows[0], 4+len(groups)+2)
	for i, id := range people {
		row := rows[i+1]
		assert.Equal(t, id, row[last])
		assert.Equal(t, strconv.Itoa(len(in[id])), row[last-1])
		for j, g := range groups {
			assert.Equal(t, slices.Contains(in[id], g), row[4+j] == "yes", "%s in %s", row[0], rows[0][4+j])
		}
	}
}
