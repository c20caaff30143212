package directory

import (
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
)

// A Found is an id with the member it stands for, who is shared and must not be changed; nil for an id that the copy does not have.
type Found struct {
	ID     tallyfy.UserID
	Member *tallyfy.Member
	at     int // in the copy
}

// Among gives the members that some ids stand for in the order of their names, each once, then the ids that the copy does not have,
// as they came. What it costs depends on how many ids there are, not on how large the organisation is.
func (s *Snapshot) Among(ids []tallyfy.UserID) []Found {
	at := make([]int, 0, len(ids)) // the copy is in the order of names, so that none of them have to be compared
	var others []Found
	for _, id := range ids {
		if i, ok := s.byID[id]; ok {
			at = append(at, i)
		} else {
			others = append(others, Found{ID: id})
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	found := make([]Found, 0, len(at)+len(others))
	for _, i := range at {
		found = append(found, Found{s.people[i].ID, &s.people[i].Member, i})
	}
	return append(found, others...)
}

// Fitting keeps those of Among's result that Search would find. An id that the copy does not have is found by itself alone.
func (s *Snapshot) Fitting(among []Found, query string) []Found {
	words := strings.Fields(fold(query))
	if len(words) == 0 {
		return among
	}
	var found []Found
	for _, f := range among {
		if string(f.ID) == query || f.Member != nil && holdsAll(s.keys[f.at], words) {
			found = append(found, f)
		}
	}
	return found
}

// FittingTexts keeps the texts that hold every word of the query, compared as Search does.
func FittingTexts(texts []string, query string) []string {
	words := strings.Fields(fold(query))
	if len(words) == 0 {
		return texts
	}
	var found []string
	for _, t := range texts {
		if holdsAll(fold(t), words) {
			found = append(found, t)
		}
	}
	return found
}
