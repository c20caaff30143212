package views

import "tallyfy-admin/views/components"

// Restoration is the page that asks before a deleted group is created again.
type Restoration struct {
	EntryID string
	// Group is the name that the group had, OldID its id.
	Group, OldID string
	// Name and Description are those that the new one gets.
	Name, Description string
	// Sentence is the deletion.
	Sentence string
	Lines    []string
	// LeftOut says who cannot be added any more.
	LeftOut string
	HadLogo bool
	// Again is the group that was created from the same deletion already, Taken another one that has the name.
	Again, AgainURL string
	Taken, TakenURL string
	Errors          map[string]string
	Notice          *Notice
	Press           string
}

// Problems lists the messages of the form in the order of its fields.
func (v Restoration) Problems() []components.Problem {
	return components.ProblemsOf(v.Errors, "name", "description")
}
