package security_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// elsewhere are addresses of other sites in the disguises of their trade.
var elsewhere = []string{
	"https://evil.example", "//evil.example", "///evil.example/x", `/\evil.example`, `\/evil.example`, "/%2Fevil.example", "/%5cevil.example", "/\t/evil.example",
	"/\r\n/evil.example", " //evil.example", "javascript:alert(document.domain)//evil.example", "https:evil.example", "/..//evil.example", "/.//evil.example", "/%2e%2e//evil.example",
	"//evil.example@127.0.0.1", "http://127.0.0.1@evil.example", "／／evil.example", "/groups\r\nLocation: https://evil.example",
}

// assertStays checks that an answer leads nowhere but to this site.
func assertStays(t *testing.T, s *sitetest.Site, p *sitetest.Page, name string) {
	t.Helper()
	location := p.Header.Get("Location")
	if location != "" {
		u, err := url.Parse(location)
		require.NoError(t, err, name)
		assert.True(t, u.Scheme == "" && u.Host == "" && strings.HasPrefix(location, s.Base+"/") && !strings.HasPrefix(location, "//") && !strings.HasPrefix(location, `/\`), "%s leads to %s", name, location)
	}
	assert.Empty(t, p.Header.Get("Refresh"), name)
	if strings.Contains(p.Header.Get("Content-Type"), "html") {
		assertOnlyOurs(t, name, p)
	}
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/tools/tallyfy"} {
		var c clock
		s := sitetest.New(t, sitetest.Options{Base: base, OAuth: true, Now: c.now})
		for _, next := range elsewhere {
			c.pass(10 * time.Minute) // so that failing to sign in does not keep from it
			q := url.Values{"next": {next}}
			assertStays(t, s, s.Once(s.Request(http.MethodGet, "/signin?"+q.Encode(), nil)), "the form for "+next)
			for name, form := range map[string]url.Values{
				"button": {"sandbox": {"admin"}}, "token": {"token": {sandbox.StandardToken}}, "no token": {"token": {"x y"}}, "organisation": {"token": {sandbox.AdminToken}},
			} {
				form.Set("next", next)
				p := s.Once(s.Request(http.MethodPost, "/signin", form))
				assertStays(t, s, p, name+" for "+next)
				if name == "organisation" { // the choice carries it on
					assertStays(t, s, s.Once(p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Prepare("Continue")), name+" chosen for "+next)
				}
			}
			// The start of a sign-in at Tallyfy leads to Tallyfy, whatever is asked for; the answer leads back here.
			start := s.Once(s.Request(http.MethodGet, "/signin/tallyfy?"+q.Encode(), nil))
			assert.True(t, strings.HasPrefix(start.Header.Get("Location"), s.Tallyfy.URL+"/oauth/authorize?"), next)
			assert.NotContains(t, start.Header.Get("Location"), "evil")
			p := s.Once(s.Request(http.MethodPost, "/signin/answer", issueFor(s, next)))
			require.Equal(t, "Choose an organisation", p.Text("h1"))
			assertStays(t, s, p, "the answer for "+next)
			assert.NotContains(t, p.Form("main form:has([name=organization])").Values.Get("next"), "evil", next)
			// A form of somebody who is not signed in any more leads back to the page that it was on, if that is one of ours.
			s.Post("/signout", url.Values{})
			for _, referer := range []string{next, s.Server.URL + next, s.Server.URL + base + "/" + next, s.Server.URL + "@evil.example" + base + "/x"} {
				r := s.Request(http.MethodPost, s.DeletePath("Payroll"), url.Values{})
				r.Header.Set("Referer", strings.Map(func(r rune) rune {
					if r < ' ' {
						return '?'
					}
					return r
				}, referer))
				p := s.Once(r)
				assertStays(t, s, p, "back to "+referer)
				p = s.Get(strings.TrimPrefix(p.Header.Get("Location"), base))
				assertStays(t, s, s.Once(p.Form("form:has([name=sandbox])").Prepare("")), "after signing in, back to "+referer)
				s.Post("/signout", url.Values{})
			}
		}
	}
}

// What a proxy, or somebody who pretends to be one, says of the host and the way changes no address on any page.
func TestNoHeaderMovesTheSite(t *testing.T) {
	for _, trusted := range [][]netip.Prefix{nil, {netip.MustParsePrefix("127.0.0.0/8")}} {
		for _, base := range []string{"", "/tools/tallyfy"} {
			s := sitetest.SignedIn(t, sitetest.Options{Base: base, TrustedProxies: trusted})
			for _, route := range s.App.Routes() {
				r := s.Request(route.Method, address(s, route), url.Values{"to": {"x"}})
				if evilHeaders(r); trusted == nil {
					r.Host = "evil.example"
				}
				before := s.State()
				p := s.Once(r)
				if strings.HasSuffix(route.Path, "z") { // a probe
					assert.Equal(t, http.StatusOK, p.Status, route.Path)
					continue
				}
				assert.Equal(t, http.StatusMisdirectedRequest, p.Status, route.Path)
				assert.Contains(t, p.Text("main"), "You asked for evil.example", route.Path)
				assert.Contains(t, p.Text("main"), "this dashboard is at "+s.Server.URL+base+"/.", route.Path)
				assert.True(t, strings.HasPrefix(p.Link("Open the dashboard"), s.Server.URL+base+"/"), route.Path)
				assert.Empty(t, p.Header.Values("Set-Cookie"), route.Path)
				assert.Equal(t, before, s.State(), route.Path)
				for name, values := range p.Header {
					assert.NotContains(t, strings.Join(values, " "), "evil.example", "%s: %s", route.Path, name)
				}
				assertStays(t, s, p, route.Path)
			}
			if trusted != nil {
				continue
			}
			for _, signedIn := range []bool{true, false} {
				for _, route := range s.App.Routes() {
					r := s.Request(route.Method, address(s, route), url.Values{"to": {"x"}})
					if route.Path == "/signout" {
						continue // its turn is at the end
					}
					evilHeaders(r)
					p := s.Once(r)
					assert.NotContains(t, p.Body, "evil.example", route.Path)
					for name, values := range p.Header {
						assert.NotContains(t, strings.Join(values, " "), "evil.example", "%s: %s", route.Path, name)
					}
					assertStays(t, s, p, route.Path)
				}
				if signedIn {
					r := s.Request(http.MethodPost, "/signout", url.Values{})
					evilHeaders(r)
					assert.Equal(t, base+"/signin", s.Once(r).Header.Get("Location"))
				}
			}
		}
	}
}

func evilHeaders(r *http.Request) {
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "X-Forwarded-Prefix", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "X-Request-Id", "Referer"} {
		r.Header.Set(name, map[string]string{"Forwarded": "host=evil.example;proto=https", "Referer": "https://evil.example/groups?q=x"}[name])
		if r.Header.Get(name) == "" {
			r.Header.Set(name, "evil.example/")
		}
	}
	r.Header.Set("X-Forwarded-Proto", "javascript")
}

// Paths that a router tidies up, or takes apart, lead nowhere else.
func TestOddPathsLeadNowhereElse(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.SignedIn(t, sitetest.Options{Base: base})
		for _, target := range []string{
			"//evil.example", "//evil.example/", "//evil.example/..", "//evil.example/%2e%2e", "///evil.example//x", `/\evil.example`, `/\/evil.example/..`, "/%5cevil.example/..", "/%2fevil.example/../x",
			"//evil.example/../assets", "/groups/../..//evil.example", "/assets//evil.example", "/assets/..//evil.example", "/./" + "/evil.example", "/;@evil.example", "http://evil.example/groups", "http://evil.example//x",
			"/groups//..//evil.example", "/signin//evil.example", "/groups/%0d%0aLocation:%20https://evil.example", "/%09/evil.example", "/?next=//evil.example",
		} {
			for _, prefix := range []string{"", base} {
				if strings.HasPrefix(target, "http") && prefix != "" {
					continue
				}
				for _, who := range []*sitetest.Site{s, s.As(t)} {
					answer, header, _ := raw(t, s, ask(who, prefix+target))
					location := answer.Header.Get("Location")
					assert.Less(t, answer.StatusCode, 500, target)
					assert.Regexp(t, regexp.MustCompile(`^($|/$|/[^/\\])`), location, "%s leads to %s", prefix+target, location)
					assert.NotRegexp(t, `(?mi)^(evil|set-cookie: *evil|location: *https?:)`, header, target)
				}
			}
		}
	}
}
