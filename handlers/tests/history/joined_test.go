package history_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// An account may have been used for years in another organisation. Whoever was not on the list at a
// reading has joined since.
func TestSomebodyWithAnOldAccountIsNew(t *testing.T) {
	var ago atomic.Int64
	d := newDesk(t, sitetest.Options{Sandbox: sandbox.Options{Now: func() time.Time { return time.Now().Add(-time.Duration(ago.Load())) }}})
	ago.Store(int64(3 * 365 * 24 * time.Hour))
	d.Elsewhere(http.MethodPost, "/users/invite", `{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace","role":"light","message":"hello"}`)
	require.True(t, d.Sandbox.AcceptInvitation("ada@example.com"))
	ago.Store(0)
	d.read()
	f := d.Get("/reviews/new").Whole(http.StatusOK)
	assert.Contains(t, f.Text("main"), "Ada Lovelace")
	step := f.Form("main form").Submit("Start the review").Whole(http.StatusOK).Follow("Ada Lovelace").Whole(http.StatusOK)
	assert.Contains(t, step.Facts()["Joined"], "today, ")
	assert.Contains(t, step.Text("main"), "Joined: first seen here.")
}
