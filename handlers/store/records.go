package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// The purposes of the text in a record.
const (
	purposeScope = "scope:"
	purposeBody  = "body:"
)

// Records keeps small sealed documents for a while, each under an id that can be claimed once. Use
// one to note that a write was started, before it is sent: one of all callers, on any replica, gets
// the claim. It is safe for concurrent use. An id may be guessable; it is stored as a keyed hash.
//
// The end of a record is a time of the clock. A replica that is ahead sees it sooner, so a claim
// that has to hold everywhere is kept for [MaxClockSkew] longer. A clock set back keeps a record
// longer; one set forward past its end forgets it, as the loss of its secret does. Claim cannot
// tell that from an id that was never taken.
type Records struct {
	// Now is the clock, time.Now unless changed before the first use.
	Now func() time.Time

	db      *DB
	rowKeys [][]byte
	sealer  sealer
}

// Records returns the records that were stored under any of the keys; those of other secrets are
// not found.
func (db *DB) Records(keys *Keys) *Records {
	return &Records{Now: time.Now, db: db, rowKeys: keys.derive(infoRecordKey), sealer: newSealer(keys.derive(infoRecordData))}
}

// row returns the table key of an id: of the first secret, unless an older one has a record that
// has not ended.
func (r *Records) row(ctx context.Context, id string) (string, error) {
	for _, key := range r.rowKeys[1:] {
		row := recordRow(key, id)
		var found int
		err := r.db.Read(ctx, []any{&found}, `SELECT 1 FROM dashboard_records WHERE id_hash = $1 AND expires_at > $2`, row, r.Now().UnixMilli())
		if err == nil {
			return row, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return "", fmt.Errorf("looking for a record: %w", err)
		}
	}
	return recordRow(r.rowKeys[0], id), nil
}

// Claim stores a new record for the time keep (more than 0) and reports true, or changes nothing
// and reports false when the id is taken. An expired record does not hold its id. scope says whose
// record it is, for the caller to compare after Get: it is not part of the id. An error leaves open
// whether the record was stored.
func (r *Records) Claim(ctx context.Context, id, scope string, body []byte, keep time.Duration) (claimed bool, err error) {
	if id == "" || keep <= 0 {
		return false, errors.New("a record needs an id and a time to be kept")
	}
	row, err := r.row(ctx, id)
	if err != nil {
		return false, err
	}
	sealedScope, err := r.sealer.seal(purposeScope+row, []byte(scope))
	if err != nil {
		return false, fmt.Errorf("storing the scope of a record: %w", err)
	}
	sealedBody, err := r.sealer.seal(purposeBody+row, body)
	if err != nil {
		return false, fmt.Errorf("storing a record: %w", err)
	}
	now := r.Now()
	stored, err := r.db.Write(ctx,
		`INSERT INTO dashboard_records (id_hash, scope, body, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id_hash) DO UPDATE SET scope = excluded.scope, body = excluded.body, expires_at = excluded.expires_at
		WHERE dashboard_records.expires_at <= $5`,
		row, sealedScope, sealedBody, now.Add(keep).UnixMilli(), now.UnixMilli())
	return stored == 1, err
}

// Put replaces the body of a record; its scope and end stay. ErrNotFound if there is none.
func (r *Records) Put(ctx context.Context, id string, body []byte) error {
	row, err := r.row(ctx, id)
	if err != nil {
		return err
	}
	sealed, err := r.sealer.seal(purposeBody+row, body)
	if err != nil {
		return fmt.Errorf("storing a record: %w", err)
	}
	changed, err := r.db.Write(ctx, `UPDATE dashboard_records SET body = $1 WHERE id_hash = $2 AND expires_at > $3`,
		sealed, row, r.Now().UnixMilli())
	if err == nil && changed == 0 {
		return ErrNotFound
	}
	return err
}

// Get returns a record's body and scope, or ErrNotFound.
func (r *Records) Get(ctx context.Context, id string) (body []byte, scope string, err error) {
	row, err := r.row(ctx, id)
	if err != nil {
		return nil, "", err
	}
	var sealedScope, sealedBody string
	err = r.db.Read(ctx, []any{&sealedScope, &sealedBody},
		`SELECT scope, body FROM dashboard_records WHERE id_hash = $1 AND expires_at > $2`, row, r.Now().UnixMilli())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", ErrNotFound
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading a record: %w", err)
	}
	plainScope, err := r.sealer.open(purposeScope+row, sealedScope)
	if err != nil {
		return nil, "", fmt.Errorf("opening the scope of a record: %w", err)
	}
	body, err = r.sealer.open(purposeBody+row, sealedBody)
	if err != nil {
		return nil, "", fmt.Errorf("opening a record: %w", err)
	}
	return body, string(plainScope), nil
}

// Delete removes a record and frees its id. Deleting a missing record is no error.
func (r *Records) Delete(ctx context.Context, id string) error {
	row, err := r.row(context.WithoutCancel(ctx), id)
	if err != nil {
		return err
	}
	_, err = r.db.Write(ctx, `DELETE FROM dashboard_records WHERE id_hash = $1`, row)
	return err
}

// Release deletes a record if it still has this body. A record that was claimed anew since then
// stays, and is no error. It outlives its request.
func (r *Records) Release(ctx context.Context, id string, body []byte) error {
	row, err := r.row(context.WithoutCancel(ctx), id)
	if err != nil {
		return err
	}
	var sealed string
	switch err := r.db.Read(context.WithoutCancel(ctx), []any{&sealed}, `SELECT body FROM dashboard_records WHERE id_hash = $1`, row); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("reading a record: %w", err)
	}
	now, err := r.sealer.open(purposeBody+row, sealed)
	if err != nil {
		return fmt.Errorf("opening a record: %w", err)
	}
	if !bytes.Equal(now, body) {
		return nil
	}
	// No two sealed texts are equal, so this deletes the record that was read, or nothing.
	_, err = r.db.Write(ctx, `DELETE FROM dashboard_records WHERE id_hash = $1 AND body = $2`, row, sealed)
	return err
}

// All calls f for each record that has not expired, with the key of its row, until f fails. It
// leaves out the records that no key opens. f may use the database.
func (r *Records) All(ctx context.Context, f func(row, scope string, body []byte, expires time.Time) error) error {
	type record struct {
		row, scope, body string
		expires          int64
	}
	var found []record
	err := r.db.Query(ctx, `SELECT id_hash, scope, body, expires_at FROM dashboard_records WHERE expires_at > $1 ORDER BY id_hash`, []any{r.Now().UnixMilli()},
		func(rows *sql.Rows) error {
			var next record
			err := rows.Scan(&next.row, &next.scope, &next.body, &next.expires)
			found = append(found, next)
			return err
		})
	if err != nil {
		return fmt.Errorf("reading records: %w", err)
	}
	for _, next := range found {
		scope, scopeErr := r.sealer.open(purposeScope+next.row, next.scope)
		body, bodyErr := r.sealer.open(purposeBody+next.row, next.body)
		if scopeErr != nil || bodyErr != nil {
			continue
		}
		if err := f(next.row, string(scope), body, time.UnixMilli(next.expires)); err != nil {
			return err
		}
	}
	return nil
}

// Sweep deletes expired records and returns their number; call it every few minutes.
func (r *Records) Sweep(ctx context.Context) (int64, error) {
	return r.db.Write(ctx, `DELETE FROM dashboard_records WHERE expires_at <= $1`, r.Now().UnixMilli())
}
