package review

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	for ids := range slices.Chunk(slices.Compact(ids), insertedAtOnce) {
		values, args := make([]string, len(ids)), []any{review, d.At.UnixMilli()}
		for i, id := range ids {
			args = append(args, id)
			values[i] = fmt.Sprintf("($1, $%d, $2)", len(args))
		}
		if _, err := tx.Write(ctx, `INSERT INTO dashboard_review_groups (review, grp, at) VALUES `+strings.Join(values, ", ")+
			` ON CONFLICT (review, grp) DO UPDATE SET at = excluded.at`, args...); err != nil {
			return err
		}
	}
	return nil
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
