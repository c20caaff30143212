package views

import (
	"time"

	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// TrashList is the list of deleted groups that can be created again.
type TrashList struct {
	// Own says that only those are shown that the person deleted.
	Own  bool
	Rows []TrashRow
	// Before is the entry that the page begins after, empty for the newest; Older that of the next page, empty
	// without one.
	Before, Older string
	// KeptDays is how long a deleted group can be created again.
	KeptDays int
}

// TrashRow is a deleted group.
type TrashRow struct {
	// EntryID is the entry of the deletion, OldID the id that the group had.
	EntryID, OldID string
	Name, By       string
	// At is when it was deleted, Until when what was in it is deleted, too.
	At, Until       time.Time
	Members, Guests int
	// AddedDays is by how many days it is kept longer already; CanKeep says that one more can be added.
	AddedDays int
	CanKeep   bool
	// Again is the name of the group that was created from it, AgainURL its page; empty for none.
	Again, AgainURL string
}

// note is the number of groups.
func (v TrashList) note() string {
	n := words.Count(len(v.Rows), "group", "groups")
	if v.Older != "" || v.Before != "" {
		n += " on this page"
	}
	return n
}

func (v TrashList) pager(u URLs) components.PagerProps {
	return pagerBefore("Pages of deleted groups", v.Before, v.Older, u.Trash)
}

// held says who was in the group.
func (r TrashRow) held() string {
	return words.Count(r.Members, "member", "members") + " and " + words.Count(r.Guests, "guest", "guests")
}

// who says who deleted the group.
func (r TrashRow) who() string { return " by " + names.Isolate(r.By) + ". " }
