package store

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func recordsUnder(db *DB, c *clock, keys *Keys) *Records {
	r := db.Records(keys)
	r.Now = c.Now
	return r
}

// putRecord stores a record as the versions before the journal did.
func putRecord(t testing.TB, db *DB, keys *Keys, id, scope string, body []byte, ends time.Time) {
	t.Helper()
	row := recordRow(keys.derive(infoRecordKey)[0], id)
	s := newSealer(keys.derive(infoRecordData))
	_, err := db.Write(t.Context(), `INSERT INTO dashboard_records (id_hash, scope, body, expires_at) VALUES ($1, $2, $3, $4)`,
		row, must(s.seal(purposeScope+row, []byte(scope), maxSession)), must(s.seal(purposeBody+row, body, maxSession)), ends.UnixMilli())
	require.NoError(t, err)
}

// taken takes all records and returns their scopes and bodies.
func taken(t testing.TB, r *Records) (found []string) {
	t.Helper()
	require.NoError(t, r.Take(t.Context(), func(_, scope string, body []byte) error {
		found = append(found, scope+" "+string(body))
		return nil
	}))
	return found
}

func TestRecordsAreTakenOnce(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		for _, id := range []string{"one", "other"} {
			putRecord(t, db, testKeys, id, "scope", []byte("body "+id), c.Now().Add(time.Minute))
		}
		r := recordsUnder(db, c, testKeys)

		refused := errors.New("refused")
		var first string
		require.Equal(t, refused, r.Take(t.Context(), func(row, _ string, _ []byte) error {
			assert.Empty(t, first, "the first failure is the end")
			first = row
			return refused
		}))
		assert.Equal(t, 2, rows(t, db, "dashboard_records"), "a record that was not taken stays")

		var taken []string
		require.NoError(t, r.Take(t.Context(), func(row, scope string, body []byte) error {
			assert.Equal(t, "scope", scope)
			taken = append(taken, string(body))
			assert.Contains(t, r.Rows(string(body[len("body "):])), row, "the row can be found by the id")
			var n int
			return db.Read(t.Context(), []any{&n}, `SELECT COUNT(*) FROM dashboard_sessions`) // the database can be used
		}))
		assert.ElementsMatch(t, []string{"body one", "body other"}, taken)
		assert.Zero(t, rows(t, db, "dashboard_records"))
	})
}

// TestRecordsOfOtherSecretsAreLeftAlone until their time has come, in case the secret comes back.
func TestRecordsOfOtherSecretsAreLeftAlone(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		ends := c.Now().Add(time.Hour)
		putRecord(t, db, testKeys, "before", "scope", []byte("body before"), ends)
		putRecord(t, db, rotatedKeys, "after", "scope", []byte("body after"), ends)
		putRecord(t, db, otherKeys, "ended", "scope", []byte("body ended"), c.Now())
		foreign := must(NewKeys([]byte("a secret that is listed nowhere else")))
		putRecord(t, db, foreign, "foreign", "scope", []byte("body foreign"), ends)

		assert.ElementsMatch(t, []string{"scope body before", "scope body after"}, taken(t, recordsUnder(db, c, rotatedKeys)))
		assert.Equal(t, 1, rows(t, db, "dashboard_records"), "one that has ended is deleted")
		c.Advance(time.Hour - time.Millisecond)
		assert.Empty(t, taken(t, recordsUnder(db, c, testKeys)))
		assert.Equal(t, 1, rows(t, db, "dashboard_records"))
		assert.Equal(t, []string{"scope body foreign"}, taken(t, recordsUnder(db, c, foreign)))

		putRecord(t, db, foreign, "foreign", "scope", []byte("body foreign"), ends)
		c.Advance(time.Millisecond)
		assert.Empty(t, taken(t, recordsUnder(db, c, testKeys)))
		assert.Zero(t, rows(t, db, "dashboard_records"), "nothing is kept for longer than it was to be")
	})
}

// TestSwappedRecordIsNotTaken moves sealed text between rows and columns, as somebody with write
// access could.
func TestSwappedRecordIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"body of another":  "UPDATE dashboard_records SET body = (SELECT body FROM dashboard_records WHERE id_hash = $2) WHERE id_hash = $1",
		"scope of another": "UPDATE dashboard_records SET scope = (SELECT scope FROM dashboard_records WHERE id_hash = $2) WHERE id_hash = $1",
		"body as scope":    "UPDATE dashboard_records SET scope = body WHERE id_hash = $1 AND id_hash <> $2",
	} {
		t.Run(name, func(t *testing.T) {
			c, db := newClock(), engine{url: "memory:"}.open(t)
			for _, id := range []string{"a", "b"} {
				putRecord(t, db, testKeys, id, "scope "+id, []byte("body "+id), c.Now().Add(time.Hour))
			}
			key := testKeys.derive(infoRecordKey)[0]
			_, err := db.sql.ExecContext(t.Context(), statement, recordRow(key, "a"), recordRow(key, "b"))
			require.NoError(t, err)
			assert.Equal(t, []string{"scope b body b"}, taken(t, recordsUnder(db, c, testKeys)))
		})
	}
}
