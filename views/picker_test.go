package views

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPickerSummary(t *testing.T) {
	for _, c := range []struct {
		found, matching, chosen int
		query, want             string
	}{
		{0, 0, 0, "", "Nobody else to choose."},
		{0, 0, 0, "zz", "No match for “zz”."},
		{0, 0, 2, "zz", "Nobody else matches “zz”."},
		{1, 1, 0, "", "Showing 1 member."},
		{8, 8, 3, "a", "Showing 8 members."},
		{50, 10000, 0, "", "Showing 50 of 10,000 members: search to find the others."},
	} {
		assert.Equal(t, c.want, pickerSummary(c.found, c.matching, c.chosen, c.query, "member", "members"))
	}
}

func TestHandoverSummary(t *testing.T) {
	assert.Equal(t, "There is no other active member.", RemovalHandover{}.summary())
	assert.Equal(t, "No active member matches “zz”.", RemovalHandover{Query: "zz"}.summary())
	assert.Equal(t, "Showing 1 member.", RemovalHandover{Matching: 1, Candidates: make([]Candidate, 1)}.summary())
	assert.Equal(t, "Showing 2 of 1,000 members: search to find the others. Not all read.",
		RemovalHandover{Matching: 1000, Candidates: make([]Candidate, 2), Note: "Not all read."}.summary())
}
