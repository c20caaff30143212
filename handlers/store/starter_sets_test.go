package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStarterSets(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		sets := db.StarterSets(testKeys, c.Now)
		list := func(of *StarterSets, org string) []StarterSet {
			t.Helper()
			found, err := of.List(t.Context(), org)
			require.NoError(t, err)
			return found
		}
		want := StarterSet{Title: "Accountant", Groups: []PlannedGroup{{"g1", "Finance"}}, By: "Maren"}
		require.NoError(t, sets.Put(t.Context(), "aldermoor", "accountant", want))
		found := list(sets, "aldermoor")
		require.Len(t, found, 1)
		want.At = found[0].At
		assert.Equal(t, want, found[0])
		assert.Empty(t, list(sets, "another"), "of one organisation")

		c.Advance(time.Second)
		want.Groups = append(want.Groups, PlannedGroup{"g2", "Payroll"})
		require.NoError(t, sets.Put(t.Context(), "aldermoor", "accountant", want))
		found = list(sets, "aldermoor")
		require.Len(t, found, 1, "one of a title")
		assert.Len(t, found[0].Groups, 2)
		assert.True(t, found[0].At.After(want.At))

		var row, text string
		require.NoError(t, db.Read(t.Context(), []any{&row, &text}, `SELECT id_hash, data FROM dashboard_starter_sets`))
		assert.NotContains(t, text, "Accountant")
		var v any
		require.NoError(t, testKeys.OpenJSON("starter set "+row, text, &v), "as in the rows of before")
		other, err := NewKeys([]byte("another secret of more than 32 bytes"))
		require.NoError(t, err)
		assert.Empty(t, list(db.StarterSets(other, c.Now), "aldermoor"), "of a lost secret")

		require.NoError(t, sets.Put(t.Context(), "aldermoor", "accountant", StarterSet{Title: "Accountant"}))
		assert.Empty(t, list(sets, "aldermoor"), "one without groups is none")
	})
}
