package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// A problem is an error with a page of its own; cause, if any, is for the log.
type problem struct {
	status      int
	title, text string
	links       []components.LinkProps
	// signOut says that signing out is a next step.
	signOut bool
	cause   error
}

func (p *problem) Error() string {
	if p.cause != nil {
		return p.title + ": " + p.cause.Error()
	}
	return p.title
}

func (p *problem) Unwrap() error { return p.cause }

// statusWentAway is what nginx logs for a visitor who did not wait; the standard has no number for it.
const statusWentAway = 499

// answerError turns any error into a page. It is the only place that does.
func (a *App) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		a.Log.Error("answer broken off", slog.String("request_id", web.IDOf(c)), slog.Any("error", err))
		return
	}
	req, ok := c.Get(requestKey).(*request)
	if !ok {
		req = a.strayRequest(c, err)
	}
	if errors.Is(c.Request().Context().Err(), context.Canceled) { // nobody is there to read an answer
		a.Log.Info("visitor went away", slog.String("request_id", web.IDOf(c)), slog.Any("error", err))
		_ = c.NoContent(statusWentAway)
		return
	}
	if req.who != nil && tallyfy.IsUnauthorized(err) {
		if err = req.tokenEnded(); err == nil {
			return
		}
	}
	if errors.Is(err, errSignedOut) {
		req.who, req.api = nil, nil
		if err = req.refuseForm(); err == nil {
			return
		}
	}
	p := req.explain(err)
	level := slog.LevelInfo
	if p.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	a.Log.Log(c.Request().Context(), level, "request failed", slog.String("request_id", web.IDOf(c)), slog.Int("status", p.status), slog.Any("error", err))
	req.setRetryAfter(err)
	view := views.ErrorView{Status: p.status, Title: p.title, Text: p.text, RequestID: web.IDOf(c), UpstreamID: upstreamID(c, err), Links: p.links, SignOut: p.signOut}
	if err := req.show(p.status, views.Error(req.page(p.title, views.SectionNone), view)); err != nil {
		a.Log.Error("error page failed", slog.String("request_id", web.IDOf(c)), slog.Any("error", err))
		_ = c.String(http.StatusInternalServerError, "Something went wrong. Request "+web.IDOf(c)+"\n")
	}
}

// upstreamID is Tallyfy's own id of the failed call. It is empty where Tallyfy kept ours.
func upstreamID(c echo.Context, err error) string {
	if id := tallyfy.RequestID(err); id != web.IDOf(c) {
		return id
	}
	return ""
}

// strayRequest is a request that no route took: whoever is signed in sees the error page in the usual frame.
func (a *App) strayRequest(c echo.Context, err error) *request {
	req := &request{Context: c, reader: reader{app: a, id: web.IDOf(c)}}
	c.Set(requestKey, req) // for the access line
	if errors.Is(err, web.ErrOtherHost) {
		return req // a page for anybody
	}
	if s, err := a.openSession(c); err == nil && s.data.Who != nil {
		req.session = s
		req.signedInAs(s.data.Who)
	}
	return req
}

// explain finds the page for an error.
func (req *request) explain(err error) *problem {
	var own *problem
	if errors.As(err, &own) {
		return own
	}
	var http4 *echo.HTTPError
	if errors.As(err, &http4) {
		return req.explainHTTP(http4)
	}
	var upstream *tallyfy.Error
	if errors.As(err, &upstream) {
		return req.explainUpstream(upstream)
	}
	switch {
	case errors.Is(err, web.ErrOtherHost):
		return &problem{
			status: http.StatusMisdirectedRequest, title: "The dashboard has another address",
			text:  req.bothAddresses() + " Nothing was done. If a proxy stands in between, it has to pass on the name that the visitor asked for.",
			links: req.toOwnAddress(),
		}
	case errors.Is(err, web.ErrCrossSite):
		return &problem{
			status: http.StatusForbidden, title: "This form came from another site",
			text:  "Your browser says that the form was sent from " + req.origin() + ". This dashboard is at " + req.app.PublicURL.String() + ", so nothing was done. Open the page there and send it again.",
			links: req.toOwnAddress(),
		}
	case errors.Is(err, web.ErrTooLarge):
		text := "A form may hold 1 MB. Nothing was done."
		if req.who == nil {
			text = "Before you sign in a form may hold 64 kB. Nothing was done."
		}
		return &problem{status: http.StatusRequestEntityTooLarge, title: "The form is too large", text: text, links: req.wayHome()}
	case errors.Is(err, context.DeadlineExceeded):
		return req.noAnswer()
	}
	return &problem{
		status: http.StatusInternalServerError, title: "Something went wrong here",
		text: "The mistake is ours, not yours. It has been logged under the request's number below.", links: req.tryAgain(),
	}
}

