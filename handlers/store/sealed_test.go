package store

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFilesHoldNoClearText looks through every file that SQLite keeps, the write-ahead log too.
func TestFilesHoldNoClearText(t *testing.T) {
	folder := t.TempDir()
	db := engine{url: filepath.Join(folder, "dashboard.db")}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	v.signIn()
	id := v.session(v.request()).ID
	require.Equal(t, token, v.tokenNow())
	records, err := db.Records(testSecret)
	require.NoError(t, err)
	claimed, err := records.Claim(t.Context(), "remove:org-1:member-17", "owner-of-it", []byte("body with "+token), time.Hour)
	require.NoError(t, err)
	require.True(t, claimed)

	look := func(when string) {
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		var all strings.Builder
		for _, file := range files {
			content, err := os.ReadFile(filepath.Join(folder, file.Name()))
			require.NoError(t, err)
			all.Write(content)
		}
		require.Contains(t, all.String(), sessionRow(id), "%s: the row is in what was looked at", when)
		for _, secret := range []string{token, id, v.jar[cookieName].Value, "remove:org-1:member-17", "owner-of-it", string(testSecret)} {
			assert.NotContains(t, all.String(), secret, when)
			assert.NotContains(t, all.String(), base64.StdEncoding.EncodeToString([]byte(secret)), when)
		}
	}
	look("while open")
	require.NoError(t, db.Close())
	look("after closing")
}

// TestDatabaseAndSecretNeedTheCookie plays the thief of both: every key that can be derived without the id is tried.
func TestDatabaseAndSecretNeedTheCookie(t *testing.T) {
	db := engine{url: "memory:"}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	v.signIn()
	id := v.session(v.request()).ID
	var row, text string
	require.NoError(t, db.sql.QueryRowContext(t.Context(), "SELECT id_hash, data FROM dashboard_sessions").Scan(&row, &text))

	var keys [][]byte
	for _, info := range []string{infoCookie, infoSession, infoRecordKey, infoRecordData, ""} {
		key, err := serverKey(testSecret, info)
		require.NoError(t, err)
		keys = append(keys, key)
	}
	for _, key := range append(keys, testSecret) {
		aead, err := newAEAD(key)
		require.NoError(t, err)
		_, err = unseal(aead, text, purposeSession)
		assert.Error(t, err)
	}
	for _, guess := range []string{"", row, sessionRowPrefix, cookieName, newID()} {
		_, err := v.store.unsealValues(guess, text)
		assert.Error(t, err)
	}
	thief := newSessions(t, db, newClock())
	thief.secret = []byte(strings.Repeat("?", 32))
	_, err := thief.unsealValues(id, text)
	assert.Error(t, err, "the cookie without the secret is not enough either")

	values, err := v.store.unsealValues(id, text)
	require.NoError(t, err, "with both it opens, so the attempts above failed for the right reason")
	assert.Equal(t, token, values["token"])
}

func TestKeysAreSeparate(t *testing.T) {
	seen := map[string]string{}
	for _, info := range []string{infoCookie, infoSession, infoRecordKey, infoRecordData} {
		key, err := serverKey(testSecret, info)
		require.NoError(t, err)
		assert.NotContains(t, seen, string(key), info)
		seen[string(key)] = info
	}
}

func TestSealBindsPurpose(t *testing.T) {
	aead, err := newAEAD(testSecret)
	require.NoError(t, err)
	one, err := seal(aead, []byte("x"), "a")
	require.NoError(t, err)
	two, err := seal(aead, []byte("x"), "a")
	require.NoError(t, err)
	assert.NotEqual(t, one, two, "each has its own nonce")
	plain, err := unseal(aead, one, "a")
	require.NoError(t, err)
	assert.Equal(t, []byte("x"), plain)
	_, err = unseal(aead, one, "b")
	assert.Error(t, err)
}

// TestLogsNameNobody makes both warnings of the package and reads them.
func TestLogsNameNobody(t *testing.T) {
	log := captureLog(t)
	db, c := engine{url: "memory:"}.open(t), newClock()
	v := newVisitor(t, newSessions(t, db, c))
	v.signIn()
	id := v.session(v.request()).ID
	_, err := db.sql.ExecContext(t.Context(), "CREATE TRIGGER refuse BEFORE UPDATE OF seen_at ON dashboard_sessions BEGIN SELECT RAISE(ABORT, 'refused'); END")
	require.NoError(t, err)
	c.Advance(time.Hour)
	assert.Equal(t, token, v.tokenNow(), "a page that only reads works without last-seen")
	_, err = db.sql.ExecContext(t.Context(), "UPDATE dashboard_sessions SET data = 'AAAA'")
	require.NoError(t, err)
	assert.Nil(t, v.tokenNow())

	assert.Equal(t, 2, strings.Count(log.String(), "level=WARN"))
	assert.Contains(t, log.String(), "last-seen time of a session cannot be moved")
	assert.Contains(t, log.String(), "a stored session cannot be opened")
	for _, secret := range []string{token, id, sessionRow(id), v.jar[cookieName].Value} {
		assert.NotContains(t, log.String(), secret)
	}
}

func FuzzCookie(f *testing.F) {
	db, err := Open(f.Context(), "memory:")
	require.NoError(f, err)
	f.Cleanup(func() { _ = db.Close() })
	v := newVisitor(f, newSessions(f, db, newClock()))
	v.signIn()
	good := v.jar[cookieName].Value
	for _, seed := range []string{good, good[1:], good + "=", "", "a|b|c", strings.Repeat("MTIzfA", 700), "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		session, err := v.store.New(&http.Request{Header: http.Header{"Cookie": {cookieName + "=" + value}}}, cookieName)
		require.NoError(t, err)
		if !session.IsNew {
			assert.Equal(t, token, session.Values["token"])
			assert.Contains(t, value, good)
		}
	})
}
