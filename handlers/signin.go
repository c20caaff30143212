package handlers

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showSignIn asks for a token. Somebody who is signed in already may sign in as somebody else.
func showSignIn(v *visit) error {
	if v.session.data.Pending != nil { // the visitor came back for another token
		v.session.change(func(d *sessionData) { d.Pending = nil })
	}
	return v.askForToken(http.StatusOK, views.SignInForm{Next: web.LocalPath(v.QueryParam("next")), Unsent: v.QueryParam("unsent") != ""})
}

func (v *visit) askForToken(status int, f views.SignInForm) error {
	f.SandboxButton, f.WithTallyfy = v.app.SandboxToken != "", v.app.oauth != nil
	return v.show(status, views.SignIn(v.page("Sign in", views.SectionNone), f))
}

// signIn takes a token, and the organisation if that has to be asked for. Both are verified with Tallyfy before a session
// with access exists. In between, when there are several organisations, the session holds the token and nothing else.
func signIn(v *visit) error {
	form, err := web.Form(v)
	if err != nil {
		return err
	}
	f := views.SignInForm{Next: web.LocalPath(form.Get("next")), Organisation: strings.TrimSpace(form.Get("organization")), Typed: form.Get("typed")}
	pending := v.session.data.Pending
	token := cleanToken(form.Get("token"))
	button := form.Get("sandbox") != "" && v.app.SandboxToken != ""
	switch {
	case button:
		pending, token = nil, v.app.SandboxToken
	case token != "":
		pending = nil
	case pending == nil:
		f.Errors = map[string]string{"token": "Paste your personal access token."}
		return v.askForToken(http.StatusUnprocessableEntity, f)
	}
	if pending != nil {
		if wait := v.mayTry(); wait > 0 {
			return v.heldBack(f, wait)
		}
		return v.chooseOrganisation(f, pending)
	}
	if !plausibleToken(token) {
		f.Errors = map[string]string{"token": "This is not a token: it holds spaces or other characters that no token has. Copy it again, whole."}
		return v.askForToken(http.StatusUnprocessableEntity, f)
	}
	return v.signInWith(f, newToken{text: token, ends: tokenEnd(token), firstOrganisation: button})
}

// newToken is a token that somebody came with.
type newToken struct {
	text string
	ends time.Time // the zero time if that is not known
	// firstOrganisation takes the first one without asking.
	firstOrganisation bool
}

// signInWith verifies a token and goes on with it.
func (v *visit) signInWith(f views.SignInForm, token newToken) error {
	if wait := v.mayTry(); wait > 0 {
		return v.heldBack(f, wait)
	}
	return v.checkAndChoose(f, token)
}

func (v *visit) checkAndChoose(f views.SignInForm, token newToken) error {
	pending, err := v.checkToken(token)
	if err != nil {
		return v.tokenRefused(f, err)
	}
	if token.firstOrganisation && f.Organisation == "" && len(pending.Organisations) > 0 {
		f.Organisation = string(pending.Organisations[0].ID)
	}
	return v.chooseOrganisation(f, pending)
}

// mayTry notes an attempt to sign in, or says how long to wait for the next one. How it ends is noted when the visit does.
func (v *visit) mayTry() (wait time.Duration) {
	if wait = v.app.attempts.begin(v.RealIP(), v.app.Now()); wait == 0 {
		v.tried = true
	}
	return wait
}

// heldBack asks to wait. Tallyfy is not asked meanwhile.
func (v *visit) heldBack(f views.SignInForm, wait time.Duration) error {
	v.auditSignIn(signInHeldBack)
	v.retryAfter(wait)
	f.Problem = "Too many sign-ins from your address have failed. Please try again in " + views.Count(wholeSeconds(wait), "second", "seconds") + "."
	return v.askForToken(http.StatusTooManyRequests, f)
}

