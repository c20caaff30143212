package views

import (
	"strconv"
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/words"
)

// GroupPeople is the form for who is in a group.
type GroupPeople struct {
	ID    tallyfy.ID
	Group string
	// Offered are people to add: those chosen first. Found is how many of the others fit the search, Matching how
	// many there are in all.
	Offered         []PickedPerson
	Found, Matching int
	// Unfit fit the search and cannot be added.
	Unfit []Person
	// Rows are people in the group, Elsewhere those who were chosen to go and stand on another page.
	Rows, Elsewhere []PickedPerson
	// All is how many people are in the group.
	All   int
	Pager Pager
	// Find searches who may be added, Query who is in the group.
	Find, Query string
	// Pasted is the text of the field for addresses.
	Pasted string
	// Note says that the list of members is not complete, if it is not.
	Note string
	// AskDescription says that the group has none: Tallyfy takes no change without one.
	AskDescription bool
	Description    string
	Errors         map[string]string
	Notice         *Notice
	// Base names the group as the page shows it, Press identifies the press of the button.
	Base, Press string
}

// PickedPerson is a row with a box to tick.
type PickedPerson struct {
	// Value is the id of a member, or the address of a guest.
	Value  string
	Person Person
	// Guest says that it is a guest, Unknown that nobody in the organisation has the id.
	Guest, Unknown bool
	Chosen         bool
}

// offer says what the list of people to add shows.
func (v GroupPeople) offer() string {
	s := pickerSummary(v.Found, v.Matching, len(v.Offered)-v.Found, v.Find)
	return strings.TrimSpace(s + " " + v.Note)
}

// inside is the heading above who is in the group.
func (v GroupPeople) inside() string {
	if v.Query != "" {
		return words.Count(v.Pager.Total, "person", "people") + " of " + words.Number(v.All) + " in the group"
	}
	return words.Count(v.All, "person", "people") + " in the group"
}

func pageTurn(page int) string { return strconv.Itoa(page) }

// sub is the line below the name of somebody who is no member.
func (p PickedPerson) sub() string {
	if p.Guest {
		return "Guest"
	}
	return p.Person.Email // which says why
}

// role stands behind the address of a member.
func (p PickedPerson) role() string {
	if p.Person.Role == "" {
		return ""
	}
	return " · " + p.Person.Role
}
