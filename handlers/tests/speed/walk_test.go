//go:build speed

package speed_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A walker is an administrator's browser: it loads the pictures of a page, and each picture once.
type walker struct {
	p        *program
	cookie   string
	pictures map[string]bool
	last     string // the page that is shown
	group    string // the group that was last looked at
	member   string
	number   int // which of the links is followed: everybody looks at something else
}

func (w *walker) fetch(t *testing.T, path string) (string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.p.host+path, nil)
	if !assert.NoError(t, err) {
		return "", nil // not by require: walkers run beside each other
	}
	r.Header.Set("Cookie", w.cookie)
	answer, err := http.DefaultClient.Do(r)
	if !assert.NoError(t, err) {
		return "", nil
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	assert.NoError(t, err)
	assert.Equal(t, http.StatusOK, answer.StatusCode, path)
	return string(body), answer.Header
}

var (
	picture    = regexp.MustCompile(`src="(/groups/[^"]+/logo[^"]*)"`)
	groupLink  = regexp.MustCompile(`href="(/groups/[0-9a-f]{32})"`)
	memberLink = regexp.MustCompile(`href="(/members/[0-9]+)"`)
)

// open shows a page and gives the time until it was there, without its pictures.
func (w *walker) open(t *testing.T, path string) time.Duration {
	t.Helper()
	began := time.Now()
	w.last, _ = w.fetch(t, path)
	took := time.Since(began)
	var wait sync.WaitGroup
	for _, found := range picture.FindAllStringSubmatch(w.last, -1) {
		if src := html.UnescapeString(found[1]); !w.pictures[src] {
			w.pictures[src] = true
			wait.Go(func() { w.fetch(t, src) })
		}
	}
	wait.Wait()
	return took
}

// link is the walker's own of the links on the page; if it has none, as a group of guests has no member, the way is the one of
// last time.
func (w *walker) link(kind *regexp.Regexp, last string) string {
	found := kind.FindAllStringSubmatch(w.last, -1)
	if len(found) == 0 {
		return last
	}
	return found[w.number%len(found)][1]
}

// clicks is the mix: list, next page, a group, back, a member, the wizard. Each gives its address once the one before is shown.
func (w *walker) clicks() []func() string {
	return []func() string{
		func() string { return "/groups" },
		func() string { return "/groups?page=2" },
		func() string { w.group = w.link(groupLink, w.group); return w.group },
		func() string { w.member = w.link(memberLink, w.member); return "/groups?page=2" },
		func() string { return w.member },
		func() string { return w.member + "/remove" },
	}
}

// calls counts what is behind each page, and the journeys to Tallyfy that follow one another: calls made side by side are one.
func calls(t *testing.T, tb *table) {
	const latency = 100 * time.Millisecond
	api, s := startSandbox(t, "--sandbox-groups", fmt.Sprint(groupsOfCanned), "--sandbox-latency", latency.String(), "--oauth-client-id", "speed")
	p := startProgram(t, unpaced(api)...)
	w := &walker{p: p, cookie: p.signIn(t, sandbox.AdminToken), pictures: map[string]bool{}, member: person(t, "soren.kjaergaard")}
	group, member, successor := "/groups/"+named(t, "Operations"), person(t, "soren.kjaergaard"), person(t, "priya.raghunathan")
	warm := func() {
		for _, path := range []string{"/groups?people=none", "/members?role=admin"} {
			w.open(t, path)
		}
	}
	warm()
	for _, c := range []struct {
		what, path     string
		most, journeys int
	}{
		{"list of groups", "/groups", 1, 1},
		{"group", group, 2, 1},
		{"members", "/members", 1, 1},
		{"wizard, step 1", member + "/remove", 3, 1},
		{"wizard, step 2", member + "/remove/handover", 3, 1},
		{"wizard, step 3", member + "/remove/plan?to=" + successor[len("/members/"):], 3, 1},
		{"form for a new group", "/groups/new", 1, 1},
	} {
		time.Sleep(recalled)
		before := p.calls(t)
		began := time.Now()
		w.fetch(t, c.path)
		journeys := int((time.Since(began) + latency/10) / latency)
		made := p.calls(t) - before
		tb.row("calls behind a page: "+c.what, fmt.Sprintf("≤ %d in %s", c.most, plural(c.journeys)), fmt.Sprintf("%d in %s", made, plural(journeys)), made <= c.most && journeys <= c.journeys)
	}
	list, _ := w.fetch(t, "/groups?per_page=50")
	logos := picture.FindAllStringSubmatch(list, -1)
	i := slices.IndexFunc(logos, func(found []string) bool { return !w.pictures[html.UnescapeString(found[1])] })
	require.GreaterOrEqual(t, i, 0, "a logo that was not fetched yet")
	for n, what := range []string{"calls behind a logo, the first time", "calls behind a logo, the second time"} {
		before := p.calls(t)
		w.fetch(t, html.UnescapeString(logos[i][1]))
		made := p.calls(t) - before
		tb.row(what, fmt.Sprint(1-n), fmt.Sprint(made), made == 1-n)
	}

	for _, click := range w.clicks() {
		w.open(t, click())
	}
	warm()
	time.Sleep(recalled) // the way back is part of the mix; what was looked at before it began is not
	before := p.calls(t)
	for _, click := range w.clicks() {
		w.open(t, click())
	}
	tb.most("GETs per page of the mix list, next, group, back, member, wizard", "", 1.2, float64(p.calls(t)-before)/6, "")
	withPauses(t, tb, p, newToken(t, api, s.host))
}

