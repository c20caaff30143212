package handlers

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/views"
)

// signInTime is how long the way to Tallyfy and back may take.
const signInTime = 15 * time.Minute

// signInStart is what the browser keeps between the start of a sign-in with Tallyfy and its end, in a cookie: the state, which
// comes back by way of Tallyfy, too, and the page to go to.
type signInStart struct {
	state, next string
}

// maxNext is the longest page to go to that fits a cookie; a longer one is forgotten.
const maxNext = 1500

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
	return req.goTo(req.startSignIn(web.LocalPath(req.QueryParam("next"))))
}

// keepAndGoToTallyfy keeps a form that was typed before the session ended, and shows a link to Tallyfy.
func keepAndGoToTallyfy(req *request) error {
	form, err := web.Form(req)
	if err != nil {
		return err
	}
	f := views.SignInForm{Next: web.LocalPath(form.Get("next")), Typed: form.Get("typed")}
	if wait := req.mayTry(); wait > 0 { // it writes a session for somebody who is not known
		return req.heldBack(f, wait)
	}
	address := req.startSignIn(f.Next)
	if typed, err := url.ParseQuery(f.Typed); err == nil && typed.Get("as") != "" && len(f.Typed) <= mostTyped {
		data := sessionData{Draft: &draft{Path: f.Next, Form: typed, Owner: typed.Get("as")}}
		if _, err := req.app.renew(req, req.session, data); err != nil {
			return err
		}
	}
	return req.show(http.StatusOK, views.GoToTallyfy(req.page("Sign in with Tallyfy", views.SectionNone), address))
}

// startSignIn gives the address at Tallyfy, and the browser a state to prove with that the answer is to its own question.
func (req *request) startSignIn(next string) string {
	o := req.app.oauth
	if len(next) > maxNext {
		next = ""
	}
	state, cookie := rand.Text(), o.cookie
	cookie.Value = state + "." + base64.RawURLEncoding.EncodeToString([]byte(next))
	cookie.MaxAge = int(signInTime.Seconds())
	req.SetCookie(&cookie)
	return o.AuthorizeURL + "?" + url.Values{
		"client_id": {o.ClientID}, "response_type": {"token"}, "redirect_uri": {o.redirectURI}, "state": {state},
	}.Encode()
}

// showTallyfyAnswer is where Tallyfy sends the browser back to. The token stands in the fragment, which a browser does not
// send: a script of the page hands it over in a form.
func showTallyfyAnswer(req *request) error {
	return req.show(http.StatusOK, views.TallyfyAnswer(req.page("Signing in", views.SectionNone)))
}

// takeTallyfyAnswer takes what the page hands over. It must be the answer to a question that this browser asked, and is taken
// once.
func takeTallyfyAnswer(req *request) error {
	form, err := web.Form(req)
	if err != nil {
		return err
	}
	start, ok := req.endSignIn()
	f := views.SignInForm{Next: start.next}
	state := form.Get("state")
	if !ok || subtle.ConstantTimeCompare([]byte(state), []byte(start.state)) != 1 {
		return req.answerRefused(f, "This sign-in was not started in this browser, or more than 15 minutes ago. Nothing was taken from it; please start again.")
	}
	if wait := req.mayTry(); wait > 0 { // before anything is written or asked
		return req.heldBack(f, wait)
	}
	// The lease is never given back: an answer is taken once.
	_, taken, err := req.app.Leases.Acquire(req.ctx(), "sign-in "+web.Hash(state), "answer", signInTime)
	if err != nil {
		return err
	}
	token := cleanToken(form.Get("access_token"))
	switch {
	case taken != nil:
		return req.answerRefused(f, "This answer of Tallyfy's has been used already. Please start again.")
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
	return req.checkAndChoose(f, newToken{text: token, ends: ends})
}

// endSignIn takes the start of the sign-in from the browser, so that it is used once.
func (req *request) endSignIn() (start signInStart, ok bool) {
	o := req.app.oauth
	cookie, err := req.Cookie(o.cookie.Name)
	if err != nil {
		return start, false
	}
	gone := o.cookie
	gone.MaxAge = -1
	req.SetCookie(&gone)
	state, rest, _ := strings.Cut(cookie.Value, ".")
	next, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil || len(state) < 26 { // what rand.Text gives
		return start, false
	}
	return signInStart{state: state, next: web.LocalPath(string(next))}, true
}

func (req *request) answerRefused(f views.SignInForm, message string) error {
	req.auditSignIn(signInRefused)
	f.Problem = message
	return req.askForToken(http.StatusUnprocessableEntity, f)
}
