package sitetest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
