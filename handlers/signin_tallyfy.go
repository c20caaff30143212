package handlers

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/views"
)

// signInTime is how long the way to Tallyfy and back may take.
const signInTime = 15 * time.Minute

// maxNext is the longest page to go to that a state holds; a longer one is forgotten.
const maxNext = 500

// withTallyfy is a page of signing in with Tallyfy. Where that is not configured there is no such page.
func withTallyfy(handle func(*request) error) func(*request) error {
	return func(req *request) error {
		if req.app.oauth == nil {
			return echo.ErrNotFound
		}
		return handle(req)
	}
}

// startAtTallyfy sends the browser to Tallyfy. It is a link and not a form: browsers that obey form-action let no form be
// redirected to another site.
func startAtTallyfy(req *request) error {
	o := req.app.oauth
	state := signInState{Begun: req.app.Now(), Next: web.LocalPath(req.QueryParam("next"))}
	if len(state.Next) > maxNext {
		state.Next = ""
	}
	cookie := o.cookie
	cookie.Value, cookie.MaxAge = cmp.Or(req.browser(), rand.Text()), int(signInTime.Seconds())
	sealed, err := o.seal(cookie.Value, state)
	if err != nil {
		return err
	}
	req.SetCookie(&cookie)
	return req.goTo(o.AuthorizeURL + "?" + url.Values{
		"client_id": {o.ClientID}, "response_type": {"token"}, "redirect_uri": {o.redirectURI}, "state": {sealed},
	}.Encode())
}

var browserForm = regexp.MustCompile(`^[A-Z2-7]{26,40}$`) // what rand.Text gives

// browser is what tells this browser from others while it signs in with Tallyfy; "" before it has begun to.
func (req *request) browser() string {
	cookie, err := req.Cookie(req.app.oauth.cookie.Name)
	if err != nil || !browserForm.MatchString(cookie.Value) {
		return ""
	}
	return cookie.Value
}

// showTallyfyAnswer is where Tallyfy sends the browser back to. The token stands in the fragment, which a browser does not
// send: a script of the page hands it over in a form.
func showTallyfyAnswer(req *request) error {
	return req.show(http.StatusOK, views.TallyfyAnswer(req.page("Signing in", views.SectionNone)))
}

// takeTallyfyAnswer takes what the page hands over. It must be the answer to a question that this browser asked, and is taken
// once.
func takeTallyfyAnswer(req *request) error {
	form, err := web.StrangersForm(req)
	if err != nil {
		return err
	}
	state, ok := req.app.oauth.open(req.browser(), form.Get("state"))
	f := views.SignInForm{Next: web.LocalPath(state.Next), Typed: carried(form.Get("typed"))}
	if age := req.app.Now().Sub(state.Begun); !ok || age < -store.MaxClockSkew || age > signInTime {
		return req.answerRefused(f, "This sign-in was not started in this browser, or more than 15 minutes ago. Nothing was taken from it; please start again.")
	}
	if wait := req.mayTry(); wait > 0 { // before anything is asked
		return req.heldBack(f, wait)
	}
	token := cleanToken(form.Get("access_token"))
	switch {
	case form.Get("error") == "access_denied":
		return req.answerRefused(f, "Tallyfy did not let the dashboard in, because it was not allowed to. Nothing was changed.")
	case form.Get("error") != "":
		return req.answerRefused(f, "Tallyfy could not sign you in. If it happens again, ask whoever runs this dashboard whether it is registered with Tallyfy under this address.")
	case token == "" || !plausibleToken(token) || !strings.EqualFold(form.Get("token_type"), "bearer"):
		return req.answerRefused(f, "Tallyfy's answer held no token that can be used. Please start again.")
	}
	ends := endIn(form.Get("expires_in"), req.app.Now())
	if ends.IsZero() {
		ends = tokenEnd(token)
	}
	pending, err := req.checkToken(newToken{text: token, ends: ends})
	if err != nil {
		return req.tokenRefused(f, err)
	}
	// The lease is never given back: an answer is taken once. Only somebody whom Tallyfy knows leaves one.
	_, taken, err := req.app.Leases.Acquire(req.ctx(), "sign-in "+web.Hash(form.Get("state")), "answer", signInTime+store.MaxClockSkew)
	if err != nil {
		return err
	}
	if taken != nil {
		return req.answerRefused(f, "This answer of Tallyfy's has been used already. Please start again.")
	}
	return req.chooseOrganisation(f, pending)
}

func (req *request) answerRefused(f views.SignInForm, message string) error {
	req.auditSignIn(signInRefused)
	f.Problem = message
	return req.askForToken(http.StatusUnprocessableEntity, f)
}
