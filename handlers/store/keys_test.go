package store

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeysSealWithTheFirstAndOpenWithAll(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][][]byte{nil, {testSecret[:31]}, {testSecret, nil}} {
		_, err := NewKeys(secrets...)
		require.Error(t, err)
	}
	before, err := testKeys.Seal("journal 17", []byte("plain"))
	require.NoError(t, err)
	after, err := rotatedKeys.Seal("journal 17", []byte("plain"))
	require.NoError(t, err)
	for text, opens := range map[string]map[*Keys]bool{
		before: {testKeys: true, rotatedKeys: true, otherKeys: false},
		after:  {testKeys: false, rotatedKeys: true, otherKeys: true},
	} {
		for keys, ok := range opens {
			plain, err := keys.Open("journal 17", text)
			assert.Equal(t, ok, err == nil)
			assert.Equal(t, ok, string(plain) == "plain")
			_, err = keys.Open("journal 18", text)
			assert.Error(t, err, "it opens in its own place only")
		}
	}
	_, err = testKeys.Seal("x", make([]byte, 6<<20))
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = testKeys.Seal("x", make([]byte, 6<<20-100))
	require.NoError(t, err)
}

// TestRowsThatWereSealedBeforeOpen: databases in the field have texts like this one. The packages
// that store them compare what their texts are sealed for.
func TestRowsThatWereSealedBeforeOpen(t *testing.T) {
	t.Parallel()
	type value struct {
		Name string
		At   int
	}
	const text = "P/7iS098Le++povJjGwU1ahQ/TuZZKWc+G1noyqntBXjrjs7Ws+IQhMOf+TsNrIfaFSxhdkWnAVOBZma+ZKsRiA8rrNvnVq5Rpk="
	var v value
	require.NoError(t, testKeys.OpenJSON("journal intent o 17", text, &v))
	assert.Equal(t, value{"Ännie & <Bo>", 7}, v)

	plain, err := testKeys.Open("journal intent o 17", text)
	require.NoError(t, err)
	again, err := testKeys.SealJSON("journal intent o 17", v)
	require.NoError(t, err)
	same, err := testKeys.Open("journal intent o 17", again)
	require.NoError(t, err)
	assert.Equal(t, string(plain), string(same), "a version of before reads what is sealed now")
	require.Error(t, testKeys.OpenJSON("journal intent o 18", text, &v), "it opens in its own place only")
	_, err = testKeys.SealJSON("x", func() {})
	require.Error(t, err)
	list, err := testKeys.Seal("x", []byte("[]"))
	require.NoError(t, err)
	require.Error(t, testKeys.OpenJSON("x", list, &v), "JSON of another form")
}

// TestRotationOfTheSecret: with a new secret in front of the old one, sessions go on as they were.
// What is written from then on does without the old one; the rest is unknown without it, and people
// sign in again.
func TestRotationOfTheSecret(t *testing.T) {
	eachEngineAlone(t, func(t *testing.T, e engine) {
		c, db, log := newClock(), e.open(t), captureLog(t)
		v, w := newVisitor(t, newSessions(t, db, c)), newVisitor(t, newSessions(t, db, c))
		v.signIn()
		w.signIn()

		v.store, w.store = sessionsUnder(t, db, c, rotatedKeys), sessionsUnder(t, db, c, rotatedKeys)
		assert.Equal(t, token, v.dataNow(), "nobody is signed out")
		r := v.request()
		session := v.session(r)
		SetData(session, []byte("saved after"))
		assert.Nil(t, v.save(r, session), "with the same cookie")

		v.store, w.store = sessionsUnder(t, db, c, otherKeys), sessionsUnder(t, db, c, otherKeys)
		assert.Equal(t, "saved after", v.dataNow())
		before := w.jar[cookieName]
		session = w.session(w.request())
		assert.True(t, session.IsNew, "it was not saved before the old secret went, which is no error")
		assert.Empty(t, session.ID)
		assert.Nil(t, Data(session))
		w.signIn()
		assert.Equal(t, token, w.dataNow())

		// The old secret again, as on a replica that was not restarted yet.
		w.store, w.jar[cookieName] = newSessions(t, db, c), before
		assert.Equal(t, token, w.dataNow())

		c.Advance(DefaultIdle)
		n, err := v.store.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 3, n, "rows of any secret are swept")
		assertNoForm(t, log.String(), token, before.Value)
	})
}

func FuzzOpen(f *testing.F) {
	good, err := testKeys.Seal("purpose", []byte("plain"))
	require.NoError(f, err)
	again, err := testKeys.Seal("purpose", []byte("plain"))
	require.NoError(f, err)
	require.NotEqual(f, good, again, "each has its own nonce")
	for _, seed := range []string{good, again, "", "AAAA", good[:len(good)-4], good + "AAAA", good + "\n", "=", "\x00", strings.Repeat("A", 1000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := rotatedKeys.Open("purpose", text)
		if err != nil {
			assert.Empty(t, plain)
			return
		}
		assert.Equal(t, "plain", string(plain), "only what was sealed here opens")
		_, err = rotatedKeys.Open("another", text)
		assert.Error(t, err)
	})
}
