package views

// summary is the sentence below the picker that a screen reader is told after each search.
func (m MemberPicker) summary() string {
	s := pickerSummary(len(m.Found), m.Matching, m.Query, "member", "members")
	if m.Note != "" {
		s += " " + m.Note
	}
	return s
}

func (g GuestPicker) summary() string {
	return pickerSummary(len(g.Found), g.Matching, g.Query, "guest", "guests")
}

func pickerSummary(found, matching int, query, one, many string) string {
	switch {
	case matching == 0 && query != "":
		return "No match for “" + query + "”."
	case matching == 0:
		return "Nobody else to choose."
	case found < matching:
		return "Showing " + Number(found) + " of " + Count(matching, one, many) + ": search to find the others."
	default:
		return "Showing " + Count(found, one, many) + "."
	}
}

func (v RemovalHandover) summary() string {
	var s string
	switch {
	case v.Matching == 0 && v.Query != "":
		s = "No active member matches “" + v.Query + "”."
	case v.Matching == 0:
		s = "There is no other active member."
	case len(v.Candidates) < v.Matching:
		s = "Showing " + Number(len(v.Candidates)) + " of " + Count(v.Matching, "member", "members") + ": search to find the others."
	default:
		s = "Showing " + Count(len(v.Candidates), "member", "members") + "."
	}
	if v.Note != "" {
		s += " " + v.Note
	}
	return s
}
