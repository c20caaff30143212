package history

import (
	"context"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

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
