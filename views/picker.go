package views

import (
	"strings"

	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showing says how many of those that match a list shows.
func showing(shown, matching int, one, many string) string {
	if shown < matching {
		return "Showing " + words.Number(shown) + " of " + words.Count(matching, one, many) + ": search to find the others."
	}
	return "Showing " + words.Count(shown, one, many) + "."
}

// pickerSummary counts members who are not chosen. A search that fits chosen people only has found
// somebody.
func pickerSummary(found, matching, chosen int, query string) string {
	switch {
	case matching == 0 && query != "" && chosen > 0:
		return "Nobody else matches “" + names.Isolate(query) + "”."
	case matching == 0 && query != "":
		return "No match for “" + names.Isolate(query) + "”."
	case matching == 0:
		return "Nobody else to choose."
	}
	return showing(found, matching, "member", "members")
}

func (v RemovalHandover) summary() string {
	s := showing(len(v.Candidates), v.Matching, "member", "members")
	switch {
	case v.Matching == 0 && v.Query != "":
		s = "No active member matches “" + names.Isolate(v.Query) + "”."
	case v.Matching == 0:
		s = "There is no other active member."
	}
	return strings.TrimSpace(s + " " + v.Note)
}
