package tallyfy

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewRefusesBadBaseURLs(t *testing.T) {
	for raw, complaint := range map[string]string{
		"ftp://api.test":                   "https:// or http://",
		"go.tallyfy.com/api":               "https:// or http://",
		"//api.test/api":                   "https:// or http://",
		"https://":                         "no host",
		"https://:8080/api":                "no host",
		"https://user:hunter2@api.test":    "user name",
		"https://api.test/api?x=1":         "query",
		"https://api.test/api?":            "query",
		"https://api.test/api#top":         "fragment",
		"https://api.test:port/hunter2":    "cannot be read",
		"http://user:hunter2@api.test\x7f": "cannot be read",
	} {
		_, err := New(Options{BaseURL: raw})
		require.Error(t, err, raw)
		assert.Contains(t, err.Error(), complaint)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

func TestIsAPIHost(t *testing.T) {
	c, err := New(Options{BaseURL: "https://api.test/some/prefix/api"})
	require.NoError(t, err)
	for raw, want := range map[string]bool{
		"https://api.test/anything":         true,
		"https://API.TEST/anything":         true,
		"https://api.test:443/x":            true,
		"https://api.test:8443/x":           false,
		"http://api.test/x":                 false,
		"http://api.test:443/x":             false,
		"https://api.test.evil.test/x":      false,
		"https://cdn.api.test/x":            false,
		"https://api.test@evil.test/x":      false,
		"https://somebody@api.test/x":       false,
		"/relative":                         false,
		"//api.test/x":                      false,
		"javascript:alert(1)":               false,
		"https://evil.test/?u=api.test#api": false,
	} {
		u, err := url.Parse(raw)
		require.NoError(t, err, raw)
		assert.Equal(t, want, c.IsAPIHost(u), raw)
	}
	assert.False(t, c.IsAPIHost(nil))
}

func TestPrintingAClientShowsNoToken(t *testing.T) {
	c := newTestClient(t, Options{})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{c, *c, c.Groups, *c.Groups, c.shared} {
			text := fmt.Sprintf(verb, value)
			assert.NotContains(t, text, testToken, verb)
			assert.NotContains(t, text, fmt.Sprintf("%x", testToken), verb)
		}
	}
}

func TestWithTokenShares(t *testing.T) {
	base, err := New(Options{})
	require.NoError(t, err)
	a, b := base.WithToken("a"), base.WithToken("b")
	assert.Same(t, a.shared, b.shared)
	assert.Same(t, a, a.Groups.client)
	assert.NotEqual(t, a.cred.caller, b.cred.caller)
	assert.Empty(t, base.cred.token())
	assert.Equal(t, "https://go.tallyfy.com/api", base.shared.base.String())
}
