package tallyfy

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxRedirects bounds redirects within the API's own host.
const maxRedirects = 3

// NewTransport returns the transport that a client uses by default: one per process, shared by all
// tokens. It honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		ForceAttemptHTTP2:   true,
		// All calls go to one host. Go keeps 2 idle connections to it by default, which halves the
		// throughput.
		MaxIdleConns:        128,
		MaxIdleConnsPerHost: 128,
		IdleConnTimeout:     90 * time.Second,
		// An HTTP/2 connection that died silently would otherwise fail every call until the kernel
		// notices.
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// checkRedirect follows a few redirects of a GET within the API's own origin. Everything else is
// left as the 3xx answer, which becomes an [Error]: another host must not see the token, and a
// redirected write would be sent twice or turned into a GET.
func (s *shared) checkRedirect(req *http.Request, via []*http.Request) error {
	if via[0].Method != http.MethodGet || len(via) > maxRedirects || req.URL.User != nil || !sameOrigin(req.URL, s.base) {
		return http.ErrUseLastResponse
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	default:
		return "80"
	}
}
