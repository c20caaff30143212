package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// purposeSession is the only thing sealed under a session's own key.
const purposeSession = "data"

// MaxClockSkew is how far the clocks of replicas may differ. A session with a time further in the
// future was made before a clock was set back: its real age is not known, and it could live for as
// long as the clock was wrong, so it counts as ended.
const MaxClockSkew = 5 * time.Minute

// activeWhere is the condition of a session that has not ended. Its four arguments are those of
// limits, the first of a statement.
const activeWhere = `created_at > $1 AND created_at <= $2 AND seen_at > $3 AND seen_at <= $4`

// endedWhere is the opposite, written so that each half can use its index.
const endedWhere = `created_at <= $1 OR created_at > $2 OR seen_at <= $3 OR seen_at > $4`

// limits returns the arguments of activeWhere, and then the others of the statement.
func (s *Sessions) limits(others ...any) []any {
	now := s.now()
	latest := now.Add(MaxClockSkew).UnixMilli()
	return append([]any{now.Add(-s.absolute).UnixMilli(), latest, now.Add(-s.idle).UnixMilli(), latest}, others...)
}

// load returns found=false for an id without an active row, and for a row that cannot be opened,
// which is logged.
func (s *Sessions) load(ctx context.Context, id string) (data []byte, found bool, err error) {
	row := sessionRow(id)
	var text string
	var seen int64
	err = s.db.Read(ctx, []any{&text, &seen}, `SELECT data, seen_at FROM dashboard_sessions WHERE `+activeWhere+` AND id_hash = $5`, s.limits(row)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading a session: %w", err)
	}
	data, err = s.keys.session(id).open(purposeSession, text)
	if err != nil { // a damaged row, or one of another secret
		slog.WarnContext(ctx, "a stored session cannot be opened, a new one is started", "error", err)
		return nil, false, nil
	}
	s.touch(ctx, row, seen)
	return data, true, nil
}

// touch moves last-seen, at most once in touchAfter. Its failure is no reason to refuse a page that
// only reads; and because it can take SQLite's whole busy_timeout to fail, it is not tried again
// for a while.
func (s *Sessions) touch(ctx context.Context, row string, seen int64) {
	now := s.now()
	if now.Sub(time.UnixMilli(seen)) <= s.touchAfter {
		return
	}
	if since := now.Sub(time.UnixMilli(s.touchFailed.Load())); since >= 0 && since <= s.touchAfter {
		return
	}
	// seen_at < $1: of two requests at once the later time stays.
	_, err := s.db.Write(ctx, `UPDATE dashboard_sessions SET seen_at = $1 WHERE id_hash = $2 AND seen_at < $1`, now.UnixMilli(), row)
	if err != nil {
		s.touchFailed.Store(now.UnixMilli())
		slog.WarnContext(ctx, "the last-seen time of a session cannot be moved", "error", err)
	}
}

func (s *Sessions) store(ctx context.Context, id string, data []byte, fresh bool) error {
	text, err := s.keys.session(id).seal(purposeSession, data, maxSession)
	if err != nil {
		return fmt.Errorf("storing a session: %w", err)
	}
	row, now := sessionRow(id), s.now().UnixMilli()
	if fresh {
		_, err := s.db.Write(ctx,
			`INSERT INTO dashboard_sessions (id_hash, data, created_at, seen_at) VALUES ($1, $2, $3, $3)`, row, text, now)
		return err
	}
	changed, err := s.db.Write(ctx, `UPDATE dashboard_sessions SET data = $5, seen_at = $6 WHERE `+activeWhere+` AND id_hash = $7`,
		s.limits(text, now, row)...)
	if err == nil && changed == 0 {
		return ErrGone
	}
	return err
}

// remove deletes a row and reports whether there was one: of several requests that remove the same
// row, one gets true.
func (s *Sessions) remove(ctx context.Context, id string) (removed bool, err error) {
	if id == "" {
		return false, nil
	}
	n, err := s.db.Write(ctx, `DELETE FROM dashboard_sessions WHERE id_hash = $1`, sessionRow(id))
	return n == 1, err
}
