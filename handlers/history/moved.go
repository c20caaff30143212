package history

import (
	"context"
	"database/sql"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

// A Move is when somebody last came into a group or left one, or became a member: of all that
// happened to them, After is the latest beginning and By the latest end of the times between which
// it did.
type Move struct{ After, By time.Time }

// Since reports that somebody came into a group or left one after a moment. Where that is not sure, perhaps reports that
// the moment is within the times between which it happened.
func (m Move) Since(t time.Time) (sure, perhaps bool) {
	sure = !m.After.Before(t)
	return sure, !sure && m.By.After(t)
}

// Moves returns who came into a group or left one after a moment, or perhaps did, here or elsewhere. Without a
// subject, it is in any group. People whose accounts were deleted for good are left out.
func (h *History) Moves(ctx context.Context, org tallyfy.ID, s journal.Subject, since time.Time) (map[tallyfy.UserID]Move, error) {
	where, args := "", []any{string(org), idAt(since), string(Joined), string(Left)}
	switch s.Kind {
	case journal.Member:
		where, args = " AND member = $5", append(args, s.ID)
	case journal.Group:
		where, args = " AND grp = $5", append(args, s.ID)
	}
	moves := map[tallyfy.UserID]Move{}
	err := h.db.Query(ctx, `SELECT member, MAX(since), MAX(till) FROM dashboard_history_events
		WHERE org = $1 AND id >= $2 AND kind IN ($3, $4) AND member <> ''`+where+` GROUP BY member`, args, func(rows *sql.Rows) error {
		var who tallyfy.UserID
		var after, by int64
		err := rows.Scan(&who, &after, &by)
		if m := (Move{time.UnixMilli(after), time.UnixMilli(by)}); m.By.After(since) {
			moves[who] = m
		}
		return err
	})
	return moves, err
}
