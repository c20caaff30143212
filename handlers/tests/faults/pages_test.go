package faults_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy/sandbox"
)

// A page is an address that calls Tallyfy, of a route of the table of routes.
type page struct {
	name, route string
	path        func(*sitetest.Site) string
	// gaps is what the page says where Tallyfy's answer would be, if it is shown without.
	gaps string
}

const somebody, somebodyElse = "chiara.dangelo", "siobhan.obrien"

// pages is every page that calls Tallyfy.
func pages() []page {
	at := func(path string) func(*sitetest.Site) string { return func(*sitetest.Site) string { return path } }
	group := func(rest string) func(*sitetest.Site) string {
		return func(s *sitetest.Site) string { return s.GroupPath("Operations") + rest }
	}
	leaver := func(rest string) func(*sitetest.Site) string {
		return func(s *sitetest.Site) string { return s.RemovePath(somebody) + rest }
	}
	return []page{
		{"overview", "/", at("/"), ""},
		{"access", "/access", at("/access"), ""},
		{"access.csv", "/access.csv", at("/access.csv"), ""},
		{"groups", "/groups", at("/groups"), ""},
		{"groups, searched", "/groups", at("/groups?q=a&sort_by=name"), ""},
		{"groups, by id", "/groups", func(s *sitetest.Site) string { return "/groups?q=" + s.Group("Operations").ID }, ""},
		{"groups, past the end", "/groups", at("/groups?page=99"), ""},
		{"groups, filtered", "/groups", at("/groups?people=one"), ""},
		{"groups.csv", "/groups.csv", at("/groups.csv"), ""},
		{"new group", "/groups/new", at("/groups/new"), "Tallyfy did not give all members|The existing guests could not be read"},
		{"copy of a group", "/groups/new", func(s *sitetest.Site) string { return "/groups/new?from=" + s.Group("Operations").ID }, "Tallyfy did not give all members|The existing guests could not be read"},
		{"group", "/groups/:group", group(""), ""},
		{"group, tasks", "/groups/:group/tasks", group("/tasks"), ""},
		{"logo", "/groups/:group/logo", group("/logo"), ""},
		{"people.csv", "/groups/:group/people.csv", group("/people.csv"), ""},
		{"delete group", "/groups/:group/delete", group("/delete"), ""},
		{"merge group", "/groups/:group/merge", group("/merge"), ""},
		{"merge group into another", "/groups/:group/merge", func(s *sitetest.Site) string { return mergePath(s) }, ""},
		{"edit group", "/groups/:group/edit", group("/edit"), ""},
		{"people of a group", "/groups/:group/people", group("/people"), "Tallyfy did not give all members|The members are still being read"},
		{"undo", "/activity/:entry/undo", func(s *sitetest.Site) string { return editedPath(s) + "/undo" }, ""},
		{"repeat", "/activity/:entry/repeat", func(s *sitetest.Site) string { return overtakenPath(s) + "/repeat" }, ""},
		{"members", "/members", at("/members"), "Everybody is listed here"},
		{"members, searched", "/members", at("/members?q=a&sort=-created_at&page=2&per_page=10"), "Everybody is listed here"},
		{"members, by id", "/members", func(s *sitetest.Site) string { return "/members?q=" + s.ID(somebody) }, "Everybody is listed here"},
		{"members, filtered", "/members", at("/members?role=admin"), ""},
		{"members.csv", "/members.csv", at("/members.csv"), ""},
		{"member", "/members/:member", func(s *sitetest.Site) string { return s.MemberPath(somebody) }, ""},
		{"groups of a member", "/members/:member/groups", func(s *sitetest.Site) string { return s.MemberPath(somebody) + "/groups" }, ""},
		{"invite", "/members/invite", at("/members/invite"), "The groups could not be read|The groups are still being read"},
		{"member, tasks", "/members/:member/tasks", func(s *sitetest.Site) string { return s.MemberPath(somebody) + "/tasks" }, ""},
		{"bring back", "/members/:member/enable", func(s *sitetest.Site) string { receiptPath(s); return s.MemberPath(somebody) + "/enable" }, ""},
		{"bring back, plan", "/members/:member/enable", func(s *sitetest.Site) string {
			receiptPath(s)
			return s.MemberPath(somebody) + "/enable?groups=same"
		}, ""},
		{"role", "/members/:member/role", func(s *sitetest.Site) string { return s.MemberPath(somebody) + "/role?to=light" }, ""},
		{"disable", "/members/:member/disable", func(s *sitetest.Site) string { return s.MemberPath(somebody) + "/disable" }, ""},
		{"delete for good", "/members/:member/delete", func(s *sitetest.Site) string { return s.MemberPath("gareth.pugh") + "/delete" }, ""},
		{"wizard, step 1", "/members/:member/remove", leaver(""), ""},
		{"wizard, step 2", "/members/:member/remove/handover", leaver("/handover?q=o"), ""},
		{"wizard, plan", "/members/:member/remove/plan", func(s *sitetest.Site) string { return s.PlanPath(somebody, somebodyElse) }, ""},
		{"wizard, plan without handover", "/members/:member/remove/plan", func(s *sitetest.Site) string { return s.PlanPath(somebody, "leave") }, ""},
		{"guests", "/guests", at("/guests?q=a&sort=-company"), ""},
		{"guest", "/guests/:guest", at("/guests/d.kavanagh@audit.example.com"), "The open tasks could not be counted|Not all groups are read yet|Not all names are read yet"},
		{"guest, tasks", "/guests/:guest/tasks", at("/guests/d.kavanagh@audit.example.com/tasks"), ""},
		{"who knows a guest", "/guests/:guest/known-by", at("/guests/d.kavanagh@audit.example.com/known-by"), "Tallyfy did not give all members|The members are still being read"},
		{"remove guest", "/guests/:guest/remove", at("/guests/d.kavanagh@audit.example.com/remove"), ""},
		{"hand guests over", "/members/:member/guests", func(s *sitetest.Site) string { return s.MemberPath(somebody) + "/guests" }, ""},
		{"hand guests over, plan", "/members/:member/guests", func(s *sitetest.Site) string {
			return s.MemberPath(somebody) + "/guests?to=" + s.ID(somebodyElse)
		}, ""},
		{"guests.csv", "/guests.csv", at("/guests.csv"), ""},
		{"search", "/search", at("/search?q=o"), ""},
		{"activity", "/activity", at("/activity"), ""},
		{"activity.csv", "/activity.csv", at("/activity.csv"), ""},
		{"trash", "/trash", at("/trash"), ""},
		{"trash.csv", "/trash.csv", at("/trash.csv"), ""},
		{"receipt", "/activity/:entry", receiptPath, "so it could not be checked|could not be checked"},
		{"change made elsewhere, asked", "/activity/elsewhere/:event", func(s *sitetest.Site) string { return elsewherePath(s) + "?ask=yes" }, "Tallyfy's activity could not be read|Not all entries of Tallyfy's activity .* could be looked at"},
		{"many at once", "/bulk/new", at("/bulk/new?kind=add-to-groups"), "The groups are still being read"},
		{"jobs", "/jobs", at("/jobs"), ""},
		{"failed.csv", "/jobs/:job/failed.csv", func(s *sitetest.Site) string { return "/jobs" + strings.TrimPrefix(dryRun(s), "/bulk") + "/failed.csv" }, ""},
		{"reviews", "/reviews", at("/reviews"), ""},
		{"new review", "/reviews/new", at("/reviews/new"), ""},
		{"starter sets", "/reviews/sets", at("/reviews/sets"), ""},
		{"check of a review", "/reviews/:review/check", func(s *sitetest.Site) string { return decidedReview(s) + "/check" }, "it is not there any more"},
		{"record of a review.csv", "/reviews/:review/receipt.csv", func(s *sitetest.Site) string { return decidedReview(s) + "/receipt.csv" }, ""},
		{"organisations", "/organisations", at("/organisations"), ""},
		{"sign-ins", "/sign-ins", at("/sign-ins"), ""},
		{"sandbox", "/sandbox", at("/sandbox"), ""},
	}
}

