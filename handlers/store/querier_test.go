package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	insertSession = `INSERT INTO dashboard_sessions (id_hash, data, created_at, seen_at) VALUES ($1, $2, 0, 0)`
	sessionKeys   = `SELECT id_hash FROM dashboard_sessions ORDER BY id_hash`
)

func scanText(into *[]string) func(rows *sql.Rows) error {
	return func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		*into = append(*into, text)
		return err
	}
}

func TestInsertStoresAnyNumberOfRows(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		const into, most = `dashboard_sessions (id_hash, data, created_at, seen_at)`, ArgumentsAtOnce / 4
		for _, n := range []int{0, 1, most, most + 1, 9_000} { // with more arguments than SQLite takes
			db, all := e.open(t), make([][]any, n)
			for i := range all {
				all[i] = []any{strconv.Itoa(i), "data of " + strconv.Itoa(i), i, 0}
			}
			insert := func(ctx context.Context, tx *Querier) error {
				return tx.Insert(ctx, into, all, `ON CONFLICT DO NOTHING`)
			}
			require.NoError(t, db.Tx(t.Context(), insert))
			require.NoError(t, db.Tx(t.Context(), insert), "the end of the statement counts")
			var stored, right int
			require.NoError(t, db.Read(t.Context(), []any{&stored, &right}, `SELECT COUNT(*), COUNT(CASE WHEN data = 'data of ' || id_hash AND CAST(created_at AS TEXT) = id_hash THEN 1 END) FROM dashboard_sessions`))
			assert.Equal(t, []int{n, n}, []int{stored, right})
		}
		require.ErrorContains(t, e.open(t).Insert(t.Context(), into, [][]any{{"a", "", 0, 0}, {"a", "", 0, 0}}, ""), "writing to the dashboard's database")
	})
}

func TestTransactionIsCommittedAsAWholeOrNotAtAll(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		insert := func(then func() error) func(ctx context.Context, tx *Querier) error {
			return func(ctx context.Context, tx *Querier) error {
				for _, key := range []string{"b", "a"} {
					n, err := tx.Write(ctx, insertSession, key, "")
					require.NoError(t, err)
					require.EqualValues(t, 1, n)
				}
				var n int
				require.NoError(t, tx.Read(ctx, []any{&n}, `SELECT COUNT(*) FROM dashboard_sessions`))
				require.Equal(t, 2, n, "a transaction sees its own writes")
				return then()
			}
		}
		refused := errors.New("refused")
		require.Equal(t, refused, db.Tx(t.Context(), insert(func() error { return refused })))
		assert.Panics(t, func() { _ = db.Tx(t.Context(), insert(func() error { panic("x") })) })
		assert.Zero(t, rows(t, db, "dashboard_sessions"))

		gone, cancel := context.WithCancel(t.Context())
		require.NoError(t, db.Tx(gone, insert(func() error { cancel(); return nil })), "it outlives its request")
		require.ErrorContains(t, db.Tx(t.Context(), func(ctx context.Context, tx *Querier) error {
			_, err := tx.Write(ctx, insertSession, "a", "")
			return err
		}), "writing to the dashboard's database", "a key that is taken")

		var found []string
		require.NoError(t, db.Query(t.Context(), sessionKeys, nil, scanText(&found)))
		assert.Equal(t, []string{"a", "b"}, found)
	})
}

func TestQueryStopsWhereItsScanFails(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		for _, key := range []string{"a", "b"} {
			_, err := db.Write(t.Context(), insertSession, key, "")
			require.NoError(t, err)
		}
		refused, seen := errors.New("refused"), 0
		err := db.Query(t.Context(), sessionKeys, nil, func(*sql.Rows) error { seen++; return refused })
		require.ErrorIs(t, err, refused)
		assert.Equal(t, 1, seen)
		err = db.Query(t.Context(), sessionKeys+" LIMIT $1", []any{1}, func(rows *sql.Rows) error { seen++; return nil })
		require.NoError(t, err)
		assert.Equal(t, 2, seen)
		require.ErrorContains(t, db.Query(t.Context(), `SELECT nothing FROM nowhere`, nil, nil), "reading the dashboard's database")

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, db.Query(gone, sessionKeys, nil, nil), context.Canceled, "a read ends with its request")
	})
}
