package handlers

import (
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

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
)

// A problem is an error with a page of its own; cause, if any, is for the log.
type problem struct {
	status      int
	title, text string
	links       []components.LinkProps
	cause       error
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
	v, ok := c.Get(visitKey).(*visit)
	if !ok {
		v = a.strayVisit(c)
	}
	if errors.Is(c.Request().Context().Err(), context.Canceled) { // nobody is there to read an answer
		a.Log.Info("visitor went away", slog.String("request_id", web.IDOf(c)), slog.Any("error", err))
		_ = c.NoContent(statusWentAway)
		return
	}
	if v.who != nil && tallyfy.IsUnauthorized(err) {
		if err = v.tokenEnded(); err == nil {
			return
		}
	}
	p := v.explain(err)
	level := slog.LevelInfo
	if p.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	a.Log.Log(c.Request().Context(), level, "request failed", slog.String("request_id", web.IDOf(c)), slog.Int("status", p.status), slog.Any("error", err))
	v.setRetryAfter(err)
	view := views.ErrorView{Status: p.status, Title: p.title, Text: p.text, RequestID: web.IDOf(c), UpstreamID: tallyfy.RequestID(err), Links: p.links}
	if err := v.show(p.status, views.Error(v.page(p.title, views.SectionNone), view)); err != nil {
		a.Log.Error("error page failed", slog.String("request_id", web.IDOf(c)), slog.Any("error", err))
		_ = c.String(http.StatusInternalServerError, "Something went wrong. Request "+web.IDOf(c)+"\n")
	}
}

// strayVisit is the visit of a request that no route took: whoever is signed in sees the error page in the usual frame.
func (a *App) strayVisit(c echo.Context) *visit {
	v := &visit{Context: c, app: a}
	c.Set(visitKey, v) // for the access line
	if s, err := a.openSession(c); err == nil && s.data.Who != nil {
		v.session = s
		v.signedInAs(s.data.Who)
	}
	return v
}

// explain finds the page for an error.
func (v *visit) explain(err error) *problem {
	var own *problem
	if errors.As(err, &own) {
		return own
	}
	var http4 *echo.HTTPError
	if errors.As(err, &http4) {
		return v.explainHTTP(http4)
	}
	var upstream *tallyfy.Error
	if errors.As(err, &upstream) {
		return v.explainUpstream(upstream)
	}
	switch {
	case errors.Is(err, web.ErrCrossSite):
		return &problem{
			status: http.StatusForbidden, title: "This form came from another site",
			text: "Your browser says that the form was sent from another address than this dashboard's, so nothing was done. Open the page here and send it again.", links: v.wayHome(),
		}
	case errors.Is(err, web.ErrTooLarge):
		return &problem{
			status: http.StatusRequestEntityTooLarge, title: "The form is too large",
			text: "A form may hold 1 MB. Nothing was done.", links: v.wayHome(),
		}
	case errors.Is(err, context.DeadlineExceeded):
		return v.noAnswer()
	}
	return &problem{
		status: http.StatusInternalServerError, title: "Something went wrong here",
		text: "The mistake is ours, not yours. It has been logged under the request's number below.", links: v.tryAgain(),
	}
}

func (v *visit) explainHTTP(err *echo.HTTPError) *problem {
	switch err.Code {
	case http.StatusNotFound:
		return &problem{status: err.Code, title: "There is no such page", text: "The address may be mistyped, or what it showed is gone.", links: v.wayHome()}
	case http.StatusMethodNotAllowed:
		return &problem{status: err.Code, title: "This page can't be used that way", text: "The address exists, but not for this kind of request.", links: v.wayHome()}
	case http.StatusBadRequest, http.StatusUnsupportedMediaType:
		return &problem{status: err.Code, title: "The form could not be read", text: "It arrived damaged or in another format than this page sends, so nothing was done. Please go back and send it again.", links: v.wayHome()}
	default:
		return &problem{status: err.Code, title: "This did not work", text: "The request could not be answered.", links: v.wayHome()}
	}
}

