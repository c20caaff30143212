package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showSignIn asks for a token. Somebody who is signed in already may sign in as somebody else.
func showSignIn(req *request) error {
	if req.session.data.Pending != nil { // the visitor came back for another token
		req.session.change(func(d *sessionData) { d.Pending = nil })
	}
	return req.askForToken(http.StatusOK, views.SignInForm{Next: web.LocalPath(req.QueryParam("next")), Unsent: req.QueryParam("unsent") != ""})
}

func (req *request) askForToken(status int, f views.SignInForm) error {
	f.SandboxButton, f.WithTallyfy = req.app.Sandbox != nil, req.app.oauth != nil
	return req.show(status, views.SignIn(req.page("Sign in", views.SectionNone), f))
}

// signIn takes a token, and the organisation if that has to be asked for. Both are verified with Tallyfy before a session
// with access exists. In between, when there are several organisations, the session holds the token and nothing else.
func signIn(req *request) error {
	form, err := web.StrangersForm(req)
	if err != nil {
		return err
	}
	f := views.SignInForm{Next: web.LocalPath(form.Get("next")), Organisation: strings.TrimSpace(form.Get("organization")), Typed: carried(form.Get("typed"))}
	pending := req.session.data.Pending
	token := cleanToken(form.Get("token"))
	button := form.Get("sandbox") != "" && req.app.Sandbox != nil
	switch {
	case button:
		pending, token = nil, req.app.Sandbox.Token
	case token != "":
		pending = nil
	case pending == nil && f.Organisation != "" && req.session.data.Who != nil:
		return req.signedInMeanwhile(f)
	case pending == nil:
		f.Errors = map[string]string{"token": "Paste your personal access token."}
		return req.askForToken(http.StatusUnprocessableEntity, f)
	}
	if pending != nil {
		if wait := req.mayTry(); wait > 0 {
			return req.heldBack(f, wait)
		}
		if by := form.Get("for"); by != "" && by != string(pending.User.ID) {
			return req.askForOrganisation(http.StatusConflict, f, pending, "In another tab you have begun to sign in as "+pending.User.Name()+". Choose again.")
		}
		return req.chooseOrganisation(f, pending)
	}
	if !plausibleToken(token) {
		f.Errors = map[string]string{"token": "This is not a token: it holds spaces or other characters that no token has. Copy it again, whole."}
		return req.askForToken(http.StatusUnprocessableEntity, f)
	}
	return req.signInWith(f, newToken{text: token, ends: tokenEnd(token), firstOrganisation: button})
}

// mostCarried is the size of the largest form that the pages of signing in carry along, as it is sent again: it has to fit
// web.MaxStrangersForm, beside a token.
const mostCarried = 48 << 10

// carried is a form that was typed before its sender had to sign in, or "" for one that is too large to go along. Nothing
// of a stranger's is kept on the server, so it travels in the pages.
func carried(typed string) string {
	if len(url.QueryEscape(typed)) > mostCarried {
		return ""
	}
	return typed
}

// newToken is a token that somebody came with.
type newToken struct {
	text string
	ends time.Time // the zero time if that is not known
	// firstOrganisation takes the first one without asking.
	firstOrganisation bool
}

// signInWith verifies a token and goes on with it.
func (req *request) signInWith(f views.SignInForm, token newToken) error {
	if wait := req.mayTry(); wait > 0 {
		return req.heldBack(f, wait)
	}
	pending, err := req.checkToken(token)
	if err != nil {
		return req.tokenRefused(f, err)
	}
	if token.firstOrganisation && f.Organisation == "" && len(pending.Organisations) > 0 {
		f.Organisation = string(pending.Organisations[0].ID)
	}
	return req.chooseOrganisation(f, pending)
}

// mayTry notes an attempt to sign in, or says how long to wait for the next one. How it ends is noted when the request does.
func (req *request) mayTry() (wait time.Duration) {
	if wait = req.app.attempts.begin(req.RealIP(), req.app.Now()); wait == 0 {
		req.tried = true
	}
	return wait
}

// signInCtx is the context of calls with the token of somebody who is not signed in yet.
func (req *request) signInCtx() context.Context {
	return ratelimit.SignIn(req.ctx(), network(req.RealIP()).String())
}