// dryRun makes a dry run, while all is well, and gives its address.
func dryRun(s *sitetest.Site) string {
	s.T.Helper()
	p := s.Post("/bulk", url.Values{"kind": {"add-to-groups"}, "text": {"noor.vandermeer@example.com\nnobody@x.example"}, "groups": {s.Group("Payroll").ID}})
	require.Contains(s.T, p.Text("h1"), "dry run")
	return p.URL
}

// decidedReview decides, while all is well, about somebody in a review who is to come into one group and to leave another,
// and gives the address of the review.
func decidedReview(s *sitetest.Site) string {
	s.T.Helper()
	review := s.Post("/reviews", url.Values{"name": {"Joiners"}, "who": {"text"}, "text": {peer + "@example.com"}}).Whole(http.StatusOK).URL
	s.Post(review+"/people/"+s.ID(peer), url.Values{
		"decision": {"change"}, "base": {"0"}, "add": {s.Group("Finance").ID}, "remove": {s.Group("Operations").ID}, "note": {"moved"},
	}).Whole(http.StatusOK)
	return review
}

// mergePath is the page that merges a group without open tasks into another one.
func mergePath(s *sitetest.Site) string {
	s.T.Helper()
	return s.GroupPath("Works Council") + "/merge?into=" + s.Group("Legal").ID
}

