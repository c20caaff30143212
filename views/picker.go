package views

import (
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// pickerSummary counts people who are not chosen. A search that fits chosen people only has found
// somebody.
func pickerSummary(found, matching, chosen int, query, one, many string) string {
	switch {
	case matching == 0 && query != "" && chosen > 0:
		return "Nobody else matches “" + names.Isolate(query) + "”."
	case matching == 0 && query != "":
		return "No match for “" + names.Isolate(query) + "”."
	case matching == 0:
		return "Nobody else to choose."
	case found < matching:
		return "Showing " + words.Number(found) + " of " + words.Count(matching, one, many) + ": search to find the others."
	default:
		return "Showing " + words.Count(found, one, many) + "."
	}
}

func (v RemovalHandover) summary() string {
	var s string
	switch {
	case v.Matching == 0 && v.Query != "":
		s = "No active member matches “" + names.Isolate(v.Query) + "”."
	case v.Matching == 0:
		s = "There is no other active member."
	case len(v.Candidates) < v.Matching:
		s = "Showing " + words.Number(len(v.Candidates)) + " of " + words.Count(v.Matching, "member", "members") + ": search to find the others."
	default:
		s = "Showing " + words.Count(len(v.Candidates), "member", "members") + "."
	}
	if v.Note != "" {
		s += " " + v.Note
	}
	return s
}
