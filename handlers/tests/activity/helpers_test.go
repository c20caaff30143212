// Package activity_test tests the pages of the journal: the list of changes, its file, the receipts, and the changes on the pages
// of people and groups.
package activity_test

import (
	"crypto/rand"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// subject is somebody of the seed as the journal has them.
func subject(s *sitetest.Site, name string) journal.Subject {
	m := s.Member(name)
	return journal.Subject{Kind: journal.Member, ID: s.ID(name), Name: m.FirstName + " " + m.LastName, Email: m.Email}
}

// group is a group of the seed as the journal has it.
func group(s *sitetest.Site, name string) journal.Subject {
	return journal.Subject{Kind: journal.Group, ID: s.Group(name).ID, Name: name}
}

// intent is the deletion of a group by Maren Dahl, of the given name. Its ids are hexadecimal: they
// hold none of the words that tests search for.
func intent(s *sitetest.Site, name string) journal.Intent {
	return journal.Intent{
		Org: tallyfy.ID(s.Sandbox.OrgID()), Kind: "group.delete", Actor: subject(s, "maren.dahl"), RequestID: "request-of-" + uuid.NewString(), Press: rand.Text(),
		Subjects: []journal.Subject{{Kind: journal.Group, ID: strings.ReplaceAll(uuid.NewString(), "-", ""), Name: name}},
		Plan:     journal.Plan{Will: "delete the group " + name, Did: "deleted the group " + name, Lines: []journal.Line{{Kind: "gone", Text: name + " is deleted for good."}}},
	}
}

// record puts an entry into the journal of a site, without an outcome for the state Sent.
func record(s *sitetest.Site, in journal.Intent, state journal.State) *journal.Entry {
	s.T.Helper()
	return recordIn(s, s.App.Journal, in, state)
}

func recordIn(s *sitetest.Site, j *journal.Journal, in journal.Intent, state journal.State) *journal.Entry {
	s.T.Helper()
	lease, holder, err := s.App.Leases.Acquire(s.T.Context(), "test "+in.Press, "test", time.Minute)
	require.NoError(s.T, err)
	require.Nil(s.T, holder)
	e, err := j.Begin(s.T.Context(), lease, in)
	require.NoError(s.T, err)
	if state != journal.Sent {
		require.NoError(s.T, j.End(s.T.Context(), e, journal.Outcome{State: state, At: e.At}))
	}
	return e
}

// sentences are the rows of a page's list.
func sentences(p *sitetest.Page) []string { return p.Texts("main .rows a[href^='/activity/']") }

// file is the list as a file: the cells by the names of their columns.
func file(s *sitetest.Site, query string) []map[string]string {
	s.T.Helper()
	p := s.Get("/activity.csv" + query)
	require.Equal(s.T, http.StatusOK, p.Status)
	assert.Equal(s.T, "no-store", p.Header.Get("Cache-Control"))
	assert.Contains(s.T, p.Header.Get("Content-Disposition"), "activity")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.Body, "\ufeff"))).ReadAll()
	require.NoError(s.T, err)
	require.NotEmpty(s.T, rows)
	var list []map[string]string
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, cell := range row {
			cells[rows[0][i]] = cell
		}
		list = append(list, cells)
	}
	return list
}

// openStore is a database in memory that a test reaches past the application.
func openStore(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// standard is the same site with Tomás Herrera, who is no administrator.
func standard(s *sitetest.Site) *sitetest.Site {
	s.T.Helper()
	other := s.As(s.T)
	require.Equal(s.T, "Groups", other.SignInWith(sandbox.StandardToken).Text("h1"))
	return other
}
