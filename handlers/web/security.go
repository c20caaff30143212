package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

var policy = strings.Join([]string{
	"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
	"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types app",
}, "; ")

// SecurityHeaders wraps everything that is served, assets and errors included. public is the address that people use.
func SecurityHeaders(public *url.URL, next http.Handler) http.Handler {
	headers := http.Header{}
	headers.Set("Content-Security-Policy", policy)
	headers.Set("X-Content-Type-Options", "nosniff")
	headers.Set("X-Frame-Options", "DENY")
	// no-referrer would turn the Origin of every form into "null" on plain http, where it is all there is to check.
	headers.Set("Referrer-Policy", "same-origin")
	headers.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	headers.Set("Cross-Origin-Resource-Policy", "same-origin")
	if public.Scheme == "https" { // browsers ignore these on plain http
		headers.Set("Cross-Origin-Opener-Policy", "same-origin")
		headers.Set("Strict-Transport-Security", "max-age=31536000")
	}
	for name, value := range headers {
		headers[name] = slices.Clip(value) // all answers share it; adding to one makes a copy
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), headers)
		next.ServeHTTP(w, r)
	})
}

// ErrCrossSite is why a form from another site is refused.
var ErrCrossSite = errors.New("request from another site")

// SameSite refuses requests that change something and come from another site, by what the browser says of their origin
// (Sec-Fetch-Site, or Origin on plain http). The public origin is trusted whatever Host a proxy passes on.
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
