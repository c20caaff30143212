package web

import (
	"errors"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// policy is the content security policy of every answer, except pictures, which have a stricter
// one.
var policy = strings.Join([]string{
	"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
	"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types app",
}, "; ")

// SecurityHeaders sets the headers of every answer, assets and errors included. public is the
// address that people use.
func SecurityHeaders(public *url.URL, next http.Handler) http.Handler {
	headers := http.Header{}
	headers.Set("Content-Security-Policy", policy)
	headers.Set("X-Content-Type-Options", "nosniff")
	headers.Set("X-Frame-Options", "DENY")
	// no-referrer would turn the Origin of every form into "null" on plain http, where SameSite has
	// nothing else to check.
	headers.Set("Referrer-Policy", "same-origin")
	headers.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	headers.Set("Cross-Origin-Resource-Policy", "same-origin")
	if public.Scheme == "https" { // browsers ignore these on plain http
		headers.Set("Cross-Origin-Opener-Policy", "same-origin")
		headers.Set("Strict-Transport-Security", "max-age=31536000")
	}
	for name, value := range headers {
		headers[name] = slices.Clip(value) // all answers share the value; appending to it makes a copy
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), headers)
		next.ServeHTTP(w, r)
	})
}

// ErrOtherHost means that a request for another host was refused.
var ErrOtherHost = errors.New("request for another host")

// OwnHost refuses requests for another host than that of the public address. A proxy that puts its own
// name into Host gives the visitor's in X-Forwarded-Host, which counts if the proxy is trusted. Probes
// know no name: exempt are their paths.
func OwnHost(public *url.URL, trusted []netip.Prefix, exempt ...string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if AskedHost(c.Request(), public, trusted) != public.Host && !slices.Contains(exempt, c.Request().URL.Path) {
				return ErrOtherHost
			}
			return next(c)
		}
	}
}

// AskedHost is the host that a request is for, in the form of the public address: in lower case,
// without the scheme's own port.
func AskedHost(r *http.Request, public *url.URL, trusted []netip.Prefix) string {
	host := r.Host
	if forwarded := r.Header.Get("X-Forwarded-Host"); forwarded != "" && fromTrusted(r, trusted) {
		host = forwarded
	}
	port := map[string]string{"http": ":80", "https": ":443"}[public.Scheme]
	return strings.TrimSuffix(strings.ToLower(host), port)
}

// ErrCrossSite means that a form from another site was refused.
var ErrCrossSite = errors.New("request from another site")

// SameSite refuses requests that change something and come from another site, by the origin that
// the browser gives: Sec-Fetch-Site, or Origin on plain http. The public origin is trusted whatever
// Host a proxy passes on.
func SameSite(public *url.URL) (echo.MiddlewareFunc, error) {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, err
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return errors.Join(ErrCrossSite, err)
			}
			return next(c)
		}
	}, nil
}
