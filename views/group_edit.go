package views

import "tallyfy-admin/tallyfy"

// GroupEdit is the form for the name and the description of a group.
type GroupEdit struct {
	ID tallyfy.ID
	// Group is the group's name as Tallyfy has it.
	Group             string
	Name, Description EditedText
	Errors            map[string]string
	// Notice stands above the form. It concerns no single field.
	Notice *Notice
	// Press identifies the press of the button.
	Press string
}

// EditedText is a text that is being changed.
type EditedText struct {
	// Was is the text that the person began with, Yours what was typed.
	Was, Yours string
	// Conflict says that somebody else has changed the text meanwhile, into Now.
	Conflict bool
	Now      string
}

// maxOf is the longest text of a field: a name has one line and at most 200 characters, a description has several.
func maxOf(rows int) int {
	if rows > 0 {
		return 0
	}
	return 200
}
