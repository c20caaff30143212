package security_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy/sandbox"
)

// policy is the whole of it: scripts, styles, fonts and connections of our own and no others, no frames around, and script that
// makes HTML of text only through the one policy of ours.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app"

// always are the headers of every answer.
var always = map[string]string{
	"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

// onHTTPS are those that browsers take over https only.
var onHTTPS = map[string]string{"Strict-Transport-Security": "max-age=31536000", "Cross-Origin-Opener-Policy": "same-origin"}

// failing breaks in the code below a handler, when it is told to.
type failing struct{ next http.RoundTripper }

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "panic") {
		panic("a mistake")
	}
	return f.next.RoundTrip(r)
}

func TestTheHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, o := range []sitetest.Options{{}, {Base: "/tools/tallyfy"}, {HTTPS: true}, {HTTPS: true, Base: "/tools/tallyfy"}} {
		t.Run(fmt.Sprint("https ", o.HTTPS, " ", o.Base), func(t *testing.T) {
			t.Parallel()
			demo, err := sandbox.New(sandbox.Options{})
			require.NoError(t, err)
			o.Transport, o.OAuth = failing{demo.Transport()}, true
			s := sitetest.New(t, o)
			answers := 0
			check := func(p *sitetest.Page, name string, statuses ...int) {
				t.Helper()
				answers++
				h := p.Header
				if len(statuses) > 0 {
					assert.Contains(t, statuses, p.Status, name)
				}
				for header, want := range always {
					assert.Equal(t, []string{want}, h.Values(header), "%s: %s", name, header)
				}
				for header, want := range onHTTPS {
					if !o.HTTPS {
						want = ""
					}
					assert.Equal(t, want, h.Get(header), "%s: %s", name, header)
				}
				want := policy
				if strings.HasPrefix(h.Get("Content-Type"), "image/") && strings.HasSuffix(name, "/logo") {
					want = "default-src 'none'; sandbox"
				}
				assert.Equal(t, []string{want}, h.Values("Content-Security-Policy"), name)
				assert.Empty(t, h.Get("Access-Control-Allow-Origin")+h.Get("Server")+h.Get("X-Powered-By"), name)
				if p.Status != http.StatusNoContent && p.Status != http.StatusSeeOther && p.Status != http.StatusTemporaryRedirect && p.Status != http.StatusMovedPermanently {
					assert.NotEmpty(t, h.Get("Content-Type"), name)
				}
			}
			get := func(path string) *sitetest.Page { return s.Once(s.Request(http.MethodGet, path, nil)) }
			for _, signedIn := range []bool{false, true} {
				if signedIn {
					s.SignIn()
				}
				for _, path := range reads(s, "needle") {
					check(get(path), strings.SplitN(path, "?", 2)[0], 200, 303, 404, 409, 422)
				}
				for _, route := range s.App.Routes() {
					for _, method := range []string{http.MethodHead, http.MethodOptions, "BREW"} {
						check(s.Once(s.Request(method, address(s, route), nil)), method+" "+route.Path)
					}
				}
				page := get("/signin")
				for _, found := range []string{"link[rel=stylesheet]", "link[rel=icon]", "script"} {
					at := page.Find(found).AttrOr("href", page.Find(found).AttrOr("src", ""))
					check(get(strings.TrimPrefix(at, o.Base)), at, 200)
					check(get(strings.Replace(strings.TrimPrefix(at, o.Base), "/assets/", "/assets/old", 1)), at)
				}
				for path, status := range map[string]int{
					"/assets/": 404, "/assets/x/y.js": 404, "/assets/..%2f..%2fgo.mod": 404, "/nowhere": 404, "/groups//new": 404, "/groups/../signin": 404, "/%zz": 0, "/healthz": 200, "/readyz": 200, "/favicon.ico": 404, "/robots.txt": 404,
				} {
					if status != 0 {
						check(get(path), path, status)
					}
				}
				large := url.Values{"name": {strings.Repeat("x", web.MaxForm)}}
				for _, path := range []string{"/groups", "/signin"} {
					check(s.Once(s.Request(http.MethodPost, path, large)), "oversize "+path, 413, 303)
					crossed := s.Request(http.MethodPost, path, url.Values{})
					crossed.Header.Set("Sec-Fetch-Site", "cross-site")
					check(s.Once(crossed), "cross-site "+path, 403)
					plain := s.Request(http.MethodPost, path, url.Values{"a": {"b"}})
					plain.Header.Set("Content-Type", "text/plain")
					check(s.Once(plain), "text/plain "+path, 415, 303)
				}
			}
			check(get("/groups/panic"), "panic", 500)
			for _, f := range refusals("needle") {
				demo.Fail(f)
				check(get("/groups"), "refused /groups")
				check(get(s.GroupPath("Operations")+"/logo"), "/logo", 200, 303)
				check(get("/members.csv"), "refused /members.csv")
				demo.ClearFaults()
				s.SignIn()
			}
			demo.Fail(sandbox.Fault{Abort: true, AbortAfter: 10})
			check(get("/groups"), "broken", 502)
			demo.ClearFaults()
			s.App.SetReady(false)
			check(get("/readyz"), "/readyz, stopping", 503)
			check(s.Once(s.Request(http.MethodPost, "/signout", url.Values{})), "sign out", 303)
			for range 30 {
				s.Once(s.Request(http.MethodPost, "/signin", url.Values{"token": {"wrong"}}))
			}
			check(s.Once(s.Request(http.MethodPost, "/signin", url.Values{"token": {"wrong"}})), "held back", 429)
			assert.Greater(t, answers, 300)
			if !o.HTTPS { // what no client of ours sends
				for _, target := range []string{"*", "/%zz", "http://evil.example/groups", "//evil.example/.."} {
					answer, _, _ := raw(t, s, ask(s, target))
					if answer.StatusCode != http.StatusBadRequest { // those are answered before the application
						assert.Equal(t, policy, answer.Header.Get("Content-Security-Policy"), target)
					}
				}
			}
		})
	}
}
