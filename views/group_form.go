package views

import (
	"strings"

	"tallyfy-admin/views/names"
)

// GroupForm is the form for a new group, as it was filled in, with its mistakes.
type GroupForm struct {
	Name, Description string
	People            PeoplePicker
	Errors            map[string]string
	// ExistingName and ExistingURL lead to the group that already has the name, if there is one.
	ExistingName, ExistingURL string
	// Despite is the name, folded, for which the form has said that a group looks the same.
	Despite string
	// Press identifies the press of the button.
	Press string
	// Notice stands above the form. It concerns no single field.
	Notice *Notice
}

// existing says what the link to the other group leads to.
func (f GroupForm) existing() string {
	if strings.EqualFold(names.Tidy(f.Name), f.ExistingName) {
		return "The group that has it: "
	}
	return "The group that looks the same: "
}
