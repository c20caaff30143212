package members_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A file comes from memory, but not for somebody whom Tallyfy does not let in any more.
func TestNoFileComesFromMemoryAfterTheTokenEnded(t *testing.T) {
	for status, title := range map[int]string{http.StatusUnauthorized: "Sign in", http.StatusForbidden: "Tallyfy does not let you in here"} {
		for _, path := range []string{"/members.csv", "/groups.csv", "/activity.csv", "/trash.csv"} {
			s := sitetest.SignedIn(t, sitetest.Options{Recall: time.Minute})
			require.Contains(t, s.Get(path).Header.Get("Content-Type"), "text/csv", path)
			s.Sandbox.Fail(sandbox.Fault{Status: status, Body: `{"message":""}`})
			p := s.Get(path)
			assert.Equal(t, title, p.Text("h1"), path)
			assert.NotContains(t, p.Header.Get("Content-Type"), "csv", path)
		}
	}
}

// The making of a file ends when its visitor goes away.
func TestAFileEndsWithItsVisitor(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 3000}})
	whole := len(s.Get("/members.csv").Body)
	require.Greater(t, whole, 200_000)
	ctx, goAway := context.WithCancel(t.Context())
	r := s.Request(http.MethodGet, "/members.csv", nil).WithContext(ctx)
	for _, c := range s.SessionCookies() {
		r.AddCookie(c)
	}
	visitor := &leaving{ResponseRecorder: httptest.NewRecorder(), goAway: goAway}
	s.App.ServeHTTP(visitor, r)
	assert.Less(t, visitor.Body.Len(), 20_000)
	assert.True(t, strings.HasPrefix(visitor.Body.String(), "\ufeffName,Email"))
	assert.Contains(t, s.Log.String(), "the visitor went away")
}

// leaving is an answer whose visitor goes away when it begins.
type leaving struct {
	*httptest.ResponseRecorder
	goAway context.CancelFunc
}

// Write takes a part of the answer.
func (l *leaving) Write(p []byte) (int, error) {
	l.goAway()
	return l.ResponseRecorder.Write(p)
}