// explainUpstream finds the page for what Tallyfy answered, or for its silence. On a page that only reads, trying again is
// always safe; handlers that write explain their own failures.
func (v *visit) explainUpstream(err *tallyfy.Error) *problem {
	refused, _ := refusalOf(err)
	switch {
	case tallyfy.IsDenied(err):
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: v.otherOrganisations()}
	case refused.Quoted && tallyfy.IsForbidden(err):
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: v.wayHome()}
	case refused.Quoted && !tallyfy.IsNotFound(err):
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: v.tryAgain()}
	case err.Status == http.StatusForbidden:
		return &problem{status: http.StatusForbidden, title: "Tallyfy does not allow this for your account", text: v.missingPermission(), links: v.wayHome()}
	case err.Status == http.StatusNotFound:
		return &problem{status: http.StatusNotFound, title: "Tallyfy does not have this", text: "It may have been deleted, or it belongs to another organisation.", links: v.wayHome()}
	case tallyfy.IsNotAdmitted(err):
		return &problem{status: http.StatusTooManyRequests, title: "Too many pages are waiting for Tallyfy", text: v.howLongHere(err), links: v.tryAgain()}
	case err.Status == http.StatusTooManyRequests:
		return &problem{status: http.StatusTooManyRequests, title: "Tallyfy asks to slow down", text: v.howLong(err), links: v.tryAgain()}
	case err.Status < http.StatusBadRequest && err.Timeout(): // before the answer, or in the middle of it
		return v.noAnswer()
	case err.Status == 0:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy can't be reached", text: "The connection failed. " + v.safeAgain(), links: v.tryAgain()}
	case err.Status >= http.StatusInternalServerError:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy has a problem", text: fmt.Sprintf("It answered with an error of its own (%d). ", err.Status) + v.safeAgain(), links: v.tryAgain()}
	case tallyfy.IsRefused(err) && err.Status < http.StatusBadRequest:
		return &problem{status: refused.Status, title: refused.Title, text: refused.Text, links: v.tryAgain()}
	case err.Status < http.StatusBadRequest:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy's answer could not be read", text: "It was not what its interface promises; a proxy in between may have answered instead. Trying again is safe.", links: v.tryAgain()}
	default:
		return &problem{status: http.StatusBadGateway, title: "Tallyfy refused this", text: fmt.Sprintf("It answered %d and gave no reason that can be acted on.", err.Status), links: v.tryAgain()}
	}
}

func (v *visit) noAnswer() *problem {
	return &problem{status: http.StatusGatewayTimeout, title: "Tallyfy did not answer in time", text: v.safeAgain(), links: v.tryAgain()}
}

// safeAgain ends the explanation of a failure to read.
func (v *visit) safeAgain() string {
	if v.followsChange() {
		return "Trying again is safe."
	}
	return "Trying again is safe: nothing was changed."
}

// followsChange reports that this page is to say that a change was made: then it must not say that none was.
func (v *visit) followsChange() bool { return v.session != nil && len(v.session.data.Notices) > 0 }

// missingPermission says what the account would need for what was asked.
func (v *visit) missingPermission() string {
	switch {
	case v.reads() && v.Param("member") == "":
		return "Your role in Tallyfy, or your organisation's plan, does not include this. Ask an administrator."
	case strings.HasPrefix(v.Path(), v.urls().Groups()):
		return "Changing groups takes the permission to manage groups. Administrators have it; they can let others have it in Tallyfy under Settings, Organization."
	default:
		return "Looking at one member, and removing members, takes an administrator. Ask one, or have your role changed in Tallyfy."
	}
}

func (v *visit) howLong(err *tallyfy.Error) string {
	if tallyfy.IsHourlyCap(err) {
		return howLongCapped(err) + v.nothingChanged()
	}
	when := "Too many requests have reached it. Please try again in a minute."
	if err.RetryAfter > 0 {
		when = tryAgainIn(err.RetryAfter)
	}
	return when + " Its limit is shared by everybody behind your office's address." + v.nothingChanged()
}

// howLongCapped is how long an hourly cap lasts. Less than a minute is our own waiting time, and not the service's word.
func howLongCapped(err *tallyfy.Error) string {
	when := "Please try again in up to an hour."
	if err.RetryAfter >= time.Minute {
		when = tryAgainIn(err.RetryAfter)
	}
	if err.FromService {
		return "Tallyfy says: “" + err.Message + "” " + when
	}
	return "Your organisation has used up what Tallyfy allows in an hour. " + when
}

// howLongHere is howLong for a page that our own queue did not let through: Tallyfy has not complained.
func (v *visit) howLongHere(err *tallyfy.Error) string {
	return "Everybody here shares one pace of asking Tallyfy, and this page would wait too long for its turn. " + tryAgainIn(err.RetryAfter) + v.nothingChanged()
}

