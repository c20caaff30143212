//go:build speed

package speed_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// flat is how much more a page may cost in a large organisation than in a small one.
const flat = 1.25

// An installation is the program beside a sandbox of some size.
type installation struct {
	*program
	api, cookie string
	sandbox     *program // which people sign in at
	thirty      string   // the id of a group of 30 people
}

func install(t *testing.T, groups, members int) *installation {
	t.Helper()
	api, s := startSandbox(t, "--sandbox-groups", fmt.Sprint(groups), "--sandbox-members", fmt.Sprint(members), "--oauth-client-id", "speed")
	i := &installation{program: startProgram(t, unpaced(api)...), api: api, sandbox: s}
	i.cookie = i.signIn(t, sandbox.AdminToken)
	i.thirty = i.newGroup(t, "Thirty people", 30)
	return i
}

// newGroup makes a group of the first so many members, at the API itself.
func (i *installation) newGroup(t *testing.T, name string, people int) (id string) {
	t.Helper()
	first, second := org().Members()[0].ID, org().Members()[1].ID
	ids := make([]int, people)
	for n := range ids {
		ids[n] = first + n*(second-first)
	}
	body, err := json.Marshal(map[string]any{"name": name, "description": "To be measured.", "members": ids})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+i.api+below("/groups"), bytes.NewReader(body))
	require.NoError(t, err)
	apiHeaders(r.Header)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	var made struct {
		Data struct{ ID string }
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&made))
	require.NotEmpty(t, made.Data.ID, answer.Status)
	return made.Data.ID
}

// A measured is a page of an installation and the calls behind it.
type measured struct{ page, api sampler }

func (i *installation) measured(t *testing.T, page, holds string, calls ...string) measured {
	t.Helper()
	api := make([]address, len(calls))
	for n, c := range calls {
		api[n] = jsonAt(i.api, below(c), "", false)
	}
	return measured{newSampler(t, pageAt(i.host, page, i.cookie, holds, false)), newSampler(t, api...)}
}

func (i *installation) list(t *testing.T) measured {
	t.Helper()
	return i.measured(t, listPage, "</html>", listCall)
}

func (i *installation) group(t *testing.T, id string) measured {
	t.Helper()
	return i.measured(t, "/groups/"+id, "</html>", "/groups/"+id, "/tasks?groups="+id+"&status=active&page=1&per_page=5")
}

// members is the list of members, whose groups Tallyfy is asked for only where they are small; else they come from the copy.
func (i *installation) members(t *testing.T, with string) measured {
	t.Helper()
	return i.measured(t, "/members?per_page=50", "</html>", "/users?"+with+"page=1&per_page=50")
}

// ratio measures what a page adds to the API's own time in a large organisation, as a multiple of a small one's.
func ratio(t *testing.T, tb *table, what string, small, large measured) {
	t.Helper()
	var before, after []time.Duration
	for range rounds {
		before = append(before, added(t, small.page, small.api, turn/4))
		after = append(after, added(t, large.page, large.api, turn/4))
	}
	a, b := median(before), median(after)
	tb.most(what, " times", flat, float64(b)/float64(a), fmt.Sprintf(" (%.2f to %.2f ms)", milliseconds(a), milliseconds(b)))
}

func manyGroups(t *testing.T, tb *table) {
	small, large := install(t, 100, 60), install(t, 100_000, 60)
	warmUp(t, small.program, small.cookie, "/groups/"+small.thirty)
	warmUp(t, large.program, large.cookie, "/groups/"+large.thirty)
	ratio(t, tb, "growth from 100 to 100,000 groups: list of groups", small.list(t), large.list(t))
	ratio(t, tb, "growth from 100 to 100,000 groups: group of 30", small.group(t, small.thirty), large.group(t, large.thirty))
}

// manySessions is how many sessions there are at once, and manyTokens how many people they are of: each has copies of their own.
const manySessions, manyTokens = 1000, 10

