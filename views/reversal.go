package views

import (
	"tallyfy-admin/views/components"
)

// Reversal is the page that asks before a change is undone, or what is missing of it is applied once more.
type Reversal struct {
	EntryID string
	// Repeat says that it is applied once more.
	Repeat bool
	// About is the group, or how many they are, or whom a change of contacts was about.
	About string
	// Leave leads away where nothing is done.
	Leave components.LinkProps
	// Sentence is the earlier change.
	Sentence string
	// Lines are what will be so afterwards, Warnings what is at stake and what stays out.
	Lines, Warnings []string
	// Others says what becomes of everybody else, "" where nobody comes or goes.
	Others string
	// Nothing says that there is nothing to do.
	Nothing bool
	// Later are changes since that were about the same people or texts.
	Later  []ActivityRow
	Notice *Notice
	// Seen is the fingerprint of the plan as the page shows it, Press identifies the press of the button.
	Seen, Press string
}

// Title is the title of the page.
func (v Reversal) Title() string {
	if v.Repeat {
		return "Apply once more what is missing in " + v.About
	}
	return "Undo a change of " + v.About
}

func (v Reversal) button() (text, busy string) {
	if v.Repeat {
		return "Apply it once more", "Applying…"
	}
	return "Undo this change", "Undoing…"
}

func (v Reversal) nothing() string {
	if v.Repeat {
		return "Nothing is missing any more."
	}
	return "There is nothing left to undo."
}

func (v Reversal) address(u URLs) string {
	if v.Repeat {
		return u.RepeatEntry(v.EntryID)
	}
	return u.UndoEntry(v.EntryID)
}
