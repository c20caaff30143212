package views

import (
	"bytes"
	"net/url"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// made is what a component writes.
func made(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Render(t.Context(), &b))
	return b.String()
}

// Rows are written by hand; what is in them is escaped as a template would.
func FuzzMarkup(f *testing.F) {
	for _, s := range []string{"", "plain", `<script>alert("1")</script>`, `' onerror='x`, "a&amp;b", "../..", "a/b?c#d", "é ß 漢", "\x00\xff", "%2F", "a b+c~.-_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		assert.Equal(t, templ.EscapeString(s), made(t, written(func(m *markup) { m.text(s) })))
		assert.Equal(t, templ.EscapeString(url.PathEscape(s)), made(t, written(func(m *markup) { m.segment(s) })))
		u := URLs{Base: "/tools"}
		assert.Equal(t, templ.EscapeString(u.Group(tallyfy.ID(s))), made(t, written(func(m *markup) { m.groupURL(u, tallyfy.ID(s)) })))
		assert.Equal(t, templ.EscapeString(u.Member(tallyfy.UserID(s))), made(t, written(func(m *markup) { m.memberURL(u, tallyfy.UserID(s)) })))
	})
}

func TestMomentsOfRowsAreThoseOfTemplates(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	require.NoError(t, err)
	for _, location := range []*time.Location{nil, time.UTC, oslo, time.FixedZone(`<"odd">`, -34200)} {
		c := Clock{Location: location}
		for _, at := range []time.Time{
			{},
			time.Date(2026, 3, 4, 9, 5, 7, 0, time.UTC), time.Date(2025, 12, 31, 23, 30, 0, 999, time.UTC), time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(12026, 9, 30, 1, 2, 3, 0, time.UTC), time.Date(-3, 9, 30, 1, 2, 3, 0, time.UTC),
		} {
			assert.Equal(t, made(t, moment(c, at, "<never>")), made(t, written(func(m *markup) { m.moment(c, at, "<never>") })), "%s", at)
		}
	}
}

func TestNumbersOfRows(t *testing.T) {
	for _, n := range []int{-1, 0, 7, 42, 999, 1000, 1234567} {
		assert.Equal(t, Number(n), made(t, written(func(m *markup) { m.number(n) })))
	}
}

func BenchmarkGroupRows(b *testing.B) {
	rows := make([]GroupRow, 50)
	for i := range rows {
		rows[i] = GroupRow{
			ID: "6d0aa48725f2ed12a7dc900ce58a6798", Name: "Warehouse Gdańsk", Description: "Receiving, storage and dispatch at the Baltic hub.", LogoVersion: "0123456789ab",
			Members: i, Created: time.Date(2023, 1, i, 9, 0, 0, 0, time.UTC), Updated: time.Date(2025, 1, i, 9, 0, 0, 0, time.UTC),
		}
	}
	p := Page{Clock: Clock{Location: time.FixedZone("CET", 3600)}}
	var page bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		page.Reset()
		if err := groupRows(p, rows).Render(b.Context(), &page); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(page.Len()))
}
