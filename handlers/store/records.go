package store

import (
	"bytes"
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// What is sealed under the key for records.
const (
	purposeScope = "scope:"
	purposeBody  = "body:"
)

// Records keeps small sealed documents for a while, each under an id that can be claimed once. Use one to note that a
// write was started, before it is sent: of all who try, in any replica, one gets the claim. It is safe for concurrent
// use. An id may be guessable; it is stored as a keyed hash.
//
// The end of a record is a time of the clock. A replica that is ahead sees it sooner: what has to hold everywhere is kept for
// [MaxClockSkew] longer. A clock set back keeps it longer; one set forward past its end forgets it, as another secret does. Claim
// cannot tell that from an id that was never taken.
type Records struct {
	// Now is the clock, time.Now unless changed before the first use.
	Now func() time.Time

	db     *DB
	rowKey []byte
	aead   cipher.AEAD
}

// Records returns the records that were stored under this secret (32 bytes or more); those of another are not found.
func (db *DB) Records(secret []byte) (*Records, error) {
	if err := checkSecret(secret); err != nil {
		return nil, err
	}
	rowKey, err := serverKey(secret, infoRecordKey)
	if err != nil {
		return nil, fmt.Errorf("the key for record ids: %w", err)
	}
	dataKey, err := serverKey(secret, infoRecordData)
	if err != nil {
		return nil, fmt.Errorf("the key for records: %w", err)
	}
	aead, err := newAEAD(dataKey)
	if err != nil {
		return nil, fmt.Errorf("the key for records: %w", err)
	}
	return &Records{Now: time.Now, db: db, rowKey: rowKey, aead: aead}, nil
}

// Claim stores a new record for the time keep (more than 0) and reports true, or changes nothing and reports false when
// the id is taken. An expired record does not hold its id. scope says whose record it is, for the caller to compare
// after Get: it is not part of the id. An error leaves open whether the record was stored.
func (r *Records) Claim(ctx context.Context, id, scope string, body []byte, keep time.Duration) (claimed bool, err error) {
	if id == "" || keep <= 0 {
		return false, errors.New("a record needs an id and a time to be kept")
	}
	row := recordRow(r.rowKey, id)
	sealedScope, err := seal(r.aead, []byte(scope), purposeScope+row)
	if err != nil {
		return false, fmt.Errorf("storing the scope of a record: %w", err)
	}
	sealedBody, err := seal(r.aead, body, purposeBody+row)
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
	row := recordRow(r.rowKey, id)
	sealed, err := seal(r.aead, body, purposeBody+row)
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
	row := recordRow(r.rowKey, id)
	var sealedScope, sealedBody string
	err = r.db.Read(ctx, []any{&sealedScope, &sealedBody},
		`SELECT scope, body FROM dashboard_records WHERE id_hash = $1 AND expires_at > $2`, row, r.Now().UnixMilli())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", ErrNotFound
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading a record: %w", err)
	}
	plainScope, err := unseal(r.aead, sealedScope, purposeScope+row)
	if err != nil {
		return nil, "", fmt.Errorf("opening the scope of a record: %w", err)
	}
	body, err = unseal(r.aead, sealedBody, purposeBody+row)
	if err != nil {
		return nil, "", fmt.Errorf("opening a record: %w", err)
	}
	return body, string(plainScope), nil
}

// Delete removes a record and frees its id. Deleting what is not there is no error.
func (r *Records) Delete(ctx context.Context, id string) error {
	_, err := r.db.Write(ctx, `DELETE FROM dashboard_records WHERE id_hash = $1`, recordRow(r.rowKey, id))
	return err
}

// Release deletes a record if it still has this body: one that somebody else has claimed since stays, and is no error. It
// outlives its request.
func (r *Records) Release(ctx context.Context, id string, body []byte) error {
	row := recordRow(r.rowKey, id)
	var sealed string
	switch err := r.db.Read(context.WithoutCancel(ctx), []any{&sealed}, `SELECT body FROM dashboard_records WHERE id_hash = $1`, row); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("reading a record: %w", err)
	}
	now, err := unseal(r.aead, sealed, purposeBody+row)
	if err != nil {
		return fmt.Errorf("opening a record: %w", err)
	}
	if !bytes.Equal(now, body) {
		return nil
	}
	// No two sealed texts are equal, so this deletes what was read, or nothing.
	_, err = r.db.Write(ctx, `DELETE FROM dashboard_records WHERE id_hash = $1 AND body = $2`, row, sealed)
	return err
}

// Sweep deletes expired records and returns their number; call it every few minutes.
func (r *Records) Sweep(ctx context.Context) (int64, error) {
	return r.db.Write(ctx, `DELETE FROM dashboard_records WHERE expires_at <= $1`, r.Now().UnixMilli())
}
