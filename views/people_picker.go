package views

import (
	"strings"

	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// PeoplePicker is the panel that chooses people for a group: one field for a search or a pasted list, those chosen
// above it, those found below.
type PeoplePicker struct {
	// Text stands in the field. Query is what of it was searched for.
	Text, Query string
	Chosen      []Pick
	Found       []Pick
	// Matching is how many fit the search and are not chosen. Found may be fewer.
	Matching int
	// Notes say that somebody may be missing among those found, if so. Some may be empty.
	Notes []string
}

// Pick is a person to choose: a member or a guest.
type Pick struct {
	// Name and Value are those of the field of the form.
	Name, Value string
	// Title is the person's name, else the address. Email is empty where the title says it.
	Title, Email string
	// Kind is "member", "guest", "new guest" or "not known".
	Kind string
	// Person is the member, with the status.
	Person Person
}

// note is what may be missing.
func (v PeoplePicker) note() string {
	return strings.Join(strings.Fields(strings.Join(v.Notes, " ")), " ")
}

// summary is the sentence below the panel: "12 selected · 1 match for “hugo”". Screen readers announce it. Where not
// all could be read, it does not say that there is nobody.
func (v PeoplePicker) summary() string {
	s := words.Number(len(v.Chosen)) + " selected"
	switch {
	case v.Matching == 0 && v.note() != "", v.Query == "" && v.Text != "":
	case v.Matching == 0 && v.Query == "":
		s += " · nobody else to choose"
	case v.Matching == 0:
		s += " · no other match for “" + names.Isolate(v.Query) + "”"
	case len(v.Found) < v.Matching && v.Query == "":
		s += " · showing " + words.Number(len(v.Found)) + " of " + words.Number(v.Matching) + ": search to find the others"
	case len(v.Found) < v.Matching:
		s += " · showing " + words.Number(len(v.Found)) + " of " + words.Number(v.Matching) + " matches for “" + names.Isolate(v.Query) + "”"
	case v.Query != "":
		s += " · " + words.Count(v.Matching, "match", "matches") + " for “" + names.Isolate(v.Query) + "”"
	}
	if v.note() != "" {
		s += ". " + v.note()
	}
	return s
}
