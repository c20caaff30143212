package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// assertBelow checks that every address in a page is below the base, on this page, or of another site on purpose.
func assertBelow(t *testing.T, base string, p *page) {
	t.Helper()
	for _, attribute := range []string{"href", "src", "action", "formaction", "srcset", "poster", "data-url", "data-src", "data-href"} {
		p.Find("[" + attribute + "]").Each(func(_ int, s *goquery.Selection) {
			value, _ := s.Attr(attribute)
			if !strings.HasPrefix(value, "#") {
				assert.True(t, strings.HasPrefix(value, base+"/"), "%s on %s: <%s %s=%q>", p.text("h1"), p.url, goquery.NodeName(s), attribute, value)
			}
		})
	}
}

func TestEverythingIsBelowTheSubPath(t *testing.T) {
	const base = "/tools/tallyfy"
	s := newSite(t, siteOptions{base: base})
	assertBelow(t, base, s.get("/signin?next=/groups"))
	assertBelow(t, base, s.signInWith(sandbox.AdminToken)) // the choice of the organisation
	s.signIn()
	group, member := s.group("Operations").ID, strconv.Itoa(s.member("soren.kjaergaard").ID)
	to := strconv.Itoa(s.member("anna.kowalska").ID)
	for _, path := range []string{
		"/groups", "/groups?per_page=10&page=2", "/groups?q=nothing+like+this", "/groups/new", "/groups/" + group, "/groups/" + group + "/delete",
		"/members", "/members?per_page=10&page=2", "/members/" + member, "/members/" + member + "/remove",
		"/members/" + member + "/remove/handover", "/members/" + member + "/remove/handover?q=a&to=" + to, "/members/" + member + "/remove/plan?to=" + to,
		"/nowhere", "/groups/unknown", "/members/20500/remove",
	} {
		p := s.get(path)
		assertBelow(t, base, p)
		assert.True(t, p.has("link[rel=stylesheet]"), path)
		p.Find("link, script, main img").Each(func(_ int, e *goquery.Selection) {
			address, _ := e.Attr("href")
			if address == "" {
				address, _ = e.Attr("src")
			}
			assert.Equal(t, http.StatusOK, s.get(strings.TrimPrefix(address, base)).status, "%s on %s", address, path)
		})
	}
	assertBelow(t, base, s.post("/groups", url.Values{}))
	assertBelow(t, base, s.post("/groups", url.Values{"name": {"Operations"}, "description": {"again"}}))

	p := s.post("/groups", url.Values{"name": {"Below"}, "description": {"x"}})
	assert.Equal(t, "/groups/"+s.group("Below").ID, p.url)
	assertBelow(t, base, p)
	p = s.get(p.url + "/delete").form("main form").submit("Delete Below")
	assert.Equal(t, "/groups", p.url)
	p = s.get("/members/" + member + "/remove/plan?to=" + to).form("main form").submit("")
	assert.Contains(t, p.url, "/remove/receipt/")
	assertBelow(t, base, p)

	s.sandbox.Fail(sandbox.Fault{Status: http.StatusInternalServerError})
	for _, p := range []*page{s.get("/groups?q=a"), s.post("/groups/"+group+"/delete", url.Values{}), s.signInWith(sandbox.StandardToken)} {
		assertBelow(t, base, p)
		assert.Contains(t, p.texts("main a"), "Try again")
	}
}

func TestRedirectsStayBelowTheSubPath(t *testing.T) {
	const base = "/tools/tallyfy"
	s := newSite(t, siteOptions{base: base})
	for path, want := range map[string]string{
		"": base + "/", "/": base + "/signin", "/members?q=x": base + "/signin?next=%2Fmembers%3Fq%3Dx", "/groups//new": base + "/groups/new",
	} {
		assert.Equal(t, want, s.once(s.request(http.MethodGet, path, nil)).header.Get("Location"), path)
	}
	s.signIn()
	assert.Equal(t, base+"/groups", s.once(s.request(http.MethodGet, "/", nil)).header.Get("Location"))
	u, err := url.Parse(s.server.URL + "/another/application")
	require.NoError(t, err)
	assert.Empty(t, s.client.Jar.Cookies(u), "a neighbour on the same host is not sent our cookie")
}

// behindProxy is a browser whose requests pass a reverse proxy that puts its own name for the application into Host.
type behindProxy struct{ next http.RoundTripper }

func (p behindProxy) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = "dashboard.internal:8080"
	r.Header.Set("X-Forwarded-Host", r.URL.Host)
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	return p.next.RoundTrip(r)
}

func TestProxyThatRewritesTheHost(t *testing.T) {
	const base = "/tools/tallyfy"
	s := newSite(t, siteOptions{base: base})
	s.client.Transport = behindProxy{http.DefaultTransport}
	s.signIn() // the form is sent with the public Origin, as a browser on plain http does
	r := s.get("/groups/new").form("form[action$='/groups']").set("name", "Behind a proxy").set("description", "x").prepare("Create the group")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	p := s.do(r)
	assert.Equal(t, "/groups/"+s.group("Behind a proxy").ID, p.url)
	assertBelow(t, base, p)
	assert.NotContains(t, p.body, "dashboard.internal")

	// The way back to the list, search included, survives the other host name.
	p = s.get("/groups?q=behind").follow("Behind a proxy")
	back, _ := p.Find(".breadcrumb a").Attr("href")
	assert.Equal(t, base+"/groups?q=behind", back)

	r = s.request(http.MethodPost, "/signout", nil)
	r.Header.Set("Origin", "http://evil.example")
	assert.Equal(t, http.StatusForbidden, s.do(r).status)
	assert.Contains(t, s.log.String(), `"client":"127.0.0.1"`)
	assert.NotContains(t, s.log.String(), "203.0.113.9", "no proxy is trusted here, so nobody is believed")
}