// cleanToken takes off what comes along when a token is copied from a command or a document.
func cleanToken(s string) string {
	s = strings.Trim(strings.TrimSpace(s), `"'`)
	if len(s) > 7 && strings.EqualFold(s[:7], "bearer ") {
		s = s[7:]
	}
	return strings.TrimSpace(s)
}

func plausibleToken(s string) bool {
	return len(s) <= 8192 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// plausibleID takes more than the 32 hexadecimal characters that ids have, but nothing that means something in an address.
var plausibleID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// checkToken asks Tallyfy whose token it is, and for which organisations. The second may be refused: then none are known.
func (v *visit) checkToken(token newToken) (*pendingSignIn, error) {
	api := v.app.API.WithToken(token.text)
	me, err := api.Organizations.Me(v.ctx())
	if err != nil {
		return nil, err
	}
	p := &pendingSignIn{Token: token.text, User: *me, Ends: token.ends}
	if p.Organisations, err = api.Organizations.List(v.ctx()); err != nil {
		v.app.Log.Info("organisations not listed at sign-in", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
	}
	return p, nil
}

func (v *visit) tokenRefused(f views.SignInForm, err error) error {
	if r, _ := refusalOf(err); r.Status == http.StatusForbidden && r.Quoted {
		v.auditSignIn(signInRefused)
		f.Problem, f.RequestID = r.Text+" The token itself may be good.", web.IDOf(v)
		return v.askForToken(http.StatusUnprocessableEntity, f)
	}
	if tallyfy.IsUnauthorized(err) || tallyfy.IsForbidden(err) {
		v.auditSignIn(signInRefused)
		f.Errors = map[string]string{"token": "Tallyfy does not take this token. It may be mistyped, older than 6 months, or ended by signing out of Tallyfy's web app. Make a new one and paste it here."}
		return v.askForToken(http.StatusUnprocessableEntity, f)
	}
	v.auditSignIn(signInUnchecked)
	return v.signInUnchecked(f, err)
}

// signInUnchecked answers when Tallyfy could not be asked. A form that was typed before goes along through sign-in, so the page
// for it is shown again; without one the usual page for the error leads back here.
func (v *visit) signInUnchecked(f views.SignInForm, err error) error {
	if f.Typed == "" {
		v.returnTo = v.urls().Local(v.urls().SignIn(f.Next))
		return err
	}
	p := v.explain(err)
	v.app.Log.Warn("sign-in not checked", slog.String("request_id", web.IDOf(v)), slog.Int("status", p.status), slog.Any("error", err))
	v.setRetryAfter(err)
	f.Problem, f.RequestID = p.title+". "+p.text+" What you typed before is kept.", web.IDOf(v)
	return v.askForToken(p.status, f)
}

// chooseOrganisation signs in to the one organisation, or to the one that was chosen or typed, or asks.
func (v *visit) chooseOrganisation(f views.SignInForm, p *pendingSignIn) error {
	var org tallyfy.Organization
	switch {
	case f.Organisation != "":
		org.ID = tallyfy.ID(f.Organisation)
		if i := slices.IndexFunc(p.Organisations, func(o tallyfy.Organization) bool { return o.ID == org.ID }); i >= 0 {
			org = p.Organisations[i]
		}
	case len(p.Organisations) == 1:
		org = p.Organisations[0]
	default:
		return v.askForOrganisation(http.StatusOK, f, p, "")
	}
	if !plausibleID.MatchString(string(org.ID)) {
		return v.askForOrganisation(http.StatusUnprocessableEntity, f, p, "This is not an organisation's id: it holds characters that no id has.")
	}
	member, err := v.app.API.WithToken(p.Token).Organizations.Membership(v.ctx(), org.ID)
	switch {
	case isShutOut(err) || tallyfy.IsValidation(err):
		v.auditSignIn(signInRefused, slog.String("user", string(p.User.ID)))
		return v.askForOrganisation(http.StatusUnprocessableEntity, f, p, shutOut(err,
			"Tallyfy does not let this token into that organisation. A token belongs to the organisation that its owner was signed in to when it was made."))
	case err != nil:
		v.auditSignIn(signInUnchecked, slog.String("user", string(p.User.ID)))
		return v.signInUnchecked(f, err)
	}
	return v.enter(f, p, org, member)
}

// askForOrganisation keeps the token on the server, so that it need not be pasted again, and asks.
func (v *visit) askForOrganisation(status int, f views.SignInForm, p *pendingSignIn, message string) error {
	had := v.session.data
	if ended, err := v.app.renew(v, v.session, sessionData{Pending: p, Draft: had.Draft}); err != nil {
		return err
	} else if ended && had.holds(p.Token) {
		return v.signedOutMeanwhile()
	}
	if len(p.Organisations) == 0 {
		f.AskOrganisation, f.TokenKept = true, true
		if f.Organisation != "" {
			f.Errors = map[string]string{"organization": message}
		}
		return v.askForToken(status, f)
	}
	choices := make([]views.OrganisationChoice, len(p.Organisations))
	for i, o := range p.Organisations {
		choices[i] = views.OrganisationChoice{ID: string(o.ID), Name: o.Name}
	}
	return v.show(status, views.ChooseOrganisation(v.page("Choose the organisation", views.SectionNone), f, p.User.Name(), message, choices))
}

// enter makes the session: a new id, and nothing of an earlier one but this person's own draft.
func (v *visit) enter(f views.SignInForm, p *pendingSignIn, org tallyfy.Organization, member *tallyfy.Member) error {
	who := &identity{
		Token: p.Token, Organisation: org, UserID: p.User.ID, Name: p.User.Name(), Email: p.User.Email,
		Role: member.Role, Timezone: p.User.Timezone, TokenEnds: p.Ends,
	}
	if who.Organisation.Name == "" {
		who.Organisation.Name = string(org.ID)
	}
	data := sessionData{Who: who}
	if d := v.session.data.Draft; d != nil && d.Owner == who.tag() {
		data.Draft = d
	}
	// A form that was typed before the session ended says whose it is, and is kept for no one else.
	if typed, err := url.ParseQuery(f.Typed); err == nil && f.Typed != "" && typed.Get("as") == who.tag() {
		data.Draft = &draft{Path: v.urls().Local(v.urls().NewGroup()), Form: typed, Owner: who.tag()}
	}
	next, had := f.Next, v.session.data
	if ended, err := v.app.renew(v, v.session, data); err != nil {
		return err
	} else if ended && had.holds(p.Token) {
		return v.signedOutMeanwhile()
	}
	if err := v.session.save(v); err != nil { // here and not later: a lost cookie would be a loop
		return err
	}
	v.auditSignIn(signedInNow, slog.String("user", string(who.UserID)), slog.String("organisation", string(org.ID)))
	if next == "" || strings.HasPrefix(next, "/signin") {
		next = v.urls().Local(v.urls().Groups())
	}
	return v.goTo(v.urls().Base + next)
}

// signedOutMeanwhile answers a request that would go on with a session which was signed out while it was under way.
func (v *visit) signedOutMeanwhile() error {
	if err := v.app.end(v, v.session); err != nil {
		return err
	}
	return v.goTo(v.urls().SignIn(""))
}

// signOut ends the session. It works without one, too.
func signOut(v *visit) error {
	if who := v.session.data.Who; who != nil {
		v.app.Directory.Forget(cache.ScopeOf(who.Token, who.Organisation.ID))
	}
	if err := v.app.end(v, v.session); err != nil {
		return err
	}
	return v.goTo(v.urls().SignIn(""))
}

// takeDraft gives the form that was kept for a page when the sign-in ended, once.
func (v *visit) takeDraft(path string) url.Values {
	d := v.session.data.Draft
	if d == nil || d.Path != path {
		return nil
	}
	if v.Request().Method != http.MethodHead { // which shows nothing
		v.session.change(func(s *sessionData) { s.Draft = nil })
	}
	return d.Form
}
