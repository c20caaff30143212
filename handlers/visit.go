package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// A visit is one request with what every page of it needs.
type visit struct {
	echo.Context
	app     *App
	session *session
	// who and api are set on routes for signed-in people: the person, and the client with the person's token.
	who *identity
	api *tallyfy.Client
	// readCtx ends the calls of a page that only reads before the page itself ends. It is nil for a form.
	readCtx context.Context
	// scope is what the person's token sees of the organisation.
	scope cache.Scope
	// reload says that the browser was told to reload the page. fresh says that what another page has
	// read will not do: on a reload, and for a POST, which checks what it changes.
	reload, fresh bool
	// returnTo is the page to come back to, without the base, when the sign-in with Tallyfy turns out to have ended; empty
	// for the page itself. A POST sets it, for its own address may not have a page.
	returnTo string
	// typed is the form to keep for then.
	typed url.Values
	// unsure says that a change was sent in this visit and not confirmed.
	unsure bool
	// tried says that this visit counts as an attempt to sign in, refused that it failed.
	tried, refused bool
}

const visitKey = "visit"

func (v *visit) signedInAs(who *identity) {
	v.who = who
	v.api = v.app.API.WithToken(who.Token)
	v.scope = cache.ScopeOf(who.Token, who.Organisation.ID)
}

// ctx is the context of calls, with the request's id for Tallyfy's log.
func (v *visit) ctx() context.Context {
	ctx := v.Request().Context()
	if v.readCtx != nil {
		ctx = v.readCtx
	}
	return tallyfy.WithRequestID(ctx, web.IDOf(v))
}

func (v *visit) org() tallyfy.ID { return v.who.Organisation.ID }

func (v *visit) urls() views.URLs { return v.app.urls }

// freshness sets how fresh the request's answers must be. Browsers send forms as if they were
// reloads, so the header counts for a GET only.
func (v *visit) freshness() {
	asked := v.Request().Header.Get("Cache-Control")
	v.reload = v.reads() && (strings.Contains(asked, "no-cache") || strings.Contains(asked, "max-age=0"))
	v.fresh = v.reload || !v.reads()
}

// reads reports that the request only asks for something.
func (v *visit) reads() bool {
	return v.Request().Method == http.MethodGet || v.Request().Method == http.MethodHead
}

// clock writes times as the person reads them.
func (v *visit) clock() views.Clock {
	c := views.Clock{Now: v.app.Now(), Location: time.UTC}
	if v.who != nil {
		c.Location = locationOf(v.who.Timezone)
	}
	return c
}

// page is the frame of a screen. It takes the notices out of the session: they are shown once. A HEAD shows nothing.
func (v *visit) page(title string, section views.Section) views.Page {
	p := views.Page{
		Title: title, Section: section, URL: v.urls(), Assets: v.app.assets, Sandbox: v.app.SandboxToken != "",
		Clock: v.clock(),
	}
	if v.who != nil {
		p.Account = &views.Account{
			Name: v.who.Name, Email: v.who.Email, Organisation: v.who.Organisation.Name, Tag: v.who.tag(), TokenEnds: v.who.TokenEnds,
		}
	}
	if v.session != nil && len(v.session.data.Notices) > 0 {
		p.Notices = v.session.data.Notices
		if v.Request().Method != http.MethodHead {
			v.session.change(func(d *sessionData) { d.Notices = nil })
		}
	}
	return p
}

// locations are the time zones that were loaded: each is a file to read. Their names are Tallyfy's, and those that exist are few.
var locations sync.Map

// locationOf finds a time zone; UTC for a name that is none.
func locationOf(name string) *time.Location {
	if known, ok := locations.Load(name); ok {
		return known.(*time.Location)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	locations.Store(name, location)
	return location
}

// show sends a screen.
func (v *visit) show(status int, screen templ.Component) error { return web.Page(v, status, screen) }

// form reads a form that changes something. One that was opened by somebody else, or for another organisation, is refused:
// the person may have signed in anew in another tab. A form that does not say, as another client may send it, is taken.
func (v *visit) form() (url.Values, error) {
	form, err := web.Form(v)
	if err != nil {
		return nil, err
	}
	if as := form.Get("as"); as != "" && as != v.who.tag() {
		return nil, &problem{
			status: http.StatusConflict, title: "You have signed in anew since this form was opened",
			text:  "It was opened by somebody else or for another organisation than you are in now, so nothing was done. Go to the page again and look whether it is still what you want.",
			links: v.wayHome(),
		}
	}
	return form, nil
}

// goTo sends the browser to another page of ours after a form.
func (v *visit) goTo(path string) error { return v.Redirect(http.StatusSeeOther, path) }

// notice keeps a sentence for the next page.
func (v *visit) notice(n views.Notice) {
	v.session.change(func(d *sessionData) { d.Notices = append(d.Notices, n) })
}

// sendToSignIn sends the browser to the sign-in page, and back here afterwards. why is shown there.
func (v *visit) sendToSignIn(why string) error {
	next := v.returnTo
	if next == "" {
		next = v.urls().Local(v.Request().URL.RequestURI())
	}
	if why != "" {
		v.notice(views.Notice{Kind: views.NoticeWarning, Text: why})
	}
	return v.goTo(v.urls().SignIn(next))
}

// refuseForm answers a form of somebody who is not signed in any more. It makes no session to say so in: then anybody could
// fill the database. Afterwards the browser goes back to the page that the form was on; what was typed goes along through
// sign-in.
func (v *visit) refuseForm() error {
	if v.Path() == v.urls().Groups() {
		form, err := web.Form(v)
		if err != nil {
			return err
		}
		if typed := form.Encode(); form.Get("as") != "" && len(typed) <= mostTyped {
			return v.askForToken(http.StatusUnauthorized, views.SignInForm{Next: v.urls().Local(v.urls().NewGroup()), Unsent: true, Typed: typed})
		}
	}
	next := v.urls().Local(v.Request().URL.RequestURI())
	if u, ok := v.ownReferer(); ok {
		next = v.urls().Local(u.RequestURI())
	}
	return v.goTo(v.urls().SignInUnsent(next))
}

// ownReferer is the page of ours where a link was followed or a form sent, if the browser says so.
func (v *visit) ownReferer() (*url.URL, bool) {
	u, err := url.Parse(v.Request().Referer())
	if err != nil || (u.Host != v.app.PublicURL.Host && u.Host != v.Request().Host) || !strings.HasPrefix(u.Path, v.urls().Base+"/") {
		return nil, false
	}
	return u, true
}

// cameFrom is the list that the visitor came from, search and page included, if that is where the link was followed; else
// the plain list.
func (v *visit) cameFrom(list string) string {
	u, ok := v.ownReferer()
	if !ok || u.Path != list || u.RawQuery == "" {
		return list
	}
	return list + "?" + u.RawQuery
}

// whoInLog adds to the access line who it was: ids, never names.
func whoInLog(c echo.Context) []slog.Attr {
	v, ok := c.Get(visitKey).(*visit)
	if !ok || v.who == nil {
		return nil
	}
	return []slog.Attr{slog.String("user", string(v.who.UserID)), slog.String("organisation", string(v.org()))}
}