// receiptPath removes somebody, while all is well, and gives the address of the receipt.
func receiptPath(s *sitetest.Site) string {
	s.T.Helper()
	p := s.Remove(somebody, somebodyElse)
	require.Contains(s.T, p.Text("h1"), "Receipt")
	return p.URL
}

// editedPath renames a group, while all is well, and gives the address of the receipt.
func editedPath(s *sitetest.Site) string {
	s.T.Helper()
	p := s.Get(s.GroupPath("Operations")+"/edit").Form("main form").Set("name", "Ops").Submit("Save")
	require.Contains(s.T, []string{"Ops", "Receipt"}, p.Text("h1"))
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	return href
}

// deletedPath deletes a group, while all is well, and gives the address of the receipt.
func deletedPath(s *sitetest.Site) string {
	s.T.Helper()
	s.Get(s.DeletePath("Works Council")).Form("main form").Submit("").Whole(http.StatusOK)
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	return href
}

// elsewherePath changes a group in Tallyfy itself, while all is well, and gives the address of what
// was seen of it.
func elsewherePath(s *sitetest.Site) string {
	s.T.Helper()
	s.ReadAnew()
	require.True(s.T, s.Sandbox.ChangeGroup(s.Group("Operations").ID, sandbox.GroupChange{Name: "Ops"}))
	s.ReadAnew()
	href, found := s.Get("/activity").Find("main ul.rows a[href*='/elsewhere/']").Attr("href")
	require.True(s.T, found)
	return href
}

// overtakenPath renames a group while somebody else does, too, a moment later, and gives the address of the receipt.
func overtakenPath(s *sitetest.Site) string {
	s.T.Helper()
	id := s.Group("Operations").ID
	s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(id, sandbox.GroupChange{Name: "Operations"}) })
	return editedPath(s)
}

// without are the routes that call nobody, the copies being at hand.
var without = []string{"/signin", "/signin/tallyfy", "/signin/answer", "/guests/new", "/members/:member/remove/receipt/:record", "/activity/:entry/restore", "/trash/:entry/picture", "/bulk/:bulk", "/jobs/:job", "/jobs/:job/progress", "/reviews/:review", "/reviews/:review/people/:member", "/reviews/:review/looks/:member", "/reviews/:review/close", "/reviews/:review/receipt", "/help", "/kit", "/healthz", "/readyz"}

// TestEveryPageIsInTheMatrix keeps a new route from being forgotten.
func TestEveryPageIsInTheMatrix(t *testing.T) {
	s, w := newSite(t, faults()[0], false)
	signIn(s)
	var inMatrix []string
	for _, p := range pages() {
		inMatrix = append(inMatrix, p.route)
	}
	for _, r := range s.App.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		assert.NotEqual(t, slices.Contains(inMatrix, r.Path), slices.Contains(without, r.Path), "%s has to be in one of the tables", r.Path)
		if slices.Contains(without, r.Path) {
			w.calls()
			s.Once(s.Request(http.MethodGet, r.Path, nil))
			assert.Empty(t, w.calls(), r.Path)
		}
	}
}

