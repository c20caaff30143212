package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

const (
	// mostLogos and mostLogoBytes bound the logos of all organisations together. Bytes are those of
	// the sealed text, a third more than those of the pictures.
	mostLogos, mostLogoBytes = 10_000, 64 << 20
	// unusedLogo is the age since its last use at which a logo is deleted.
	unusedLogo = 90 * 24 * time.Hour
	// missingLogo is how long an address is known to have no picture.
	missingLogo = 10 * time.Minute
	// logoUse is how exactly the last use is noted: most uses then write nothing.
	logoUse = time.Hour
)

// Logos keeps the bytes of logos, each by its organisation and address. Whoever asks must have
// been given the address by Tallyfy. It is safe for concurrent use.
type Logos struct {
	db              *DB
	keys            *Keys
	now             func() time.Time
	most, mostBytes int64
}

// Logos returns the logos of this database. now is the clock.
func (db *DB) Logos(keys *Keys, now func() time.Time) *Logos {
	return &Logos{db: db, keys: keys, now: now, most: mostLogos, mostBytes: mostLogoBytes}
}

// logoRow is the table key of a logo. It hides the query of a pre-signed address, which is a secret.
func logoRow(org, address string) string {
	return rowKey("tallyfy-admin logo row v1:" + org + " " + address)
}

func purposeOfLogo(row string) string { return "logo " + row }

// Get returns the bytes that are kept for an address, or none for one that is known to have no
// picture. known is false if neither is known: the logo has to be read.
func (l *Logos) Get(ctx context.Context, org, address string) (data []byte, known bool, err error) {
	row, now := logoRow(org, address), l.now()
	var text string
	var used int64
	err = l.db.Read(ctx, []any{&text, &used}, `SELECT data, used_at FROM dashboard_logos WHERE id_hash = $1`, row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	age := now.Sub(time.UnixMilli(used))
	if text == "" {
		return nil, age < missingLogo, nil
	}
	data, err = l.keys.Open(purposeOfLogo(row), text)
	if err != nil { // of a lost secret: it is read again and replaced
		return nil, false, nil
	}
	if age >= logoUse {
		_, err = l.db.Write(ctx, `UPDATE dashboard_logos SET used_at = $1 WHERE id_hash = $2`, now.UnixMilli(), row)
	}
	return data, true, err
}

// Put keeps the bytes of an address; none say that it has no picture. Those used longest ago make
// room.
func (l *Logos) Put(ctx context.Context, org, address string, data []byte) error {
	row, text := logoRow(org, address), ""
	if len(data) > 0 {
		var err error
		if text, err = l.keys.Seal(purposeOfLogo(row), data); err != nil {
			return err
		}
	}
	if _, err := l.db.Write(ctx, `INSERT INTO dashboard_logos (id_hash, used_at, size, data) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id_hash) DO UPDATE SET used_at = excluded.used_at, size = excluded.size, data = excluded.data`,
		row, l.now().UnixMilli(), len(text), text); err != nil {
		return err
	}
	_, err := l.db.Write(ctx, `DELETE FROM dashboard_logos WHERE id_hash IN (
		SELECT id_hash FROM (
			SELECT id_hash, ROW_NUMBER() OVER newest AS place, SUM(size) OVER newest AS bytes
			FROM dashboard_logos WINDOW newest AS (ORDER BY used_at DESC, id_hash DESC)
		) AS all_logos WHERE place > $1 OR bytes > $2)`, l.most, l.mostBytes)
	return err
}

// Sweep deletes the logos that nobody has used for 90 days, and what is no longer known to be
// missing. It returns their number; call it every few minutes.
func (l *Logos) Sweep(ctx context.Context) (int64, error) {
	now := l.now()
	return l.db.Write(ctx, `DELETE FROM dashboard_logos WHERE used_at <= $1 OR (used_at <= $2 AND size = 0)`,
		now.Add(-unusedLogo).UnixMilli(), now.Add(-missingLogo).UnixMilli())
}
