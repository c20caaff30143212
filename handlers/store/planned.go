package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// plannedTime is how long planned groups are kept after the invitation: it never expires, and by then nobody waits for it.
const plannedTime = 400 * 24 * time.Hour

// A PlannedGroup is a group that somebody is to be put into after accepting an invitation.
type PlannedGroup struct{ ID, Name string }

// A Planned is what was planned for somebody who was invited.
type Planned struct {
	Email string
	// Member is the id of the invited person, "" where it is not known.
	Member string `json:"-"`
	Groups []PlannedGroup
	// By is who planned it, as a name. At is when.
	By string
	At time.Time `json:"-"`
}

// PlannedGroups keeps the groups that are planned for invited people: Tallyfy's invitation takes none. It is safe for
// concurrent use.
type PlannedGroups struct {
	db   *DB
	keys *Keys
	now  func() time.Time
}

// PlannedGroups returns the planned groups of this database. now is the clock.
func (db *DB) PlannedGroups(keys *Keys, now func() time.Time) *PlannedGroups {
	return &PlannedGroups{db: db, keys: keys, now: now}
}

// plannedRow is the table key of an address in an organisation.
func plannedRow(org, email string) string {
	return rowKey("tallyfy-admin planned groups v1:" + org + " " + strings.ToLower(strings.TrimSpace(email)))
}

func purposeOfPlanned(row string) string { return "planned groups " + row }

// Put keeps what is planned for an address, in place of an earlier plan.
func (p *PlannedGroups) Put(ctx context.Context, org string, what Planned) error {
	row := plannedRow(org, what.Email)
	text, err := p.keys.SealJSON(purposeOfPlanned(row), what)
	if err != nil {
		return err
	}
	_, err = p.db.Write(ctx, `INSERT INTO dashboard_planned_groups (org, id_hash, member, at, data) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (org, id_hash) DO UPDATE SET member = excluded.member, at = excluded.at, data = excluded.data`,
		org, row, what.Member, p.now().UnixMilli(), text)
	return err
}

// AnyPlanned begins a condition that something is planned in an organisation, and ends before it.
const AnyPlanned = `EXISTS (SELECT 1 FROM dashboard_planned_groups WHERE org =`

// Find returns what is planned for somebody: by the id, else by the address. ok is false if nothing is.
func (p *PlannedGroups) Find(ctx context.Context, org, member, email string) (what Planned, ok bool, err error) {
	const these = `org = $1 AND (member = $2 AND member <> '' OR id_hash = $3)`
	args, n := []any{org, member, plannedRow(org, email)}, 0
	// For nearly everybody nothing is planned, and a query of one row says so quickly: see prepared.
	if err := p.db.Read(ctx, []any{&n}, `SELECT COUNT(*) FROM dashboard_planned_groups WHERE `+these, args...); err != nil || n == 0 {
		return Planned{}, false, err
	}
	list, err := p.read(ctx, these+` ORDER BY CASE WHEN member = $2 THEN 0 ELSE 1 END`, args...)
	if err != nil || len(list) == 0 {
		return Planned{}, false, err
	}
	return list[0], true, nil
}

// List returns all that is planned in an organisation, the oldest first.
func (p *PlannedGroups) List(ctx context.Context, org string) ([]Planned, error) {
	return p.read(ctx, `org = $1 ORDER BY at, id_hash`, org)
}

// Forget drops what is planned for an address.
func (p *PlannedGroups) Forget(ctx context.Context, org, email string) error {
	_, err := p.db.Write(ctx, `DELETE FROM dashboard_planned_groups WHERE org = $1 AND id_hash = $2`, org, plannedRow(org, email))
	return err
}

// Sweep deletes plans that are past their time. It returns their number; call it every few minutes.
func (p *PlannedGroups) Sweep(ctx context.Context) (int64, error) {
	return p.db.Write(ctx, `DELETE FROM dashboard_planned_groups WHERE at <= $1`, p.now().Add(-plannedTime).UnixMilli())
}

// read reads and opens rows. Those that no listed secret opens are left out.
func (p *PlannedGroups) read(ctx context.Context, where string, args ...any) (list []Planned, err error) {
	err = p.db.Query(ctx, `SELECT id_hash, member, at, data FROM dashboard_planned_groups WHERE `+where, args, func(rows *sql.Rows) error {
		var row, member, text string
		var at int64
		if err := rows.Scan(&row, &member, &at, &text); err != nil {
			return err
		}
		what := Planned{Member: member, At: time.UnixMilli(at)}
		if p.keys.OpenJSON(purposeOfPlanned(row), text, &what) == nil {
			list = append(list, what)
		}
		return nil
	})
	return list, err
}
