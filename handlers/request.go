package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// A request is one HTTP request with what every page of it needs.
type request struct {
	echo.Context
	reader
	route   route
	began   time.Time
	session *session
	// who is the person, on routes for signed-in people; the reader then reads as them.
	who *identity
	// readCtx ends the calls of a page that only reads before the page itself ends. It is nil for a form.
	readCtx context.Context
	// reload says that the browser was told to reload the page.
	reload bool
	// asked is what Tallyfy has said of the person in this request, nil if it was not asked.
	asked *tallyfy.Member
	// returnTo is the page to come back to, without the base, when the sign-in with Tallyfy turns out to have ended; empty
	// for the page itself. A POST sets it, for its own address may not have a page.
	returnTo string
	// typed is the form to keep for then.
	typed url.Values
	// unsure says that a change was sent in this request and not confirmed.
	unsure bool
	// tried says that this request counts as an attempt to sign in, refused that it failed.
	tried, refused bool
}

const requestKey = "request"

func (req *request) signedInAs(who *identity) {
	req.who = who
	req.readAs(who.Token, who.Organisation.ID)
}

// ctx is the context of calls, with the request's id for Tallyfy's log.
func (req *request) ctx() context.Context {
	ctx := req.Request().Context()
	if req.readCtx != nil {
		ctx = req.readCtx
	}
	if req.who != nil {
		ctx = ratelimit.For(ctx, string(req.who.UserID))
	}
	return tallyfy.WithRequestID(ctx, web.IDOf(req))
}

func (req *request) org() tallyfy.ID { return req.who.Organisation.ID }

// urls gives the addresses of pages: in the organisation of the page, before signing in too.
func (req *request) urls() views.URLs {
	if req.who != nil {
		return req.app.urls.In(req.org())
	}
	return req.app.urls.In(tallyfy.ID(web.Param(req, "org")))
}

// freshness sets how fresh the request's answers must be. Browsers send forms as if they were reloads, and
// follow the redirect to a refused form so, too: the header counts for another GET only.
func (req *request) freshness() {
	asked := req.Request().Header.Get("Cache-Control")
	req.reload = req.reads() && req.QueryParam(refusedKey) == "" && (strings.Contains(asked, "no-cache") || strings.Contains(asked, "max-age=0"))
	req.fresh = req.reload || !req.reads()
}

// reads reports that the request only asks for something.
func (req *request) reads() bool {
	return req.Request().Method == http.MethodGet || req.Request().Method == http.MethodHead
}

// clock writes times as the person reads them.
func (req *request) clock() views.Clock {
	c := views.Clock{Now: req.app.Now(), Location: time.UTC}
	if req.who != nil {
		c.Location = locationOf(req.who.Timezone)
	}
	return c
}

// now is the time in the person's zone.
func (req *request) now() time.Time {
	c := req.clock()
	return c.Now.In(c.Location)
}

// page is the frame of a screen. It takes the notices out of the session: they are shown once. A HEAD shows nothing.
func (req *request) page(title string, section views.Section) views.Page {
	p := views.Page{
		Title: title, Section: section, URL: req.urls(), Assets: req.app.assets, Sandbox: req.app.Sandbox != nil,
		Clock: req.clock(),
	}
	if req.who != nil && !req.who.ShutOut { // whose links would all be refused
		p.Account = &views.Account{
			Name: req.who.Name, Email: req.who.Email, Organisation: req.who.Organisation.Name, Tag: req.who.tag(), TokenEnds: req.who.TokenEnds,
			ID: req.who.UserID, OrganisationID: req.org(), Organisations: req.organisationMenu(),
		}
	}
	if req.who != nil {
		p.Can = req.rights()
	}
	if req.session != nil && len(req.session.data.Notices) > 0 {
		p.Notices = req.session.data.Notices
		if req.Request().Method != http.MethodHead {
			req.session.change(func(d *sessionData) { d.Notices = nil })
		}
	}
	return p
}

// listPage is the frame of a list.
func (req *request) listPage(title string, section views.Section) views.Page {
	p := req.page(title, section)
	p.HasList, p.Files = true, req.fileFormat()
	return p
}

// rights is what the person may do, by the role: as Tallyfy said just now, as the copy has it, or as it was at
// sign-in. It offers and never decides: Tallyfy does.
func (req *request) rights() views.Rights {
	role := req.who.Role
	if members, _, ok := req.app.Directory.Cached(req.scope); ok {
		if m, ok := members.ByID(req.who.UserID); ok {
			role = m.Role
		}
	}
	if req.asked != nil {
		role = req.asked.Role
	}
	mayAll := role != tallyfy.RoleStandard && role != tallyfy.RoleLight
	return views.Rights{
		Members: mayAll, Groups: mayAll || role == tallyfy.RoleStandard && req.who.ManagesGroups, Unsure: role == tallyfy.RoleStandard, Role: names.Role(role),
	}
}

