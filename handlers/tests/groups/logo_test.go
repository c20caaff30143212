package groups_test

import (
	"context"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy/sandbox"
)

const fileRoute = "/organizations/{org}/file/{file_id}"

// logoOf is the address of the logo that the list shows for a group.
func logoOf(s *sitetest.Site, name string) string {
	s.T.Helper()
	src, ok := s.Get("/groups?q=" + url.QueryEscape(name)).Find("tbody img").First().Attr("src")
	require.True(s.T, ok, "no logo of %s in the list", name)
	s.Sandbox.ClearRequests()
	return strings.TrimPrefix(src, s.Base)
}

// assertPicture checks what every answer of a logo's address has, and that nothing of a page is in it.
func assertPicture(p *sitetest.Page, contentType string) *sitetest.Page {
	t := p.Site.T
	t.Helper()
	assert.Equal(t, http.StatusOK, p.Status)
	assert.Equal(t, contentType, p.Header.Get("Content-Type"))
	assert.Equal(t, "nosniff", p.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, []string{"default-src 'none'; sandbox"}, p.Header.Values("Content-Security-Policy"))
	forTheNextPerson := strings.Contains(p.Header.Get("Cache-Control"), "immutable")
	assert.Equal(t, !forTheNextPerson, strings.Contains(strings.Join(p.Header.Values("Vary"), ", "), "Cookie"))
	assert.NotContains(t, p.Header.Get("Cache-Control"), "public")
	assert.Empty(t, p.Header.Values("Set-Cookie"))
	assert.NotContains(t, p.Body, "<html")
	return p
}

// assertInitials checks that an answer is drawn initials, and whether they stand for good.
func assertInitials(p *sitetest.Page, letters string, caching string) {
	p.Site.T.Helper()
	assertPicture(p, "image/svg+xml")
	assert.Equal(p.Site.T, letters, p.Text("svg text"))
	assert.Equal(p.Site.T, caching, p.Header.Get("Cache-Control"))
	assert.Empty(p.Site.T, p.Header.Get("ETag"))
}

func TestLogoIsStreamedWithTheToken(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Base: "/tools/tallyfy"})
	p := s.Get("/groups?q=finance")
	assert.Len(t, s.Sandbox.Requests(), 1)
	src, _ := p.Find("tbody img").Attr("src")
	src = strings.TrimPrefix(src, s.Base)
	require.Regexp(t, `^/groups/[0-9a-f]{32}/logo\?v=[0-9a-f]{12}$`, src)

	p = assertPicture(s.Get(src), "image/png")
	config, err := png.DecodeConfig(strings.NewReader(p.Body))
	require.NoError(t, err)
	assert.Equal(t, 128, config.Width)
	assert.Equal(t, "private, max-age=86400, immutable", p.Header.Get("Cache-Control"))
	requests := s.Sandbox.Requests()
	require.Len(t, requests, 2, "the list, then the file: where it is was known from the list")
	assert.Contains(t, requests[1].Path, "/file/")
	assert.Equal(t, sandbox.AdminToken, requests[1].Token)

	again := assertPicture(s.Get(src), "image/png")
	assert.Equal(t, p.Body, again.Body)
	assert.Len(t, s.Sandbox.Requests(), 2, "kept")

	// Without the version, or with another, it must be asked for again.
	for _, other := range []string{"", "?v=0123456789ab", "?v="} {
		address, _, _ := strings.Cut(src, "?")
		assert.Equal(t, "private, no-cache", assertPicture(s.Get(address+other), "image/png").Header.Get("Cache-Control"))
	}

	etag := p.Header.Get("ETag")
	require.NotEmpty(t, etag)
	r := s.Request(http.MethodGet, src, nil)
	r.Header.Set("If-None-Match", etag)
	same := s.Do(r)
	assert.Equal(t, http.StatusNotModified, same.Status)
	assert.Empty(t, same.Body)
	assert.Equal(t, etag, same.Header.Get("ETag"))
	r = s.Request(http.MethodGet, src, nil)
	r.Header.Set("If-None-Match", `"0123"`)
	assert.Equal(t, p.Body, s.Do(r).Body)
}

func TestLogoWithoutTheListTakesTwoCalls(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	assertPicture(s.Get(s.GroupPath("First Aiders")+"/logo"), "image/png") // not on the list's first page, which signing in shows
	assert.Len(t, s.Sandbox.Requests(), 2)
}

