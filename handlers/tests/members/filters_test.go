package members_test

import (
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

const everybody = "Everyone at Aldermoor"

// total is the number of rows that a list says it has on all its pages.
func total(p *sitetest.Page) int {
	p.Site.T.Helper()
	note := p.Whole(http.StatusOK).Text(".page-title .note")
	if _, of, ok := strings.Cut(note, " of "); ok {
		note = of
	}
	number, _, _ := strings.Cut(note, " ")
	n, err := strconv.Atoi(strings.ReplaceAll(number, ",", ""))
	require.NoError(p.Site.T, err, "%q on %s", note, p.URL)
	return n
}

// counts is what the tabs and menus promise, by "name=value"; empty where they have no numbers.
func counts(p *sitetest.Page) map[string]int {
	counts := map[string]int{}
	p.Find(".tabs a").Each(func(_ int, tab *goquery.Selection) {
		u, err := url.Parse(tab.AttrOr("href", ""))
		require.NoError(p.Site.T, err)
		name := map[bool]string{true: "status", false: "people"}[u.Path == "/members"]
		if n, err := strconv.Atoi(strings.ReplaceAll(tab.Find(".n").Text(), ",", "")); err == nil {
			counts[name+"="+u.Query().Get(name)] = n
		}
	})
	p.Find(".menus select").Each(func(_ int, menu *goquery.Selection) {
		name, _ := menu.Attr("name")
		menu.Find("option").Each(func(_ int, o *goquery.Selection) {
			value, _ := o.Attr("value")
			_, number, ok := strings.Cut(strings.TrimSuffix(o.Text(), ")"), " (")
			if n, err := strconv.Atoi(strings.ReplaceAll(number, ",", "")); ok && err == nil {
				counts[name+"="+value] = n
			}
		})
	})
	return counts
}

// with is an address with a parameter more, or another value of it.
func with(address, parameter string) string {
	path, query, _ := strings.Cut(address, "?")
	values, _ := url.ParseQuery(query)
	name, value, _ := strings.Cut(parameter, "=")
	values.Set(name, value)
	return path + "?" + values.Encode()
}

// emails are those of the members that fit, sorted.
func emails(s *sitetest.Site, fits func(sandbox.Member) bool) []string {
	list := []string{}
	for _, m := range s.Sandbox.Members() {
		if fits(m) {
			list = append(list, m.Email)
		}
	}
	return slices.Sorted(slices.Values(list))
}

func at(names string) (list []string) {
	for name := range strings.FieldsSeq(names) {
		list = append(list, name+"@example.com")
	}
	return slices.Sorted(slices.Values(list))
}

func TestMemberFiltersShowWhomTheySay(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodDelete, "/groups/"+s.Group(everybody).ID, "") // or nobody would be in no group
	status := func(status string) []string {
		return emails(s, func(m sandbox.Member) bool { return m.Status == status && m.Type != "bot" })
	}
	people := func(fits func(sandbox.Member) bool) []string {
		return emails(s, func(m sandbox.Member) bool { return m.Status != "disabled" && m.Type != "bot" && fits(m) })
	}
	everyone := emails(s, func(sandbox.Member) bool { return true })
	light := people(func(m sandbox.Member) bool { return m.Role == "light" })
	for address, want := range map[string][]string{
		"role=admin":                    at("ingrid.solheim maren.dahl kwame.asante viktor.ionescu"),
		"":                              people(func(sandbox.Member) bool { return true }),
		"status=all":                    everyone,
		"role=standard":                 people(func(m sandbox.Member) bool { return m.Role == "standard" }),
		"role=standard&status=all":      emails(s, func(m sandbox.Member) bool { return m.Role == "standard" }),
		"role=light":                    light,
		"status=active":                 status("active"),
		"status=invited":                at("lena.fischbacher ibrahim.sow katarzyna.zak"),
		"status=disabled":               at("gareth.pugh marisol.quispe"),
		"status=bot":                    at("assistant.bot"),
		"groups=none":                   at("noor.vandermeer"),
		"groups=everybody":              {},
		"role=full&status=invited":      at("lena.fischbacher katarzyna.zak"),
		"joined=earlier&status=invited": at("lena.fischbacher ibrahim.sow katarzyna.zak"),
		"seen=never&status=all":         at("assistant.bot lena.fischbacher ibrahim.sow katarzyna.zak"),
		"seen=never":                    at("lena.fischbacher ibrahim.sow katarzyna.zak"),
		"joined=lately":                 at("oskar.nystrom nadia.benali hugo.marchetti eunji.baek samuel.okafor freya.whitcombe ramon.etxeberria thandiwe.moyo"),
		"joined=lately&role=light":      at("hugo.marchetti"),
		"seen=never&status=invited":     at("lena.fischbacher ibrahim.sow katarzyna.zak"),
		"seen=never&role=light":         at("ibrahim.sow"),
		"groups=none&role=light":        at("noor.vandermeer"),
		"q=KOWALSKA&status=active":      at("anna.kowalska a.kowalska"),
		"q=kowalska&role=light":         {},
		"q=zak&status=invited":          at("katarzyna.zak"), // Żak
		"role=admin&status=disabled":    {},
		"role=light&status=&groups=":    light,
		"role=light&status=asleep":      light,
		"role=light&role=admin":         light,
		"role=light&seen=never&x=%00":   at("ibrahim.sow"),
	} {
		p := s.Get("/members?per_page=100&" + address).Whole(http.StatusOK)
		assert.ElementsMatch(t, want, p.Texts("tbody .sub"), address)
		assert.Equal(t, len(want), total(p), address)
	}
	assert.Equal(t, []string{"0"}, s.Get("/members?groups=none").Texts("tbody .groups"))
	with := sitetest.SignedIn(t, sitetest.Options{}) // the group of everybody
	assert.Equal(t, at("noor.vandermeer"), with.Get("/members?groups=everybody").Texts("tbody .sub"))
}

