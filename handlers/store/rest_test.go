package store

import (
	"database/sql"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// atRest returns all bytes that a database keeps: of SQLite the files, the write-ahead log too, of PostgreSQL every column of every row.
func atRest(t *testing.T, e engine, db *DB) string {
	t.Helper()
	var all strings.Builder
	if db.Dialect() == Postgres {
		for _, table := range []string{"dashboard_sessions", "dashboard_records"} {
			found, err := db.sql.QueryContext(t.Context(), "SELECT row_to_json(x)::text FROM "+table+" AS x")
			require.NoError(t, err)
			for found.Next() {
				var text sql.NullString
				require.NoError(t, found.Scan(&text))
				all.WriteString(text.String)
			}
			require.NoError(t, found.Err())
			require.NoError(t, found.Close())
		}
		return all.String()
	}
	files, err := os.ReadDir(filepath.Dir(e.url))
	require.NoError(t, err)
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(e.url), file.Name()))
		require.NoError(t, err)
		all.Write(content)
	}
	return all.String()
}

// forms returns a text as it is, in hex, and in base64 wherever it may begin among other bytes.
func forms(text string) []string {
	found := []string{text, hex.EncodeToString([]byte(text)), strings.ToUpper(hex.EncodeToString([]byte(text))), url.QueryEscape(text)}
	for before := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + text))
			// The characters at both ends mix with what is beside the text.
			found = append(found, encoded[[]int{0, 2, 3}[before]:len(encoded)-2])
		}
	}
	return found
}

func TestNothingCanBeReadAtRest(t *testing.T) {
	gob.Register(map[string]string{})
	markers := map[string]string{
		"token": "eyJ0eXAiOiJKV1QifQ.marker-token.c2lnbmF0dXJl", "email": "marker.mail@example.com", "name": "Marker Žofie O'Hara",
		"link": "https://go.example.com/guest/marker-link-7f3a9c", "form": "description=marker+text",
	}
	document, err := json.Marshal(markers)
	require.NoError(t, err)
	eachEngine(t, func(t *testing.T, e engine) {
		if !e.durable {
			t.Skip("memory keeps nothing at rest")
		}
		c, db := newClock(), e.open(t)
		v, records := newVisitor(t, newSessions(t, db, c)), newRecords(t, db, c)
		v.signIn()
		r := v.request()
		session := v.session(r)
		session.Values["json"], session.Values["map"] = document, markers
		v.save(r, session)
		for what, marker := range markers {
			r := v.request()
			session := v.session(r)
			session.Values[what] = marker
			v.save(r, session)
			claimed, err := records.Claim(t.Context(), marker, marker, document, time.Hour)
			require.NoError(t, err)
			require.True(t, claimed)
			require.NoError(t, records.Put(t.Context(), marker, []byte(marker)))
		}
		hidden := append([]string{token, v.session(v.request()).ID, v.jar[cookieName].Value, string(testSecret)}, "json", "marker")
		for _, marker := range markers {
			hidden = append(hidden, marker)
		}
		look := func(when string, kept string) {
			require.Contains(t, kept, sessionRow(v.session(v.request()).ID), "%s: the rows are in what is looked at", when)
			for _, secret := range hidden {
				for _, form := range forms(secret) {
					if len(form) >= 5 { // shorter ones come about by chance
						assert.NotContains(t, kept, form, "%s: %s", when, secret)
					}
				}
			}
		}
		if db.Dialect() == SQLite {
			info, err := os.Stat(e.url + "-wal")
			require.NoError(t, err)
			require.Positive(t, info.Size())
		}
		look("while open", atRest(t, e, db))
		_, err := db.sql.ExecContext(t.Context(), "UPDATE dashboard_records SET scope = $1", "marker in base64: "+base64.URLEncoding.EncodeToString([]byte("xx"+markers["link"])))
		require.NoError(t, err)
		found := false
		for _, form := range forms(markers["link"]) {
			found = found || strings.Contains(atRest(t, e, db), form)
		}
		assert.True(t, found, "the search would find it")
	})
}