// heldBack asks to wait. Tallyfy is not asked meanwhile.
func (req *request) heldBack(f views.SignInForm, wait time.Duration) error {
	req.auditSignIn(signInHeldBack)
	req.retryAfter(wait)
	f.Problem = "Too many sign-ins from your address have failed. Please try again in " + words.Count(wholeSeconds(wait), "second", "seconds") + "."
	return req.askForToken(http.StatusTooManyRequests, f)
}

// cleanToken takes off what comes along when a token is copied from a command or a document. A slash at the
// end stays: a token may end with one.
func cleanToken(s string) string {
	s = names.Unwrap(s)
	for _, before := range []string{"authorization:", "bearer "} {
		if len(s) > len(before) && strings.EqualFold(s[:len(before)], before) {
			s = names.Unwrap(s[len(before):])
		}
	}
	return names.Unwrap(strings.TrimRight(s, ".,;"))
}

func plausibleToken(s string) bool {
	return len(s) <= 8192 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// plausibleID takes more than the 32 hexadecimal characters that ids have, but nothing that means something in an address.
var plausibleID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// checkToken asks Tallyfy whose token it is, and for which organisations. The second may be refused: then none are known.
func (req *request) checkToken(token newToken) (*pendingSignIn, error) {
	api := req.app.API.WithToken(token.text)
	me, err := api.Organizations.Me(req.signInCtx())
	if err != nil {
		return nil, err
	}
	p := &pendingSignIn{Token: token.text, User: *me, Ends: token.ends}
	var short *tallyfy.ShortError
	if p.Organisations, err = req.app.organisations(req.signInCtx(), api); errors.As(err, &short) {
		p.Missing = missing(short, "organisations")
	}
	if err != nil {
		req.logInfo("organisations not listed at sign-in", err)
	} else if len(req.app.Organisations) > 0 && len(p.Organisations) == 0 {
		return nil, errNotAdmitted
	}
	return p, nil
}

// errNotAdmitted is why somebody cannot sign in here who can at Tallyfy.
var errNotAdmitted = errors.New("the organisation is not admitted")

const aboutAdmission = "This dashboard is for the members of certain organisations only, and this is not one of them. Ask whoever runs it."

func (req *request) tokenRefused(f views.SignInForm, err error) error {
	if errors.Is(err, errNotAdmitted) {
		return req.notAdmitted(f)
	}
	if r, _ := refusalOf(err); r.Status == http.StatusForbidden && r.Quoted {
		req.auditSignIn(signInRefused)
		f.Problem, f.RequestID = r.Text+" The token itself may be good.", web.IDOf(req)
		return req.askForToken(http.StatusUnprocessableEntity, f)
	}
	if tallyfy.IsUnauthorized(err) || tallyfy.IsForbidden(err) {
		req.auditSignIn(signInRefused)
		f.Errors = map[string]string{"token": "Tallyfy rejected this token. It may be mistyped, older than 6 months, or ended by signing out of Tallyfy's web app. Make a new one and paste it here."}
		return req.askForToken(http.StatusUnprocessableEntity, f)
	}
	req.auditSignIn(signInUnchecked)
	return req.signInUnchecked(f, err)
}

// notAdmitted answers when the person belongs to no organisation that may use this dashboard. Nothing is stored.
func (req *request) notAdmitted(f views.SignInForm) error {
	req.auditSignIn(signInRefused)
	f.Problem = aboutAdmission
	return req.askForToken(http.StatusForbidden, f)
}

// signInUnchecked answers when Tallyfy could not be asked. A form that was typed before goes along through sign-in, so the page
// for it is shown again; without one the usual page for the error leads back here.
func (req *request) signInUnchecked(f views.SignInForm, err error) error {
	if f.Typed == "" {
		req.returnTo = req.urls().Local(req.urls().SignIn(f.Next))
		return err
	}
	p := req.explain(err)
	req.app.Log.Warn("sign-in not checked", slog.String("request_id", web.IDOf(req)), slog.Int("status", p.status), slog.Any("error", err))
	req.setRetryAfter(err)
	f.Problem, f.RequestID = p.title+". "+p.text+" What you typed before is kept.", web.IDOf(req)
	return req.askForToken(p.status, f)
}

// chooseOrganisation signs in to the one organisation, or to the one that was chosen or typed, or asks.
func (req *request) chooseOrganisation(f views.SignInForm, p *pendingSignIn) error {
	var org tallyfy.Organization
	switch {
	case f.Organisation != "":
		org.ID = tallyfy.ID(names.Unwrap(f.Organisation))
		if i := slices.IndexFunc(p.Organisations, func(o tallyfy.Organization) bool { return o.ID == org.ID }); i >= 0 {
			org = p.Organisations[i]
		}
	case len(p.Organisations) == 1 && p.Missing == "":
		org = p.Organisations[0]
	case slices.ContainsFunc(p.Organisations, isFor(f.Next)): // the page to go to names its organisation
		org = p.Organisations[slices.IndexFunc(p.Organisations, isFor(f.Next))]
	case len(p.Organisations) == 0 && len(req.app.Organisations) == 1:
		org.ID = req.app.Organisations[0]
	case len(p.Organisations) == 0 && len(req.app.Organisations) > 1:
		f.AskOrganisation = true // with the token again: nothing is kept of somebody who may not be admitted
		return req.askForToken(http.StatusOK, f)
	default:
		return req.askForOrganisation(http.StatusOK, f, p, p.Missing)
	}
	if !plausibleID.MatchString(string(org.ID)) {
		return req.askForOrganisation(http.StatusUnprocessableEntity, f, p, "This is not an organisation's id: it holds characters that no id has.")
	}
	if !req.app.admits(org.ID) {
		return req.notAdmitted(f)
	}
	member, err := req.app.API.WithToken(p.Token).Organizations.Membership(req.signInCtx(), org.ID)
	switch {
	case isShutOut(err) || tallyfy.IsValidation(err):
		req.auditSignIn(signInRefused, slog.String("user", string(p.User.ID)))
		return req.askForOrganisation(http.StatusUnprocessableEntity, f, p, shutOut(err,
			"Tallyfy does not let this token into that organisation. A token belongs to the organisation that its owner was signed in to when it was made."))
	case err != nil:
		req.auditSignIn(signInUnchecked, slog.String("user", string(p.User.ID)))
		return req.signInUnchecked(f, err)
	}
	return req.enter(f, p, org, member)
}

// otherThanAdmitted is the page for an organisation that may not use this dashboard.
func (req *request) otherThanAdmitted() error {
	return &problem{status: http.StatusForbidden, title: "This organisation can't be worked in here", text: aboutAdmission, links: req.wayHome(), cause: errNotAdmitted}
}

// isFor finds the organisation that a page belongs to. The page's path is without the base.
func isFor(page string) func(tallyfy.Organization) bool {
	return func(o tallyfy.Organization) bool { return strings.HasPrefix(page, views.URLs{Org: o.ID}.Below("/")) }
}

// askForOrganisation keeps the token on the server, so that it need not be pasted again, and asks.
func (req *request) askForOrganisation(status int, f views.SignInForm, p *pendingSignIn, message string) error {
	had := req.session.data
	if ended, err := req.app.renew(req, req.session, sessionData{Pending: p, Draft: had.Draft}); err != nil {
		return err
	} else if ended && had.holds(p.Token) {
		return req.signedOutMeanwhile()
	}
	if len(p.Organisations) == 0 {
		f.AskOrganisation, f.TokenKept = true, true
		if f.Organisation != "" {
			f.Errors = map[string]string{"organization": message}
		}
		return req.askForToken(status, f)
	}
	choices := make([]views.OrganisationChoice, len(p.Organisations))
	for i, o := range p.Organisations {
		choices[i] = views.OrganisationChoice{ID: string(o.ID), Name: o.DisplayName()}
	}
	return req.show(status, views.ChooseOrganisation(req.page("Choose an organisation", views.SectionNone), f, string(p.User.ID), p.User.Name(), message, choices))
}

// enter makes the session: a new id, and nothing of an earlier one but this person's own draft and, for
// the same token, the organisations entered before.
func (req *request) enter(f views.SignInForm, p *pendingSignIn, org tallyfy.Organization, member *tallyfy.Member) error {
	if !req.app.admits(org.ID) { // whichever way led here
		return req.otherThanAdmitted()
	}
	who := &identity{
		Token: p.Token, Organisation: org, UserID: p.User.ID, Name: p.User.Name(), Email: p.User.Email,
		Role: member.Role, Timezone: p.User.Timezone, TokenEnds: p.Ends,
	}
	who.Organisation.Name = org.DisplayName()
	data := sessionData{Who: who, Organisations: p.Organisations[:min(len(p.Organisations), mostListed)]}
	for _, other := range req.session.data.everywhere() {
		switch {
		case other.Token != who.Token:
		case other.Organisation.ID == org.ID:
			who.Changed, who.ManagesGroups = other.Changed, other.ManagesGroups
		default:
			data.Others = append(data.Others, other)
		}
	}
	if d := req.session.data.Draft; d != nil && d.Owner == who.tag() {
		data.Draft = d
	}
	// A form that was typed before the session ended says whose it is, and is kept for no one else.
	if typed, err := url.ParseQuery(f.Typed); err == nil && f.Typed != "" && typed.Get("as") == who.tag() {
		data.Draft = &draft{Path: req.draftPath(f.Next, org.ID), Form: typed, Owner: who.tag()}
	}
	next, had := f.Next, req.session.data
	if ended, err := req.app.renew(req, req.session, data); err != nil {
		return err
	} else if ended && had.holds(p.Token) {
		return req.signedOutMeanwhile()
	}
	if _, known := findLocation(who.Timezone); !known {
		req.notice(views.Notice{Kind: views.NoticeInfo, Text: "All times are in UTC: your time zone in Tallyfy, “" + names.Isolate(who.Timezone) + "”, is not known here."})
	}
	if had.Who != nil && had.Who.Token == who.Token && had.Who.Organisation.ID != org.ID {
		req.notice(youAreIn(who))
	}
	if err := req.session.save(req); err != nil { // here and not later: a lost cookie would be a loop
		return err
	}
	if err := req.noteSignIn(); err != nil {
		return err
	}
	req.auditSignIn(signedInNow, slog.String("user", string(who.UserID)), slog.String("organisation", string(org.ID)))
	if next == "" || strings.HasPrefix(next, "/signin") {
		next = req.urls().Local(req.urls().In(org.ID).Overview())
	}
	return req.goTo(req.urls().Base + next)
}

// signedInMeanwhile answers a choice of the organisation after which another tab has signed in.
func (req *request) signedInMeanwhile(f views.SignInForm) error {
	who := req.session.data.Who
	next := req.urls().In(who.Organisation.ID).Overview()
	if f.Next != "" {
		next = req.urls().Base + f.Next
	}
	req.signedInAs(who)
	return &problem{
		status: http.StatusConflict, title: "You signed in meanwhile as " + who.Name,
		text:  "That was in another tab, in the organisation " + who.Organisation.Name + ". Your choice in this tab was not needed any more, and nothing was done with it.",
		links: []components.LinkProps{{Text: "Continue", URL: next, Kind: components.ButtonPrimary}, {Text: "Sign in as somebody else", URL: req.urls().SignIn(f.Next)}},
	}
}

// signedOutMeanwhile answers a request that would go on with a session which was signed out while it was under way.
func (req *request) signedOutMeanwhile() error {
	if err := req.app.end(req, req.session); err != nil {
		return err
	}
	return req.goTo(req.urls().SignIn(""))
}

// signOut ends the session. It works without one, too.
func signOut(req *request) error {
	for _, who := range req.session.data.everywhere() {
		req.app.forget(cache.ScopeOf(who.Token, who.Organisation.ID))
	}
	if err := req.app.end(req, req.session); err != nil {
		return err
	}
	return req.goTo(req.urls().SignIn(""))
}

// How an attempt to sign in can end.
const (
	signedInNow     = "done"
	signInRefused   = "refused"
	signInHeldBack  = "held back"
	signInUnchecked = "not checked"
	signInEnded     = "ended by another"
)

// auditSignIn writes the one line about an attempt to sign in.
func (req *request) auditSignIn(result string, attrs ...slog.Attr) {
	req.app.Metrics.SignIn(result)
	req.refused = req.refused || result == signInRefused
	line := []slog.Attr{slog.String("request_id", web.IDOf(req)), slog.String("result", result), slog.String("client", req.RealIP())}
	req.app.Log.LogAttrs(req.Request().Context(), slog.LevelInfo, "sign-in", append(line, attrs...)...)
}