func (req *request) explainHTTP(err *echo.HTTPError) *problem {
	switch err.Code {
	case http.StatusNotFound:
		if !strings.HasPrefix(req.Request().URL.Path+"/", req.urls().Base+"/") {
			return &problem{
				status: err.Code, title: "Page not found",
				text:  req.bothAddresses() + " If a proxy stands in between, it has to pass the path on whole, without taking " + req.urls().Base + " away.",
				links: req.toOwnAddress(),
			}
		}
		return &problem{status: err.Code, title: "Page not found", text: "Check the address; the item may have been deleted.", links: req.wayHome()}
	case http.StatusMethodNotAllowed:
		return &problem{status: err.Code, title: "This page can't be used that way", text: "The address exists, but not for this kind of request.", links: req.wayHome()}
	case http.StatusBadRequest, http.StatusUnsupportedMediaType:
		return &problem{status: err.Code, title: "The form could not be read", text: "It arrived damaged or in another format than this page sends, so nothing was done. Please go back and send it again.", links: req.wayHome()}
	default:
		return &problem{status: err.Code, title: "This did not work", text: "The request could not be answered.", links: req.wayHome()}
	}
}

// explainUpstream finds the page for what Tallyfy answered, or for its silence. On a page that only reads, trying again is
// always safe; handlers that write explain their own failures.
func (req *request) explainUpstream(err *tallyfy.Error) *problem {
	refused, _ := refusalOf(err)
	switch {
	case tallyfy.IsDenied(err):
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: req.otherOrganisations()}
	case refused.Quoted && tallyfy.IsForbidden(err):
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: req.wayHome()}
	case refused.Quoted && !tallyfy.IsNotFound(err):
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: req.tryAgain()}
	case err.Status == http.StatusForbidden:
		return &problem{status: http.StatusForbidden, title: "Tallyfy does not allow this for your account", text: req.missingPermission(), links: req.wayHome()}
	case err.Status == http.StatusNotFound:
		return &problem{status: http.StatusNotFound, title: "Not found in Tallyfy", text: "It may have been deleted, or it belongs to another organisation.", links: req.wayHome()}
	case tallyfy.IsNotAdmitted(err):
		return &problem{status: http.StatusTooManyRequests, title: "Too many pages are waiting for Tallyfy", text: req.howLongHere(err), links: req.tryAgain()}
	case err.Status == http.StatusTooManyRequests:
		return &problem{status: http.StatusTooManyRequests, title: "Tallyfy asks to slow down", text: req.howLong(err), links: req.tryAgain()}
	case err.Status < http.StatusBadRequest && err.Timeout(): // before the answer, or in the middle of it
		return req.noAnswer()
	case err.Status == 0:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy can't be reached", text: "The connection failed. " + req.safeAgain(), links: req.tryAgain()}
	case err.Status >= http.StatusInternalServerError:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy has a problem", text: fmt.Sprintf("It answered with an error of its own (%d). ", err.Status) + req.safeAgain(), links: req.tryAgain()}
	case tallyfy.IsRefused(err) && err.Status < http.StatusBadRequest:
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: req.tryAgain()}
	case err.Status < http.StatusBadRequest:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy's answer could not be read", text: "It was not what its interface promises; a proxy in between may have answered instead. Trying again is safe.", links: req.tryAgain()}
	default:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy refused this", text: fmt.Sprintf("It answered %d and gave no reason that can be acted on.", err.Status), links: req.tryAgain()}
	}
}

