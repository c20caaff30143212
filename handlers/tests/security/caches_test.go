package security_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// sharedCache is a caching proxy that several people use, as RFC 9111 lets it be, and as greedy as it lets it: it keeps what
// no one has forbidden (also without a word about it, section 4.2.2), and answers from that whoever asks.
type sharedCache struct {
	next http.RoundTripper
	mu   sync.Mutex
	kept map[string][]keptAnswer
	hits map[string]int
}

type keptAnswer struct {
	vary   map[string]string
	until  time.Time
	answer http.Response
	body   []byte
}

func (c *sharedCache) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.URL.String()
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method != http.MethodGet {
		delete(c.kept, key) // section 4.4
		return c.next.RoundTrip(r)
	}
	for _, k := range c.kept[key] {
		if k.fits(r) && time.Now().Before(k.until) {
			c.hits[key]++
			hit := k.answer
			hit.Body, hit.Request = io.NopCloser(bytes.NewReader(k.body)), r
			return &hit, nil
		}
	}
	answer, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if life := freshness(answer); life > 0 {
		k := keptAnswer{vary: map[string]string{}, until: time.Now().Add(life), answer: *answer, body: body}
		for _, name := range strings.FieldsFunc(strings.Join(answer.Header.Values("Vary"), ","), func(r rune) bool { return r == ',' || r == ' ' }) {
			k.vary[name] = strings.Join(r.Header.Values(name), ",")
		}
		c.kept[key] = append(c.kept[key], k)
	}
	return answer, err
}

func (k keptAnswer) fits(r *http.Request) bool {
	for name, value := range k.vary {
		if name == "*" || strings.Join(r.Header.Values(name), ",") != value {
			return false
		}
	}
	return true
}

// freshness is how long a shared cache may answer with that.
func freshness(answer *http.Response) time.Duration {
	switch answer.StatusCode { // those that may be kept without a word (RFC 9110, section 15.1)
	case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501:
	default:
		return 0
	}
	life := time.Hour
	for directive := range strings.SplitSeq(strings.Join(answer.Header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		seconds, err := strconv.Atoi(value)
		switch {
		case name == "no-store" || name == "private" || name == "no-cache":
			return 0
		case (name == "max-age" || name == "s-maxage") && err == nil:
			life = time.Duration(seconds) * time.Second
		}
	}
	return life
}

// Several people use the dashboard through one proxy that keeps what it may. Nobody gets what was another's, and the assets do
// come from there.
func TestNobodyGetsWhatWasAnothers(t *testing.T) {
	for _, base := range []string{"/tools/tallyfy"} {
		first := sitetest.New(t, sitetest.Options{Base: base})
		proxy := &sharedCache{next: http.DefaultTransport, kept: map[string][]keptAnswer{}, hits: map[string]int{}}
		first.Client.Transport = proxy
		second, nobody := first.As(t), first.As(t)
		second.Client.Transport, nobody.Client.Transport = proxy, proxy
		first.SignIn()
		second.SignInWith(sandbox.StandardToken)
		people := map[*sitetest.Site]string{first: "Maren Dahl", second: "Tomás Herrera", nobody: ""}
		paths := reads(first, "needle")
		sheet := first.Get("/groups").Find("link[rel=stylesheet]").AttrOr("href", "")
		paths["an asset"] = strings.TrimPrefix(sheet, base)
		for range 2 {
			for name, path := range paths {
				for who, me := range people {
					p := who.Once(who.Request(http.MethodGet, path, nil))
					shown := p.Text(".account .who")
					if p.Has(".account") {
						assert.Contains(t, shown, me, "%s of %q", name, me)
						assert.NotEmpty(t, me, "%s, for nobody", name)
					}
				}
			}
		}
		for address, n := range proxy.hits {
			assert.Contains(t, address, "/assets/", "came from the shared cache %d times", n)
		}
		assert.NotZero(t, proxy.hits[first.Server.URL+sheet], "the proxy does keep what it may")
		// Signing out, and the next person at the same machine.
		first.Post("/signout", map[string][]string{})
		for name, path := range paths {
			p := first.Once(first.Request(http.MethodGet, path, nil))
			assert.NotContains(t, p.Text(".account .who"), "Maren", name)
		}
	}
}

func TestWhatMayBeKeptByWhom(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	list := s.Get("/groups?per_page=100")
	logo := ""
	for _, src := range list.Find("img").Map(func(_ int, e *goquery.Selection) string { return e.AttrOr("src", "") }) {
		if strings.Contains(src, "/logo?v=") && s.Get(src).Header.Get("Content-Type") != "image/svg+xml" {
			logo = src
		}
	}
	require.NotEmpty(t, logo)
	unversioned, _, _ := strings.Cut(logo, "?")
	for path, want := range map[string]string{
		logo: "private, max-age=86400, immutable", unversioned: "private, no-cache", unversioned + "?v=other": "private, no-cache",
		s.GroupPath("Payroll") + "/logo": "private, max-age=300", "/groups/none/logo": "no-store",
		"/groups": "no-store", "/members": "no-store", "/groups.csv": "no-store", "/members.csv": "no-store", s.GroupPath("Payroll") + "/people.csv": "no-store", "/signin": "no-store",
		"/groups/none": "no-store", "/nowhere": "no-store", "/organisations": "no-store", "/help": "no-store",
	} {
		p := s.Get(path)
		assert.Equal(t, []string{want}, p.Header.Values("Cache-Control"), path)
		if strings.Contains(path, "/logo") {
			// The address with the version is told by pages of the group only; the browser keeps it for the next session.
			assert.Equal(t, path != logo, strings.Contains(fmt.Sprint(p.Header.Values("Vary")), "Cookie"), path)
		} else {
			assert.Empty(t, p.Header.Get("ETag"), "%s: what tells one person's page from another's", path)
			assert.Empty(t, p.Header.Get("Last-Modified"), path)
		}
	}
	// The tag of a picture is a hash of it; it opens nothing to somebody who has no session.
	tag := s.Get(logo).Header.Get("ETag")
	require.NotEmpty(t, tag)
	for who, status := range map[*sitetest.Site]int{s: http.StatusNotModified, s.As(t): http.StatusSeeOther} {
		r := who.Request(http.MethodGet, logo, nil)
		r.Header.Set("If-None-Match", tag)
		p := who.Once(r)
		assert.Equal(t, status, p.Status)
		assert.Empty(t, p.Header.Get("Set-Cookie"))
	}
}
