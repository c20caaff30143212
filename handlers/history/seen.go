package history

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// FirstSeen returns when members were first seen, since they were missing last, at readings that
// ended after a moment. For the members in who the moment does not count. Those of them who are not
// in the latest reading are left out. For those who were there from the first reading on, After is
// zero, and By the end of that reading or the beginning of what is remembered.
func (h *History) FirstSeen(ctx context.Context, org tallyfy.ID, who []tallyfy.UserID, since time.Time) (map[tallyfy.UserID]Move, error) {
	seen := map[tallyfy.UserID]Move{}
	gone := map[tallyfy.UserID]bool{}
	if len(who) > 0 {
		l, r, known, err := h.stored(ctx, stream{org, membersList})
		if err != nil || !known {
			return nil, err
		}
		for _, id := range who {
			if _, there := l.Members[id]; there {
				seen[id] = Move{By: later(r.first, h.oldest())}
			} else {
				gone[id] = true
			}
		}
	}
	read := func(of string, args []any) error {
		return h.db.Query(ctx, `SELECT member, MAX(since), MAX(till) FROM dashboard_history_events WHERE org = $1 AND kind = $2 AND id >= $3`+of+` GROUP BY member`,
			args, func(rows *sql.Rows) error {
				var id tallyfy.UserID
				var after, by int64
				err := rows.Scan(&id, &after, &by)
				if !gone[id] {
					seen[id] = Move{time.UnixMilli(after), time.UnixMilli(by)}
				}
				return err
			})
	}
	ours := []any{string(org), string(MemberNew)}
	if err := read(``, append(ours, idAt(later(since, h.oldest())))); err != nil {
		return seen, err
	}
	for some := range slices.Chunk(who, store.ArgumentsAtOnce) {
		in, args := store.Marks(append(ours, idAt(h.oldest())), some)
		if err := read(` AND member IN (`+in+`)`, args); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// BackSince reports that a member was seen to have access again after a moment at which it ended,
// given elsewhere: they had it at a reading, or were back on the list of members.
func (h *History) BackSince(ctx context.Context, org tallyfy.ID, who tallyfy.UserID, since time.Time) (bool, error) {
	f := Filter{Org: org, Subject: journal.Subject{Kind: journal.Member, ID: string(who)}, From: since}
	for e, err := range h.List(ctx, f) {
		if err != nil {
			return false, err
		}
		if e.Kind == MemberNew && !e.After.Before(since) || e.Kind == StatusChanged && e.Is != string(tallyfy.StatusDisabled) {
			return true, nil
		}
	}
	return false, nil
}

// GuestsSeen returns whether an address was ever seen as a guest's, of the organisation or of a
// group. People who were erased are not known.
func (h *History) GuestsSeen(ctx context.Context, org tallyfy.ID) (func(address string) bool, error) {
	seen := map[string]bool{} // as a row has them
	for _, list := range []string{guestsList, groupsList} {
		l, _, known, err := h.stored(ctx, stream{org, list})
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		for _, g := range l.Guests {
			seen[column(org, GuestKey(g.Address))] = true
		}
		for _, g := range l.Groups {
			for _, who := range g.Members {
				if addressOf(who) != "" {
					seen[column(org, who)] = true
				}
			}
		}
	}
	err := h.db.Query(ctx, `SELECT DISTINCT member FROM dashboard_history_events WHERE org = $1 AND id >= $2 AND member LIKE $3`,
		[]any{string(org), idAt(h.oldest()), guestPrefix + "%"}, func(rows *sql.Rows) error {
			var who string
			err := rows.Scan(&who)
			seen[who] = true
			return err
		})
	return func(address string) bool { return seen[column(org, GuestKey(address))] }, err
}
