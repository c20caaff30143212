package csvfile

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
)

// FuzzPlain splits a cell at every place where a spreadsheet program may, quoted or not. No part
// begins like a formula, whatever white space is in front, and nothing but apostrophes was added.
func FuzzPlain(f *testing.F) {
	for _, seed := range []string{
		"", "=1+1", "'=1", " +1", "\u3000=1", "\v-1", "a;=1", "a;\u3000=1", "a\t\u2003@x", "a\r\n\x85+1", "a;\v=1", "＝1", "a;＠x", ";;=", "=;=\t=", "\x00=1", "\xff=1", "Ops;-",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got := Plain(cell)
		for i, part := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
			part = strings.TrimLeftFunc(part, func(r rune) bool {
				return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b'
			})
			if part != "" {
				require.NotContains(t, "=+-@＝＋－＠", string([]rune(part)[0]), "part %d of %q", i, got)
			}
		}
		if got != "" {
			require.NotContains(t, "\t\r\n", got[:1])
		}
		rest := got
		for i := range len(cell) {
			for !strings.HasPrefix(rest, cell[i:i+1]) {
				require.True(t, strings.HasPrefix(rest, "'"), "%q became %q", cell, got)
				rest = rest[1:]
			}
			rest = rest[1:]
		}
		require.Empty(t, rest, "%q became %q", cell, got)
	})
}

var fileName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*-2026-11-21\.csv$`)

// Whatever an organisation is called, its file can be saved anywhere, and its name stands in a
// header as it is.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"", "Zoë & Sons", "ליאור", "../../etc/passwd", "a\r\nb", strings.Repeat("x ", 100), "\u0301", "ﬁ①", "\xff", "CON"} {
		f.Add("members", seed)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		name := Name(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), first, second)
		require.Regexp(t, fileName, name)
		require.LessOrEqual(t, len(name), 100)
	})
}
