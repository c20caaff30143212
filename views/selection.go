package views

import (
	"strings"

	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// Selection is who is chosen on a list, on whatever page of it.
type Selection struct {
	// Kinds are what can be done with them.
	Kinds []BulkKind
	// Count is how many are chosen in all.
	Count int
	// Listed is how many rows all pages of the list have, Here how many of them are chosen, Pages on how many
	// pages. They are known where Counted.
	Listed, Here, Pages int
	Counted             bool
}

// on reports whether the list has boxes.
func (v Selection) on() bool { return len(v.Kinds) > 0 }

// sentence says how many are chosen, and where they are.
func (v Selection) sentence() string {
	chosen := words.Number(v.Count) + " chosen"
	away := words.Number(v.Count-v.Here) + " not in this list"
	switch {
	case v.Count == 0:
		return "Nobody chosen"
	case !v.Counted:
		return chosen
	case v.Here == 0:
		return chosen + ", " + away
	case v.Here < v.Count:
		return chosen + ": " + words.Number(v.Here) + " on " + words.Count(v.Pages, "page", "pages") + ", " + away
	}
	return chosen + " on " + words.Count(v.Pages, "page", "pages")
}

// onlyChosen is the list of all who are chosen, in its order.
func (s ListState) onlyChosen() ListState {
	return s.Cleared("").With("chosen", "yes").With("status", "all")
}

// rowIDs are the ids of the rows of a page, for a field of a form.
func (v MemberList) rowIDs() string {
	ids := make([]string, len(v.Rows))
	for i := range v.Rows {
		ids[i] = string(v.Rows[i].ID)
	}
	return strings.Join(ids, " ")
}

// choosePage and chooseAll are what the boxes and buttons for many rows say.
func (v MemberList) choosePage() string {
	return "Choose the " + peopleIn(len(v.Rows)) + " on this page"
}

func (v MemberList) chooseAll() string {
	all := "Choose all " + words.Number(v.Selection.Listed)
	if v.State.narrowed() {
		all += " that match"
	}
	return all
}

// chooseOne is the name of the box of a row.
func (r MemberRow) chooseOne() string { return "Choose " + names.Isolate(r.Name) }
