package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"tallyfy-admin/views"
)

// OAuth is what signing in with Tallyfy takes: the implicit grant of OAuth 2.0, for a client that Tallyfy has registered.
type OAuth struct {
	ClientID string
	// AuthorizeURL is where the browser is sent; it has no query.
	AuthorizeURL string
}

// OAuthRedirect is the address that has to be registered with Tallyfy for a dashboard.
func OAuthRedirect(public *url.URL) string {
	return public.Scheme + "://" + public.Host + views.URLs{Base: strings.TrimSuffix(public.Path, "/")}.TallyfyAnswer()
}

// oauth starts and ends sign-ins with Tallyfy. It is nil where no client is configured.
type oauth struct {
	OAuth
	redirectURI string
	cookie      http.Cookie
}

func newOAuth(o *OAuth, urls views.URLs, public *url.URL) *oauth {
	if o == nil {
		return nil
	}
	name := "ta_signin"
	if public.Scheme == "https" {
		name = "__Secure-" + name
	}
	return &oauth{
		OAuth: *o, redirectURI: OAuthRedirect(public),
		cookie: http.Cookie{
			Name: name, Path: urls.TallyfyAnswer(), HttpOnly: true, Secure: public.Scheme == "https",
			SameSite: http.SameSiteStrictMode, // it is read only where our own page sends a form
		},
	}
}