// manyMembers is about 10,000 members, with few groups, and with 5,000 that are also copied into memory. A copy grows
// old in two minutes, so what needs both comes first.
func manyMembers(t *testing.T, tb *table) {
	const growing = "growth from 60 to 10,000 members: "
	if short {
		tb.without(growing+"all pages", "≤ 1.25 times", "BENCH_SHORT")
		return
	}
	small, large, both := install(t, 100, 60), install(t, 100, 10_000), install(t, 5000, 10_000)
	crowd := both.newGroup(t, "Five thousand people", 5000)
	cookies, tokens := make([]string, manySessions), make([]string, manyTokens)
	for i := range tokens {
		tokens[i] = newToken(t, both.api, both.sandbox.host)
	}
	for i := range cookies {
		cookies[i] = both.signIn(t, tokens[i%manyTokens])
	}
	t.Run("", func(t *testing.T) { // the two large directories are read at the same time
		for _, i := range []*installation{small, large, both} {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				warmUp(t, i.program, i.cookie, "/members?role=admin")
				warmUp(t, i.program, i.cookie, "/groups?people=none")
			})
		}
	})
	ratio(t, tb, growing+"list of groups", small.list(t), large.list(t))
	ratio(t, tb, growing+"group of 30", small.group(t, small.thirty), large.group(t, large.thirty))
	ratio(t, tb, "growth to 10,000 members and 5,000 groups, both copied: list of groups", small.list(t), both.list(t))
	m := both.group(t, crowd)
	var more []time.Duration
	for range rounds {
		more = append(more, added(t, m.page, m.api, turn/4))
	}
	size := pageAt(both.host, "/groups/"+crowd, both.cookie, "</html>", false).check(t)
	tb.most("group of 5,000: time added to the API's", " ms", 60, milliseconds(median(more)), fmt.Sprintf(" (page of %d kB)", size/1000))
	ratio(t, tb, growing+"members", small.members(t, "with=groups&"), large.members(t, ""))

	var largest float64
	end := watch(t, both.program, &largest)
	for _, c := range cookies[:manyTokens] {
		warmUp(t, both.program, c, "/members?role=admin")
		warmUp(t, both.program, c, "/groups?people=none")
	}
	paths := []string{"/groups", "/groups?page=2", "/groups/" + both.thirty, "/groups?people=none", "/members?role=admin"}
	for i, c := range cookies {
		path := paths[i/manyTokens%len(paths)] // each person opens all of them
		if i%21 == 0 {                         // answers of this list are large, and the sandbox needs long for them
			path = "/members"
		}
		pageAt(both.host, path, c, "</html>", false).check(t)
	}
	end()
	tb.most("resident memory with 1,000 sessions, 10,000 members and 5,000 groups", " MB", 200, largest/1e6, fmt.Sprintf(" (of %d people)", manyTokens))
}

// warmUp opens a page until what it needs is read.
func warmUp(t *testing.T, p *program, cookie, path string) {
	t.Helper()
	w := &walker{p: p, cookie: cookie}
	for began := time.Now(); time.Since(began) < 10*time.Minute; time.Sleep(100 * time.Millisecond) {
		body, header := w.fetch(t, path)
		if header.Get("Refresh") == "" && !strings.Contains(body, "Not all names are read yet") {
			return
		}
	}
	require.Fail(t, "not read after ten minutes", path)
}

// search is what the directory takes for each letter that is typed, in this process: through a page it would be lost in the rest.
func search(t *testing.T, tb *table) {
	crowd := must(sandbox.New(sandbox.Options{Members: 10_000}))
	client := must(tallyfy.New(tallyfy.Options{BaseURL: sandbox.BaseURL, Transport: crowd.Transport()}))
	scope := cache.ScopeOf(sandbox.AdminToken, tallyfy.ID(crowd.OrgID()))
	members, err := directory.New(directory.Options{Wait: time.Minute}).Members(t.Context(), client.WithToken(sandbox.AdminToken), scope)
	require.NoError(t, err)
	require.True(t, members.Complete)
	var slowest float64
	var notes []string
	for _, query := range []string{"a", "maren dahl", "nobody at all"} {
		found := len(members.Search(query, nil))
		each := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				members.Search(query, nil)
			}
		})
		took := milliseconds(time.Duration(each.NsPerOp()))
		slowest = max(slowest, took)
		notes = append(notes, fmt.Sprintf("%q finds %d in %.2f", query, found, took))
	}
	tb.most("search among 10,000 members", " ms", 1, slowest, " ("+strings.Join(notes, ", ")+")")
}
