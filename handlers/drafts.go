package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// mostTyped is the largest form that fits a session, escaped and sealed.
const mostTyped = 300_000

// draft is a form that could not be sent because the sign-in with Tallyfy had ended. It is shown
// again to the same person in the same organisation only.
type draft struct {
	Path string
	Form url.Values
	// Owner is the tag of that person.
	Owner string
}

// takeDraft gives the form that was kept for a page when the sign-in ended, once.
func (req *request) takeDraft(path string) url.Values {
	d := req.session.data.Draft
	if d == nil || d.Path != path || d.Owner != req.who.tag() {
		return nil
	}
	if req.Request().Method != http.MethodHead { // which shows nothing
		req.session.change(func(s *sessionData) { s.Draft = nil })
	}
	return d.Form
}

// keepTyped keeps a form that was refused because its sender is not who is signed in, or not in its
// organisation. It is shown again to its sender only.
func (req *request) keepTyped(form url.Values) bool {
	if !req.route.keepsTyped() || form.Get("as") == "" || len(form.Encode()) > mostTyped {
		return false
	}
	req.session.change(func(d *sessionData) {
		d.Draft = &draft{Path: req.formPage(), Form: form, Owner: form.Get("as")}
	})
	return true
}

// formPage is the page that a form of this address is on, without the base.
func (req *request) formPage() string {
	if !req.route.keepsTyped() {
		return req.sentFrom()
	}
	if page := formPages[req.route.path]; page != nil {
		return req.urls().Local(page(req.app.urls.In(tallyfy.ID(web.Param(req, "org")))))
	}
	return req.urls().Local(req.Request().URL.Path)
}

// draftPath is the page that shows a form which was typed before the session ended: the one that sign-in leads to.
// An address from before addresses named the organisation is one of the organisation that was chosen.
func (req *request) draftPath(next string, org tallyfy.ID) string {
	path, _, _ := strings.Cut(next, "?")
	switch {
	case path == "":
		return req.urls().Local(req.urls().In(org).NewGroup())
	case !strings.HasPrefix(path, views.OrgPrefix):
		return req.urls().Local(req.urls().In(org).Below(path))
	}
	return path
}

// sentFrom is the page that the browser says the form was on, without the base; else the form's own
// address.
func (req *request) sentFrom() string {
	if u, ok := req.ownReferer(); ok {
		return req.urls().Local(u.RequestURI())
	}
	return req.urls().Local(req.Request().URL.RequestURI())
}

// A refusedForm is what became of a form that was not carried out. The answer to a form is a redirect, and
// the page that it leads to says it, as often as it is loaded: its address names the press. Another form
// that is refused takes its place.
type refusedForm struct {
	ID   string
	Path string // of the page
	Form url.Values
	// Status is that of the page, so that machines see it, too.
	Status int
	// Problem, RequestID and RetryAfter are about the whole form, Errors about its fields.
	Problem, RequestID, RetryAfter string            `json:",omitempty"`
	Errors                         map[string]string `json:",omitempty"`
	Notice                         *views.Notice     `json:",omitempty"`
	// ExistingName and ExistingID are a group that has the name already.
	ExistingName, ExistingID string `json:",omitempty"`
}

// saveTime bounds the saving of a session.
const saveTime = 5 * time.Second

// refusedKey is the parameter that names a refused form.
const refusedKey = "refused"

// answerOn sends the browser to the page that says what became of a form. Where the session cannot hold it,
// that page is the answer itself.
func (req *request) answerOn(address string, f refusedForm, show func() error) error {
	at, ok := req.keepRefused(address, f)
	if !ok {
		return show()
	}
	return req.goTo(at)
}

// keepRefused keeps a form for a page, and gives the address at which that page shows it. ok is false where the
// session cannot hold it.
func (req *request) keepRefused(address string, f refusedForm) (at string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || len(f.Form.Encode()) > mostTyped {
		return "", false
	}
	// Two presses of one button lead to the same page, whichever answer the browser follows.
	f.ID, f.Path, f.RetryAfter = pressOf(f.Form), u.Path, req.Response().Header().Get(echo.HeaderRetryAfter)
	query := u.Query()
	query.Set(refusedKey, f.ID)
	u.RawQuery = query.Encode()
	req.session.change(func(d *sessionData) { d.Refused = &f })
	if err := req.saveInTime(); err != nil { // here and not later: what was typed would be lost
		req.logError("session not saved", err)
		return "", false
	}
	return u.String(), true
}

// saveInTime saves the session even if the time of the page is over.
func (req *request) saveInTime() error {
	whole := req.Request()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(whole.Context()), saveTime)
	defer cancel()
	req.SetRequest(whole.WithContext(ctx))
	defer req.SetRequest(whole)
	return req.session.save(req)
}

// openedForm is the form of a page as it was refused, or as it was typed before a sign-in ended; without a Form where
// the page is opened anew.
func (req *request) openedForm(page string) refusedForm {
	if refused := req.refusedForm(); refused != nil {
		req.returnTo, req.typed = page, refused.Form
		return *refused
	}
	return refusedForm{Status: http.StatusOK, Form: req.takeDraft(page)}
}

// pressedForm is openedForm for a page that only asks for a press: no draft is kept of it.
func (req *request) pressedForm() refusedForm {
	if refused := req.refusedForm(); refused != nil {
		return *refused
	}
	return refusedForm{Status: http.StatusOK}
}

// askedForm is pressedForm for a page whose choice is in its address, which then is its form.
func (req *request) askedForm() refusedForm {
	f := req.pressedForm()
	if f.Form == nil {
		f.Form = req.QueryParams()
	}
	return f
}

// refusedForm is the form that led to this page, nil if none did.
func (req *request) refusedForm() *refusedForm {
	f := req.session.data.Refused
	if f == nil || f.ID != req.QueryParam(refusedKey) || f.Path != req.Request().URL.Path {
		return nil
	}
	if f.RetryAfter != "" {
		req.Response().Header().Set(echo.HeaderRetryAfter, f.RetryAfter)
	}
	return f
}

// sayRefused says what became of a form on the page that is shown instead of its own, which then keeps what
// was typed only.
func (req *request) sayRefused() {
	f := req.refusedForm()
	if f == nil || f.Problem == "" && f.Notice == nil {
		return
	}
	if f.Notice != nil {
		req.notice(*f.Notice)
	} else {
		req.notice(views.Notice{Kind: views.NoticeWarning, Text: f.Problem, RequestID: f.RequestID})
	}
	req.session.change(func(d *sessionData) {
		said := *f
		said.Problem, said.RequestID, said.Notice, said.Status = "", "", nil, http.StatusOK
		d.Refused = &said
	})
}
