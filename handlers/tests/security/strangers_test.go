package security_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy/sandbox"
)

// Whatever somebody sends who is not signed in, the database has not one row more.
func TestStrangersLeaveNothing(t *testing.T) {
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s := sitetest.New(t, sitetest.Options{OAuth: true, Store: db})
	rows := func() (total int) {
		for _, table := range []string{"dashboard_sessions", "dashboard_leases", "dashboard_journal", "dashboard_journal_subjects", "dashboard_records"} {
			var n int
			require.NoError(t, db.Read(t.Context(), []any{&n}, "SELECT COUNT(*) FROM "+table))
			total += n
		}
		return total
	}
	typed := url.Values{"as": {"0123456789abcdef"}, "name": {strings.Repeat("x", 40_000)}}
	refused := issue(s)
	refused.Set("error", "access_denied")
	garbage := issue(s)
	garbage.Set("access_token", "made.up.token")
	made := map[string]url.Values{
		"nothing":             {},
		"a form":              typed,
		"a form that goes on": {"typed": {typed.Encode()}, "next": {"/groups/new"}},
		"a token":             {"token": {"made-up"}, "typed": {typed.Encode()}},
		"an organisation":     {"organization": {s.Sandbox.OrgID()}},
		"an answer":           garbage, "a refusal": refused,
	}
	for _, route := range s.App.Routes() {
		path := strings.NewReplacer(":group", "g", ":member", "1", ":guest", "x@y.example", ":record", "r", ":entry", "e", ":event", "e").Replace(route.Path)
		for name, form := range made {
			s.Once(s.Request(route.Method, path, form))
			require.Zero(t, rows(), "%s %s with %s", route.Method, path, name)
		}
	}
	s.Post("/signin", url.Values{"token": {sandbox.AdminToken}})
	require.Equal(t, 1, rows(), "somebody whom Tallyfy knows leaves one")
}

// A form of somebody who is not signed in is read to 64 kB, wherever it is sent, and what it holds is carried along only where it
// can be sent again.
func TestFormsOfStrangersAreSmall(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{OAuth: true})
	for _, route := range s.App.Routes() {
		if route.Method != http.MethodPost {
			continue
		}
		path := strings.NewReplacer(":group", "g", ":member", "1", ":guest", "x@y.example").Replace(route.Path)
		body := &counted{Reader: strings.NewReader("as=x&name=" + strings.Repeat("x", 1<<20))}
		r := s.Request(http.MethodPost, path, url.Values{})
		r.Body, r.ContentLength = body, -1
		w := httptest.NewRecorder()
		s.App.ServeHTTP(w, r)
		assert.LessOrEqual(t, body.read, int64(web.MaxStrangersForm+4096), path)
		switch path {
		case "/signin", "/signin/answer":
			assert.Equal(t, http.StatusRequestEntityTooLarge, w.Code, path)
			assert.Contains(t, w.Body.String(), "Before you sign in a form may hold 64 kB.")
		default:
			assert.Equal(t, http.StatusSeeOther, w.Code, path)
		}
	}
	for size, want := range map[int]bool{10_000: true, 60_000: false} {
		form := url.Values{"as": {"x"}, "name": {strings.Repeat("x", size)}}
		p := s.Post("/groups", form)
		assert.Equal(t, want, p.Has("input[name=typed]"), size)
		assert.Contains(t, p.Text(".notice"), "You were not signed in here any more")
	}
}

// counted counts what is read of a body.
type counted struct {
	*strings.Reader
	read int64
}

// Read reads from the body.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	return n, err
}

// Close ends the body.
func (c *counted) Close() error { return nil }
