package store

import (
	"context"
	"database/sql"
	"time"
)

// A StarterSet is the groups that are expected of people with a job title, "" for everybody.
type StarterSet struct {
	Title  string
	Groups []PlannedGroup
	// By is who edited it last, as a name. At is when.
	By string
	At time.Time `json:"-"`
}

// StarterSets keeps the starter sets of organisations, one for each title. It is safe for concurrent use.
type StarterSets struct {
	db   *DB
	keys *Keys
	now  func() time.Time
}

// StarterSets returns the starter sets of this database. now is the clock.
func (db *DB) StarterSets(keys *Keys, now func() time.Time) *StarterSets {
	return &StarterSets{db: db, keys: keys, now: now}
}

// setRow is the table key of a title in an organisation. The key is the title as titles are compared.
func setRow(org, key string) string {
	return rowKey("tallyfy-admin starter set v1:" + org + " " + key)
}

func purposeOfSet(row string) string { return "starter set " + row }

// Put keeps a set in place of the one of the same key. One without groups is deleted.
func (s *StarterSets) Put(ctx context.Context, org, key string, set StarterSet) error {
	row := setRow(org, key)
	if len(set.Groups) == 0 {
		_, err := s.db.Write(ctx, `DELETE FROM dashboard_starter_sets WHERE org = $1 AND id_hash = $2`, org, row)
		return err
	}
	text, err := s.keys.SealJSON(purposeOfSet(row), set)
	if err != nil {
		return err
	}
	_, err = s.db.Write(ctx, `INSERT INTO dashboard_starter_sets (org, id_hash, at, data) VALUES ($1, $2, $3, $4)
		ON CONFLICT (org, id_hash) DO UPDATE SET at = excluded.at, data = excluded.data`, org, row, s.now().UnixMilli(), text)
	return err
}

// StarterSetsVersion begins a query of Version, and ends before the organisation.
const StarterSetsVersion = `SELECT COUNT(*) || ' ' || COALESCE(MAX(at), 0) FROM dashboard_starter_sets WHERE org =`

// Version is another text after each change of an organisation's sets.
func (s *StarterSets) Version(ctx context.Context, org string) (version string, err error) {
	err = s.db.Read(ctx, []any{&version}, StarterSetsVersion+` $1`, org)
	return version, err
}

// List returns the sets of an organisation always in the same order. Those that no listed secret opens are left out.
func (s *StarterSets) List(ctx context.Context, org string) (list []StarterSet, err error) {
	err = s.db.Query(ctx, `SELECT id_hash, at, data FROM dashboard_starter_sets WHERE org = $1 ORDER BY id_hash`, []any{org}, func(rows *sql.Rows) error {
		var row, text string
		var at int64
		if err := rows.Scan(&row, &at, &text); err != nil {
			return err
		}
		set := StarterSet{At: time.UnixMilli(at)}
		if s.keys.OpenJSON(purposeOfSet(row), text, &set) == nil {
			list = append(list, set)
		}
		return nil
	})
	return list, err
}