func TestGroupFiltersShowWhichTheySay(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	holds := func(fits func(sandbox.Group) bool) (list []string) {
		for _, g := range s.Sandbox.Groups() {
			if fits(g) {
				list = append(list, g.Name)
			}
		}
		return list
	}
	gareth, marisol := s.Member("gareth.pugh").ID, s.Member("marisol.quispe").ID
	for address, want := range map[string][]string{
		"people=none":   {"Archive 2019 Relocation"},
		"people=one":    {"Payroll"},
		"people=guests": {"Carrier Partners"},
		"holds=one":     {"Payroll"},
		"size=1":        {"Payroll"},
		"size=more":     nil,
		"size=26-100":   {everybody},
		"holds=disabled": holds(func(g sandbox.Group) bool {
			return slices.Contains(g.Members, gareth) || slices.Contains(g.Members, marisol)
		}),
		"holds=disabled&q=operations":   {"Operations"},
		"holds=disabled&people=one":     {"Payroll"}, // the tab is chosen, and one at a time
		"people=guests&q=payroll":       nil,
		"people=one&holds=&people=none": {"Payroll"},
		"people=one&holds=gold":         {"Payroll"},
		"people=disabled&size=2-5":      {"Customer Care", "Key Accounts", "Sales Americas"},
	} {
		p := s.Get("/groups?per_page=100&" + address).Whole(http.StatusOK)
		assert.ElementsMatch(t, want, p.Texts("tbody .name"), address)
		assert.Equal(t, len(want), total(p), address)
	}
	assert.Len(t, holds(func(g sandbox.Group) bool { return slices.Contains(g.Members, gareth) }), 4)
}

func TestUnknownFilterValuesAreNoFilter(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for address, all := range map[string]int{"/members?role=emperor&status=&joined=never": 57, "/members?role=ADMIN": 57, "/groups?people=two&holds=": 34, "/groups?role=admin": 34} {
		p := s.Get(address)
		assert.Equal(t, all, total(p), address)
		assert.False(t, p.Has(".chips"), address)
	}
}

// A count is a promise: following it shows that many.
func TestFilterCountsComeTrue(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodDelete, "/groups/"+s.Group(everybody).ID, "")
	s.Get("/members?role=light") // warms the copy, so that plain lists count too
	for _, start := range []string{
		"/members", "/members?q=an", "/members?role=light", "/members?role=light&seen=never", "/members?joined=lately&q=e&sort=-email&per_page=10",
		"/members?groups=none&status=active", "/members?role=admin&status=bot", "/members?seen=90&status=all", "/members?q=nobody+at+all",
		"/groups", "/groups?q=a", "/groups?people=one", "/groups?people=disabled&holds=one", "/groups?people=disabled&q=team&sort_by=name&per_page=10",
	} {
		counts := counts(s.Get(start))
		require.Len(t, counts, map[bool]int{true: 19, false: 12}[strings.HasPrefix(start, "/members")], start)
		for parameter, n := range counts {
			assert.Equal(t, n, total(s.Get(with(start, parameter))), "%s, then %s", start, parameter)
		}
	}
}

func TestChoosingAFilterKeepsTheOthers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?q=e&sort=email&per_page=10&page=2").Form("form.toolbar").Set("role", "light").Submit("Search")
	p = p.Form("form.toolbar").Set("seen", "30").Submit("Search")
	u, err := url.Parse(p.URL)
	require.NoError(t, err)
	got := u.Query()
	assert.Empty(t, got.Get("page"), "a new choice starts at page 1")
	for name, value := range map[string]string{"q": "e", "sort": "email", "per_page": "10", "role": "light", "seen": "30"} {
		assert.Equal(t, value, got.Get(name), name)
		if menu := p.Find("select[name=" + name + "]"); menu.Length() > 0 {
			assert.Equal(t, value, menu.Find("option[selected]").AttrOr("value", ""), "the menu %s shows what is chosen", name)
		}
	}
	rows := p.Texts("tbody .sub")
	assert.NotEmpty(t, rows)
	assert.True(t, slices.IsSorted(rows))
	assert.Equal(t, []string{"Remove Role: Light×", "Remove Sign-in: none for 30 days×"}, p.Texts(".chip"))
	assert.Equal(t, "/members?per_page=10&q=e&seen=30&sort=email", p.Find(".chip").First().AttrOr("href", ""))
	assert.Equal(t, "/members?per_page=10&sort=email", p.Link("Clear all"))
	p = p.Form("form.toolbar").Set("role", "").Set("seen", "").Set("q", "").Submit("Search")
	assert.Greater(t, total(p), len(rows))
	assert.False(t, p.Has(".chips"))
}

func TestNothingFitsSaysSo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	const attack = `"><script>alert(1)</script>`
	p := s.Get("/members?role=light&q=" + url.QueryEscape(attack)).Whole(http.StatusOK)
	assert.Equal(t, "No members match “"+attack+"”", p.Text(".empty-title"))
	assert.False(t, p.Has("main script"))
	assert.Equal(t, "/members", p.Link("Show all members"))
	empty := s.Get("/members?role=admin&status=bot")
	assert.Equal(t, "No members match", empty.Text(".empty-title"))
	assert.Equal(t, "/members?status=bot", empty.Link("Remove Role: Administrator×"))
	assert.Equal(t, "No groups match", s.Get("/groups?people=none&size=1").Text(".empty-title"))
}