// TestAnotherSecret: what was kept under the old one is unknown, which is no error, and people sign in again.
func TestAnotherSecret(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		log := captureLog(t)
		v, records := newVisitor(t, newSessions(t, db, c)), newRecords(t, db, c)
		v.signIn()
		r := v.request()
		underWay := v.session(r)
		_, err := records.Claim(t.Context(), "a", "s", []byte("x"), time.Hour)
		require.NoError(t, err)
		before := v.jar[cookieName]

		other := []byte(strings.Repeat("another secret! ", 3))
		old := v.store
		v.store, err = db.Sessions(SessionOptions{Secret: other, Cookie: cookieOptions(), Now: c.Now})
		require.NoError(t, err)
		otherRecords, err := db.Records(other)
		require.NoError(t, err)
		otherRecords.Now = c.Now

		session := v.session(v.request())
		assert.True(t, session.IsNew)
		assert.Empty(t, session.ID)
		assert.Empty(t, session.Values)
		v.signIn()
		assert.Equal(t, token, v.tokenNow())
		assert.NotEqual(t, before.Value, v.jar[cookieName].Value)

		// An id under the old secret is worth nothing even to somebody who can sign it with the new one.
		forged, err := v.store.codec.Encode(cookieName, []byte(underWay.ID))
		require.NoError(t, err)
		thief := newVisitor(t, v.store)
		thief.jar[cookieName] = before
		assert.True(t, thief.session(thief.request()).IsNew)
		cookie := *before
		cookie.Value = forged
		thief.jar[cookieName] = &cookie
		assert.Nil(t, thief.tokenNow())

		_, _, err = otherRecords.Get(t.Context(), "a")
		require.ErrorIs(t, err, ErrNotFound)
		claimed, err := otherRecords.Claim(t.Context(), "a", "s", []byte("y"), time.Hour)
		require.NoError(t, err)
		assert.True(t, claimed, "the new secret knows nothing of the old claim")

		// The old secret again, as on a replica that was not restarted yet.
		body, _, err := records.Get(t.Context(), "a")
		require.NoError(t, err)
		assert.Equal(t, "x", string(body))
		thief.store, thief.jar[cookieName] = old, before
		assert.Equal(t, token, thief.tokenNow())

		c.Advance(DefaultIdle)
		n, err := v.store.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 2, n, "rows of the old secret are swept as all others are")
		for _, secret := range []string{token, underWay.ID, before.Value, forged} {
			assert.NotContains(t, log.String(), secret)
		}
	})
}

func FuzzUnseal(f *testing.F) {
	aead, err := newAEAD(testSecret)
	require.NoError(f, err)
	good, err := seal(aead, []byte("plain"), "purpose")
	require.NoError(f, err)
	for _, seed := range []string{good, "", "AAAA", good[:len(good)-4], good + "AAAA", good + "\n", "=", "\x00", strings.Repeat("A", 1000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := unseal(aead, text, "purpose")
		if err != nil {
			assert.Empty(t, plain)
			return
		}
		assert.Equal(t, "plain", string(plain), "only what was sealed here opens")
		_, err = unseal(aead, text, "another")
		assert.Error(t, err)
	})
}

// FuzzSessionRow lets the text of a row be anything, as somebody with write access to the database could.
func FuzzSessionRow(f *testing.F) {
	db, err := Open(f.Context(), "memory:")
	require.NoError(f, err)
	f.Cleanup(func() { _ = db.Close() })
	v := newVisitor(f, newSessions(f, db, newClock()))
	v.signIn()
	var good string
	require.NoError(f, db.sql.QueryRowContext(f.Context(), "SELECT data FROM dashboard_sessions").Scan(&good))
	for _, seed := range []string{good, "", "AAAA", good[:len(good)-4], strings.ToLower(good), "\x00", "é"} {
		f.Add(seed)
	}
	captureLog(f)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := db.sql.ExecContext(t.Context(), "UPDATE dashboard_sessions SET data = $1", text)
		require.NoError(t, err)
		now := newVisitor(t, v.store) // with the context of this run
		now.jar = v.jar
		session := now.session(now.request())
		if !session.IsNew {
			assert.Equal(t, token, session.Values["token"])
		} else {
			assert.Empty(t, session.Values)
		}
	})
}
