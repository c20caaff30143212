package views

import (
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// GroupMergeChoice offers the groups that a group can be merged into.
type GroupMergeChoice struct {
	ID      tallyfy.ID
	Name    string
	Offered []GroupRow
	// Matching is how many groups fit the search.
	Matching   int
	Find, Note string
	Notice     *Notice
}

func (v GroupMergeChoice) summary() string {
	s := showing(len(v.Offered), v.Matching, "group", "groups")
	switch {
	case v.Matching == 0 && v.Find != "":
		s = "No other group matches “" + names.Isolate(v.Find) + "”."
	case v.Matching == 0:
		s = "There is no other group."
	}
	return strings.TrimSpace(s + " " + v.Note)
}

// GroupMerge is the page that asks before a group is merged into another one.
type GroupMerge struct {
	ID, Into       tallyfy.ID
	Name, IntoName string
	// Nothing says that everybody is in the other group already.
	Nothing bool
	// NeedsDescription says that the other group has none: Tallyfy takes no change of it without one.
	NeedsDescription bool
	// Unread says that not all members are read, so that it is not known who can be added.
	Unread bool
	// Lines are what will be so in the other group, Then what becomes of this one. Warnings are what is at stake.
	Lines, Then, Warnings []string
	// LeftOut says who is not added, Joined who is added as a member although they were a guest.
	LeftOut, Joined string
	Tasks           OpenTasks
	// Phrase, ByID, Typed and PhraseError are as in GroupDeletion.
	Phrase, Typed, PhraseError string
	ByID                       bool
	// KeptDays is how long the merged group can be created again.
	KeptDays int
	// Seen and SeenPeople are the fingerprints of the two plans.
	Seen, SeenPeople, Press string
	Notice                  *Notice
}

// Title is the title of the page.
func (v GroupMerge) Title() string {
	return "Merge " + names.Isolate(v.Name) + " into " + names.Isolate(v.IntoName) + "?"
}

// phraseLabel and phraseHint are those of a deletion.
func (v GroupMerge) phraseLabel() string {
	return GroupDeletion{Phrase: v.Phrase, ByID: v.ByID}.phraseLabel()
}

func (v GroupMerge) phraseHint() string { return GroupDeletion{Tasks: v.Tasks}.phraseHint() }
