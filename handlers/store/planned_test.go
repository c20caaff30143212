package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlannedGroups(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		p := db.PlannedGroups(testKeys, c.Now)
		find := func(org, member, email string) string {
			t.Helper()
			what, ok, err := p.Find(t.Context(), org, member, email)
			require.NoError(t, err)
			if !ok {
				return ""
			}
			return what.Groups[0].Name + " by " + what.By
		}
		put := func(email, member, group string) {
			t.Helper()
			require.NoError(t, p.Put(t.Context(), "aldermoor", Planned{Email: email, Member: member, Groups: []PlannedGroup{{"g1", group}}, By: "Maren"}))
		}
		assert.Empty(t, find("aldermoor", "7", "ada@example.com"))
		put("Ada@example.com", "", "Finance")
		assert.Equal(t, "Finance by Maren", find("aldermoor", "", " ada@EXAMPLE.com"))
		assert.Empty(t, find("another", "", "ada@example.com"), "of one organisation")
		assert.Empty(t, find("aldermoor", "", "bo@example.com"), "no id is nobody's id")
		put("ada@example.com", "7", "Legal")
		assert.Equal(t, "Legal by Maren", find("aldermoor", "7", "new@example.com"), "the address may change after the invitation")
		c.Advance(time.Second)
		put("new@example.com", "", "Other")
		assert.Equal(t, "Legal by Maren", find("aldermoor", "7", "new@example.com"), "the id counts first")
		list, err := p.List(t.Context(), "aldermoor")
		require.NoError(t, err)
		require.Len(t, list, 2)
		assert.Equal(t, Planned{Email: "ada@example.com", Member: "7", Groups: []PlannedGroup{{"g1", "Legal"}}, By: "Maren", At: list[0].At}, list[0])

		var row, text string
		require.NoError(t, db.Read(t.Context(), []any{&row, &text}, `SELECT id_hash, data FROM dashboard_planned_groups WHERE member = '7'`))
		assert.NotContains(t, text, "ada@example.com")
		var v any
		require.NoError(t, testKeys.OpenJSON("planned groups "+row, text, &v), "as in the rows of before")
		other, err := NewKeys([]byte("another secret of more than 32 bytes"))
		require.NoError(t, err)
		list, err = db.PlannedGroups(other, c.Now).List(t.Context(), "aldermoor")
		require.NoError(t, err)
		assert.Empty(t, list, "of a lost secret")

		require.NoError(t, p.Forget(t.Context(), "aldermoor", "ADA@example.com"))
		assert.Empty(t, find("aldermoor", "7", "ada@example.com"))
		c.Advance(plannedTime)
		n, err := p.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
	})
}
