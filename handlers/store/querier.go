package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// readTimeout bounds a read when the server is silent and the request has no deadline.
	readTimeout = 10 * time.Second
	// writeTimeout bounds a write that outlives its request. It is longer than SQLite's
	// busy_timeout.
	writeTimeout = 10 * time.Second
)

// A Querier runs statements on the database, or in the transaction of DB.Tx. SQL text must suit
// both engines: $1 placeholders, TEXT, BIGINT, ON CONFLICT. Each call ends within a bound, and its
// error tells the operator what to do.
//
// A database in memory has one connection. During a transaction and the scan of a Query, the DB
// itself waits for it: use the transaction's Querier there, and collect rows before you work on
// them.
type Querier struct {
	on                        statements
	file                      fileIdentity
	readTimeout, writeTimeout time.Duration
}

// statements runs statements on a database, or within a transaction.
type statements interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// prepared has each query of one row parsed once. SQLite needs longer to parse the query of a session,
// which every page makes twice, than to answer it. There are a handful of these queries, whose texts
// are constant. The driver of PostgreSQL does this by itself.
type prepared struct {
	*sql.DB
	byQuery sync.Map // *sql.Stmt by the text of the query
}

// QueryRowContext asks anew where the query cannot be prepared, which gives the error to the caller.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	statement, ok := p.byQuery.Load(query)
	if !ok {
		made, err := p.PrepareContext(ctx, query)
		if err != nil {
			return p.DB.QueryRowContext(ctx, query, args...)
		}
		if statement, ok = p.byQuery.LoadOrStore(query, made); ok {
			_ = made.Close() // another one was quicker
		}
	}
	return statement.(*sql.Stmt).QueryRowContext(ctx, args...)
}

// Read scans the only row of a query into dest, or returns sql.ErrNoRows.
func (q *Querier) Read(ctx context.Context, dest []any, query string, args ...any) error {
	return q.reading(ctx, func(ctx context.Context) error {
		return q.on.QueryRowContext(ctx, query, args...).Scan(dest...)
	})
}

// Paged yields what is read a page at a time, newest first: only as far as its caller goes. page reads what is older than the
// one with an id, at most size of them, which id tells.
func Paged[T any](size int, before string, page func(before string) ([]T, error), id func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			list, err := page(before)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, one := range list {
				if !yield(one, nil) {
					return
				}
			}
			if len(list) < size {
				return
			}
			before = id(list[len(list)-1])
		}
	}
}

// Query calls scan for each row of a query, until scan fails.
func (q *Querier) Query(ctx context.Context, query string, args []any, scan func(rows *sql.Rows) error) error {
	return q.reading(ctx, func(ctx context.Context) error {
		rows, err := q.on.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // after the last row it does nothing
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

func (q *Querier) reading(ctx context.Context, read func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, q.readTimeout)
	defer cancel()
	err := q.file.check()
	if err == nil {
		err = read(ctx)
	}
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return fmt.Errorf("reading the dashboard's database: %w", q.file.explain(err))
}

// Write runs one statement and returns the number of rows that it changed. It outlives its request,
// for at most writeTimeout: a visitor who closes the tab must not stop a sign-out half-way.
func (q *Querier) Write(ctx context.Context, query string, args ...any) (changed int64, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.writeTimeout)
	defer cancel()
	if err := q.file.check(); err != nil {
		return 0, q.explainWrite(err)
	}
	result, err := q.on.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, q.explainWrite(err)
	}
	return result.RowsAffected()
}

// ArgumentsAtOnce is how many arguments of a long list a statement has at most: engines bound them.
const ArgumentsAtOnce = 1000

// Insert stores rows, many with each statement. into is a table with its columns, in the order of a
// row; conflict is the end of the statement, such as ON CONFLICT DO NOTHING.
func (q *Querier) Insert(ctx context.Context, into string, rows [][]any, conflict string) error {
	if len(rows) == 0 {
		return nil
	}
	for some := range slices.Chunk(rows, ArgumentsAtOnce/len(rows[0])) {
		var values []string
		var args []any
		for _, row := range some {
			var marks string
			marks, args = Marks(args, row)
			values = append(values, "("+marks+")")
		}
		if _, err := q.Write(ctx, `INSERT INTO `+into+` VALUES `+strings.Join(values, ", ")+" "+conflict, args...); err != nil {
			return err
		}
	}
	return nil
}

// Marks adds values to the arguments of a statement, and returns their placeholders: "$2, $3".
func Marks[T any](args []any, values []T) (string, []any) {
	marks := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		marks[i] = "$" + strconv.Itoa(len(args))
	}
	return strings.Join(marks, ", "), args
}

func (q *Querier) explainWrite(err error) error {
	return fmt.Errorf("writing to the dashboard's database: %w", q.file.explain(err))
}

// Tx runs f in a transaction, and commits it if f returns nil. It outlives its request as Write
// does; f gets the context for its statements. On SQLite a transaction holds the write lock from
// its beginning, on PostgreSQL it is READ COMMITTED.
func (db *DB) Tx(ctx context.Context, f func(ctx context.Context, tx *Querier) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), db.writeTimeout)
	defer cancel()
	if err := db.file.check(); err != nil {
		return db.explainWrite(err)
	}
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return db.explainWrite(err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	within := db.Querier
	within.on = tx
	if err := f(ctx, &within); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return db.explainWrite(err)
	}
	return nil
}
