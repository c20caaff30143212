package csvfile

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrite(t *testing.T) {
	var out bytes.Buffer
	rows := [][]string{{"Zoë, \"Z\"", "line\nbreak"}, {"=HYPERLINK(\"x\")", "ליאור"}}
	require.NoError(t, Write(&out, Comma, []string{"Name", "Note"}, slices.Values(rows)))
	assert.Equal(t, "\ufeffName,Note\r\n\"Zoë, \"\"Z\"\"\",\"line\r\nbreak\"\r\n\"'=HYPERLINK(\"\"x\"\")\",ליאור\r\n", out.String())
}

// Where the cells stand apart by semicolons, a program that looks for commas finds no formula either.
func TestWriteWithSemicolons(t *testing.T) {
	var out bytes.Buffer
	rows := [][]string{{"Ops,=1+1", "a;b"}, {"x,\u00a0@y", "1,5"}, {"=1,=2", "O'Brien, Ann"}}
	require.NoError(t, Write(&out, Semicolon, []string{"Name", "Note"}, slices.Values(rows)))
	assert.Equal(t, "\ufeffName;Note\r\nOps,'=1+1;\"a;b\"\r\nx,\u00a0'@y;1,5\r\n'=1,'=2;O'Brien, Ann\r\n", out.String())
}

func TestPlain(t *testing.T) {
	for cell, want := range map[string]string{
		"":              "",
		"Payroll":       "Payroll",
		"a=b":           "a=b",
		"=1+1":          "'=1+1",
		"+44 20":        "'+44 20",
		"-1":            "'-1",
		"@SUM(A1)":      "'@SUM(A1)",
		"  =1":          "'  =1",
		"\u00a0=1":      "'\u00a0=1",
		"\ufeff=1":      "'\ufeff=1",
		"\tcmd":         "'\tcmd",
		"\r=1":          "'\r'=1",
		"＝1+1":          "'＝1+1",
		"'=1":           "'=1",
		"Ops;=1+1":      "Ops;'=1+1",
		"Ops; @x;\t-1":  "Ops; '@x;\t'-1",
		"a\n=1":         "a\n'=1",
		"a\r\n＋1":       "a\r\n'＋1",
		"a\n\u00a0=1":   "a\n\u00a0'=1",
		"a; b = c":      "a; b = c",
		"O'Brien":       "O'Brien",
		"ليلى":          "ليلى",
		"2026-11-21":    "2026-11-21",
		"a@example.com": "a@example.com",
	} {
		assert.Equal(t, want, Plain(cell), "%q", cell)
	}
}

func TestName(t *testing.T) {
	day := time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)
	assert.Equal(t, "members-zoe-sons-2026-11-21.csv", Name(day, "members", "Zoë & Sons"))
	assert.Equal(t, "people-2026-11-21.csv", Name(day, "people", "ליאור"))
	assert.Equal(t, "export-2026-11-21.csv", Name(day, "ליאור", "物流"))
	assert.NotContains(t, Name(day, strings.Repeat("long ", 100)), "--")
	assert.NotContains(t, Name(day, "x\r\nSet-Cookie: a=b", `"../..`), "\n")
	assert.LessOrEqual(t, len(Name(day, strings.Repeat("long ", 100))), 100)
}

// Whatever is in a cell, a reader gets it back, at most with the apostrophe in front.
func FuzzWrite(f *testing.F) {
	for _, seed := range []string{"", "=1", "a,b", "\"", "a\r\nb", "\x00", "\xff", " ", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		var out bytes.Buffer
		require.NoError(t, Write(&out, Comma, []string{"a", "b"}, slices.Values([][]string{{cell, "end"}})))
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), byteOrderMark))).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		lines := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "") }
		assert.Equal(t, lines(Plain(cell)), lines(rows[1][0]))
		assert.Equal(t, "end", rows[1][1])
	})
}

// A file that is given again has the cells that it was made of.
func TestUnmarked(t *testing.T) {
	cells := []string{"", "Payroll", "=1+1", "  =1", "Payroll; +Sales; @Home", "Please:\n- read\n- sign", "x, =2", "\n=1", "'quoted'", "O'Brien, Ann", "it's; 'fine'", "=a;=b"}
	for _, separator := range []rune{Comma, Semicolon} {
		var out bytes.Buffer
		require.NoError(t, Write(&out, separator, cells, slices.Values([][]string{cells})))
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), byteOrderMark)))
		r.Comma = separator
		lines, err := r.ReadAll()
		require.NoError(t, err)
		for i, cell := range lines[1] {
			assert.Equal(t, cells[i], Unmarked(cell))
		}
	}
}