func TestLogoThatIsMissingIsInitials(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	src := logoOf(s, "Facilities")
	for range 2 {
		assertInitials(s.Get(src), "F", "private, max-age=300")
	}
	assert.Len(t, s.Sandbox.Requests(), 1, "that there is none is kept too")

	assertInitials(s.Get(s.GroupPath("Works Council")+"/logo"), "WC", "private, max-age=300")
	assertInitials(s.Get("/groups/"+strings.Repeat("0", 32)+"/logo"), "?", "no-store")
	const night = "Night Shift <script>alert('hi')</script> & Weekend"
	p := s.Get(s.GroupPath(night) + "/logo")
	assertInitials(p, "NW", "private, max-age=300")
	assert.False(t, p.Has("script"))
	assert.Equal(t, 1, strings.Count(p.Body, "<text"))
	s.Elsewhere(http.MethodPut, s.GroupPath("Legal"), `{"name":"<i>&amp; \"\u003c/text>","description":"x"}`)
	p = s.Get("/groups/" + s.Group(`<i>&amp; "</text>`).ID + "/logo")
	assert.Equal(t, 1, strings.Count(p.Body, "</text>"))
	assert.False(t, p.Has("svg i"))
}

func TestLogoOfADeletedGroupIsNotShown(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	src := logoOf(s, "First Aiders")
	assertPicture(s.Get(src), "image/png")
	require.Equal(t, "/groups", s.Get(s.DeletePath("First Aiders")).Form("main form").Set("phrase", "First Aiders").Submit("").URL)
	assertInitials(s.Get(src), "?", "no-store")
}

// A file is taken for what it is, not for what it is called. What fails is tried in package faults.
func TestLogoThatIsNoPicture(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for body, contentType := range map[string]string{
		"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>": "image/svg+xml", "<html><script>": "image/png", "GIF89a": "image/gif",
	} {
		src := logoOf(s, "Finance")
		s.Sandbox.Fail(sandbox.Fault{Route: fileRoute, Times: 1, Status: 200, Body: body, Header: http.Header{"Content-Type": {contentType}}})
		p := s.Get(src)
		assertInitials(p, "F", "private, max-age=300")
		assert.False(t, p.Has("script"), "not by what it is called")
	}
}

func TestLogoNeedsASignIn(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	src := logoOf(s, "Finance")
	assertPicture(s.Get(src), "image/png")
	s.Sandbox.ClearRequests()
	other := s.As(t)
	assert.Equal(t, "/signin", other.Get(src).URL[:7])
	assert.Empty(t, s.Sandbox.Requests())
}

// allLogos opens the list and every logo on it, and counts the logos and the calls for files.
func allLogos(s *sitetest.Site) (shown, read int) {
	s.T.Helper()
	page := s.Get("/groups?per_page=100").Whole(http.StatusOK)
	s.Sandbox.ClearRequests()
	for _, img := range page.Find("tbody img").EachIter() {
		p := s.Get(strings.TrimPrefix(img.AttrOr("src", ""), s.Base))
		assert.Equal(s.T, http.StatusOK, p.Status)
		if p.Header.Get("Content-Type") == "image/png" {
			shown++
		}
	}
	for _, r := range s.Sandbox.Requests() {
		assert.Contains(s.T, r.Path, "/file/", "the list has told where they are")
	}
	return shown, len(s.Sandbox.Requests())
}

// Every version of a logo is read once, for everybody to whom Tallyfy names its address, also after a restart and at another replica.
// One of the logos on the list is missing: that is known to all of them, too.
func TestLogosAreReadOnceForAll(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "dashboard.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	first := sitetest.SignedIn(t, sitetest.Options{Store: db})
	second := first.As(t)
	second.SignInWith(sandbox.StandardToken)
	again := sitetest.New(t, sitetest.Options{Store: db, Transport: first.Sandbox.Transport()})
	again.Client, again.Sandbox = first.Client, first.Sandbox // cookies do not know ports
	logos, read := allLogos(first)
	require.Greater(t, logos, 5)
	assert.Equal(t, logos+1, read, "one is missing")
	for name, s := range map[string]*sitetest.Site{"the next visit": first, "a second person": second, "a restart or another replica": again} {
		t.Run(name, func(t *testing.T) {
			shown, read := allLogos(s)
			assert.Equal(t, logos, shown)
			assert.Zero(t, read)
		})
	}
}

func TestMissingLogoIsAskedForAgainLater(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := sitetest.SignedIn(t, sitetest.Options{Now: func() time.Time { return now }})
	src := logoOf(s, "Facilities")
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {9 * time.Minute, 1}, {time.Minute, 2}} {
		now = now.Add(step.after)
		assertInitials(s.Get(src), "F", "private, max-age=300")
		assert.Equal(t, step.want, s.Calls(http.MethodGet, "/file/"), "after %s", step.after)
	}
}

