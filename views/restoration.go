package views

import (
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/words"
)

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
	// Unread says that not all members are read, so that it is not known who can be added. Then there
	// are no Lines.
	Unread bool
	// LeftOut says who cannot be added any more.
	LeftOut string
	// HadLogo says that the group had a logo. LogoURL is the picture as a file, "" where it is not kept.
	HadLogo bool
	LogoURL string
	// Tasks is how many open tasks were assigned to the group; -1 when that is not known.
	Tasks int
	// Again is the group that was created from the same deletion already, Taken another one that has the name.
	Again, AgainURL string
	Taken, TakenURL string
	Errors          map[string]string
	Notice          *Notice
	// Press and Seen are fields of the form: the press of the button, and the key of who will be in
	// the group.
	Press, Seen string
}

// work says what named the group.
func (v Restoration) work() string {
	const rest = " named the group, and still name the old id. Assign them to the new one in Tallyfy."
	switch v.Tasks {
	case -1:
		return "Tasks and template steps that" + rest
	case 0:
		return "Template steps that" + rest + " There was no open task."
	}
	return words.Count(v.Tasks, "open task", "open tasks") + ", and the template steps, that" + rest
}

// kind makes the button the main one, unless the group was created again already.
func (v Restoration) kind() components.ButtonKind {
	if v.Again != "" {
		return ""
	}
	return components.ButtonPrimary
}