func (req *request) noAnswer() *problem {
	return &problem{status: http.StatusGatewayTimeout, title: "Tallyfy did not answer in time", text: req.safeAgain(), links: req.tryAgain()}
}

// safeAgain ends the explanation of a failure to read.
func (req *request) safeAgain() string {
	if req.followsChange() {
		return "Trying again is safe."
	}
	return "Trying again is safe: nothing was changed."
}

// followsChange reports that this page is to say that a change was made: then it must not say that none was.
func (req *request) followsChange() bool {
	return req.session != nil && len(req.session.data.Notices) > 0
}

// missingPermission says what the account would need for what was asked.
func (req *request) missingPermission() string {
	switch {
	case req.reads() && req.Param("member") == "":
		return "Your role in Tallyfy, or your organisation's plan, does not include this. Ask an administrator."
	case strings.HasPrefix(req.route.path, "/groups"):
		return "Changing groups takes the permission to manage groups. Administrators have it; they can let others have it in Tallyfy under Settings, Organization."
	default:
		return "Only administrators can open a member's page, or change and remove members. Ask an administrator."
	}
}

func (req *request) howLong(err *tallyfy.Error) string {
	if tallyfy.IsHourlyCap(err) {
		return howLongCapped(err) + req.nothingChanged()
	}
	when := "Too many requests have reached it. Please try again in a minute."
	if err.RetryAfter > 0 {
		when = tryAgainIn(err.RetryAfter)
	}
	return when + " Tallyfy's limit is shared by everybody behind your office's address." + req.nothingChanged()
}

// howLongCapped is how long an hourly cap lasts. Less than a minute is our own waiting time, and not the service's word.
func howLongCapped(err *tallyfy.Error) string {
	when := "Please try again in up to an hour."
	if err.RetryAfter >= time.Minute {
		when = tryAgainIn(err.RetryAfter)
	}
	if err.FromService {
		return "Tallyfy says: “" + names.Isolate(err.Message) + "” " + when
	}
	return "Your organisation has used up what Tallyfy allows in an hour. " + when
}

// howLongHere is howLong for a page that our own queue did not let through: Tallyfy has not complained.
func (req *request) howLongHere(err *tallyfy.Error) string {
	return "Everybody here shares one pace of asking Tallyfy, and this page would wait too long for its turn. " + tryAgainIn(err.RetryAfter) + req.nothingChanged()
}

func (req *request) nothingChanged() string {
	if req.followsChange() {
		return ""
	}
	return " Nothing was changed."
}

func tryAgainIn(wait time.Duration) string {
	switch wait = wait.Round(time.Second); {
	case wait < 2*time.Minute:
		return "Please try again in " + words.Count(max(1, wholeSeconds(wait)), "second", "seconds") + "."
	case wait > 2*time.Hour:
		return "Please try again in " + words.Count(int(math.Ceil(wait.Hours())), "hour", "hours") + "."
	}
	return "Please try again in " + words.Count(int(math.Ceil(wait.Minutes())), "minute", "minutes") + "."
}

// tokenEnded ends a session whose token Tallyfy no longer takes. What was typed waits for the same person to sign in.
func (req *request) tokenEnded() error {
	who := req.who
	req.app.forget(req.scope) // what is being read with that token will fail, too
	req.who, req.api = nil, nil
	if req.typed == nil && req.sessionGone() {
		// Another request met the same refusal first. Its new session, which may hold a draft, must not be replaced.
		req.session.dirty = false
		return req.sendToSignIn("")
	}
	said := req.session.data.Notices
	var kept sessionData
	if len(req.typed.Encode()) > mostTyped {
		req.typed = nil
	}
	if req.typed != nil {
		kept.Draft = &draft{Path: req.returnTo, Form: req.typed, Owner: who.tag()}
	}
	if _, err := req.app.renew(req, req.session, kept); err != nil {
		return err
	}
	text := "Your sign-in with Tallyfy has ended. "
	switch {
	case req.unsure:
		text += "Before that a change was sent and not confirmed: it may or may not have been made. Sign in again and look before you repeat it."
	case req.typed != nil:
		text += "Nothing was changed, and what you typed is kept. Sign in again to go on."
	case req.Request().Method == http.MethodPost:
		text += "Nothing was changed. Sign in again to go on where you were."
	default:
		// The page was to say what was changed. Whoever sits there now may be somebody else, so no name is said.
		if slices.ContainsFunc(said, func(n views.Notice) bool { return n.Kind == views.NoticeDone }) {
			text += "Your last change was made before that. "
		}
		text += "Sign in again to go on where you were."
	}
	return req.sendToSignIn(text)
}

