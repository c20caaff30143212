package journal_test

import (
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
)

// atRest is all that a database keeps: the bytes of its files, else the text of each row.
func atRest(t *testing.T, d *desk, dir string) string {
	t.Helper()
	var all strings.Builder
	if dir != "" {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		require.NoError(t, err)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			all.Write(content)
		}
		return all.String()
	}
	for _, query := range []string{
		`SELECT id || org || actor || kind || state || press || intent || outcome || checked FROM dashboard_journal`,
		`SELECT org || subject || entry FROM dashboard_journal_subjects`,
		`SELECT entry || contents || picture FROM dashboard_journal_contents`,
		`SELECT name || owner FROM dashboard_leases`,
	} {
		require.NoError(t, d.db.Query(t.Context(), query, nil, func(rows *sql.Rows) error {
			var text string
			err := rows.Scan(&text)
			all.WriteString(text + "\n")
			return err
		}))
	}
	return all.String()
}

// forms are a text as it is, in hex, and in base64 wherever it may begin among other bytes.
func forms(text string) []string {
	list := []string{text, hex.EncodeToString([]byte(text))}
	for before, skip := range []int{0, 2, 3} {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + text))
		list = append(list, encoded[skip:len(encoded)-2])
	}
	return list
}

func TestNothingOfAnEntryCanBeReadAtRest(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, dir string) {
		d := newDesk(t, open())
		in := d.intent()
		in.Press = "a press"
		e := d.begin(in)
		const words = "Groups that own a running process cannot be changed."
		require.NoError(t, d.End(t.Context(), e, journal.Outcome{State: journal.Refused, Words: words, UpstreamID: "upstream", Subjects: []journal.Subject{omar}}))
		require.NoError(t, d.SetCheck(t.Context(), e, journal.Check{Findings: []journal.Finding{{Result: journal.NotAsExpected, Detail: "Bo is still in Payroll."}}}))

		kept := atRest(t, d, dir)
		for _, plain := range []string{e.ID, string(org), maren.ID, "member " + bo.ID, "group " + payroll.ID, "member " + omar.ID, "member.remove", "refused"} {
			assert.Contains(t, kept, plain, "ids are plain, so that filters work")
		}
		for column, part := range map[string]string{"intent": "intent", "outcome": "outcome", "checked": "check"} {
			var text string
			require.NoError(t, d.db.Read(t.Context(), []any{&text}, `SELECT `+column+` FROM dashboard_journal`))
			var v any
			require.NoError(t, keysOf(t, oldSecret).OpenJSON("journal "+part+" "+string(org)+" "+e.ID, text, &v), "as in the rows of before")
		}
		hidden := []string{words, "still in Payroll", "upstream", in.RequestID, in.Will, in.Did, in.Warnings[0], in.Lines[0].Text, string(oldSecret), "LeaverID"}
		for _, s := range []journal.Subject{maren, omar, bo, payroll} {
			hidden = append(hidden, s.Name)
			if s.Email != "" {
				hidden = append(hidden, s.Email)
			}
		}
		for _, text := range hidden {
			for _, form := range forms(text) {
				assert.NotContains(t, kept, form, text)
			}
		}
		_, err := d.db.Write(t.Context(), `UPDATE dashboard_journal SET intent = $1`, base64.StdEncoding.EncodeToString([]byte("xx"+words)))
		require.NoError(t, err)
		found := false
		for _, form := range forms(words) {
			found = found || strings.Contains(atRest(t, d, dir), form)
		}
		assert.True(t, found, "the search would find it")
	})
}

