package logo

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// FuzzGuard holds what the guard lets through against what the standard library says of an address,
// and against the address of version 4 that may be inside one of version 6.
func FuzzGuard(f *testing.F) {
	for _, address := range []string{
		"93.184.216.34:443", "[2606:4700::1111]:443", "127.0.0.1:443", "10.0.0.1:443", "169.254.169.254:443", "0.0.0.0:443", "[::]:443", "[::1]:443", "[::ffff:10.0.0.1]:443",
		"[::127.0.0.1]:443", "[64:ff9b::a00:1]:443", "[2002:a00:1::]:443", "[2001:0:a00:1::]:443", "[fe80::1%eth0]:443", "[fc00::1]:443", "[fec0::1]:443", "2130706433:443", "0177.0.0.1:443",
		"0x7f.1:443", "127.1:443", "1.1.1.1:80", "1.1.1.1:0443", "localhost:443", "[ff02::1]:443", "255.255.255.255:443", "", ":443",
	} {
		f.Add("tcp4", address)
		f.Add("tcp6", address)
	}
	f.Fuzz(func(t *testing.T, network, address string) {
		if guard(network, address) != nil {
			return
		}
		require.Contains(t, []string{"tcp4", "tcp6"}, network)
		to, err := netip.ParseAddrPort(address)
		require.NoError(t, err)
		require.EqualValues(t, 443, to.Port())
		addr := to.Addr()
		require.True(t, addr.IsGlobalUnicast() && !addr.IsPrivate() && !addr.IsLoopback() && !addr.IsLinkLocalUnicast() && addr.Zone() == "", address)
		require.False(t, addr.Is4In6(), address)
		if addr.Is6() {
			b := addr.As16()
			require.EqualValues(t, 0x20, b[0]&0xe0, "%s is outside of the public part of IPv6", address)
			for name, start := range map[string]string{"6to4": "\x20\x02", "Teredo": "\x20\x01\x00\x00"} {
				require.False(t, strings.HasPrefix(string(b[:]), start), "%s is %s", address, name)
			}
		}
	})
}

// FuzzFetch gives any text as a logo's address, and lets the API redirect to any other: the token
// goes to the API's own host alone, and whatever goes elsewhere goes to port 443 by the dialer that
// is guarded.
func FuzzFetch(f *testing.F) {
	const api = "https://api.example/api"
	for _, address := range []string{
		storage, api + "/organizations/o/file/f", "https://API.example:443/x", "http://api.example/x", "https://api.example:8443/", "https://u@api.example/",
		"https://api.example.evil.example/", "https://api.example\\@evil.example/", "https://api.example#@evil.example", "//api.example/x", "https://evil.example/api.example",
		"https://127.0.0.1/", "https://2130706433/", "https://0177.0.0.1/", "https://0x7f000001/", "https://[::ffff:7f00:1]/", "https://127.1/", "https://api.example./", "https://localhost:443/",
	} {
		f.Add(address, storage, 302)
		f.Add(api+"/x", address, 307)
	}
	notConnected := errors.New("not connected")
	f.Fuzz(func(t *testing.T, address, location string, status int) {
		sent := 0
		base, err := tallyfy.New(tallyfy.Options{BaseURL: api, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			sent++
			require.Equal(t, "https", r.URL.Scheme)
			require.True(t, strings.EqualFold("api.example", r.URL.Hostname()), r.URL.Host)
			require.Contains(t, []string{"", "443"}, r.URL.Port())
			require.Contains(t, []string{"", r.URL.Host}, r.Host, "a redirect leaves it empty")
			require.Nil(t, r.URL.User)
			return &http.Response{
				StatusCode: 300 + int(uint(status)%100), Header: http.Header{"Location": {location}},
				Body: io.NopCloser(strings.NewReader("")), Request: r,
			}, nil
		})})
		require.NoError(t, err)
		dial := func(_ context.Context, network, target string) (net.Conn, error) {
			require.Equal(t, "tcp", network)
			host, port, err := net.SplitHostPort(target)
			require.NoError(t, err)
			require.Equal(t, "443", port)
			if addr, err := netip.ParseAddr(host); err == nil {
				require.NoError(t, checkAddr(addr), "the dialer would unmap it")
			}
			return nil, notConnected
		}
		// In this time no failed call is repeated: the wait before would be longer.
		img, err := New(Options{Dial: dial, Timeout: 150 * time.Millisecond}).Fetch(t.Context(), base.WithToken(token), address)
		require.Error(t, err)
		require.Nil(t, img)
		require.NotContains(t, err.Error(), token)
		require.LessOrEqual(t, sent, 5, "a redirect is no loop")
		if errors.Is(err, notConnected) {
			require.Zero(t, sent, "what is on the API's host is not fetched from outside")
		}
	})
}
