package history_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest/postgres"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// crowded is a desk of so many events, all of one group. The first hundred are of two people, the others of a hundred: so a
// page of a timeline is as long with a hundred as with more.
func crowded(t testing.TB, db *store.DB, n int) *desk {
	d := newDesk(t, db)
	d.read()
	for from := 0; from < n; from += 1000 {
		rows := make([]string, min(1000, n-from))
		for i := range rows {
			who := (from + i) % 100
			if from+i < 100 {
				who %= 2
			}
			rows[i] = fmt.Sprintf("('%s-7000-8000-%012d', '%s', 'joined', '%d', '%s', 0, 0, '', 0, '')", timeOf(march), from+i, org, who, finance)
		}
		_, err := d.db.Write(t.Context(), `INSERT INTO dashboard_history_events (id, org, kind, member, grp, since, till, entry, part, data) VALUES `+strings.Join(rows, ", "))
		require.NoError(t, err)
	}
	_, err := d.db.Write(t.Context(), `ANALYZE`) // as engines do by themselves, in time
	require.NoError(t, err)
	return d
}

// timeOf is a time as ids begin.
func timeOf(t time.Time) string {
	hex := fmt.Sprintf("%012x", t.UnixMilli())
	return hex[:8] + "-" + hex[8:]
}

// timelines are what pages ask for: of a group, of a person, and of all, the first page and one further on.
func timelines(t testing.TB, d *desk) {
	for _, f := range []history.Filter{
		{Subject: journal.Subject{Kind: journal.Group, ID: string(finance)}},
		{Subject: journal.Subject{Kind: journal.Member, ID: "1"}},
		{},
		{Before: fmt.Sprintf("%s-7000-8000-%012d", timeOf(march), 80)},
	} {
		f.Org = org
		list, err := d.Latest(t.Context(), f, 50)
		require.NoError(t, err)
		require.Len(t, list, 50)
	}
}

// A timeline of 100,000 events over one of 100, measured in turns: at most 1.3 times as long.
func BenchmarkTimeline(b *testing.B) {
	for engine, open := range map[string]func(t testing.TB) *store.DB{"sqlite": memory, "postgres": func(t testing.TB) *store.DB {
		db, err := store.Open(t.Context(), postgres.URL(t))
		require.NoError(t, err)
		t.Cleanup(func() { _ = db.Close() })
		return db
	}} {
		b.Run(engine, func(b *testing.B) {
			few, many := crowded(b, open(b), 100), crowded(b, open(b), 100_000)
			var times [2][]time.Duration
			for b.Loop() {
				for i, d := range []*desk{few, many} {
					began := time.Now()
					timelines(b, d)
					times[i] = append(times[i], time.Since(began))
				}
			}
			median := func(list []time.Duration) float64 { slices.Sort(list); return float64(list[len(list)/2]) }
			b.ReportMetric(median(times[1])/median(times[0]), "times-as-long")
		})
	}
}

// A reading of 10,000 members and 300 groups that is as the one before: of the same items, and of others that say the same.
func BenchmarkReading(b *testing.B) {
	d := newDesk(b, memory(b))
	for i := range 10_000 {
		d.member(tallyfy.UserID(fmt.Sprint(20_000+i)), fmt.Sprint("Person ", i), tallyfy.RoleStandard)
	}
	d.member(maren, "Maren Dahl", tallyfy.RoleAdmin)
	for i := range 300 {
		ids := make([]tallyfy.UserID, 200)
		for j := range ids {
			ids[j] = tallyfy.UserID(fmt.Sprint(20_000 + (i*37+j*13)%10_000))
		}
		d.group(tallyfy.ID(fmt.Sprintf("%032d", i)), fmt.Sprint("Group ", i), ids...)
	}
	members, groups := d.membersNow(), d.groupsNow()
	d.observe(history.Reading{By: maren, Members: members})
	b.Run("same items", func(b *testing.B) {
		for b.Loop() {
			d.after(time.Minute)
			d.observe(history.Reading{By: maren, Members: members})
			d.observe(history.Reading{By: maren, Groups: groups})
		}
	})
	b.Run("other items", func(b *testing.B) {
		for b.Loop() {
			d.after(time.Minute)
			members, groups := d.membersNow(), d.groupsNow()
			d.observe(history.Reading{By: maren, Members: members})
			d.observe(history.Reading{By: maren, Groups: groups})
		}
	})
	b.Run("one change", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			d.after(time.Minute)
			d.move(tallyfy.ID(fmt.Sprintf("%032d", 7)), "29999", i%2 == 0)
			d.observe(history.Reading{By: maren, Groups: d.groupsNow()})
		}
	})
}

// 300 groups with 10,000 memberships, of which one in a hundred changes each day: less than 20 MB a year.
func TestAYearIsSmall(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dashboard.db")
	db, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	d := newDesk(t, db)
	group := func(i int) tallyfy.ID { return tallyfy.ID(fmt.Sprintf("%032d", i%300)) }
	for i := range 300 {
		d.group(group(i), fmt.Sprint("Group ", i))
	}
	for i := range 10_000 {
		g := d.groups[group(i)]
		g.Members = append(g.Members, tallyfy.UserID(fmt.Sprint(20_000+i/5)))
		d.groups[g.ID] = g
	}
	size := func() (n int64) {
		require.NoError(t, db.Read(t.Context(), []any{&n}, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`))
		return n
	}
	const days = 20
	var before int64
	for day := range days + 2 {
		for i := range 100 {
			d.move(group(i*7), tallyfy.UserID(fmt.Sprint(50_000+i)), day%2 == 0)
		}
		d.after(24 * time.Hour)
		d.read()
		if day == 1 {
			before = size()
		}
	}
	require.Greater(t, d.rows("dashboard_history_events"), 100*days-1)
	year := (size() - before) * 365 / days
	t.Logf("%.1f MB a year", float64(year)/1e6)
	assert.Less(t, year, int64(20_000_000))
}
