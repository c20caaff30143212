package logo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const maxRedirects = 3

// newTransport returns a transport to storage hosts. It uses no proxy: a proxy would resolve the
// name itself, behind the guard.
func newTransport(dial func(context.Context, string, string) (net.Conn, error), roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // images are compressed already; nothing then unfolds before the size cap
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        30 * time.Second,
	}
}

// fromOutside fetches from a storage host. It follows redirects itself and calls the transport
// directly: an http.Client would add a Referer, and its errors repeat the URL.
func (f *Fetcher) fromOutside(ctx context.Context, u *url.URL) ([]byte, error) {
	for hop := 0; ; hop++ {
		if err := checkURL(u); err != nil {
			return nil, err
		}
		data, next, err := f.get(ctx, u)
		if err != nil || next == nil {
			return data, err
		}
		if hop == maxRedirects {
			return nil, none("%s: more than %d redirects", u.Hostname(), maxRedirects)
		}
		u = next
	}
}

// get returns the body, or the target of a redirect.
func (f *Fetcher) get(ctx context.Context, u *url.URL) ([]byte, *url.URL, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, none("%s: the URL cannot be sent", u.Hostname())
	}
	req.Header.Set("Accept", "image/png, image/jpeg, image/gif, image/webp, image/bmp")
	req.Header.Set("User-Agent", "tallyfy-admin")
	res, err := f.outside.RoundTrip(req)
	if err != nil {
		return nil, nil, none("%s: %w", u.Hostname(), withoutEcho(err))
	}
	defer func() { _ = res.Body.Close() }()

	switch res.StatusCode {
	case http.StatusOK:
		data, err := f.read(res.Body, res.ContentLength)
		return data, nil, err
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		location := res.Header.Get("Location")
		next, err := u.Parse(location)
		if err != nil || location == "" || len(location) > maxURL {
			return nil, nil, none("%s: a redirect without a usable target", u.Hostname())
		}
		return nil, next, nil
	}
	return nil, nil, none("%s answered %d", u.Hostname(), res.StatusCode)
}

// checkURL refuses addresses that can be refused before the name is resolved. The guard does the
// rest.
func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "https":
		return none("only https is fetched from another host than the API's")
	case u.User != nil:
		return none("the URL has user information")
	case u.Hostname() == "" || strings.ContainsAny(u.Hostname(), "[]"): // url.Parse takes "https://]"
		return none("the URL has no host")
	case u.Port() != "" && u.Port() != "443" || strings.HasSuffix(u.Host, ":"):
		return none("%s: only port 443 is fetched", u.Hostname())
	}
	// A literal address is checked here: the dialer would turn IPv4 in IPv6 form into plain IPv4
	// first.
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
		if err := checkAddr(addr); err != nil {
			return none("%s: %w", u.Hostname(), err)
		}
	}
	return nil
}

// withoutEcho keeps errors of connecting and of time, and hides the text of all others: errors
// about a broken answer quote it, and an answer can repeat the query.
func withoutEcho(err error) error {
	var connecting *net.OpError
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &connecting) || errors.As(err, &certificate) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return errors.New("no answer that could be read")
}
