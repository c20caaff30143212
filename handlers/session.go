package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
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
	// ManagesGroups says that the person, whose role alone does not tell, may manage groups.
	ManagesGroups bool `json:",omitempty"`
	// Changed is what the session has changed in the organisation.
	Changed ownChanges `json:",omitzero"`
	// Chosen are the members who were chosen on lists, to do something with all of them, ChosenGroups the groups, and
	// ChosenGuests the guests; each by the ids.
	Chosen       []string `json:",omitempty"`
	ChosenGroups []string `json:",omitempty"`
	ChosenGuests []string `json:",omitempty"`
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

// sessionData is all that a session holds. It is stored sealed.
type sessionData struct {
	// Who is the person in the organisation that was entered last, Others the same person, with the
	// same token, in those entered before. Each was verified with Tallyfy.
	Who    *identity   `json:",omitempty"`
	Others []*identity `json:",omitempty"`
	// Organisations are the person's, as Tallyfy listed them last, at most mostListed.
	Organisations []tallyfy.Organization `json:",omitempty"`
	Pending       *pendingSignIn         `json:",omitempty"`
	Draft         *draft                 `json:",omitempty"`
	Notices       []views.Notice         `json:",omitempty"`
	// Files is how the person wants files, nil until they chose.
	Files *views.FileFormat `json:",omitempty"`
	// Hurried are the reviews in which somebody was asked to look again here, so that the database
	// need not be.
	Hurried []string `json:",omitempty"`
	// Refused is the last form that was not carried out.
	Refused *refusedForm `json:",omitempty"`
}

// mostListed is how many organisations a session remembers for the menu. A page lists them all.
const mostListed = 30

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
