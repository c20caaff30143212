package logo

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the text, what may be sent outside is plain https on port 443 and no address that the
// guard refuses, and a refusal never repeats the query.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		storage, "https://127.0.0.1/", "https://[::ffff:1.2.3.4]/", "https://u:p@h:443/", "//h/x", "https://h:/",
		"https://h\\@evil/", "HTTPS://H:0443/", "data:,x", "https://[fe80::1%25eth0]/", "https://0x7f.1/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := parse(raw)
		if err == nil {
			err = checkURL(u)
		}
		if err != nil {
			require.ErrorIs(t, err, ErrNone)
			if _, query, _ := strings.Cut(raw, "?"); len(query) > 20 {
				require.NotContains(t, err.Error(), query)
			}
			return
		}
		require.Equal(t, "https", u.Scheme)
		require.Nil(t, u.User)
		require.Contains(t, []string{"", "443"}, u.Port())
		again, err := url.Parse(u.String())
		require.NoError(t, err)
		require.Equal(t, u.Host, again.Host)
		if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
			require.NoError(t, checkAddr(addr))
		}
	})
}
