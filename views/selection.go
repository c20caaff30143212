package views

import (
	"strings"

	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// Selection is what is chosen on a list, on whatever page of it.
type Selection struct {
	// Kinds are what can be done with it.
	Kinds []BulkKind
	// Count is how many are chosen in all.
	Count int
	// Listed is how many rows all pages of the list have, Here how many of them are chosen, Pages on how many
	// pages. The last two are known where Counted.
	Listed, Here, Pages int
	Counted             bool
	// List is the list, Rows are the ids of the rows of its page.
	List ListState
	Rows []string
	// One and Many are what can be chosen, Nothing says that none is.
	One, Many, Nothing string
	// Action takes the form, Them is the list of all that are chosen.
	Action, Them string
}

// on reports whether the list has boxes.
func (v Selection) on() bool { return len(v.Kinds) > 0 }

// shown reports whether there is something to choose, or something chosen.
func (v Selection) shown() bool { return v.on() && len(v.Rows)+v.Count > 0 }

// sentence says how many are chosen, and where they are.
func (v Selection) sentence() string {
	chosen := words.Number(v.Count) + " chosen"
	away := words.Number(v.Count-v.Here) + " not in this list"
	switch {
	case v.Count == 0:
		return v.Nothing
	case !v.Counted:
		return chosen
	case v.Here == 0:
		return chosen + ", " + away
	case v.Here < v.Count:
		return chosen + ": " + words.Number(v.Here) + " on " + words.Count(v.Pages, "page", "pages") + ", " + away
	}
	return chosen + " on " + words.Count(v.Pages, "page", "pages")
}

// OnlyChosen is the list of all that are chosen, in its order. The status is that of members, who are of every status.
func (s ListState) OnlyChosen() ListState {
	s = s.Cleared("").With("chosen", "yes")
	if s.OrderKey == "sort" {
		s = s.With("status", "all")
	}
	return s
}

// rowIDs are the ids of the rows of a page, for a field of a form.
func (v Selection) rowIDs() string { return strings.Join(v.Rows, " ") }

// choosePage and chooseAll are what the boxes and buttons for many rows say.
func (v Selection) choosePage() string {
	return "Choose the " + words.Count(len(v.Rows), v.One, v.Many) + " on this page"
}

func (v Selection) chooseAll() string {
	all := "Choose all " + words.Number(v.Listed)
	if v.List.narrowed() {
		all += " that match"
	}
	return all
}

// chooseOne is the name of the box of a row.
func chooseOne(name string) string { return "Choose " + names.Isolate(name) }

// label is the name of the bar.
func (v Selection) label() string { return "Chosen " + v.Many }
