package journal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
)

// deletion is an intent that deletes something with a picture.
func (d *desk) deletion() journal.Intent {
	in := d.intent()
	in.Contents = &journal.Contents{Data: []byte(`{"Name":"Payroll, which nobody else is called"}`), Picture: []byte("the bytes of the logo")}
	return in
}

// What a change deletes is stored with its intent, sealed, and goes before the entry.
func TestContentsGoBeforeTheirEntry(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, dir string) {
		d := newDesk(t, open())
		in := d.deletion()
		e, plain := d.begin(in), d.begin(d.intent())
		kept := atRest(t, d, dir)
		for _, text := range []string{"nobody else is called", "the bytes of the logo"} {
			for _, form := range forms(text) {
				assert.NotContains(t, kept, form, text)
			}
		}
		e = d.get(e.ID)
		assert.Nil(t, e.Contents, "it is read on its own")
		assert.Equal(t, 90, d.ContentsDays())
		assert.Equal(t, e.At.Add(keepContents), d.ContentsEnd(e))
		for _, late := range []bool{false, true} {
			data, err := d.Contents(t.Context(), e)
			picture, pictureErr := d.Picture(t.Context(), e)
			_, plainErr := d.Contents(t.Context(), plain)
			require.ErrorIs(t, plainErr, journal.ErrContentsGone)
			if late {
				require.ErrorIs(t, err, journal.ErrContentsGone)
				require.ErrorIs(t, pictureErr, journal.ErrContentsGone)
				break
			}
			require.NoError(t, err)
			require.NoError(t, pictureErr)
			assert.JSONEq(t, string(in.Contents.Data), string(data))
			assert.Equal(t, in.Contents.Picture, picture)
			d.clock.Advance(keepContents) // not swept yet
		}
		rows := func() (n int) {
			require.NoError(t, d.db.Read(t.Context(), []any{&n}, `SELECT COUNT(*) FROM dashboard_journal_contents`))
			return n
		}
		assert.Equal(t, 1, rows())
		for range 2 { // the second one finds nothing to do
			deleted, err := d.Sweep(t.Context())
			require.NoError(t, err)
			assert.Zero(t, deleted, "the entry stays")
			assert.Zero(t, rows())
			assert.Equal(t, in.Did, d.get(e.ID).Did)
			purges := d.ids(journal.Filter{Org: org, Kind: journal.ContentsPurged})
			require.Len(t, purges, 1)
			purge := d.get(purges[0])
			assert.Equal(t, d.clock.Now(), purge.At.UTC())
			assert.Equal(t, "The dashboard deleted for good what was kept of the group Payroll. Confirmed 09:00.", purge.Sentence(func(at time.Time) string { return at.UTC().Format("15:04") }, false))
			assert.Equal(t, []journal.Subject{payroll}, purge.AllSubjects(), "and nobody who was in it")
			assert.Equal(t, purges, d.ids(journal.Filter{Org: org, Kind: journal.ContentsPurged, Subject: payroll}))
			assert.Empty(t, d.ids(journal.Filter{Org: org, Kind: journal.ContentsPurged, Subject: bo}))
		}
		actors, err := d.Actors(t.Context(), org)
		require.NoError(t, err)
		assert.Len(t, actors, 1, "the dashboard is nobody to filter by")
	})
}