// Who may not read the group gets nothing of what others have read.
func TestLogoIsForThoseWhoMayReadTheGroup(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	src := logoOf(s, "First Aiders") // not on the list's first page, which signing in shows
	assertPicture(s.Get(src), "image/png")
	other := s.As(t)
	other.SignInWith(sandbox.StandardToken)
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupRoute, Status: http.StatusForbidden})
	s.Sandbox.ClearRequests()
	assertInitials(other.Get(src), "?", "no-store")
	requests := s.Sandbox.Requests()
	require.Len(t, requests, 1, "the group")
	assert.Equal(t, sandbox.StandardToken, requests[0].Token)
	s.Sandbox.ClearFaults()
	assertPicture(other.Get(src), "image/png")
	assert.Len(t, s.Sandbox.Requests(), 2, "the group, and no file")
}

// The same address in another organisation is another logo.
func TestLogoIsNotSharedBetweenOrganisations(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	calls := storage(s, time.Minute, func(w http.ResponseWriter, _ *http.Request) { _ = png.Encode(w, image.NewGray(image.Rect(0, 0, 1, 1))) })
	assertPicture(s.Get(logoAt(s, signedURL)), "image/png")
	for _, org := range []string{s.Org, "another"} {
		_, known, err := s.App.LogoStore.Get(t.Context(), org, signedURL)
		require.NoError(t, err)
		assert.Equal(t, org == s.Org, known)
	}
	assert.EqualValues(t, 1, calls.Load())
}

// A hold keeps the first call for a file until it is let go.
type hold struct {
	next           http.RoundTripper
	first          sync.Once
	arrived, letGo chan struct{}
}

func (h *hold) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.Contains(r.URL.Path, "/file/") {
		h.first.Do(func() { close(h.arrived); <-h.letGo })
	}
	return h.next.RoundTrip(r)
}

// Two people who ask for a logo at the same time make one call. That one token may not read the file says nothing about the other.
func TestLogoIsReadOnceAtTheSameTime(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ status, calls int }{"shown": {0, 1}, "refused to the first": {http.StatusForbidden, 2}} {
		t.Run(name, func(t *testing.T) {
			h := &hold{arrived: make(chan struct{}), letGo: make(chan struct{})}
			s := sitetest.New(t, sitetest.Options{Transport: h})
			h.next = s.Sandbox.Transport()
			s.SignIn()
			other := s.As(t)
			other.SignInWith(sandbox.StandardToken)
			src := logoOf(s, "First Aiders")
			if row.status != 0 {
				s.Sandbox.Fail(sandbox.Fault{Route: fileRoute, Times: 1, Status: row.status})
			}
			var visits sync.WaitGroup
			visits.Go(func() {
				if p := s.Get(src); row.status == 0 {
					assertPicture(p, "image/png")
				} else {
					assertInitials(p, "FA", "no-store")
				}
			})
			<-h.arrived
			visits.Go(func() { assertPicture(other.Get(src), "image/png") })
			require.Eventually(t, func() bool { return s.Calls(http.MethodGet, "/groups/") == 1 }, time.Minute, time.Millisecond, "the other one knows where it is")
			close(h.letGo)
			visits.Wait()
			assert.Equal(t, row.calls, s.Calls(http.MethodGet, "/file/"))
		})
	}
}

// A crowd notes how many calls are under way at the same time.
type crowd struct {
	next http.RoundTripper

	mu              sync.Mutex
	now, most, made int
}

func (c *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.now, c.made = c.now+1, c.made+1
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now--
	}()
	time.Sleep(5 * time.Millisecond) // long enough for all that may come
	return c.next.RoundTrip(r)
}

func (c *crowd) counts() (made, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made, c.most
}

// After a restart nothing is known of the logos on a list that a browser still shows. It asks for all of them at once, and whoever
// clicks meanwhile does not wait for them.
func TestManyLogosOfWhichNothingIsKnown(t *testing.T) {
	t.Parallel()
	c := &crowd{}
	s := sitetest.New(t, sitetest.Options{Transport: c, Pace: ratelimit.Rate{Reads: 12, Per: time.Hour}})
	c.next = s.Sandbox.Transport()
	s.Once(s.Request(http.MethodPost, "/signin", url.Values{"token": {sandbox.AdminToken}, "organization": {s.Sandbox.OrgID()}}))
	made, _ := c.counts()
	require.Equal(t, 3, made, "signed in without a look at the list")
	ctx, cancel := context.WithCancel(t.Context())
	var logos sync.WaitGroup
	for _, g := range s.Sandbox.Groups()[:20] {
		logos.Go(func() {
			if answer, err := s.Client.Do(s.Request(http.MethodGet, "/groups/"+g.ID+"/logo", nil).WithContext(ctx)); err == nil {
				_ = answer.Body.Close()
			}
		})
	}
	require.Eventually(t, func() bool { made, _ = c.counts(); return made >= 7 }, time.Minute, time.Millisecond, "four go together")
	_, most := c.counts()
	assert.LessOrEqual(t, most, 2)
	for range 5 {
		s.Get("/groups").Whole(http.StatusOK)
	}
	cancel()
	logos.Wait()
	made, _ = c.counts()
	assert.Equal(t, 12, made)
}
