package web_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/web"
)

var trustedNetworks = proxies("10.0.0.0/8", "fd00::/8")

// trustedPeer says by itself who is a proxy of ours: neither echo nor package web is asked.
func trustedPeer(remote string) bool {
	peer, err := netip.ParseAddrPort(remote) // the form that net/http gives
	return err == nil && peer.Addr().Zone() == "" && isTrusted(peer.Addr().AsSlice())
}

func isTrusted(ip net.IP) bool {
	if v4 := ip.To4(); v4 != nil {
		return v4[0] == 10
	}
	return ip[0] == 0xfd
}

// FuzzRequestID: an id that reaches the log, the pages and the answer is plain, and it is a
// stranger's own in no case.
func FuzzRequestID(f *testing.F) {
	for _, peer := range []string{"10.1.2.3:4000", "[fd00::1]:4000", "[::ffff:10.1.2.3]:4000", "192.0.2.1:4000", "@", "", "[fd00::1%eth0]:1"} {
		for _, id := range []string{"abc-DEF_1.2", "", "a\r\nSet-Cookie: a=b", "<script>", strings.Repeat("a", 65), "ü", "a b", "\x00"} {
			f.Add(peer, id)
		}
	}
	sane := regexp.MustCompile(`\A[A-Za-z0-9._-]{1,64}\z`)
	f.Fuzz(func(t *testing.T, peer, id string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		r.Header["X-Request-Id"] = []string{id}
		w := httptest.NewRecorder()
		var got string
		c := echo.New().NewContext(r, w)
		require.NoError(t, web.RequestID(trustedNetworks)(func(c echo.Context) error { got = web.IDOf(c); return nil })(c))
		require.Regexp(t, sane, got)
		require.Equal(t, got, w.Header().Get("X-Request-Id"))
		if !trustedPeer(peer) {
			require.NotEqual(t, id, got)
		} else if sane.MatchString(id) {
			require.Equal(t, id, got)
		}
	})
}

// FuzzClientIP: what a stranger writes into X-Forwarded-For never counts, and behind a proxy of
// ours only what that one wrote: the address is the peer, or one with nothing but our proxies to
// its right.
func FuzzClientIP(f *testing.F) {
	for _, peer := range []string{"10.1.2.3:4000", "[fd00::1]:4000", "[::ffff:10.1.2.3]:4000", "192.0.2.1:4000", "127.0.0.1:4000", "[fe80::1]:4000"} {
		for _, header := range []string{
			"", "198.51.100.7", "198.51.100.7, 10.0.0.9", "127.0.0.1, 198.51.100.7", "10.0.0.1, 10.0.0.2", "nonsense, 10.0.0.9", "198.51.100.7, nonsense", "::1", "[2001:db8::1]",
			"198.51.100.7:1234", ",", " 198.51.100.7\t,\n", "::ffff:10.0.0.1,198.51.100.7", "<b>", "0177.0.0.1",
		} {
			f.Add(peer, header, "")
			f.Add(peer, "10.0.0.9", header)
		}
	}
	extract := web.ClientIP(trustedNetworks)
	direct := web.ClientIP(nil)
	f.Fuzz(func(t *testing.T, peer, first, second string) {
		if at, err := netip.ParseAddrPort(peer); err != nil || at.Addr().Zone() != "" {
			return // net/http gives nothing else for a connection over TCP
		}
		host, _, err := net.SplitHostPort(peer)
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		r.Header["X-Forwarded-For"] = []string{first, second}
		r.Header["X-Real-Ip"] = []string{first}
		r.Header["Forwarded"] = []string{"for=" + first}
		require.Equal(t, host, direct(r))
		got := extract(r)
		ip := net.ParseIP(got)
		require.NotNil(t, ip, "%q", got)
		if !trustedPeer(peer) {
			require.True(t, ip.Equal(net.ParseIP(host)), "%q says %q", peer, got)
			return
		}
		if ip.Equal(net.ParseIP(host)) {
			return
		}
		parts := strings.Split(first+","+second, ",")
		for _, part := range slices.Backward(parts) {
			part = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(part), "["), "]")
			at := net.ParseIP(part)
			require.NotNil(t, at, "%q was passed over", part)
			if !isTrusted(at) {
				require.True(t, ip.Equal(at), "%q, and not %q", got, at)
				return
			}
		}
		// Nothing but our own proxies: the outermost one asked.
	})
}

// FuzzForm: a body is read whole or not at all.
func FuzzForm(f *testing.F) {
	for _, body := range []string{"", "a=1&a=2&b=%20+", "a=%zz", "a;b", "%", "name=%00", "a=1&&&=", "token=x", strings.Repeat("a=1&", 20_000), "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--"} {
		f.Add("application/x-www-form-urlencoded", body, true)
		f.Add("application/x-www-form-urlencoded; charset=utf-8", body, false)
		f.Add("multipart/form-data; boundary=x", body, true)
		f.Add("", body, false)
	}
	f.Fuzz(func(t *testing.T, kind, body string, announced bool) {
		r := httptest.NewRequest(http.MethodPost, "/?a=from-the-address", struct{ io.Reader }{strings.NewReader(body)})
		if r.ContentLength = -1; announced {
			r.ContentLength = int64(len(body))
		}
		r.Header["Content-Type"] = []string{kind}
		got, err := web.Form(echo.New().NewContext(r, httptest.NewRecorder()))
		var refusal *echo.HTTPError
		switch want, broken := url.ParseQuery(body); {
		case err == nil && len(got) > 0:
			require.NoError(t, broken)
			require.Equal(t, want, got)
			require.LessOrEqual(t, len(body), web.MaxForm)
		case err == nil:
			require.Empty(t, want, "a body of %q was taken for none", body)
		case errors.Is(err, web.ErrTooLarge):
			require.Greater(t, len(body), web.MaxForm)
		default:
			require.ErrorAs(t, err, &refusal)
			require.Contains(t, []int{http.StatusBadRequest, http.StatusUnsupportedMediaType}, refusal.Code)
		}
	})
}

// FuzzParam sends any id as a part of a path: the handler gets that id, and no other route is
// reached.
func FuzzParam(f *testing.F) {
	for _, id := range []string{"a", "a/b", "../x", "..", "%2F", "%252e", "a b", "é", "\x00", "\xff", ";a=b", "a?b#c", "a+b", "\\", ":id", "*", "new"} {
		f.Add(id)
	}
	e := echo.New()
	var got *string
	e.GET("/groups/:id/delete", func(c echo.Context) error {
		id := web.Param(c, "id")
		got = &id
		return c.NoContent(http.StatusNoContent)
	})
	f.Fuzz(func(t *testing.T, id string) {
		if id == "" {
			return
		}
		target := "/groups/" + url.PathEscape(id) + "/delete"
		u, err := url.ParseRequestURI(target)
		require.NoError(t, err)
		got = nil
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL, r.RequestURI = u, target
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		require.Equal(t, http.StatusNoContent, w.Code, "%q", target)
		require.NotNil(t, got)
		require.Equal(t, id, *got)
	})
}