// newSite is a site behind a wire that has the fault, at the pace of the real program.
func newSite(t *testing.T, f fault, carry bool) (*sitetest.Site, *wire) {
	t.Helper()
	w := newWire(t, f, carry)
	scheme := "http://"
	if f.secure {
		scheme = "https://"
	}
	o := sitetest.Options{
		API: scheme + apiHost + "/api", Transport: w, Attempt: f.attempt, Store: borrowStore(t), Sandbox: sandbox.Options{Now: func() time.Time { return began }},
		Pace: ratelimit.Rate{Reads: 10, Per: time.Second},
	}
	if f.endless != "" {
		o.Directory.Timeout = 2 * time.Second
	}
	if f.name == slowHandOver {
		o.Sandbox.HandOver = time.Hour
	}
	if f.name == hangs {
		o.ReadTime, o.Attempt = hangTime, time.Hour
	}
	if f.huge && !realLimit(t) {
		o.MaxBody = largest
	}
	s := sitetest.New(t, o)
	w.demo, w.healthy = s.Sandbox, s.Sandbox.Transport()
	s.Client.Timeout = deadline
	return s, w
}

// stores are the databases that no cell uses at the moment: making one takes as long as a page.
var stores = make(chan *store.DB, sideBySide)

// borrowStore gives a cell a database of its own until it ends. The sessions of earlier cells are still there; their changes and locks
// would show on pages.
func borrowStore(t *testing.T) *store.DB {
	t.Helper()
	var db *store.DB
	select {
	case db = <-stores:
	default:
		var err error
		db, err = store.Open(context.Background(), "memory:")
		require.NoError(t, err)
	}
	var kept []string
	err := db.Query(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'dashboard_%'
		AND name NOT IN ('dashboard_schema_version', 'dashboard_sessions', 'dashboard_records')`, nil, func(rows *sql.Rows) error {
		var table string
		err := rows.Scan(&table)
		kept = append(kept, table)
		return err
	})
	require.NoError(t, err)
	for _, table := range kept {
		_, err := db.Write(t.Context(), "DELETE FROM "+table)
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		select {
		case stores <- db:
		default:
			_ = db.Close()
		}
	})
	return db
}

// mostCalls is above what two readings at the pace of newSite come to, with every attempt repeated.
const mostCalls = 120

// began is the sandbox's time: its dates are the same in every cell.
var began = time.Now()

// realLimit is true for the one page that meets the program's own limit for answers: reading 16 MB takes long.
func realLimit(t *testing.T) bool { return strings.HasSuffix(t.Name(), "/groups") }

// mostHanded is how many bytes the far side may get rid of in so many calls.
func mostHanded(t *testing.T, hits int) int64 {
	if realLimit(t) {
		return int64(hits) * (16<<20 + buffered) // tallyfy.Options.MaxBody
	}
	return int64(hits) * (largest + buffered)
}

// deadline is within what any page has to be answered: the time that handlers give a page, and a write.
const deadline = 30 * time.Second

// every hits all calls.
func every(*http.Request) bool { return true }

// only hits the calls with a method and a path.
func only(call string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method+" "+r.URL.Path == call }
}

// TestEveryPage opens every page while all of Tallyfy fails, and while one of the page's calls fails alone.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	baseline := map[string]string{}
	calls := map[string][]string{}
	for _, p := range pages() {
		s, w := newSite(t, faults()[0], false)
		signIn(s)
		path := p.path(s)
		w.calls()
		baseline[p.name] = shown(s.Get(path))
		calls[p.name] = w.calls()
		require.NotEmpty(t, calls[p.name], "%s calls nobody", p.name)
	}
	for _, f := range chosen() {
		for _, p := range pages() {
			t.Run(f.name+"/"+p.name, func(t *testing.T) {
				t.Parallel()
				onePage(t, f, p, "", baseline[p.name])
			})
			if len(calls[p.name]) < 2 || !f.alone {
				continue
			}
			for _, call := range calls[p.name] {
				t.Run(f.name+"/"+p.name+"/"+call, func(t *testing.T) {
					t.Parallel()
					onePage(t, f, p, call, baseline[p.name])
				})
			}
		}
	}
}

const (
	hangs = "one call hangs"
	// hangTime stands for the 10 s that the program gives the calls of a page; the visitor of newSite waits for no more than deadline.
	hangTime = 2 * time.Second
)

// TestEveryPageComesWhateverHangs opens every page while each of its calls, alone, never answers and the client would wait for
// an hour: the page has a limit of its own.
func TestEveryPageComesWhateverHangs(t *testing.T) {
	t.Parallel()
	f := fault{name: hangs, far: server(silent), page: late}
	for _, p := range pages() {
		s, w := newSite(t, faults()[0], false)
		signIn(s)
		path := p.path(s)
		w.calls()
		healthy := shown(s.Get(path))
		for _, call := range w.calls() {
			t.Run(p.name+"/"+call, func(t *testing.T) {
				t.Parallel()
				onePage(t, f, p, call, healthy)
			})
		}
	}
}

// onePage is one cell of the matrix.
func onePage(t *testing.T, f fault, row page, call, healthy string) {
	s, w := newSite(t, f, false)
	signIn(s)
	path := row.path(s)
	_, sent, _, _ := w.count()
	match := every
	if call != "" {
		match = only(call)
	}
	w.hitting(match)
	p := s.Get(path)
	w.hitting(nil)
	hits, writes, handed, strays := w.count()

	require.NotZero(t, hits, "the fault hit nothing")
	assert.Equal(t, sent, writes, "a page that only reads")
	assert.Empty(t, strays, "the token went elsewhere")
	assert.NotContains(t, s.Log.String(), "panic")
	if f.huge {
		assert.LessOrEqual(t, handed, mostHanded(t, hits))
	}
	assert.Less(t, hits, mostCalls, "no end of calls")
	for _, raw := range []string{"secret.php", "Sign in to the proxy", "tallyfy: ", apiHost} {
		assert.NotContains(t, p.Body, raw)
	}
	noted := judgePage(t, s, f, row, call, path, p, healthy)
	results.page(f.name, noted)
}

// judgePage says what the visitor got.
func judgePage(t *testing.T, s *sitetest.Site, f fault, row page, call, path string, p *sitetest.Page, healthy string) string {
	t.Helper()
	alone := call != ""
	kind := p.Header.Get("Content-Type")
	switch {
	case row.route == "/groups/:group/logo": // only a picture: it never is an error page and never ends a session
		assert.Equal(t, http.StatusOK, p.Status)
		assert.True(t, strings.HasPrefix(kind, "image/"), kind)
		if shown(p) != healthy {
			assert.Contains(t, kind, "svg")
			if p.Header.Get("Cache-Control") != "no-store" { // that there is no picture is kept; that it could not be had is not
				assert.Equal(t, "private, max-age=300", p.Header.Get("Cache-Control"))
				assert.Contains(t, []string{"", missing, unreadable}, f.page)
			}
		}
		if p.Header.Get("Cache-Control") == "no-store" && f.page != slowDown { // a 429 holds the token back for longer than a test
			assert.Equal(t, healthy, shown(s.Get(path)), "it is asked for again")
		}
		return "initials"
	case strings.HasPrefix(kind, "text/csv"):
		assert.True(t, f.page == "" || alone, "a file in spite of the fault")
		if f.page != "" || f.same {
			assert.Equal(t, healthy, shown(p), "never a part of a file")
		}
		return "200 unharmed"
	}
	require.True(t, strings.HasPrefix(kind, "text/html"), kind)
	assert.Equal(t, 1, p.Find("h1").Length())
	assert.True(t, strings.HasSuffix(strings.TrimSpace(p.Body), "</html>"), "half a page")
	got := outcome(p)
	switch {
	case strings.HasPrefix(p.URL, "/signin"):
		assert.Equal(t, signInEnded, f.page)
		assert.Contains(t, p.Text(".notice"), sitetest.EndedNotice)
		p = p.Form("form:has([name=sandbox])").Submit("")
		assert.Equal(t, http.StatusOK, p.Status)
		assert.Equal(t, path, p.URL, "back to the page")
		assert.Equal(t, healthy, shown(p))
		return got
	case p.Status != http.StatusOK:
		want := []string{f.page, f.endless}
		if f.huge { // on a machine that is busy the end of the time may come before the end of what may be read
			want = append(want, late)
		}
		if f.name == "404" && strings.HasPrefix(row.route, "/guests/:guest") {
			want = append(want, "404 There is no such guest")
		}
		if row.route == "/organisations" && f.endless != "" { // read to its bound while somebody waits
			want = []string{unreadable}
		}
		if !alone {
			assert.Contains(t, want, got)
		}
		if p.Status == http.StatusUnprocessableEntity {
			return got // a form with its message
		}
		judgeErrorPage(t, s, f, path, p, !alone)
		return got
	case f.page == "":
		if f.same {
			assert.Equal(t, healthy, shown(p))
			return "200 unharmed"
		}
		return "200"
	case shown(p) == healthy:
		assert.True(t, alone, "shown as if nothing were wrong")
		return "200 unharmed"
	case row.gaps != "":
		assert.Regexp(t, row.gaps, p.Text("main"))
		return "200 naming the gap"
	}
	if f.name == "404" && strings.HasSuffix(row.name, "by id") {
		return "200 nothing found"
	}
	assert.True(t, alone || p.Header.Get("Refresh") != "", "shown in spite of the fault")
	assert.Regexp(t, inWords, p.Text("main"), "a gap that does not say so")
	return "200 naming the gap"
}

// inWords is what a page says where something is missing.
var inWords = regexp.MustCompile(`could not be|did not (give|send|list)|Not checked|not checked|still being read|is already gone|may be missing|at the pace that Tallyfy allows|Not all names are read yet|is not there any more`)

// judgeErrorPage checks what every page about a failure owes.
func judgeErrorPage(t *testing.T, s *sitetest.Site, f fault, path string, p *sitetest.Page, follow bool) {
	t.Helper()
	assert.Contains(t, p.Text("main"), f.says)
	id := p.Header.Get("X-Request-Id")
	require.NotEmpty(t, id)
	assert.Contains(t, p.Text("main"), id, "the request id is on the page")
	assert.Contains(t, s.Log.String(), id)
	assert.Equal(t, "no-store", p.Header.Get("Cache-Control"))
	if outcome(p) == shutOut {
		assert.True(t, p.Has("main form[action$='/signout']") && !p.Has(".account"), "no link that leads to the same refusal")
	} else {
		assert.True(t, p.Has(".account"), "the usual frame")
	}
	judgeRetryAfter(t, f, p)
	if follow {
		assert.Regexp(t, f.lead, p.Text("main .lead"))
	}
	if p.Status == http.StatusForbidden && path == "/organisations" {
		assert.Equal(t, path, p.Link("Try again"), "the only way out there is")
	} else if p.Status == http.StatusForbidden || p.Status == http.StatusNotFound {
		assert.Empty(t, p.Link("Try again"), "it would be the same")
	} else {
		assert.Equal(t, path, p.Link("Try again"))
	}
	next, ok := p.Find("main .form-actions a").First().Attr("href")
	require.True(t, ok, "no next step")
	if p.Status == http.StatusTooManyRequests || !follow {
		return // the token is held back for longer than a test
	}
	u, err := url.Parse(next)
	require.NoError(t, err)
	assert.Empty(t, u.Host)
	// A reading in the background may still meet the fault.
	require.Eventually(t, func() bool { return s.Get(next).Status == http.StatusOK }, deadline, 50*time.Millisecond, "the next step works: %s", next)
}

func judgeRetryAfter(t *testing.T, f fault, p *sitetest.Page) {
	t.Helper()
	if f.after != "" {
		assert.Regexp(t, f.after, p.Header.Get("Retry-After"))
	} else {
		assert.Empty(t, p.Header.Get("Retry-After"))
	}
}

// outcome is the status and the title.
func outcome(p *sitetest.Page) string { return strconv.Itoa(p.Status) + " " + p.Text("h1") }

var clock = regexp.MustCompile(`\d\d:\d\d(:\d\d)?|Request [0-9a-f]{32}`)

// seenElsewhere is between which times something was changed elsewhere, and whom Tallyfy's activity names: the
// sandbox's clock stands still here, so that soon nobody did anything in that time.
var seenElsewhere = regexp.MustCompile(`(on|between) [^.]*, not through this dashboard|Tallyfy's activity names (nobody for this [^.]*\.|Kwame Asante: [^.]*\.kwame\.asante@example\.com)`)

// remembered is what was changed, here and elsewhere, and since when: that depends on what was read before the fault.
const remembered = "section[aria-labelledby=activity], section[aria-labelledby=visit], section[aria-labelledby=look-back], .kept"

// shown is what a visitor sees, or what is in a file, without the time of day, the request's id on a receipt, and what is
// remembered.
func shown(p *sitetest.Page) string {
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		return clock.ReplaceAllString(p.Body, "")
	}
	main := p.Find("main").Clone()
	main.Find(remembered).Remove()
	return seenElsewhere.ReplaceAllString(clock.ReplaceAllString(strings.Join(strings.Fields(main.Text()), " "), ""), "")
}
