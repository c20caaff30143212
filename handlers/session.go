package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// identity is the signed-in person, in one organisation.
type identity struct {
	Token        string
	Organisation tallyfy.Organization
	UserID       tallyfy.UserID
	Name, Email  string
	Role         tallyfy.Role
	Timezone     string
	// TokenEnds is when the token will end, as far as that is known.
	TokenEnds time.Time
	// ShutOut says that Tallyfy did not let the person into the organisation when it was last asked.
	ShutOut bool `json:",omitempty"`
	// Changed is what the session has changed in the organisation.
	Changed ownChanges `json:",omitzero"`
}

// scope names the person in the organisation.
func (i *identity) scope() string { return string(i.Organisation.ID) + " " + string(i.UserID) }

// tag stands for the person in the organisation, in forms.
func (i *identity) tag() string {
	sum := sha256.Sum256([]byte(i.scope()))
	var text [16]byte
	hex.Encode(text[:], sum[:8])
	return string(text[:])
}

// pendingSignIn holds a token that Tallyfy knows while its owner chooses the organisation.
type pendingSignIn struct {
	Token         string
	User          tallyfy.User
	Organisations []tallyfy.Organization
	// Missing says that they are not all, if so.
	Missing string
	Ends    time.Time
}

// draft is a form that could not be sent because the sign-in with Tallyfy had ended. It is shown
// again to the same person in the same organisation only.
type draft struct {
	Path string
	Form url.Values
	// Owner is the tag of that person.
	Owner string
}

// A refusedForm is what became of a form that was not carried out. The answer to a form is a redirect, and
// the page that it leads to says it, as often as it is loaded: its address names the form. Another form
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
	if len(f.Form.Encode()) > mostTyped {
		return show()
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	f.ID, f.Path, f.RetryAfter = web.NewID(), u.Path, req.Response().Header().Get(echo.HeaderRetryAfter)
	query := u.Query()
	query.Set(refusedKey, f.ID)
	u.RawQuery = query.Encode()
	req.session.change(func(d *sessionData) { d.Refused = &f })
	if err := req.saveInTime(); err != nil { // here and not later: what was typed would be lost
		req.app.Log.Error("session not saved", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
		return show()
	}
	return req.goTo(u.String())
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
	if f == nil || f.Problem == "" {
		return
	}
	req.notice(views.Notice{Kind: views.NoticeWarning, Text: f.Problem, RequestID: f.RequestID})
	req.session.change(func(d *sessionData) {
		said := *f
		said.Problem, said.RequestID, said.Status = "", "", http.StatusOK
		d.Refused = &said
	})
}

// sessionData is all that a session holds. It is stored sealed.
type sessionData struct {
	// Who is the person in the organisation that was entered last, Others the same person, with the
	// same token, in those entered before. Each was verified with Tallyfy.
	Who     *identity      `json:",omitempty"`
	Others  []*identity    `json:",omitempty"`
	Pending *pendingSignIn `json:",omitempty"`
	Draft   *draft         `json:",omitempty"`
	Notices []views.Notice `json:",omitempty"`
	// Refused is the last form that was not carried out.
	Refused *refusedForm `json:",omitempty"`
}

// everywhere is the person in every organisation that the session has entered, the last one first.
func (d *sessionData) everywhere() []*identity {
	if d.Who == nil {
		return nil
	}
	return append([]*identity{d.Who}, d.Others...)
}

// in is the person in an organisation; nil if the session has not entered it.
func (d *sessionData) in(org tallyfy.ID) *identity {
	for _, who := range d.everywhere() {
		if who.Organisation.ID == org {
			return who
		}
	}
	return nil
}

// holds reports whether the session already had a token, so that its owner did not give it just
// now.
func (d sessionData) holds(token string) bool {
	return d.Who != nil && d.Who.Token == token || d.Pending != nil && d.Pending.Token == token
}

// session is a session of one request. It is saved once, before the answer begins, and only if it
// changed.
type session struct {
	raw   *sessions.Session
	data  sessionData
	dirty bool
}

// openSession loads the session of a request and arranges for it to be saved.
func (a *App) openSession(c echo.Context) (*session, error) {
	raw, err := a.Sessions.New(c.Request(), a.cookie)
	if err != nil {
		return nil, fmt.Errorf("loading the session: %w", err)
	}
	s := &session{raw: raw}
	if json.Unmarshal(store.Data(raw), &s.data) != nil {
		s.data = sessionData{} // a new session, or one of another version of this program
	}
	c.Response().Before(func() {
		if err := s.save(c); err != nil {
			a.Log.Error("session not saved", slog.String("request_id", web.IDOf(c)), slog.Any("error", err))
		}
	})
	return s, nil
}

// change replaces what the session holds.
func (s *session) change(f func(*sessionData)) {
	f(&s.data)
	s.dirty = true
}

// renew gives the session a new id and new contents: the old id is worth nothing then. ended
// reports that another request has ended the old session since it was loaded.
func (a *App) renew(c echo.Context, s *session, data sessionData) (ended bool, err error) {
	held := store.Data(s.raw) != nil
	if err := a.Sessions.Renew(c.Request(), s.raw); err != nil {
		return false, fmt.Errorf("renewing the session: %w", err)
	}
	ended = held && store.Data(s.raw) == nil
	s.data, s.dirty = data, true
	return ended, nil
}

// end deletes the session and its cookie.
func (a *App) end(c echo.Context, s *session) error {
	s.data, s.dirty = sessionData{}, false
	return a.Sessions.Destroy(c.Request(), c.Response(), s.raw)
}

// save stores the session if it changed. It must run before the first byte of the answer.
func (s *session) save(c echo.Context) error {
	if !s.dirty {
		return nil
	}
	s.dirty = false
	data, err := json.Marshal(s.data)
	if err != nil {
		return err
	}
	store.SetData(s.raw, data)
	return s.raw.Save(c.Request(), c.Response())
}

// A device is where somebody signed in, as it is shown on the list of sign-ins.
type device struct {
	Name, Email string
	Address     string // of the network
	Browser     string // such as "Firefox on Linux"
}

// noteSignIn lists the session, which has just been saved, in each organisation that it has entered.
func (req *request) noteSignIn() error {
	for _, who := range req.session.data.everywhere() {
		details, err := json.Marshal(device{who.Name, who.Email, req.RealIP(), browserOf(req.Request().UserAgent())})
		if err != nil {
			return err
		}
		if err := req.app.Sessions.Enter(req.ctx(), req.session.raw, string(who.Organisation.ID), string(who.UserID), details); err != nil {
			return fmt.Errorf("listing the sign-in: %w", err)
		}
	}
	return nil
}

// browserOf names a browser and its system from what it says of itself; "" for one that is not known.
func browserOf(userAgent string) string {
	find := func(names ...string) string { // pairs of what to look for and what to call it
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(userAgent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	// The order matters: each says that it is also those that come after it.
	browser := find("Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + " on " + system
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
