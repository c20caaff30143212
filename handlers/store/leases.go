package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Leases let one of all replicas do something at a time, such as change a member. A lease has a
// name of plain text, made of ids only, and ends by itself when its holder is gone. It is a row,
// because advisory locks of PostgreSQL belong to a session, which poolers in transaction mode do
// not keep.
//
// Times are those of the database's clock, which is one for all replicas: no clock of theirs has to
// be right.
type Leases struct {
	db  *DB
	now string // the database's clock in unix milliseconds, as an SQL expression
}

// Leases returns the leases of this database.
func (db *DB) Leases() *Leases {
	// Both are the time of the statement. PostgreSQL's now() is that of the transaction, which may
	// have waited since.
	now := `CAST(unixepoch('subsec') * 1000 AS BIGINT)`
	if db.dialect == Postgres {
		now = `CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)`
	}
	return &Leases{db: db, now: now}
}

// sql fills in the clock.
func (l *Leases) sql(text string) string { return strings.ReplaceAll(text, "{now}", l.now) }

// A Lease is held until it ends, is released, or is extended too late. A holder that was paused
// past the end does not notice, but its writes with Tx are refused.
type Lease struct {
	Name, Owner string
	// Epoch is the fencing number: it is larger than that of every earlier holder of the name.
	Epoch int64

	of *Leases
}

// A Holder has the lease that Acquire did not get.
type Holder struct {
	Owner string
	// Left is the time until the lease ends by itself. It is 0 or less if it has ended since.
	Left time.Duration
}

// Acquire takes the lease of a name for the time ttl, or returns its holder. A lease that has ended
// is taken over. Nobody takes a lease that has not, not even its owner: two presses of one button
// have one owner, and the second one finds itself as the holder. An error leaves open whether the
// lease was taken; it ends by itself.
func (l *Leases) Acquire(ctx context.Context, name, owner string, ttl time.Duration) (*Lease, *Holder, error) {
	if name == "" || owner == "" || ttl < time.Millisecond {
		return nil, nil, errors.New("a lease needs a name, an owner and a time of a millisecond or more")
	}
	lease := &Lease{Name: name, Owner: owner, of: l}
	var holder *Holder
	err := l.db.Tx(ctx, func(ctx context.Context, tx *Querier) error {
		// The first epoch is the time, so that it grows even after the row of earlier ones was
		// swept.
		taken, err := tx.Write(ctx, l.sql(
			`INSERT INTO dashboard_leases (name, owner, epoch, expires_at) VALUES ($1, $2, {now}, {now} + $3)
			ON CONFLICT (name) DO UPDATE SET
				owner = excluded.owner, epoch = dashboard_leases.epoch + 1, expires_at = excluded.expires_at
			WHERE dashboard_leases.expires_at <= {now}`), name, owner, ttl.Milliseconds())
		if err != nil {
			return err
		}
		var now Holder
		var left int64
		err = tx.Read(ctx, []any{&now.Owner, &lease.Epoch, &left},
			l.sql(`SELECT owner, epoch, expires_at - {now} FROM dashboard_leases WHERE name = $1`), name)
		if taken == 0 {
			now.Left = time.Duration(left) * time.Millisecond
			holder = &now
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("taking the lease %q: %w", name, err)
	}
	if holder != nil {
		return nil, holder, nil
	}
	return lease, nil, nil
}

// leasePause is the time between two looks at a lease that somebody else has.
const leasePause = 200 * time.Millisecond

// Wait is Acquire that waits for the end of another holder's lease, until ctx ends.
func (l *Leases) Wait(ctx context.Context, name string, ttl time.Duration) (*Lease, error) {
	owner := rand.Text()
	for {
		lease, _, err := l.Acquire(ctx, name, owner, ttl)
		if err != nil || lease != nil {
			return lease, err
		}
		select {
		case <-time.After(leasePause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// held is the condition of a lease that its holder still has, for the arguments name, owner and
// epoch.
const held = `name = $1 AND owner = $2 AND epoch = $3 AND expires_at > {now}`

// Tx is DB.Tx for the holder of the lease. It returns ErrLost, and does nothing, if the lease has
// ended. Nobody takes the lease over before the transaction is over, also if it ends meanwhile.
func (l *Lease) Tx(ctx context.Context, f func(ctx context.Context, tx *Querier) error) error {
	query := l.of.sql(`SELECT 1 FROM dashboard_leases WHERE ` + held)
	if l.of.db.dialect == Postgres { // a transaction of SQLite has locked everything
		query += ` FOR UPDATE`
	}
	return l.of.db.Tx(ctx, func(ctx context.Context, tx *Querier) error {
		var found int
		err := tx.Read(ctx, []any{&found}, query, l.Name, l.Owner, l.Epoch)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: %s", ErrLost, l.Name)
		}
		if err != nil {
			return fmt.Errorf("looking for the lease %q: %w", l.Name, err)
		}
		return f(ctx, tx)
	})
}

// Extend lets the lease end at the time ttl from now, or returns ErrLost if it has ended already.
func (l *Lease) Extend(ctx context.Context, ttl time.Duration) error {
	still, err := l.end(ctx, ttl)
	if err == nil && !still {
		err = fmt.Errorf("%w: %s", ErrLost, l.Name)
	}
	return err
}

// Release ends the lease and reports true. It reports false, and does nothing, if the lease has
// ended already: somebody else may have it.
func (l *Lease) Release(ctx context.Context) (bool, error) { return l.end(ctx, 0) }

func (l *Lease) end(ctx context.Context, in time.Duration) (bool, error) {
	n, err := l.of.db.Write(ctx, l.of.sql(`UPDATE dashboard_leases SET expires_at = {now} + $4 WHERE `+held),
		l.Name, l.Owner, l.Epoch, in.Milliseconds())
	return n == 1, err
}

// End ends the lease that an owner has on a name, for somebody else who knows that the owner does not
// need it any more. It does nothing if the owner has it no more.
func (l *Leases) End(ctx context.Context, name, owner string) error {
	_, err := l.db.Write(ctx, l.sql(`UPDATE dashboard_leases SET expires_at = {now} WHERE name = $1 AND owner = $2 AND expires_at > {now}`), name, owner)
	return err
}

// Sweep deletes the rows of leases that ended an hour ago, and returns their number; call it every
// few minutes.
func (l *Leases) Sweep(ctx context.Context) (int64, error) {
	return l.db.Write(ctx, l.sql(`DELETE FROM dashboard_leases WHERE expires_at <= {now} - $1`), time.Hour.Milliseconds())
}