// organisationMenu are the person's organisations, as far as they are known without a call.
func (req *request) organisationMenu() []views.OrganisationChoice {
	var known []tallyfy.Organization
	if req.session != nil {
		known = req.session.data.Organisations
	}
	list := make([]views.OrganisationChoice, 0, len(known)+1)
	if !slices.ContainsFunc(known, func(o tallyfy.Organization) bool { return o.ID == req.org() }) {
		list = append(list, req.organisationChoice(req.who.Organisation))
	}
	for _, o := range known {
		if req.app.admits(o.ID) {
			list = append(list, req.organisationChoice(o))
		}
	}
	return list
}

// organisationChoice is an organisation to go to. One that was entered before has an address.
func (req *request) organisationChoice(o tallyfy.Organization) views.OrganisationChoice {
	choice := views.OrganisationChoice{ID: string(o.ID), Name: o.DisplayName(), Current: o.ID == req.org()}
	if choice.Current || req.session == nil {
		return choice
	}
	if who := req.session.data.in(o.ID); who != nil && !who.ShutOut {
		choice.URL = req.urls().In(o.ID).Enter()
	}
	return choice
}

// locations are the time zones that were loaded: each is a file to read. Their names are Tallyfy's, and those that exist are few.
var locations sync.Map

// locationOf finds a time zone; UTC for a name that is none, and for "Local", which is this server's.
func locationOf(name string) *time.Location {
	location, _ := findLocation(name)
	return location
}

// findLocation finds a time zone. ok is false where UTC stands in for one that is not known.
func findLocation(name string) (location *time.Location, ok bool) {
	if name == "Local" {
		return time.UTC, false
	}
	if known, ok := locations.Load(name); ok {
		return known.(*time.Location), true
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, false
	}
	locations.Store(name, location)
	return location, true
}

// show sends a screen. A person who was signed out while the page was being made does not see it.
func (req *request) show(status int, screen templ.Component) error {
	if req.leftUnderWay() {
		return req.sendToSignIn("")
	}
	return web.Page(req, status, screen)
}

// atOnce is how quickly a page is made that is shown without another look at its session: it is as if it had
// been shown just before a sign-out.
const atOnce = 100 * time.Millisecond

// leftUnderWay is signedOut for a page that took a while.
func (req *request) leftUnderWay() bool { return time.Since(req.began) > atOnce && req.signedOut() }

// signedOut reports that the person was signed out since the request began: nothing of the organisation
// may be shown or changed any more.
func (req *request) signedOut() bool {
	if req.who == nil || !req.sessionGone() {
		return false
	}
	req.session.dirty = false
	return true
}

// form reads a form that changes something. One that was opened by somebody else is refused: another
// person may have signed in in another tab. A form that does not say, as another client may send it,
// is taken.
func (req *request) form() (url.Values, error) {
	form, err := web.Form(req)
	if err != nil {
		return nil, err
	}
	return form, req.ownForm(form)
}

// fileForm is form for one with a field for a file.
func (req *request) fileForm(field string) (url.Values, []byte, error) {
	form, file, err := web.FileForm(req, field, bulk.MostBytes)
	if errors.Is(err, web.ErrTooLarge) {
		err = &problem{status: http.StatusRequestEntityTooLarge, title: "The form is too large", text: "This form may hold 2 MB, with the file. Nothing was done.", links: req.wayHome(), cause: err}
	}
	if err != nil {
		return nil, nil, err
	}
	return form, file, req.ownForm(form)
}

// strangersForm reads a form that is not carried out, to keep what was typed.
func (req *request) strangersForm() (form url.Values, err error) {
	most := int64(web.MaxStrangersForm)
	if req.who != nil {
		most = web.MaxForm
	}
	form, _, err = web.FileForm(req, bulkFile, most) // a file is not kept
	return form, err
}

// ownForm refuses a form that somebody else opened.
func (req *request) ownForm(form url.Values) error {
	if as := form.Get("as"); as != "" && as != req.who.tag() {
		text := "You are signed in as " + names.Isolate(req.who.Name) + " now, so nothing was done."
		if req.keepTyped(form) {
			text += " What was typed is kept for the person who typed it, until this browser signs out."
		}
		return &problem{
			status: http.StatusConflict, title: "Somebody else opened this form", text: text,
			links: req.wayHome(),
		}
	}
	return nil
}

