package sitetest

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// EndedNotice is what somebody reads whose token has ended.
const EndedNotice = "Your sign-in with Tallyfy has ended."

// SessionCookies are the session cookies that the visitor's browser would send, none if it has none.
func (s *Site) SessionCookies() []*http.Cookie {
	s.T.Helper()
	u, err := url.Parse(s.Server.URL + s.Base + "/")
	require.NoError(s.T, err)
	return s.Client.Jar.Cookies(u)
}

// AssertHidden checks that a secret is neither in the page nor in the log.
func (s *Site) AssertHidden(p *Page, secret string) {
	s.T.Helper()
	if secret = strings.TrimSpace(secret); secret != "" {
		assert.NotContains(s.T, p.Body, secret)
		assert.NotContains(s.T, p.URL, secret)
		assert.NotContains(s.T, s.Log.String(), secret)
	}
}

// ReadAnew has the overview read the organisation again, and waits until that is compared with the
// reading before. Groups that are read beside the members may wait for the next list of these,
// which says who may see all: so it reads twice.
func (s *Site) ReadAnew() (p *Page) {
	s.T.Helper()
	for range 2 {
		r := s.Request(http.MethodGet, "/?refresh=1", nil)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		p = s.Do(r)
		s.App.History.WaitUntilCompared(s.T.Context(), tallyfy.ID(s.Sandbox.OrgID()), time.Minute)
	}
	return p
}
