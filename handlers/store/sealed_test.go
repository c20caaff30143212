package store

import (
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// atRest returns all bytes that a database keeps: of SQLite the files, the write-ahead log too, of
// PostgreSQL every column of every row.
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

// assertNoForm fails for each secret that a text holds in any form.
func assertNoForm(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			if len(form) >= 5 { // shorter ones come about by chance
				assert.NotContains(t, text, form, secret)
			}
		}
	}
}

func TestNothingCanBeReadAtRest(t *testing.T) {
	markers := map[string]string{
		"token": "eyJ0eXAiOiJKV1QifQ.marker-token.c2lnbmF0dXJl", "email": "marker.mail@example.com", "name": "Marker Žofie O'Hara",
		"link": "https://go.example.com/guest/marker-link-7f3a9c", "form": "description=marker+text",
	}
	document, err := json.Marshal(markers)
	require.NoError(t, err)
	eachEngine(t, func(t *testing.T, e engine) {
		if !e.durable {
			return // memory keeps nothing at rest
		}
		c, db := newClock(), e.open(t)
		v := newVisitor(t, newSessions(t, db, c))
		v.signIn()
		for _, marker := range markers {
			r := v.request()
			session := v.session(r)
			SetData(session, append([]byte(token+marker), document...))
			v.save(r, session)
			putRecord(t, db, testKeys, marker, marker, document, c.Now().Add(time.Hour))
		}
		hidden := []string{token, v.jar[cookieName].Value, string(testSecret), "marker"}
		for _, marker := range markers {
			hidden = append(hidden, marker)
		}
		look := func(when, kept string) {
			require.Contains(t, kept, sessionRow(v.jar[cookieName].Value), "%s: the rows are in what is looked at", when)
			assertNoForm(t, kept, hidden...)
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
		if db.Dialect() == SQLite {
			_, err := db.sql.ExecContext(t.Context(), "DELETE FROM dashboard_records")
			require.NoError(t, err)
			require.NoError(t, db.Close())
			_, err = os.Stat(e.url + "-wal")
			require.ErrorIs(t, err, os.ErrNotExist)
			require.Contains(t, atRest(t, e, db), sessionRow(v.jar[cookieName].Value), "after closing")
			assertNoForm(t, atRest(t, e, db), token)
		}
	})
}

// TestDatabaseAndSecretNeedTheCookie plays the thief of both: every key that can be derived without
// the id is tried.
func TestDatabaseAndSecretNeedTheCookie(t *testing.T) {
	t.Parallel()
	db := engine{url: "memory:"}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	v.signIn()
	id := v.session(v.request()).ID
	var row, text string
	require.NoError(t, db.sql.QueryRowContext(t.Context(), "SELECT id_hash, data FROM dashboard_sessions").Scan(&row, &text))

	keys := map[string]string{string(testSecret): "the secret itself"}
	for _, info := range []string{infoSealed, infoSession, infoRecordKey, infoRecordData, ""} {
		key := string(testKeys.derive(info)[0])
		assert.NotContains(t, keys, key, "each purpose has a key of its own: %s", info)
		keys[key] = info
	}
	for key := range keys {
		_, err := newSealer([][]byte{[]byte(key)}).open(purposeSession, text)
		assert.Error(t, err)
	}
	for _, guess := range []string{"", row, sessionRowPrefix, cookieName, newID()} {
		_, err := testKeys.session(guess).open(purposeSession, text)
		assert.Error(t, err)
	}
	_, err := otherKeys.session(id).open(purposeSession, text)
	assert.Error(t, err, "the cookie without the secret is not enough either")

	data, err := testKeys.session(id).open(purposeSession, text)
	require.NoError(t, err, "with both it opens, so the attempts above failed for the right reason")
	assert.Equal(t, token, string(data))
}

// FuzzSessionRow lets the text of a row be anything, as somebody with write access to the database
// could.
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
			assert.Equal(t, token, string(Data(session)))
		} else {
			assert.Empty(t, session.Values)
		}
	})
}

func FuzzCookie(f *testing.F) {
	db, err := Open(f.Context(), "memory:")
	require.NoError(f, err)
	f.Cleanup(func() { _ = db.Close() })
	v := newVisitor(f, newSessions(f, db, newClock()))
	v.signIn()
	good := v.jar[cookieName].Value
	for _, seed := range []string{good, good[1:], good + "=", "", strings.Repeat("A", 43), strings.Repeat("MTIzfA", 700), "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		session, err := v.store.New(&http.Request{Header: http.Header{"Cookie": {cookieName + "=" + value}}}, cookieName)
		require.NoError(t, err)
		if !session.IsNew {
			assert.Equal(t, token, string(Data(session)))
			assert.Contains(t, value, good)
		}
	})
}