// notEntered answers a request for an organisation that the session has not entered: nothing of it is
// shown or done. It asks Tallyfy for the organisation's name, once.
func (req *request) notEntered(org tallyfy.ID) error {
	if req.route.isPicture() {
		return echo.ErrNotFound
	}
	if !req.app.admits(org) {
		return req.otherThanAdmitted()
	}
	v := views.NotEnteredView{Title: "This page belongs to another organisation", Name: string(org), ID: org}
	v.Next = req.urls().Local(req.Request().URL.RequestURI())
	if !req.reads() {
		form, err := req.strangersForm()
		if err != nil {
			return err
		}
		v.Title, v.Next = "This form belongs to another organisation", req.formPage()
		v.Form, v.Kept = true, req.keepTyped(form)
	}
	list, err := req.api.Organizations.List(req.ctx())
	if tallyfy.IsUnauthorized(err) {
		return err
	}
	i := slices.IndexFunc(list, func(o tallyfy.Organization) bool { return o.ID == org })
	if i >= 0 {
		v.Name = list[i].DisplayName()
	}
	v.NotListed = err == nil && i < 0
	return req.show(http.StatusConflict, views.NotEntered(req.page(v.Title, views.SectionNone), v))
}

// youAreIn says where one is after going to another organisation.
func youAreIn(who *identity) views.Notice {
	return views.Notice{Kind: views.NoticeInfo, Text: "You are now in " + names.Isolate(who.Organisation.Name) + "."}
}

// goTo sends the browser to another page of ours after a form.
func (req *request) goTo(path string) error { return req.Redirect(http.StatusSeeOther, path) }

// notice keeps a sentence for the next page.
func (req *request) notice(n views.Notice) {
	req.session.change(func(d *sessionData) { d.Notices = append(d.Notices, n) })
}

// sendToSignIn sends the browser to the sign-in page, and back here afterwards. why is shown there.
func (req *request) sendToSignIn(why string) error {
	next := req.returnTo
	if next == "" {
		next = req.urls().Local(req.Request().URL.RequestURI())
	}
	if why != "" {
		req.notice(views.Notice{Kind: views.NoticeWarning, Text: why})
	}
	return req.goTo(req.urls().SignIn(next))
}

// refuseForm answers a form of somebody who is not signed in any more. It makes no session to say so in: then anybody could
// fill the database. Afterwards the browser goes back to the page that the form was on; what was typed goes along through
// sign-in.
func (req *request) refuseForm() error {
	if req.route.keepsTyped() {
		form, err := req.strangersForm()
		if err != nil && !errors.Is(err, web.ErrTooLarge) {
			return err
		}
		if typed := form.Encode(); form.Get("as") != "" && carried(typed) != "" {
			return req.askForToken(http.StatusUnauthorized, views.SignInForm{Next: req.formPage(), Unsent: true, Typed: typed})
		}
	}
	return req.goTo(req.urls().SignInUnsent(req.sentFrom()))
}

// ownReferer is the page of ours where a link was followed or a form sent, if the browser says so.
func (req *request) ownReferer() (*url.URL, bool) {
	u, err := url.Parse(req.Request().Referer())
	if err != nil || (u.Host != req.app.PublicURL.Host && u.Host != req.Request().Host) || !strings.HasPrefix(u.Path, req.urls().Base+"/") {
		return nil, false
	}
	return u, true
}

// fromOtherSite reports that another site may have sent the visitor here. Browsers say where a request comes from
// (Sec-Fetch-Site) except on plain http; there only a link on a page of ours counts.
func (req *request) fromOtherSite() bool {
	switch req.Request().Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		_, ours := req.ownReferer()
		return !ours
	}
	return true
}

// cameFrom is the list that the visitor came from, search and page included, if that is where the link was followed; else
// the plain list.
func (req *request) cameFrom(list string) string {
	u, ok := req.ownReferer()
	if !ok || u.Path != list || u.RawQuery == "" {
		return list
	}
	return list + "?" + u.RawQuery
}

// whoInLog adds to the access line who it was: ids, never names.
func whoInLog(c echo.Context) []slog.Attr {
	req, ok := c.Get(requestKey).(*request)
	if !ok || req.who == nil {
		return nil
	}
	return []slog.Attr{slog.String("user", string(req.who.UserID)), slog.String("organisation", string(req.org()))}
}
