package store

import (
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writesSeen returns something that changes with every write, be it one that leaves a row as it was.
func writesSeen(t *testing.T, e engine, db *DB) func() string {
	t.Helper()
	query := `SELECT CAST(total_changes() AS TEXT)`
	watching := db.sql
	switch {
	case db.Dialect() == Postgres:
		// xmin and ctid move with each new version of a row.
		query = `SELECT COALESCE(string_agg(id_hash || xmin::text || ctid::text, ' ' ORDER BY id_hash), '') FROM dashboard_sessions`
	case e.durable:
		query = "PRAGMA data_version" // it moves for what other connections write
		watching = e.open(t).sql
		watching.SetMaxOpenConns(1)
	}
	return func() (seen string) {
		require.NoError(t, watching.QueryRowContext(t.Context(), query).Scan(&seen))
		return seen
	}
}

// TestThousandSessions makes, loads and sweeps them, sixteen at once.
func TestThousandSessions(t *testing.T) {
	const many = 1000
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		s := newSessions(t, db, c)
		visitors := make([]*visitor, many)
		forEach := func(f func(i int)) {
			next := make(chan int)
			var group sync.WaitGroup
			for range 16 {
				group.Go(func() {
					for i := range next {
						f(i)
					}
				})
			}
			for i := range visitors {
				next <- i
			}
			close(next)
			group.Wait()
		}
		owner := func(i int) string { return "member " + strconv.Itoa(i) }
		visit := func(i int) {
			session, err := s.New(visitors[i].request(), cookieName)
			if assert.NoError(t, err) {
				assert.Equal(t, owner(i), session.Values["owner"], "everybody gets their own")
			}
		}
		forEach(func(i int) {
			v := newVisitor(t, s)
			visitors[i] = v
			r, w := v.request(), httptest.NewRecorder()
			session, err := s.New(r, cookieName)
			if !assert.NoError(t, err) {
				return
			}
			session.Values["owner"], session.Values["token"] = owner(i), token
			assert.NoError(t, s.Save(r, w, session))
			for _, cookie := range w.Result().Cookies() {
				v.jar[cookie.Name] = cookie
			}
		})
		living := func() int64 {
			n, err := s.Count(t.Context())
			require.NoError(t, err)
			return n
		}
		assert.EqualValues(t, many, living())

		seen := writesSeen(t, e, db)
		before := seen()
		for range 2 {
			c.Advance(time.Second)
			forEach(visit)
		}
		assert.EqualValues(t, many, living())
		assert.Equal(t, before, seen(), "reading writes nothing")

		c.Advance(s.touchAfter + time.Millisecond)
		forEach(visit)
		after := seen()
		assert.NotEqual(t, before, after, "the writes would have been seen")
		c.Advance(time.Second)
		forEach(visit)
		assert.Equal(t, after, seen(), "last-seen is moved once")
		if before, err := strconv.Atoi(before); err == nil && db.Dialect() == SQLite && !e.durable {
			assert.Equal(t, strconv.Itoa(before+many), after, "one write for each session")
		}

		c.Advance(s.idle / 2)
		forEach(func(i int) {
			if i < 100 {
				visit(i)
			}
		})
		c.Advance(s.idle / 2)
		assert.EqualValues(t, 100, living(), "not counted, though not swept yet")
		n, err := s.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, many-100, n)
		assert.Equal(t, 100, rows(t, db, "dashboard_sessions"))
		assert.EqualValues(t, 100, living())
	})
}

// TestCountReadsTheIndexOnly: rows are large, and a metric asks every few seconds.
func TestCountReadsTheIndexOnly(t *testing.T) {
	db := engine{url: "memory:"}.open(t)
	s := newSessions(t, db, newClock())
	plan, err := db.sql.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+countLiving, s.limits()...)
	require.NoError(t, err)
	defer func() { _ = plan.Close() }()
	require.True(t, plan.Next())
	var id, parent, unused int
	var detail string
	require.NoError(t, plan.Scan(&id, &parent, &unused, &detail))
	assert.Contains(t, detail, "COVERING INDEX")
	assert.False(t, plan.Next())
	require.NoError(t, plan.Err())
}

func TestCount(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		s := newSessions(t, db, c)
		count := func() int64 {
			n, err := s.Count(t.Context())
			require.NoError(t, err)
			return n
		}
		assert.Zero(t, count())
		one, two := newVisitor(t, s), newVisitor(t, s)
		one.signIn()
		two.signIn()
		one.signIn() // renewed
		assert.EqualValues(t, 2, count())
		r := two.request()
		require.NoError(t, s.Destroy(r, httptest.NewRecorder(), two.session(r)))
		assert.EqualValues(t, 1, count())
		c.Advance(DefaultIdle)
		assert.Zero(t, count())
		require.NoError(t, db.Close())
		_, err := s.Count(t.Context())
		require.Error(t, err)
	})
}
