package site_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
	"tallyfy-admin/views"
)

// assertBelow checks that every address in a page is below the base, on this page, or of another site on purpose.
func assertBelow(t *testing.T, base string, p *sitetest.Page) {
	t.Helper()
	for _, attribute := range []string{"href", "src", "action", "formaction", "srcset", "poster", "data-url", "data-src", "data-href"} {
		p.Find("[" + attribute + "]").Each(func(_ int, s *goquery.Selection) {
			value, _ := s.Attr(attribute)
			if !strings.HasPrefix(value, "#") && value != views.TallyfyApp {
				assert.True(t, strings.HasPrefix(value, base+"/"), "%s on %s: <%s %s=%q>", p.Text("h1"), p.URL, goquery.NodeName(s), attribute, value)
			}
		})
	}
}

func TestEverythingIsBelowTheSubPath(t *testing.T) {
	t.Parallel()
	const base = "/tools/tallyfy"
	s := sitetest.New(t, sitetest.Options{Base: base})
	assertBelow(t, base, s.Get("/signin?next=/groups"))
	assertBelow(t, base, s.SignInWith(sandbox.AdminToken)) // the choice of the organisation
	s.SignIn()
	group, member := s.Group("Operations").ID, strconv.Itoa(s.Member("soren.kjaergaard").ID)
	to := strconv.Itoa(s.Member("anna.kowalska").ID)
	for _, path := range []string{
		"/", "/groups", "/groups?per_page=10&page=2", "/groups?q=nothing+like+this", "/groups/new", "/groups/" + group, "/groups/" + group + "/delete",
		"/members", "/members?per_page=10&page=2", "/members/" + member, "/members/" + member + "/remove", "/members/invite", "/guests/new", "/guests/bram@tyres.example.com", "/guests/bram@tyres.example.com/known-by", "/guests/bram@tyres.example.com/tasks", "/guests/bram@tyres.example.com/remove", "/members/" + member + "/guests", "/members/" + member + "/guests?to=" + to, "/members/" + member + "/disable", "/members/" + member + "/delete", "/members/" + member + "/role", "/members/" + member + "/role?to=light", "/members/" + member + "/enable",
		"/members/" + member + "/remove/handover", "/members/" + member + "/remove/handover?q=a&to=" + to, "/members/" + member + "/remove/plan?to=" + to,
		"/nowhere", "/groups/unknown", "/members/20500/remove",
	} {
		p := s.Get(path)
		assertBelow(t, base, p)
		assert.True(t, p.Has("link[rel=stylesheet]"), path)
		p.Find("link, script, main img").Each(func(_ int, e *goquery.Selection) {
			address, _ := e.Attr("href")
			if address == "" {
				address, _ = e.Attr("src")
			}
			assert.Equal(t, http.StatusOK, s.Get(strings.TrimPrefix(address, base)).Status, "%s on %s", address, path)
		})
	}
	assertBelow(t, base, s.Post("/groups", url.Values{}))
	assertBelow(t, base, s.Post("/groups", url.Values{"name": {"Operations"}, "description": {"again"}}))

	p := s.Post("/groups", url.Values{"name": {"Below"}, "description": {"x"}})
	assert.Equal(t, "/groups/"+s.Group("Below").ID, p.URL)
	assertBelow(t, base, p)
	p = s.Get(p.URL + "/delete").Form("main form").Submit("Delete Below")
	assert.Equal(t, "/groups", p.URL)
	p = s.Get("/members/" + member + "/remove/plan?to=" + to).Form("main form").Submit("")
	assert.Contains(t, p.URL, "/activity/")
	assertBelow(t, base, p)

	s.Sandbox.Fail(sandbox.Fault{Status: http.StatusInternalServerError})
	for _, p := range []*sitetest.Page{s.Get("/groups?q=a"), s.Post("/groups/"+group+"/delete", url.Values{}), s.SignInWith(sandbox.StandardToken)} {
		assertBelow(t, base, p)
		assert.Contains(t, p.Texts("main a"), "Try again")
	}
}

func TestRedirectsStayBelowTheSubPath(t *testing.T) {
	t.Parallel()
	const base = "/tools/tallyfy"
	s := sitetest.New(t, sitetest.Options{Base: base})
	for path, want := range map[string]string{
		"": base + "/", "/": base + "/signin?next=%2F", "/members?q=x": base + "/signin?next=%2Fmembers%3Fq%3Dx",
	} {
		assert.Equal(t, want, s.Once(s.Request(http.MethodGet, path, nil)).Header.Get("Location"), path)
	}
	s.SignIn()
	s.Org = ""
	assert.Equal(t, base+"/o/"+s.Sandbox.OrgID()+"/", s.Once(s.Request(http.MethodGet, "/", nil)).Header.Get("Location"))
	u, err := url.Parse(s.Server.URL + "/another/application")
	require.NoError(t, err)
	assert.Empty(t, s.Client.Jar.Cookies(u), "a neighbour on the same host is not sent our cookie")
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
	t.Parallel()
	const base = "/tools/tallyfy"
	s := sitetest.New(t, sitetest.Options{Base: base, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	s.Client.Transport = behindProxy{s.Client.Transport}
	s.SignIn() // the form is sent with the public Origin, as a browser on plain http does
	r := s.Get("/groups/new").Form("form[action$='/groups']").Set("name", "Behind a proxy").Set("description", "x").Prepare("Create the group")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	p := s.Do(r)
	assert.Equal(t, "/groups/"+s.Group("Behind a proxy").ID, p.URL)
	assertBelow(t, base, p)
	assert.NotContains(t, p.Body, "dashboard.internal")

	// The way back to the list, search included, survives the other host name.
	p = s.Get("/groups?q=behind").Follow("Behind a proxy")
	back, _ := p.Find(".breadcrumb a").Attr("href")
	assert.Equal(t, base+"/groups?q=behind", back)

	r = s.Request(http.MethodPost, "/signout", nil)
	r.Header.Set("Origin", "http://evil.example")
	assert.Equal(t, http.StatusForbidden, s.Do(r).Status)
	assert.Contains(t, s.Log.String(), `"client":"203.0.113.9"`)

	s = sitetest.New(t, sitetest.Options{Base: base})
	s.Client.Transport = behindProxy{s.Client.Transport}
	assert.Equal(t, http.StatusMisdirectedRequest, s.Get("/signin").Status, "where no proxy is trusted nobody is believed")
	assert.Contains(t, s.Log.String(), `"client":"127.0.0.1"`)
	assert.NotContains(t, s.Log.String(), "203.0.113.9")
}
