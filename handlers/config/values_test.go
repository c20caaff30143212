package config

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProxyList(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8":              "10.0.0.0/8",
		"10.1.2.3/8":              "10.0.0.0/8",
		"192.0.2.1":               "192.0.2.1/32",
		"2001:db8::1,":            "2001:db8::1/128",
		" 10.0.0.0/8 ,, fd00::/8": "10.0.0.0/8 fd00::/8",
		"::ffff:192.0.2.1":        "192.0.2.1/32",
		"::ffff:10.0.0.0/104":     "10.0.0.0/8",
		"::/0":                    "::/0",
	} {
		list, err := parseProxies(text)
		require.NoError(t, err, text)
		var got []string
		for _, prefix := range list {
			got = append(got, prefix.String())
		}
		assert.Equal(t, want, strings.Join(got, " "), text)
	}
	for _, text := range []string{"proxy", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0", "fe80::1%eth0", "fe80::%eth0/10", "10.0.0.1:80", "*"} {
		_, err := parseProxies(text)
		assert.Error(t, err, text)
	}
}

// Whatever the text, an accepted list is in the form that addresses are compared in, and reads back
// as itself.
func FuzzProxyList(f *testing.F) {
	for _, seed := range []string{"", ",", "10.0.0.0/8", "192.0.2.1, ::1", "::ffff:10.0.0.0/104", "fe80::1%eth0", "::ffff:1.2.3.4/8", "0/0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseProxies(text)
		if err != nil {
			return
		}
		var texts []string
		for _, prefix := range list {
			require.True(t, prefix.IsValid())
			require.Equal(t, prefix.Masked(), prefix)
			require.Empty(t, prefix.Addr().Zone())
			require.False(t, prefix.Addr().Is4In6() && prefix.Bits() >= 96)
			texts = append(texts, prefix.String())
		}
		again, err := parseProxies(strings.Join(texts, ","))
		require.NoError(t, err)
		require.Equal(t, list, again)
	})
}

// Whatever the text, an accepted URL can have paths added, can be a cookie's path, and reads back
// as itself.
func FuzzBaseURL(f *testing.F) {
	for _, seed := range []string{
		"https://tools.example.com/tools/tallyfy/", "http://[::1]:8080", "HTTP://H:80/", "https://u:p@h", "https://h?#",
		"http://h/%2e%2e/", "http://h/;", "http://h:0", "http://[::ffff:1.2.3.4]", "http://[fe80::1%25a]/", "http://..", "http://h\t",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := parseBaseURL(text)
		if err != nil {
			return
		}
		u, err := url.Parse(first)
		require.NoError(t, err)
		require.Contains(t, []string{"http", "https"}, u.Scheme)
		require.NotEmpty(t, u.Hostname())
		require.Nil(t, u.User)
		require.Equal(t, u.Scheme+"://"+u.Host+u.Path, first)
		require.False(t, strings.HasSuffix(u.Path, "/"))
		require.NotContains(t, u.Path, "//")
		require.NotContains(t, u.Path+"/", "/../")
		require.NotContains(t, u.Path, ";")
		require.Equal(t, u.Path, u.EscapedPath())
		again, err := parseBaseURL(first)
		require.NoError(t, err)
		require.Equal(t, first, again)
	})
}

// Whatever the address, a URL can be made of it.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"127.0.0.1:8080", ":80", "[::]:1", "[fe80::1%eth0]:1", "host:0", "a b:1", "[]:1", "\x00:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseAddress(text); err != nil {
			return
		}
		c := Config{Addr: text}
		c.fillIn(nil)
		require.NotNil(t, c.PublicURL, "%q", text)
	})
}
