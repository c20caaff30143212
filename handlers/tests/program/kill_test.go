package program_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy/sandbox"
)

// sentEarlier makes the record of a removal older than a removal may take, as if somebody came back after a while.
func sentEarlier(t *testing.T, database, member, record string) {
	t.Helper()
	db, err := store.Open(t.Context(), database)
	require.NoError(t, err)
	defer db.Close()
	keys, err := store.LoadKeys(database+".secret", false)
	require.NoError(t, err)
	records := db.Records(keys)
	name := "removal " + member + " " + record
	body, _, err := records.Get(t.Context(), name)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(body, &fields))
	require.Contains(t, fields, "SentAt")
	fields["SentAt"] = time.Now().Add(-time.Minute)
	body, err = json.Marshal(fields)
	require.NoError(t, err)
	require.NoError(t, records.Put(t.Context(), name, body))
}

// A program that is killed while a removal is under way has written down that it was sent. Nobody sends it again, and its
// receipt says what can be known.
func TestKilledWhileRemoving(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		executed bool
		later    string
	}{
		"after Tallyfy did it": {true, "Done. Tallyfy didn't confirm the removal, but Chiara D'Angelo is removed. 1 line of the plan could not be checked."},
		"before Tallyfy did":   {false, "Problem. Tallyfy didn't confirm the removal, and Chiara D'Angelo is still active. It may still be under way: check again in a minute before you repeat it."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tallyfy := newAPI(t)
			o := options{api: tallyfy, address: freeAddress(t), database: filepath.Join(t.TempDir(), "sessions.db")}
			first := start(t, o)
			s := first.signedIn()
			plan := s.PlanPath("chiara.dangelo", "siobhan.obrien")
			form, otherTab := s.Get(plan).Form("main form"), s.Get(plan).Form("main form")
			id, removal := s.ID("chiara.dangelo"), form.Prepare("")
			tallyfy.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Execute: test.executed, Hang: true})
			lost := later(s, removal)
			require.Eventually(t, func() bool {
				return len(s.Removals()) == 1 && (!test.executed || s.Member("chiara.dangelo").Status == "disabled")
			}, 10*time.Second, 5*time.Millisecond, "the removal does not arrive")
			first.kill()
			require.Error(t, (<-lost).err)
			tallyfy.ClearFaults()

			second := start(t, o)
			p := form.Submit("").Whole(http.StatusOK) // the same button, for the browser showed an error
			assert.Contains(t, p.URL, "/receipt/"+form.Values.Get("record"))
			assert.Equal(t, "The removal of Chiara D'Angelo has been sent and is not answered yet. Check again in a moment.", p.Text("main .notice"))
			otherTab.Submit("").Whole(http.StatusConflict)
			sentEarlier(t, o.database, id, form.Values.Get("record"))
			assert.Equal(t, test.later, s.Get(p.URL).Whole(http.StatusOK).Text("main .notice"))
			assert.Len(t, s.Removals(), 1, "no removal is sent twice")
			second.assertNoPanic()
		})
	}
}

// A group that was being created is not created again by a restart; the form can be sent again by whoever finds none.
func TestKilledWhileCreating(t *testing.T) {
	t.Parallel()
	held := newGate(http.MethodPost)
	tallyfy := newAPI(t, held.wrap)
	o := options{api: tallyfy, address: freeAddress(t), database: filepath.Join(t.TempDir(), "sessions.db")}
	first := start(t, o)
	s := first.signedIn()
	lost := later(s, s.Request(http.MethodPost, "/groups", url.Values{"name": {"Night shift"}, "description": {"d"}, "action": {"create"}}))
	<-held.arrived
	first.kill()
	require.Error(t, (<-lost).err)

	start(t, o)
	p := s.Get("/groups").Whole(http.StatusOK)
	assert.Contains(t, p.Body, "Maren Dahl", "the session survives")
	assert.NotContains(t, p.Body, "Night shift")
	assert.Zero(t, s.Writes(), "nothing is sent by itself")
}