// With a new secret in front of the old one all entries open. Without the old one, those of before are shown as such; what is plain
// of them still filters.
func TestRotationOfTheSecret(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		old := newDesk(t, open())
		in := old.intent()
		before := old.end(old.begin(in), journal.Done)

		both := old.with(newSecret, oldSecret)
		assert.Equal(t, in, both.get(before.ID).Intent)
		require.NoError(t, both.SetCheck(t.Context(), both.get(before.ID), journal.Check{At: both.clock.Now(), Findings: []journal.Finding{{Result: journal.Confirmed}}}))
		in = both.intent()
		in.Press = "after"
		after := both.end(both.begin(in), journal.Done)

		alone := old.with(newSecret)
		assert.Equal(t, in, alone.get(after.ID).Intent)
		e := alone.get(before.ID)
		assert.Equal(t, &journal.Entry{
			ID: before.ID, At: e.At, State: journal.Done, Unreadable: true,
			Intent: journal.Intent{Org: org, Kind: "member.remove", Actor: journal.Subject{Kind: journal.Member, ID: maren.ID}},
		}, e)
		assert.Equal(t, before.At, e.At.UTC())
		for _, f := range []journal.Filter{{}, {Subject: bo}, {Actor: "20526"}, {Kind: "member.remove"}, {State: journal.Done}} {
			f.Org = org
			assert.Equal(t, []string{after.ID, before.ID}, alone.ids(f))
		}
		e, err := alone.ByPress(t.Context(), org, before.Press)
		require.NoError(t, err)
		assert.Equal(t, before.ID, e.ID, "its press is not free")
	})
}

// Sealed text opens in its own place only, and any other text opens nowhere.
func TestTextThatWasMovedOrDamagedDoesNotOpen(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"intent of another":       `UPDATE dashboard_journal SET intent = (SELECT intent FROM dashboard_journal WHERE id = $2) WHERE id = $1`,
		"outcome of another":      `UPDATE dashboard_journal SET outcome = (SELECT outcome FROM dashboard_journal WHERE id = $2) WHERE id = $1`,
		"check of another":        `UPDATE dashboard_journal SET checked = (SELECT checked FROM dashboard_journal WHERE id = $2) WHERE id = $1`,
		"intent as outcome":       `UPDATE dashboard_journal SET outcome = intent WHERE id = $1 AND id <> $2`,
		"no intent":               `UPDATE dashboard_journal SET intent = '' WHERE id = $1 AND id <> $2`,
		"not base64":              `UPDATE dashboard_journal SET intent = '?' WHERE id = $1 AND id <> $2`,
		"too short":               `UPDATE dashboard_journal SET checked = 'AAAA' WHERE id = $1 AND id <> $2`,
		"another organisation's":  `UPDATE dashboard_journal SET org = 'stolen' WHERE id = $1 AND id <> $2`,
		"not what was sealed":     `UPDATE dashboard_journal SET intent = substr(intent, 1, 40) WHERE id = $1 AND id <> $2`,
		"with something appended": `UPDATE dashboard_journal SET intent = intent || 'AAAA' WHERE id = $1 AND id <> $2`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := store.Open(t.Context(), "memory:")
			require.NoError(t, err)
			t.Cleanup(func() { _ = db.Close() })
			d := newDesk(t, db)
			var entries []*journal.Entry
			for range 2 {
				e := d.end(d.begin(d.intent()), journal.Done)
				require.NoError(t, d.SetCheck(t.Context(), e, journal.Check{Findings: []journal.Finding{{Result: journal.Confirmed}}}))
				entries = append(entries, e)
			}
			n, err := db.Write(t.Context(), statement, entries[0].ID, entries[1].ID)
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			var all []*journal.Entry
			for _, of := range []journal.Filter{{Org: org}, {Org: "stolen"}} {
				page, err := d.Latest(t.Context(), of, 10)
				require.NoError(t, err)
				all = append(all, page...)
			}
			require.Len(t, all, 2)
			for _, e := range all {
				assert.Equal(t, e.ID == entries[0].ID, e.Unreadable)
				if e.Unreadable {
					assert.Empty(t, e.Actor.Name+e.Did+e.RequestID)
					assert.Nil(t, e.Outcome)
					assert.Nil(t, e.Check)
				}
			}
		})
	}
}
