package security_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

// otherSites is what becomes of a form by what the browser says of its origin: for each Sec-Fetch-Site the letters of the
// origins from which it is taken. s is the site itself, o another site, p our host with another port, h our host with the other
// scheme, n "null", - no Origin. A browser that sends Sec-Fetch-Site cannot be made to lie in it; the site's own Origin is
// believed besides, for a proxy may have changed the Host; and where there is neither, the client is no browser.
var otherSites = map[string]string{
	"same-origin": "sophn-",
	"none":        "sophn-", // typed into the address bar
	"same-site":   "s",
	"cross-site":  "s",
	"SAME-ORIGIN": "s", // nothing that a browser sends
	"invented":    "s",
	"":            "sh-", // plain http: Origin alone, of which the host counts
}

func TestFormsByWhereTheyComeFrom(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.SignedIn(t, sitetest.Options{Base: base, OAuth: true})
		stranger := s.As(t)
		origins := map[rune]string{
			's': s.Server.URL, 'o': "https://evil.example", 'p': "http://127.0.0.1:1", 'h': strings.Replace(s.Server.URL, "http:", "https:", 1), 'n': "null", '-': "",
		}
		before, posts := s.State(), 0
		for _, route := range s.App.Routes() {
			if route.Method != http.MethodPost {
				continue
			}
			posts++
			for site, taken := range otherSites {
				for letter, origin := range origins {
					who := s
					if strings.ContainsRune(taken, letter) {
						who = stranger // nothing is to be done, only to be let in
					}
					r := who.Request(route.Method, address(s, route), url.Values{"name": {"X"}, "description": {"X"}, "to": {"leave"}})
					for name, value := range map[string]string{"Sec-Fetch-Site": site, "Origin": origin, "Referer": origin} {
						if value != "" {
							r.Header.Set(name, value)
						}
					}
					p := who.Once(r)
					if strings.ContainsRune(taken, letter) {
						assert.NotEqual(t, http.StatusForbidden, p.Status, "%s from %q, %q", route.Path, site, origin)
						continue
					}
					assert.Equal(t, http.StatusForbidden, p.Status, "%s from %q, %q", route.Path, site, origin)
					assert.Equal(t, "This form came from another site", p.Text("h1"), "%s from %q, %q", route.Path, site, origin)
					assert.Contains(t, p.Text("main"), "This dashboard is at "+s.Server.URL+base, "both addresses are named")
					assert.Contains(t, p.Text("main"), origin)
					assert.Empty(t, p.Header.Get("Set-Cookie"), "%s from %q, %q", route.Path, site, origin)
				}
			}
		}
		assert.Greater(t, posts, 10, "the table has forms")
		assert.Empty(t, s.Sandbox.Requests())
		assert.Equal(t, before, s.State())
		assert.Equal(t, http.StatusOK, s.Once(s.Request(http.MethodGet, "/help", nil)).Status, "still signed in")
	}
}

// A link from anywhere may be followed, and shows a page; that is all it does.
func TestNothingIsChangedByALink(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := s.State()
	for _, route := range s.App.Routes() {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
			r := s.Request(method, address(s, route)+"?name=X&description=X&to=leave&action=create&sandbox=admin&token=x&_method=POST", nil)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("X-HTTP-Method-Override", http.MethodPost)
			s.Once(r)
		}
	}
	assert.Zero(t, s.Writes())
	assert.Equal(t, before, s.State())
	assert.Equal(t, http.StatusOK, s.Once(s.Request(http.MethodGet, "/help", nil)).Status, "still signed in")
}
