package program_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// Outside there is https and a sub-path, between the proxy and the program plain http: nothing of that shows.
func TestBehindAProxyWithTLS(t *testing.T) {
	t.Parallel()
	const base = "/tools/tallyfy"
	address := program.FreeAddress(t)
	proxy := httptest.NewTLSServer(proxyTo(func() string { return address }))
	t.Cleanup(proxy.Close)
	tallyfy := program.NewAPI(t, sandbox.Options{})
	p := start(t, program.Options{Address: address, Public: proxy.URL + base, API: tallyfy, Arguments: []string{"--trusted-proxies", "127.0.0.1"}})
	var redirects []string
	var cookies []*http.Cookie
	seen := recorder{next: proxy.Client().Transport, see: func(r *http.Response) {
		cookies = append(cookies, r.Cookies()...)
		if to := r.Header.Get("Location"); to != "" {
			redirects = append(redirects, to)
		}
		assert.Equal(t, "max-age=31536000", r.Header.Get("Strict-Transport-Security"))
	}}
	s := program.VisitorAt(t, proxy.URL+base, tallyfy)
	s.Client.Transport = seen

	pages := []*sitetest.Page{s.Get(""), s.Get("/"), s.Get("/groups"), s.SignInWith("nobody-s-token"), s.SignInWith(sandbox.AdminToken)}
	program.SignIn(s, sandbox.AdminToken)
	for _, path := range []string{"/groups?per_page=10&page=2", "/groups/new", s.GroupPath("Payroll"), "/members", s.PlanPath("chiara.dangelo", "siobhan.obrien"), "/organisations", "/help", "/nowhere"} {
		pages = append(pages, s.Get(path))
	}
	pages = append(pages, s.Post("/groups", url.Values{"name": {"Night shift"}, "description": {"d"}, "action": {"create"}}), s.Remove("chiara.dangelo", "siobhan.obrien"))
	assert.Contains(t, pages[len(pages)-1].URL, "/activity/", "a form of the public address's own is taken")
	pages = append(pages, s.Post("/signout", url.Values{}))
	for _, page := range pages {
		for _, attribute := range []string{"href", "src", "action", "formaction"} {
			for i := range page.Find("[" + attribute + "]").Length() {
				value, _ := page.Find("[" + attribute + "]").Eq(i).Attr(attribute)
				assert.True(t, strings.HasPrefix(value, base+"/") || strings.HasPrefix(value, "#"), "%s=%q on %s", attribute, value, page.URL)
			}
		}
	}
	require.NotEmpty(t, redirects)
	for _, to := range redirects {
		assert.True(t, strings.HasPrefix(to, base+"/") || strings.HasPrefix(to, proxy.URL+base+"/"), to)
	}
	require.NotEmpty(t, cookies)
	for _, c := range cookies {
		assert.True(t, c.Secure, c.Name)
		assert.True(t, c.HttpOnly, c.Name)
		assert.True(t, strings.HasPrefix(c.Name, "__Secure-"), c.Name)
		assert.Equal(t, base+"/", c.Path)
	}

	r := s.Request(http.MethodGet, "/signin", nil)
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	id := s.Do(r).Whole(http.StatusOK).Header.Get("X-Request-Id")
	assert.Equal(t, "203.0.113.9", p.accessLine(id)["client"], "the visitor's own address, behind proxies that are all trusted")
}

// A recorder looks at each answer on its way to the visitor.
type recorder struct {
	next http.RoundTripper
	see  func(*http.Response)
}

func (r recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := r.next.RoundTrip(request)
	if err == nil {
		r.see(answer)
	}
	return answer, err
}
