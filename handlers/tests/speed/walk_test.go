//go:build speed

package speed_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
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
	api, _ := startSandbox(t, "--sandbox-groups", fmt.Sprint(groupsOfCanned), "--sandbox-latency", latency.String())
	p := startProgram(t, unpaced(t, api)...)
	w := &walker{p: p, cookie: p.signIn(t, sandbox.AdminToken), pictures: map[string]bool{}, member: person(t, "soren.kjaergaard")}
	group, member, successor := "/groups/"+named(t, "Operations"), person(t, "soren.kjaergaard"), person(t, "priya.raghunathan")
	warm := func() {
		for _, path := range []string{"/groups?people=none", "/members?role=admin", "/groups/new"} {
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
	w.open(t, "/groups?per_page=50")
	src := picture.FindStringSubmatch(w.last)
	require.NotNil(t, src)
	before := p.calls(t)
	w.fetch(t, html.UnescapeString(src[1]))
	again := p.calls(t) - before
	tb.row("calls behind a logo, the second time", "0", fmt.Sprint(again), again == 0)

	for _, click := range w.clicks() {
		w.open(t, click())
	}
	warm()
	time.Sleep(recalled) // the way back is part of the mix; what was looked at before it began is not
	before = p.calls(t)
	for _, click := range w.clicks() {
		w.open(t, click())
	}
	tb.most("GETs per page of the mix list, next, group, back, member, wizard", "", 1.2, float64(p.calls(t)-before)/6, "")
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
	const what, target = "five administrators, a click each 3 s, 12 GETs per 5 s", "no 429, no wait"
	if !knows(t, "--sandbox-rate") {
		tb.without(what, target, "the sandbox has no --sandbox-rate")
		return
	}
	api, s := startSandbox(t, "--sandbox-groups", fmt.Sprint(groupsOfCanned), "--sandbox-rate", "12/5s", "--oauth-client-id", "speed")
	p := startProgram(t, apiAt(api)...)
	var walkers []*walker
	for i := range 5 {
		time.Sleep(2 * time.Second) // signing in takes calls, too
		token := newToken(t, api, s.host)
		walkers = append(walkers, &walker{p: p, cookie: p.signIn(t, token), pictures: map[string]bool{}, number: i, member: person(t, "soren.kjaergaard")})
	}
	first, counted := 75*time.Second, 60*time.Second
	if short {
		first, counted = 60*time.Second, 18*time.Second
	}
	clickAll(t, walkers, first) // the directory is read, and every logo is fetched once
	refused := func() int { return int(p.series(t, "tallyfy_admin_upstream_calls_total", `status="429"`)) }
	waits := func() int { // because Tallyfy had asked to, or so that it need not
		return int(p.series(t, "tallyfy_admin_upstream_rate_limit_waits_total") + p.series(t, "tallyfy_admin_paced_calls_total", `kind="click"`))
	}
	r, w, c := refused(), waits(), p.calls(t)
	slowest, clicks := clickAll(t, walkers, counted)
	r, w, c = refused()-r, waits()-w, p.calls(t)-c
	// The sandbox has no latency here: a page that takes half a second has waited.
	tb.row(what, target, fmt.Sprintf("%d × 429, %d waits, %d calls for %d clicks, slowest %.0f ms", r, w, c, clicks, milliseconds(slowest)),
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
