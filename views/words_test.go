package views

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 7: "7", 99: "99", 100: "100", 999: "999", 1000: "1,000", 12345: "12,345", 999999: "999,999", 1000000: "1,000,000",
		-1: "-1", -100: "-100", -1234: "-1,234", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		assert.Equal(t, want, Number(n))
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 groups", 1: "1 group", 2: "2 groups", 21: "21 groups", 1001: "1,001 groups"} {
		assert.Equal(t, want, Count(n, "group", "groups"))
	}
}

func TestOrNone(t *testing.T) {
	assert.Equal(t, "none", orNone(""))
	assert.Equal(t, "x", orNone("x"))
}

func TestClock(t *testing.T) {
	moment := time.Date(2026, time.March, 4, 23, 30, 7, 0, time.UTC)
	for zone, want := range map[string]struct{ day, minute, exact string }{
		"UTC":               {"4 Mar 2026", "23:30", "Wednesday, 4 March 2026, 23:30:07 UTC"},
		"Europe/Oslo":       {"5 Mar 2026", "00:30", "Thursday, 5 March 2026, 00:30:07 CET"},
		"America/New_York":  {"4 Mar 2026", "18:30", "Wednesday, 4 March 2026, 18:30:07 EST"},
		"Pacific/Tongatapu": {"5 Mar 2026", "12:30", "Thursday, 5 March 2026, 12:30:07 +13"}, // 13 hours ahead
		"Asia/Kolkata":      {"5 Mar 2026", "05:00", "Thursday, 5 March 2026, 05:00:07 IST"},
		"America/Sao_Paulo": {"4 Mar 2026", "20:30", "Wednesday, 4 March 2026, 20:30:07 -03"},
		"":                  {"4 Mar 2026", "23:30", "Wednesday, 4 March 2026, 23:30:07 UTC"}, // a clock without a zone
	} {
		clock := Clock{}
		if zone != "" {
			location, err := time.LoadLocation(zone)
			require.NoError(t, err)
			clock.Location = location
		}
		assert.Equal(t, want.day, clock.Day(moment), zone)
		assert.Equal(t, want.minute, clock.Minute(moment), zone)
		assert.Equal(t, want.exact, clock.Exact(moment), zone)
		assert.Equal(t, "2026-03-04T23:30:07Z", clock.Machine(moment), zone)
	}
	summer := Clock{Location: time.FixedZone("CEST", 2*60*60)}
	assert.Equal(t, "2026-07-01T10:00:00Z", summer.Machine(time.Date(2026, 7, 1, 12, 0, 0, 0, summer.Location)))
	assert.Empty(t, summer.Day(time.Time{}))
	assert.Empty(t, summer.Exact(time.Time{}))
}

func TestDocumentTitle(t *testing.T) {
	assert.Equal(t, "Sign in · Tallyfy admin", Page{Title: "Sign in"}.documentTitle())
	assert.Equal(t, "Groups · Acme · Tallyfy admin", Page{Title: "Groups", Account: &Account{Organisation: "Acme"}}.documentTitle())
	assert.Equal(t, "Groups · Tallyfy admin", Page{Title: "Groups", Account: &Account{}}.documentTitle())
}

func TestNoticeSaysItsKindInWords(t *testing.T) {
	for kind, want := range map[NoticeKind]string{NoticeDone: "Done.", NoticeWarning: "Please note.", NoticeProblem: "Problem.", NoticeInfo: ""} {
		assert.Equal(t, want, kind.word())
	}
}
