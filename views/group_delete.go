package views

import (
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// GroupDeletion is the page that asks before a group is deleted.
type GroupDeletion struct {
	ID   tallyfy.ID
	Name string
	// Namesake leads to another group that looks the same, if one is known.
	Namesake     string
	LogoVersion  string
	Consequences []string
	Tasks        OpenTasks
	// Seen is the fingerprint of the group as the page shows it. A deletion is refused when the
	// group has changed since.
	Seen string
	// Press identifies the press of the button.
	Press   string
	Problem string
	// RequestID finds the problem's cause in the log.
	RequestID string
	// ByID says that the phrase is the id.
	ByID bool
	// KeptDays is how long the group can be created again. HasLogo says that it has a logo, LogoLost that the
	// picture could not be read, so that it is not kept.
	KeptDays          int
	HasLogo, LogoLost bool
	// Phrase, the group's name, has to be typed first where open tasks would lose their group.
	// Typed is the text that was typed instead, PhraseError its message.
	Phrase, Typed, PhraseError string
}

// phraseLabel asks for the phrase.
func (v GroupDeletion) phraseLabel() string {
	if v.ByID {
		return "Type the group's id to confirm: " + v.Phrase
	}
	return "Type " + names.Isolate(v.Phrase) + " to confirm"
}

// phraseHint says why the phrase is asked for.
func (v GroupDeletion) phraseHint() string {
	if v.Tasks.Checked {
		return "This group still has open tasks."
	}
	return "This group may still have open tasks."
}

// called is the group's name, with the id where another one looks the same.
func (v GroupDeletion) called() string {
	if v.Namesake == "" {
		return names.Isolate(v.Name)
	}
	return names.Marked(v.Name, string(v.ID))
}