// withPauses is the mix of somebody who reads each page for so long that nothing which was read for one serves the next. It is
// somebody else: the copies, which are read anew after two minutes, have to last for all of it.
func withPauses(t *testing.T, tb *table, p *program, token string) {
	t.Helper()
	const what = "the same, with more than 15 s between two pages"
	if short {
		tb.without(what, "", "BENCH_SHORT")
		return
	}
	w := &walker{p: p, cookie: p.signIn(t, token), pictures: map[string]bool{}, member: person(t, "soren.kjaergaard")}
	for _, click := range w.clicks() {
		w.open(t, click())
	}
	w.open(t, "/members?role=admin")
	made := 0
	for _, click := range w.clicks() {
		time.Sleep(recalled)
		before := p.calls(t)
		w.open(t, click())
		made += p.calls(t) - before
	}
	tb.known(what, number(float64(made)/6))
}

// recalled is longer than the program uses what a page has just read.
const recalled = 16 * time.Second

func plural(journeys int) string { return sitetest.Plural(journeys, "journey") }

// named is the id of a group of the seed, and person the page of a member.
func named(t *testing.T, name string) string {
	t.Helper()
	g, ok := org().GroupByName(name)
	require.True(t, ok)
	return g.ID
}

func person(t *testing.T, name string) string {
	t.Helper()
	m, ok := org().MemberByEmail(name + "@example.com")
	require.True(t, ok)
	return fmt.Sprint("/members/", m.ID)
}

// pace has five administrators behind one address click every three seconds, at a Tallyfy that takes 12 reads in 5 seconds.
func pace(t *testing.T, tb *table) {
	const small, large = "five administrators, a click each 3 s, 12 GETs per 5 s", "the same in an organisation of 10,000 members"
	// The directory is read, and every logo is fetched once, before anything is counted.
	if short {
		office(t, tb, small, 60, time.Minute, 18*time.Second)
		tb.without(large, noWait, "BENCH_SHORT")
		return
	}
	t.Run("", func(t *testing.T) { office(t, tb, small, 60, 75*time.Second, time.Minute) })
	// Long enough for the copies, which are five, to be read again and again meanwhile.
	t.Run("", func(t *testing.T) { office(t, tb, large, 10_000, 75*time.Second, 200*time.Second) })
}

const noWait = "no 429, no wait"

// office is a row: clicks in an organisation of so many members, for a while before they count, and while they do.
func office(t *testing.T, tb *table, what string, members int, first, counted time.Duration) {
	t.Helper()
	api, s := startSandbox(t, "--sandbox-groups", fmt.Sprint(groupsOfCanned), "--sandbox-members", fmt.Sprint(members), "--sandbox-rate", "12/5s", "--oauth-client-id", "speed")
	p := startProgram(t, apiAt(api)...)
	var walkers []*walker
	for i := range 5 {
		time.Sleep(2 * time.Second) // signing in takes calls, too
		token := newToken(t, api, s.host)
		walkers = append(walkers, &walker{p: p, cookie: p.signIn(t, token), pictures: map[string]bool{}, number: i, member: person(t, "soren.kjaergaard")})
	}
	clickAll(t, walkers, first)
	refused := func() int { return int(p.series(t, "tallyfy_admin_upstream_calls_total", `status="429"`)) }
	waits := func() int { // because Tallyfy had asked to, or so that it need not
		return int(p.series(t, "tallyfy_admin_upstream_rate_limit_waits_total") + p.series(t, "tallyfy_admin_paced_calls_total", `kind="click"`))
	}
	r, w, c := refused(), waits(), p.calls(t)
	slowest, clicks := clickAll(t, walkers, counted)
	r, w, c = refused()-r, waits()-w, p.calls(t)-c
	// The sandbox has no latency here: a page that takes half a second has waited.
	tb.row(what, noWait, fmt.Sprintf("%d × 429, %d waits, %d calls for %d clicks, slowest %.0f ms", r, w, c, clicks, milliseconds(slowest)),
		r == 0 && w == 0 && slowest < 500*time.Millisecond)
}

const everyClick = 3 * time.Second

// clickAll has everybody click for a while, one after the other, and gives the slowest click.
func clickAll(t *testing.T, walkers []*walker, d time.Duration) (slowest time.Duration, clicks int) {
	t.Helper()
	var mu sync.Mutex
	var wait sync.WaitGroup
	began := time.Now()
	for i, w := range walkers {
		wait.Go(func() {
			tick := time.NewTicker(everyClick)
			defer tick.Stop()
			// Nobody is where the others are in the mix.
			time.Sleep(everyClick*time.Duration(i) + everyClick*time.Duration(i)/time.Duration(len(walkers)))
			tick.Reset(everyClick)
			for {
				for _, click := range w.clicks() {
					if time.Since(began) > d {
						return
					}
					took := w.open(t, click())
					mu.Lock()
					slowest, clicks = max(slowest, took), clicks+1
					mu.Unlock()
					<-tick.C
				}
			}
		})
	}
	wait.Wait()
	return slowest, clicks
}

// newToken is what Tallyfy's own sign-in gives the administrator, whom the sandbox has one of: a token of its own each time, so that
// nobody profits from what another one has read.
func newToken(t *testing.T, api, dashboard string) string {
	t.Helper()
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := stay.PostForm("http://"+api+"/oauth/authorize", url.Values{
		"client_id": {"speed"}, "response_type": {"token"}, "redirect_uri": {"http://" + dashboard + "/signin/answer"}, "state": {"x"},
		"person": {"maren.dahl@example.com"}, "decision": {"allow"},
	})
	require.NoError(t, err)
	defer answer.Body.Close()
	to, err := url.Parse(answer.Header.Get("Location"))
	require.NoError(t, err)
	given, err := url.ParseQuery(to.Fragment)
	require.NoError(t, err)
	require.NotEmpty(t, given.Get("access_token"))
	return given.Get("access_token")
}
