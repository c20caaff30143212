//go:build speed

package speed_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// An installation is the program beside a sandbox of some size, with its lists copied.
type installation struct {
	*program.Program
	api     *program.API
	sandbox *program.Program // where people sign in
	cookie  string
	thirty  string // the id of a group of 30 people
}

func install(t *testing.T, groups, members int) *installation {
	t.Helper()
	a, s := startSandbox(t, "--sandbox-groups", fmt.Sprint(groups), "--sandbox-members", fmt.Sprint(members))
	i := &installation{Program: startProgram(t, a), api: a, sandbox: s}
	i.cookie = signIn(t, i.Program, sandbox.AdminToken)
	form := url.Values{"name": {"Thirty people"}, "description": {"To be measured."}, "action": {"create"}}
	for _, m := range a.Members()[:30] {
		form.Add("members", fmt.Sprint(m.ID))
	}
	p := i.visitor().Post("/groups", form)
	require.Contains(t, p.Text(".notice"), "was created")
	i.thirty = strings.TrimPrefix(p.URL, "/groups/")
	return i
}

// visitor has the installation's session.
func (i *installation) visitor() *sitetest.Site {
	s := i.Site()
	name, value, _ := strings.Cut(i.cookie, "=")
	s.Client.Jar.SetCookies(must(url.Parse(s.Server.URL)), []*http.Cookie{{Name: name, Value: value, Path: "/"}})
	return s
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// copy has a session read the members and the groups.
func (i *installation) copy(t *testing.T, cookie string) {
	t.Helper()
	other := *i
	other.cookie = cookie
	s := other.visitor()
	for _, path := range []string{"/members?role=admin", "/groups?people=none"} {
		require.Eventually(t, func() bool {
			p := s.Get(path)
			return p.Header.Get("Refresh") == "" && !strings.Contains(p.Body, "Not all names are read yet")
		}, 10*time.Minute, 100*time.Millisecond, "%s is not read", path)
	}
}

// growth is what a page adds to the API's own time in a large organisation over what it adds in a
// small one: of the list of groups, and of a group of 30 people.
func growth(t *testing.T, tb *table) {
	groups, members := 100_000, 10_000
	if short {
		groups, members = 10_000, 1_000
	}
	small := install(t, 100, 60)
	for _, large := range []struct {
		what            string
		groups, members int
	}{{fmt.Sprintf("100 to %d groups", groups), groups, 60}, {fmt.Sprintf("60 to %d members", members), 100, members}} {
		i := install(t, large.groups, large.members)
		var ratios []float64
		for _, page := range []struct {
			path  func(*installation) string
			calls func(*installation) []string
		}{
			{func(*installation) string { return listPage }, func(*installation) []string { return []string{listCall} }},
			{func(i *installation) string { return "/groups/" + i.thirty }, func(i *installation) []string {
				return []string{"/groups/" + i.thirty, "/tasks?groups=" + i.thirty + "&status=active&page=1&per_page=5"}
			}},
		} {
			for _, each := range []*installation{small, i} {
				each.copy(t, each.cookie) // it grows old in two minutes
			}
			var before, after []time.Duration
			samplers := map[*installation][2]sampler{}
			for _, each := range []*installation{small, i} {
				samplers[each] = [2]sampler{newSampler(t, pageAt(each.Program, page.path(each), each.cookie, "</html>")), newSampler(t, each.answers(page.calls(each))...)}
			}
			for range rounds {
				before = append(before, added(t, samplers[small][0], samplers[small][1], turn/4))
				after = append(after, added(t, samplers[i][0], samplers[i][1], turn/4))
			}
			ratios = append(ratios, float64(median(after))/float64(median(before)))
		}
		tb.most("growth of what a page adds, "+large.what+", copied", "", 1.25, slices.Max(ratios), fmt.Sprintf(" (list %.2f, group %.2f)", ratios[0], ratios[1]))
	}
}

func (i *installation) answers(calls []string) (list []address) {
	for _, c := range calls {
		list = append(list, jsonAt(i.api, c, ""))
	}
	return list
}

// manySessions is how many sessions there are at once, and manyPeople whose: each has copies of
// their own.
const manySessions, manyPeople = 1000, 10

// memory is the resident memory of the program when it is busy, and when it has much to keep.
func memory(t *testing.T, tb *table) {
	a, _ := startSandbox(t, "--sandbox-groups", manyGroups)
	p := startProgram(t, a)
	page := pageAt(p, listPage, signIn(t, p, sandbox.AdminToken), someGroup)
	tb.most("resident memory, 64 connections", " MB", 70, watch(t, p, func() { page.load(t, 64, 2*turn) })/1e6, "")

	const what, reach = "resident memory, 1,000 sessions of ten people, 10,000 members, 5,000 groups", 200
	if short {
		tb.without(what, fmt.Sprintf("≤ %d MB", reach), "BENCH_SHORT")
		return
	}
	i := install(t, 5000, 10_000)
	cookies, tokens := make([]string, manySessions), make([]string, manyPeople)
	for n := range tokens {
		tokens[n] = i.newToken(t)
	}
	for n := range cookies {
		cookies[n] = signIn(t, i.Program, tokens[n%manyPeople])
	}
	tb.most(what, " MB", reach, watch(t, i.Program, func() {
		for _, c := range cookies[:manyPeople] {
			i.copy(t, c)
		}
		paths := []string{"/groups", "/groups?page=2", "/groups/" + i.thirty, "/groups?people=none", "/members?role=admin"}
		for n, c := range cookies {
			path := paths[n/manyPeople%len(paths)] // each person opens all of them
			if n%21 == 0 {                         // answers of this list are large, and the sandbox needs long for them
				path = "/members"
			}
			pageAt(i.Program, path, c, "</html>").check(t)
		}
	})/1e6, "")
}

// newToken is what Tallyfy's own sign-in gives the administrator, whom the sandbox has one of: a
// token of its own each time, so that nobody profits from what another one has read.
func (i *installation) newToken(t *testing.T) string {
	t.Helper()
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := stay.PostForm(i.api.URL+"/oauth/authorize", url.Values{
		"client_id": {"speed"}, "response_type": {"token"}, "redirect_uri": {i.sandbox.Options.Public + "/signin/answer"}, "state": {"x"},
		"person": {"maren.dahl@example.com"}, "decision": {"allow"},
	})
	require.NoError(t, err)
	defer answer.Body.Close()
	_, fragment, _ := strings.Cut(answer.Header.Get("Location"), "#")
	given, err := url.ParseQuery(fragment)
	require.NoError(t, err)
	require.NotEmpty(t, given.Get("access_token"))
	return given.Get("access_token")
}
