package program_test

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// testdata of package store: a database of the first release, in which Maren Dahl removed Chiara D'Angelo.
const (
	firstRelease = "../../store/testdata/e79c892.sqlite"
	firstSecret  = "../../store/testdata/e79c892.key"
	oldReceipt   = "/members/20565/remove/receipt/90b818f9eaceb592de3852a806f852a2"
)

// oldDatabase is a copy of that database, as if its receipt were of today.
func oldDatabase(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "dashboard.db")
	for from, to := range map[string]string{firstRelease: path, firstSecret: path + ".secret"} {
		content, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(to, content, 0o600))
	}
	execute(t, path, `UPDATE dashboard_records SET expires_at = ?`, time.Now().Add(24*time.Hour).UnixMilli())
	return path
}

// execute changes a database past the program.
func execute(t *testing.T, path, statement string, arguments ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", path) // package store registers the driver
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement, arguments...)
	require.NoError(t, err)
}

// The receipts of the first release are in the journal after the start, once, also when two programs start at the same time. Their
// old addresses lead there. They end when the journal's time is over.
func TestReceiptsOfTheFirstRelease(t *testing.T) {
	t.Parallel()
	tallyfy := program.NewAPI(t, sandbox.Options{})
	database := oldDatabase(t)
	programs := make([]*dashboard, 2)
	var starting sync.WaitGroup
	for i := range programs {
		starting.Go(func() { programs[i] = start(t, program.Options{API: tallyfy, Database: database}) })
	}
	starting.Wait()
	for _, p := range programs {
		s := p.SignedIn()
		list := s.Get("/activity").Whole(http.StatusOK)
		require.Equal(t, 1, list.Find("main .rows a").Length())
		sentence := list.Text("main .rows a")
		assert.True(t, strings.HasPrefix(sentence, "Maren Dahl removed Chiara D'Angelo. "), sentence)
		receipt := s.Get(oldReceipt).Whole(http.StatusOK)
		assert.Equal(t, list.Link(sentence), receipt.URL)
		assert.Contains(t, receipt.Text("h1"), "Receipt")
		assert.Contains(t, receipt.Text(".plan"), "Chiara D'Angelo can't open Aldermoor Logistics any more, from that moment on.")
		assert.Contains(t, receipt.Text("main .notice"), "still lists them as active", "it looks again: this organisation is another one")
		assert.Len(t, s.Get(s.MemberPath("chiara.dangelo")).Texts("section[aria-labelledby=activity] .rows a"), 1)
		s.Get(strings.Replace(oldReceipt, "20565", "20566", 1)).Whole(http.StatusNotFound)
	}
	for _, p := range programs {
		p.Kill()
	}

	execute(t, database, `UPDATE dashboard_journal SET at = ?`, time.Now().Add(-25*time.Hour).UnixMilli())
	s := start(t, program.Options{API: tallyfy, Database: database, Env: []string{"JOURNAL_DAYS=2"}}).SignedIn()
	s.Get(oldReceipt).Whole(http.StatusOK)
	last := start(t, program.Options{API: tallyfy, Database: database, Env: []string{"JOURNAL_DAYS=1"}})
	s = last.SignedIn()
	assert.Contains(t, s.Get("/activity").Text("main"), "Changes are kept for 1 day.")
	s.Get(oldReceipt).Whole(http.StatusNotFound)
	assert.Eventually(t, func() bool {
		db, err := sql.Open("sqlite", database)
		require.NoError(t, err)
		defer db.Close()
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), `SELECT (SELECT COUNT(*) FROM dashboard_journal) + (SELECT COUNT(*) FROM dashboard_journal_subjects) + (SELECT COUNT(*) FROM dashboard_records)`).Scan(&n))
		return n == 0
	}, time.Minute, 50*time.Millisecond, "the rows are deleted, too")
	last.AssertNoPanic()
}
