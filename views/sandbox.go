package views

import "tallyfy-admin/views/components"

// SandboxPage is the page for acting as another administrator.
type SandboxPage struct {
	// Groups and People are those to choose from, Group and Member those chosen.
	Groups, People []components.Choice
	Group, Member  string
	// Note says what could not be read.
	Note string
}
