package views

import (
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClock(t *testing.T) {
	at := time.Date(2026, time.March, 4, 23, 30, 7, 0, time.UTC)
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
		assert.Equal(t, want.day, clock.Day(at), zone)
		assert.Equal(t, want.minute, clock.Minute(at), zone)
		assert.Equal(t, `<time datetime="2026-03-04T23:30:07Z" data-exact="`+templ.EscapeString(want.exact)+`">then</time>`, made(t, moment(clock.moment(at, "then"))), zone)
	}
	assert.Empty(t, Clock{}.Day(time.Time{}))
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		-time.Second:      "just now", // two clocks
		0:                 "just now",
		9 * time.Second:   "just now",
		10 * time.Second:  "10 seconds ago",
		59 * time.Second:  "59 seconds ago",
		60 * time.Second:  "1 minute ago",
		119 * time.Second: "1 minute ago",
		2 * time.Minute:   "2 minutes ago",
		119 * time.Minute: "119 minutes ago",
		2 * time.Hour:     "2 hours ago",
		8 * time.Hour:     "8 hours ago",
	} {
		assert.Equal(t, want, Clock{Now: now}.Ago(now.Add(-ago)), "%s", ago)
	}
}

func TestDaysAgo(t *testing.T) {
	now := time.Date(2026, 11, 21, 0, 30, 0, 0, time.UTC)
	for days, want := range map[int]string{
		-1: "today", 0: "today", 1: "yesterday", 2: "2 days ago", 90: "90 days ago", 91: "3 months ago", 365: "12 months ago",
		709: "23 months ago", 729: "24 months ago", 730: "2 years ago", 1094: "2 years ago", 1095: "3 years ago",
	} {
		assert.Equal(t, want, Clock{Now: now}.DaysAgo(now.AddDate(0, 0, -days)), "%d days", days)
	}
	assert.Equal(t, "yesterday", Clock{Now: now}.DaysAgo(now.Add(-time.Hour)), "days of the calendar")
}

func TestRecentMoments(t *testing.T) {
	now := time.Date(2026, 11, 21, 0, 30, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		0: "today, 00:30", time.Hour: "yesterday, 23:30", 25 * time.Hour: "19 Nov 2026, 23:30", -24 * time.Hour: "22 Nov 2026, 00:30",
	} {
		assert.Equal(t, want, Clock{Now: now}.recent(now.Add(-ago)).Text, "%s", ago)
	}
}

func TestMoments(t *testing.T) {
	c := Clock{Location: time.FixedZone(`<"odd">`, 3600)}
	at := time.Date(2026, 3, 4, 23, 5, 7, 0, time.UTC)
	for want, m := range map[string]Moment{
		`<time datetime="2026-03-04T23:05:07Z" data-exact="Thursday, 5 March 2026, 00:05:07 &lt;&#34;odd&#34;&gt;">5 Mar 2026</time>`:              c.Date(at, "never"),
		`<time datetime="2026-03-04T23:05:07Z" data-exact="Thursday, 5 March 2026, 00:05:07 &lt;&#34;odd&#34;&gt;" tabindex="0">5 Mar 2026</time>`: c.fact(at, "never"),
		`<time datetime="2026-03-04T23:05:07Z" data-exact="Thursday, 5 March 2026, 00:05:07 &lt;&#34;odd&#34;&gt;">soon</time>`:                    c.moment(at, "soon"),
		`<span class="muted">&lt;never&gt;</span>`: c.fact(time.Time{}, "<never>"),
	} {
		assert.Equal(t, want, made(t, moment(m)))
	}
}
