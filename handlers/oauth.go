package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"tallyfy-admin/handlers/store"
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
	keys        *store.Keys
	redirectURI string
	cookie      http.Cookie
}

func newOAuth(o *OAuth, keys *store.Keys, urls views.URLs, public *url.URL) *oauth {
	if o == nil {
		return nil
	}
	name := "ta_signin"
	if public.Scheme == "https" {
		name = "__Secure-" + name
	}
	return &oauth{
		OAuth: *o, keys: keys, redirectURI: OAuthRedirect(public),
		cookie: http.Cookie{
			Name: name, Path: urls.SignIn(""), HttpOnly: true, Secure: public.Scheme == "https",
			SameSite: http.SameSiteStrictMode, // it is read only where our own pages send a form or link
		},
	}
}

// signInState goes to Tallyfy and comes back with its answer. It is sealed for the browser that begins the sign-in, so that
// several tabs of it can sign in at the same time and nothing is stored here.
type signInState struct {
	Begun time.Time
	// Next is the page to go to.
	Next string
}

// seal makes a state that opens for the same browser only.
func (o *oauth) seal(browser string, s signInState) (string, error) {
	sealed, err := o.keys.SealJSON(boundTo(browser), s)
	return toAddress.Replace(sealed), err
}

// open opens a state. ok is false for one that is not of this browser, or not ours.
func (o *oauth) open(browser, state string) (s signInState, ok bool) {
	err := o.keys.OpenJSON(boundTo(browser), fromAddress.Replace(state), &s)
	return s, err == nil && browser != ""
}

func boundTo(browser string) string { return "sign-in of browser " + browser }

// A state goes through addresses, in which the signs of plain base64 have a meaning.
var (
	toAddress   = strings.NewReplacer("+", "-", "/", "_", "=", "~")
	fromAddress = strings.NewReplacer("-", "+", "_", "/", "~", "=")
)
