package store

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const logoAddress = "https://go.example.com/organizations/aldermoor/file/7f3a9c?X-Signature=marker-signature"

func logosUnder(db *DB, c *clock, keys *Keys) *Logos { return db.Logos(keys, c.Now) }

// lookUp says what is known of a logo of an organisation: its bytes, "none" or "unknown".
func lookUp(t *testing.T, l *Logos, org, address string) string {
	t.Helper()
	data, known, err := l.Get(t.Context(), org, address)
	require.NoError(t, err)
	switch {
	case !known:
		assert.Empty(t, data)
		return "unknown"
	case len(data) == 0:
		return "none"
	}
	return string(data)
}

func TestALogoBelongsToItsOrganisationAndAddress(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		l := logosUnder(db, c, testKeys)
		assert.Equal(t, "unknown", lookUp(t, l, "aldermoor", logoAddress))
		for _, picture := range []string{"first", "second"} { // of two replicas that read it at once
			require.NoError(t, l.Put(t.Context(), "aldermoor", logoAddress, []byte(picture)))
			assert.Equal(t, picture, lookUp(t, l, "aldermoor", logoAddress))
		}
		assert.Equal(t, 1, rows(t, db, "dashboard_logos"))
		for _, other := range [][2]string{{"another", logoAddress}, {"aldermoor", logoAddress + "2"}, {"", "aldermoor " + logoAddress}, {"aldermoor", ""}} {
			assert.Equal(t, "unknown", lookUp(t, l, other[0], other[1]))
		}
		large := bytes.Repeat([]byte("x"), 2<<20)
		require.NoError(t, l.Put(t.Context(), "aldermoor", "large", large))
		assert.Equal(t, string(large), lookUp(t, l, "aldermoor", "large"))
		if e.durable {
			assert.Equal(t, "second", lookUp(t, logosUnder(e.open(t), c, testKeys), "aldermoor", logoAddress), "another replica")
		}
	})
}

func TestLogosAreSealed(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		l := logosUnder(db, c, testKeys)
		require.NoError(t, l.Put(t.Context(), "aldermoor", logoAddress, []byte("marker of a picture")))
		var row, text string
		require.NoError(t, db.Read(t.Context(), []any{&row, &text}, `SELECT id_hash, data FROM dashboard_logos`))
		assertNoForm(t, row+" "+text, "marker", "go.example.com", "aldermoor")

		require.NoError(t, l.Put(t.Context(), "aldermoor", "other", []byte("other picture")))
		_, err := db.Write(t.Context(), `UPDATE dashboard_logos SET data = $1`, text)
		require.NoError(t, err)
		assert.Equal(t, "unknown", lookUp(t, l, "aldermoor", "other"), "it opens in its own row only")

		assert.Equal(t, "marker of a picture", lookUp(t, logosUnder(db, c, rotatedKeys), "aldermoor", logoAddress))
		lost := logosUnder(db, c, otherKeys)
		assert.Equal(t, "unknown", lookUp(t, lost, "aldermoor", logoAddress))
		require.NoError(t, lost.Put(t.Context(), "aldermoor", logoAddress, []byte("read again")))
		assert.Equal(t, "read again", lookUp(t, lost, "aldermoor", logoAddress))
	})
}

// The size of a sealed text is the same for pictures of the same length.
func TestTheLogosUsedLongestAgoMakeRoom(t *testing.T) {
	sealed := int64(len(must(testKeys.Seal("", []byte("picture 0")))))
	for name, bound := range map[string]struct{ rows, bytes int64 }{"rows": {3, 1 << 20}, "bytes": {100, 3*sealed + 1}} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, e engine) {
				c, db := newClock(), e.open(t)
				l := logosUnder(db, c, testKeys)
				l.most, l.mostBytes = bound.rows, bound.bytes
				put := func(i int) {
					t.Helper()
					c.Advance(logoUse)
					require.NoError(t, l.Put(t.Context(), "aldermoor", fmt.Sprint(i), fmt.Appendf(nil, "picture %d", i)))
				}
				known := func() (list []string) {
					for i := range 6 {
						if text, _, _ := l.Get(t.Context(), "aldermoor", fmt.Sprint(i)); text != nil {
							list = append(list, fmt.Sprint(i))
						}
					}
					return list
				}
				for i := range 3 {
					put(i)
				}
				c.Advance(logoUse)
				assert.Equal(t, "picture 0", lookUp(t, l, "aldermoor", "0"), "the oldest is used again")
				put(3)
				assert.Equal(t, 3, rows(t, db, "dashboard_logos"))
				assert.Equal(t, []string{"0", "2", "3"}, known())
				put(4)
				put(5)
				assert.Equal(t, 3, rows(t, db, "dashboard_logos"))

				require.NoError(t, l.Put(t.Context(), "another", "x", []byte(strings.Repeat("larger", 10))))
				assert.LessOrEqual(t, rows(t, db, "dashboard_logos"), 3, "organisations share the room")
			})
		})
	}
}

func TestLogosEnd(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		l := logosUnder(db, c, testKeys)
		for address, data := range map[string]string{"used": "a", "unused": "b", "missing": ""} {
			require.NoError(t, l.Put(t.Context(), "aldermoor", address, []byte(data)))
		}
		sweep := func(want int64) {
			t.Helper()
			n, err := l.Sweep(t.Context())
			require.NoError(t, err)
			assert.Equal(t, want, n)
		}
		c.Advance(missingLogo - time.Millisecond)
		sweep(0)
		assert.Equal(t, "none", lookUp(t, l, "aldermoor", "missing"))
		c.Advance(time.Millisecond)
		assert.Equal(t, "unknown", lookUp(t, l, "aldermoor", "missing"), "it may be there now")
		sweep(1)
		c.Advance(unusedLogo / 2)
		assert.Equal(t, "a", lookUp(t, l, "aldermoor", "used"))
		c.Advance(unusedLogo / 2)
		sweep(1)
		assert.Equal(t, "a", lookUp(t, l, "aldermoor", "used"))
		assert.Equal(t, "unknown", lookUp(t, l, "aldermoor", "unused"))
	})
}

// A picture that is asked for often is not written to as often.
func TestTheUseOfALogoIsNotedOnceAnHour(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		l := logosUnder(db, c, testKeys)
		require.NoError(t, l.Put(t.Context(), "aldermoor", "a", []byte("picture")))
		for _, step := range []struct {
			after time.Duration
			noted bool
		}{{logoUse - time.Millisecond, false}, {time.Millisecond, true}, {time.Minute, false}} {
			c.Advance(step.after)
			assert.Equal(t, "picture", lookUp(t, l, "aldermoor", "a"))
			var used int64
			require.NoError(t, db.Read(t.Context(), []any{&used}, `SELECT used_at FROM dashboard_logos`))
			assert.Equal(t, step.noted, used == c.Now().UnixMilli())
		}
	})
}