func (v *visit) nothingChanged() string {
	if v.followsChange() {
		return ""
	}
	return " Nothing was changed."
}

func tryAgainIn(wait time.Duration) string {
	switch wait = wait.Round(time.Second); {
	case wait < 2*time.Minute:
		return "Please try again in " + views.Count(max(1, wholeSeconds(wait)), "second", "seconds") + "."
	case wait > 2*time.Hour:
		return "Please try again in " + views.Count(int(math.Ceil(wait.Hours())), "hour", "hours") + "."
	}
	return "Please try again in " + views.Count(int(math.Ceil(wait.Minutes())), "minute", "minutes") + "."
}

// tokenEnded ends a session whose token Tallyfy no longer takes. What was typed waits for the same person to sign in.
func (v *visit) tokenEnded() error {
	who := v.who
	v.app.Directory.Forget(v.scope) // what is being read with that token will fail, too
	v.who, v.api = nil, nil
	if v.typed == nil && v.sessionGone() {
		// Another request met the same refusal first. Its new session, which may hold a draft, must not be replaced.
		v.session.dirty = false
		return v.sendToSignIn("")
	}
	said := v.session.data.Notices
	var kept sessionData
	if len(v.typed.Encode()) > mostTyped {
		v.typed = nil
	}
	if v.typed != nil {
		kept.Draft = &draft{Path: v.returnTo, Form: v.typed, Owner: who.tag()}
	}
	if _, err := v.app.renew(v, v.session, kept); err != nil {
		return err
	}
	text := "Your sign-in with Tallyfy has ended. "
	switch {
	case v.unsure:
		text += "Before that a change was sent and not confirmed: it may or may not have been made. Sign in again and look before you repeat it."
	case v.typed != nil:
		text += "Nothing was changed, and what you typed is kept. Sign in again to go on."
	case v.Request().Method == http.MethodPost:
		text += "Nothing was changed. Sign in again to go on where you were."
	default:
		// The page was to say what was changed. Whoever sits there now may be somebody else, so no name is said.
		if slices.ContainsFunc(said, func(n views.Notice) bool { return n.Kind == views.NoticeDone }) {
			text += "Your last change was made before that. "
		}
		text += "Sign in again to go on where you were."
	}
	return v.sendToSignIn(text)
}

// mostTyped is the largest form that fits a session, escaped and sealed.
const mostTyped = 300_000

// sessionGone reports whether the session has been renewed or ended since this request began.
func (v *visit) sessionGone() bool {
	now, err := v.app.Sessions.New(v.Request(), v.app.cookie)
	return err == nil && now.IsNew
}

// wayHome leads to a page that works.
func (v *visit) wayHome() []components.LinkProps {
	if v.who == nil {
		return []components.LinkProps{{Text: "Go to the start", URL: v.urls().Home(), Kind: components.ButtonPrimary}}
	}
	return []components.LinkProps{{Text: "All groups", URL: v.urls().Groups()}, {Text: "All members", URL: v.urls().Members()}}
}

// otherOrganisations leads to the organisations that the token may work in as well.
func (v *visit) otherOrganisations() []components.LinkProps {
	if v.who == nil {
		return v.wayHome()
	}
	return append([]components.LinkProps{{Text: "Other organisations", URL: v.urls().Organisations(), Kind: components.ButtonPrimary}}, v.wayHome()...)
}

// tryAgain leads to the same page, which after a POST is the page that the form is on.
func (v *visit) tryAgain() []components.LinkProps {
	path := v.Request().URL.RequestURI()
	switch {
	case v.returnTo != "":
		path = v.urls().Base + v.returnTo
	case !v.reads():
		return v.wayHome()
	}
	return append([]components.LinkProps{{Text: "Try again", URL: path, Kind: components.ButtonPrimary}}, v.wayHome()...)
}

// setRetryAfter passes on how long Tallyfy asks to wait.
func (v *visit) setRetryAfter(err error) {
	if wait, ok := tallyfy.RetryAfter(err); ok && (wait >= time.Minute || !tallyfy.IsHourlyCap(err)) {
		v.retryAfter(wait)
	}
}

func (v *visit) retryAfter(wait time.Duration) {
	v.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(wholeSeconds(wait)))
}

// wholeSeconds is rounded up: who comes back then has waited long enough.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// notConfirmed notes a change of which it is not known whether it was carried out.
func (v *visit) notConfirmed(err error) {
	v.unsure = true
	v.app.Log.Warn("change not confirmed", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
}
