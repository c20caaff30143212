package views

import (
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// RoleForm is the page on which a member's role is changed: the choice, and with one the plan.
type RoleForm struct {
	Head     RemovalHead
	Blockers []Blocker
	Roles    []RoleChoice
	// Lines and Notes are the plan, none while no role is chosen that can be given.
	Lines, Notes []string
	// To, Undoes, Press and Seen are fields of the form: the role, the change that is undone, the press of the
	// button, and the fingerprint of the plan.
	To, Undoes, Press, Seen string
	Reason                  string
	NeedsReason             bool
	Errors                  map[string]string
	Notice                  *Notice
}

// A RoleChoice is a role to choose. Now says that the member has it.
type RoleChoice struct {
	Role tallyfy.Role
	Now  bool
}

// allows says what a role is for.
func (c RoleChoice) allows() string {
	switch c.Role {
	case tallyfy.RoleAdmin:
		return "Everything, people and settings included. Takes a full seat."
	case tallyfy.RoleStandard:
		return "Builds templates, launches processes, does tasks. Takes a full seat."
	case tallyfy.RoleLight:
		return "Does tasks only. Takes a Light seat."
	}
	return ""
}

// Title names whose role it is.
func (v RoleForm) Title() string { return "Role of " + v.Head.called() }

// button words the change.
func (v RoleForm) button() string {
	if v.NeedsReason {
		return "Make " + v.Head.called() + " an administrator"
	}
	return "Give " + v.Head.called() + " the role " + names.Role(tallyfy.Role(v.To))
}

// InviteForm is the form that invites somebody.
type InviteForm struct {
	// Values are the texts of the fields, by their names.
	Values map[string]string
	Roles  []tallyfy.Role
	// Groups offers the groups to plan.
	Groups GroupPicker
	// Sent is how many invitations were sent from here in 24 hours, -1 if that is not known; ADay is about how many Tallyfy
	// takes in a day.
	Sent, ADay int
	// ExistingName and ExistingURL are whoever has the address already.
	ExistingName, ExistingURL string
	Errors                    map[string]string
	Notice                    *Notice
	Press                     string
}

// sent says how much of the day's invitations is used.
func (v InviteForm) sent() string {
	text := "Tallyfy sends about " + words.Number(v.ADay) + " invitations a day."
	if v.Sent >= 0 {
		text += " " + words.Number(v.Sent) + " " + words.Noun(v.Sent, "was", "were") + " sent from here in the last 24 hours."
	}
	return text
}

// PersonChange is the page that asks before one person is changed.
type PersonChange struct {
	Head  RemovalHead
	Title string
	// Blocked is the heading of Blockers.
	Blocked  string
	Blockers []Blocker
	// Lines and Notes are the plan.
	Lines, Notes []string
	// Address takes the form, Press and Seen are fields of it.
	Address, Press, Seen string
	Button, Busy         string
	// Danger says that there is no way back.
	Danger bool
	// Phrase has to be typed first, if set. Typed is the text that was typed instead, PhraseError its message.
	Phrase, Typed, PhraseError string
	// Other leads to what may be wanted instead.
	Other, OtherURL string
	// Guests are those whom nobody else knows who is active, as far as they are at hand.
	Guests []GuestRow
	Notice *Notice
}

// guestsSentence names the guests whom nobody else knows.
func (v PersonChange) guestsSentence() string {
	return "Nobody else who is active knows " + words.Count(len(v.Guests), "guest", "guests") + " of " + names.Isolate(v.Head.Name) + ": " + someGuests(v.Guests) + ". Disabling hands none over."
}

func (v PersonChange) kind() components.ButtonKind {
	if v.Danger {
		return components.ButtonDanger
	}
	return components.ButtonPrimary
}

// GuestForm is the form for a new guest.
type GuestForm struct {
	// Values are the texts of the fields, by their names.
	Values map[string]string
	// ExistingName and ExistingURL are the member who has the address.
	ExistingName, ExistingURL string
	Errors                    map[string]string
	Notice                    *Notice
	Press                     string
}
