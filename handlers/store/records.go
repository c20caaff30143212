package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// The purposes of the text in a record.
const (
	purposeScope = "scope:"
	purposeBody  = "body:"
)

// Records reads the receipts of removals that versions before the journal kept, so that the journal
// can take them over. Nothing is added to them any more.
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

// Rows returns the keys that the row of an id may have, one for each secret.
func (r *Records) Rows(id string) []string {
	rows := make([]string, len(r.rowKeys))
	for i, key := range r.rowKeys {
		rows[i] = recordRow(key, id)
	}
	return rows
}

// Take calls f for each record with the key of its row, and deletes the record if f returns nil. f
// may use the database. Records that no key opens are left alone until they end. Records that have
// ended are deleted.
func (r *Records) Take(ctx context.Context, f func(row, scope string, body []byte) error) error {
	if _, err := r.db.Write(ctx, `DELETE FROM dashboard_records WHERE expires_at <= $1`, r.Now().UnixMilli()); err != nil {
		return err
	}
	type record struct{ row, scope, body string }
	var found []record
	err := r.db.Query(ctx, `SELECT id_hash, scope, body FROM dashboard_records ORDER BY id_hash`, nil,
		func(rows *sql.Rows) error {
			var next record
			err := rows.Scan(&next.row, &next.scope, &next.body)
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
		if err := f(next.row, string(scope), body); err != nil {
			return err
		}
		if _, err := r.db.Write(ctx, `DELETE FROM dashboard_records WHERE id_hash = $1`, next.row); err != nil {
			return err
		}
	}
	return nil
}
