package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gorilla/securecookie"
)

// purposeSession is the only thing sealed under a session's own key.
const purposeSession = "values"

// limits returns the unix milliseconds that a living session was made and last seen after.
func (s *Sessions) limits() (madeAfter, seenAfter int64) {
	now := s.now()
	return now.Add(-s.absolute).UnixMilli(), now.Add(-s.idle).UnixMilli()
}

// load returns found=false for an id without a living row and for a row that cannot be opened, which is logged.
func (s *Sessions) load(ctx context.Context, id string) (values map[any]any, found bool, err error) {
	row := sessionRow(id)
	madeAfter, seenAfter := s.limits()
	var text string
	var seen int64
	err = s.db.sql.QueryRowContext(ctx,
		`SELECT data, seen_at FROM dashboard_sessions WHERE id_hash = $1 AND created_at > $2 AND seen_at > $3`,
		row, madeAfter, seenAfter).Scan(&text, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading a session: %w", err)
	}
	values, err = s.unsealValues(id, text)
	if err != nil {
		// A damaged row, or a type that an older version had registered.
		slog.WarnContext(ctx, "a stored session cannot be opened, a new one is started", "error", err)
		return nil, false, nil
	}
	s.touch(ctx, row, seen)
	return values, true, nil
}

// touch moves last-seen. Its failure is no reason to refuse a page that only reads.
func (s *Sessions) touch(ctx context.Context, row string, seen int64) {
	now := s.now()
	if now.Sub(time.UnixMilli(seen)) <= s.touchAfter {
		return
	}
	// seen_at < $1: of two requests at once the later time stays.
	_, err := s.db.write(ctx, `UPDATE dashboard_sessions SET seen_at = $1 WHERE id_hash = $2 AND seen_at < $1`, now.UnixMilli(), row)
	if err != nil {
		slog.WarnContext(ctx, "the last-seen time of a session cannot be moved", "error", err)
	}
}

func (s *Sessions) store(ctx context.Context, id string, values map[any]any, fresh bool) error {
	text, err := s.sealValues(id, values)
	if err != nil {
		return err
	}
	row, now := sessionRow(id), s.now().UnixMilli()
	if fresh {
		_, err := s.db.write(ctx,
			`INSERT INTO dashboard_sessions (id_hash, data, created_at, seen_at) VALUES ($1, $2, $3, $3)`, row, text, now)
		return err
	}
	madeAfter, seenAfter := s.limits()
	changed, err := s.db.write(ctx,
		`UPDATE dashboard_sessions SET data = $1, seen_at = $2 WHERE id_hash = $3 AND created_at > $4 AND seen_at > $5`,
		text, now, row, madeAfter, seenAfter)
	if err == nil && changed == 0 {
		return ErrGone
	}
	return err
}

// remove is content with an id that has no row.
func (s *Sessions) remove(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	_, err := s.db.write(ctx, `DELETE FROM dashboard_sessions WHERE id_hash = $1`, sessionRow(id))
	return err
}

func (s *Sessions) sealValues(id string, values map[any]any) (string, error) {
	plain, err := securecookie.GobEncoder{}.Serialize(values)
	if err != nil {
		return "", fmt.Errorf("a value of the session cannot be stored: %w", err)
	}
	aead, err := sessionAEAD(id, s.secret)
	if err != nil {
		return "", fmt.Errorf("the key of a session: %w", err)
	}
	text, err := seal(aead, plain, purposeSession)
	if err != nil {
		return "", fmt.Errorf("storing a session: %w", err)
	}
	return text, nil
}

func (s *Sessions) unsealValues(id, text string) (map[any]any, error) {
	aead, err := sessionAEAD(id, s.secret)
	if err != nil {
		return nil, err
	}
	plain, err := unseal(aead, text, purposeSession)
	if err != nil {
		return nil, err
	}
	values := map[any]any{}
	return values, securecookie.GobEncoder{}.Deserialize(plain, &values)
}