// sessionGone reports whether the session has been renewed or ended by another request since this one
// began. When the database does not say, the session is taken to be there.
func (req *request) sessionGone() bool {
	if req.session == nil || store.KeyOf(req.session.raw) == "" {
		return false
	}
	living, err := req.app.Sessions.Living(req.Request().Context(), req.session.raw)
	return err == nil && !living
}

// bothAddresses says which address was asked for, and which one is right.
func (req *request) bothAddresses() string {
	asked := web.AskedHost(req.Request(), req.app.PublicURL, req.app.TrustedProxies) + req.Request().URL.Path
	return fmt.Sprintf("You asked for %.300s, but this dashboard is at %s/.", asked, req.app.PublicURL)
}

// origin is where the browser says that a form comes from.
func (req *request) origin() string {
	return fmt.Sprintf("%.300s", cmp.Or(req.Request().Header.Get("Origin"), "another address"))
}

// toOwnAddress leads to the same page under the right address, or to the start.
func (req *request) toOwnAddress() []components.LinkProps {
	own := *req.app.PublicURL
	origin := own.Scheme + "://" + own.Host
	address := origin + req.urls().Home()
	if path := web.LocalPath(req.Request().URL.RequestURI()); req.reads() && strings.HasPrefix(path, req.urls().Base+"/") {
		address = origin + path
	}
	return []components.LinkProps{{Text: "Open the dashboard", URL: address, Kind: components.ButtonPrimary}}
}

// wayHome leads to a page that works.
func (req *request) wayHome() []components.LinkProps {
	if req.who == nil {
		return []components.LinkProps{{Text: "Go to the start", URL: req.urls().Home(), Kind: components.ButtonPrimary}}
	}
	if req.who.ShutOut {
		return []components.LinkProps{req.toOrganisations()}
	}
	return []components.LinkProps{{Text: "All groups", URL: req.urls().Groups()}, {Text: "All members", URL: req.urls().Members()}}
}

func (req *request) toOrganisations() components.LinkProps {
	return components.LinkProps{Text: "Other organisations", URL: req.urls().Organisations(), Kind: components.ButtonPrimary}
}

// otherOrganisations leads to the organisations that the token may work in as well.
func (req *request) otherOrganisations() []components.LinkProps {
	if req.who == nil {
		return req.wayHome()
	}
	return append([]components.LinkProps{req.toOrganisations()}, req.wayHome()...)
}

// tryAgain leads to the same page, which after a POST is the page that the form is on.
func (req *request) tryAgain() []components.LinkProps {
	path := req.Request().URL.RequestURI()
	switch {
	case req.returnTo != "":
		path = req.urls().Base + req.returnTo
	case !req.reads():
		return req.wayHome()
	}
	return append([]components.LinkProps{{Text: "Try again", URL: path, Kind: components.ButtonPrimary}}, req.wayHome()...)
}

// setRetryAfter passes on how long Tallyfy asks to wait.
func (req *request) setRetryAfter(err error) {
	if wait, ok := tallyfy.RetryAfter(err); ok && (wait >= time.Minute || !tallyfy.IsHourlyCap(err)) {
		req.retryAfter(wait)
	}
}

func (req *request) retryAfter(wait time.Duration) {
	req.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(wholeSeconds(wait)))
}

// wholeSeconds is rounded up: who comes back then has waited long enough.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
