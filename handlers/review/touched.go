package review

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// touch notes of which groups a decision was, for LatestOf.
func (b *Book) touch(ctx context.Context, tx *store.Querier, review string, d *Decision) error {
	if !d.State.Reviewed() {
		return nil
	}
	var ids []string
	for _, g := range slices.Concat(d.Groups, d.Add, d.Remove) {
		ids = append(ids, string(g.ID))
	}
	slices.Sort(ids)
	var rows [][]any
	for _, id := range slices.Compact(ids) {
		rows = append(rows, []any{review, id, d.At.UnixMilli()})
	}
	return tx.Insert(ctx, `dashboard_review_groups (review, grp, at)`, rows, `ON CONFLICT (review, grp) DO UPDATE SET at = excluded.at`)
}

// LatestOf returns the id of the review that came to an end last about somebody in a group, or about somebody who was to
// come into it or to leave it, and when that was. The id is "" for none.
func (b *Book) LatestOf(ctx context.Context, org, group tallyfy.ID) (review string, at time.Time, err error) {
	var ms int64
	err = b.DB.Read(ctx, []any{&review, &ms}, `SELECT g.review, g.at FROM dashboard_review_groups g JOIN dashboard_reviews r ON r.id = g.review
		WHERE g.grp = $1 AND r.org = $2 AND r.at > $3 ORDER BY g.at DESC, g.review DESC LIMIT 1`, string(group), string(org), b.oldest())
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, nil
	}
	return review, time.UnixMilli(ms), err
}

// reviewedPlaces are those at which a review of an organisation came to an end, perhaps of somebody
// who left afterwards, in SQL.
const reviewedPlaces = `FROM dashboard_review_people p JOIN dashboard_reviews r ON r.id = p.review
	WHERE r.org = $1 AND r.at > $2 AND (p.state IN ($3, $4, $5) OR ` + stateBefore + ` IN ($3, $4, $5))`

// Reviewed returns those of some members with whom a review of an organisation came to an end.
// known says that one did with any member at all.
func (b *Book) Reviewed(ctx context.Context, org tallyfy.ID, who []tallyfy.UserID) (list map[tallyfy.UserID]bool, known bool, err error) {
	list = map[tallyfy.UserID]bool{}
	args := []any{string(org), b.oldest(), string(Right), string(Change), string(Applied)}
	if err := b.DB.Read(ctx, []any{&known}, `SELECT EXISTS (SELECT 1 `+reviewedPlaces+`)`, args...); err != nil || !known {
		return list, false, err
	}
	for some := range slices.Chunk(who, store.ArgumentsAtOnce) {
		in, args := store.Marks(args, some)
		if err := b.DB.Query(ctx, `SELECT DISTINCT p.member `+reviewedPlaces+` AND p.member IN (`+in+`)`, args, func(rows *sql.Rows) error {
			var id tallyfy.UserID
			err := rows.Scan(&id)
			list[id] = true
			return err
		}); err != nil {
			return list, true, err
		}
	}
	return list, true, nil
}