// A day more is a day more, once for each that was asked for, and has its entry.
func TestContentsAreKeptLonger(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		e := d.begin(d.deletion())
		by := journal.Intent{Org: org, Kind: journal.ContentsKept, Actor: maren, Subjects: []journal.Subject{payroll}, Plan: journal.Plan{Did: "kept it", Lines: []journal.Line{{Text: "It is kept."}}}}
		for i := range journal.MostAddedDays {
			now := d.get(e.ID)
			assert.Equal(t, i, now.AddedDays)
			require.True(t, d.CanKeepLonger(now))
			for _, first := range []bool{true, false} { // and a second press, which knows nothing of the first
				added, err := d.KeepLonger(t.Context(), now, by)
				require.NoError(t, err)
				assert.Equal(t, first, added)
			}
		}
		e = d.get(e.ID)
		assert.False(t, d.CanKeepLonger(e))
		assert.Equal(t, e.At.Add(keepContents+journal.MostAddedDays*24*time.Hour), d.ContentsEnd(e))
		assert.Len(t, d.ids(journal.Filter{Org: org, Kind: journal.ContentsKept, State: journal.Done}), journal.MostAddedDays)
		d.clock.Advance(keepContents + journal.MostAddedDays*24*time.Hour - time.Millisecond)
		for _, gone := range []bool{false, true} {
			_, err := d.Sweep(t.Context())
			require.NoError(t, err)
			_, err = d.Contents(t.Context(), e)
			assert.Equal(t, gone, err != nil)
			d.clock.Advance(time.Millisecond)
		}

		e = d.begin(d.deletion())
		d.clock.Advance(keepContents)
		_, err := d.Sweep(t.Context()) // by another replica, after e was read
		require.NoError(t, err)
		_, err = d.KeepLonger(t.Context(), e, by)
		require.ErrorIs(t, err, journal.ErrContentsGone)
		assert.Len(t, d.ids(journal.Filter{Org: org, Kind: journal.ContentsKept, State: journal.Done}), journal.MostAddedDays)
	})
}

// Where the contents cannot be stored there is no entry, and so nothing is sent.
func TestNoEntryWithoutItsContents(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.deletion()
		in.Contents.Picture = []byte(strings.Repeat("x", 7<<20))
		_, err := d.tryBegin(in)
		require.ErrorIs(t, err, store.ErrTooLarge)
		_, err = d.db.Write(t.Context(), `DROP TABLE dashboard_journal_contents`)
		require.NoError(t, err)
		_, err = d.tryBegin(d.deletion())
		require.Error(t, err)
		assert.Empty(t, d.ids(journal.Filter{Org: org}))
		d.begin(d.intent())
	})
}

func TestContentsOpenInTheirPlaceOnly(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	d := newDesk(t, db)
	e, other := d.begin(d.deletion()), d.begin(d.deletion())
	_, err = d.Contents(t.Context(), e)
	require.NoError(t, err)
	_, err = d.with(newSecret).Contents(t.Context(), e)
	require.ErrorIs(t, err, journal.ErrContentsGone, "another secret")
	_, err = db.Write(t.Context(), `UPDATE dashboard_journal_contents SET contents = picture, picture = (SELECT o.picture FROM dashboard_journal_contents o WHERE o.entry = $2) WHERE entry = $1`, e.ID, other.ID)
	require.NoError(t, err)
	_, err = d.Contents(t.Context(), e)
	require.ErrorIs(t, err, journal.ErrContentsGone)
	_, err = d.Picture(t.Context(), e)
	require.ErrorIs(t, err, journal.ErrContentsGone)
}

// Contents never outlive their entry, whatever the settings say.
func TestContentsNeverOutliveTheirEntry(t *testing.T) {
	t.Parallel()
	j := journal.New(nil, nil, 30*24*time.Hour, keepContents, time.Now)
	assert.Equal(t, 30, j.ContentsDays())
	assert.False(t, j.CanKeepLonger(&journal.Entry{}))
	j = journal.New(nil, nil, 91*24*time.Hour, keepContents, time.Now)
	assert.True(t, j.CanKeepLonger(&journal.Entry{}))
	assert.False(t, j.CanKeepLonger(&journal.Entry{AddedDays: 1}))
	assert.Equal(t, time.Unix(0, 0).Add(91*24*time.Hour), j.ContentsEnd(&journal.Entry{At: time.Unix(0, 0), AddedDays: 30}), "where JOURNAL_DAYS was more then")
}

// Days were added to contents, and the journal keeps entries for less time now.
func TestTheSweepLeavesNoContentsWithoutTheirEntry(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		e := d.begin(d.deletion())
		added, err := d.KeepLonger(t.Context(), e, d.intent())
		require.NoError(t, err)
		require.True(t, added)
		d.clock.Advance(keepContents)
		_, err = journal.New(d.db, keysOf(t, oldSecret), keepContents, keepContents, d.clock.Now).Sweep(t.Context())
		require.NoError(t, err)
		var n int
		require.NoError(t, d.db.Read(t.Context(), []any{&n}, `SELECT COUNT(*) FROM dashboard_journal_contents`))
		assert.Zero(t, n)
	})
}
