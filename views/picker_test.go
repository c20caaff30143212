package views

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPeoplePickerSummary(t *testing.T) {
	some := func(n int) []Pick { return make([]Pick, n) }
	for want, v := range map[string]PeoplePicker{
		"0 selected · nobody else to choose":   {},
		"0 selected · no other match for “zz”": {Query: "zz"},
		"0 selected":                                                        {Matching: 1, Found: some(1)},
		"12 selected · 1 match for “hugo”":                                  {Query: "hugo", Chosen: some(12), Matching: 1, Found: some(1)},
		"3 selected · 8 matches for “a”":                                    {Query: "a", Chosen: some(3), Matching: 8, Found: some(8)},
		"0 selected · showing 50 of 10,000: search to find the others":      {Matching: 10_000, Found: some(50)},
		"0 selected · showing 50 of 1,000 matches for “a”":                  {Query: "a", Matching: 1_000, Found: some(50)},
		"0 selected. Not all read.":                                         {Query: "zz", Notes: []string{"", "Not all read."}},
		"1 selected":                                                        {Text: "a@\nb", Chosen: some(1)},
		"0 selected · 2 matches for “a”. Some are missing. Others as well.": {Query: "a", Matching: 2, Found: some(2), Notes: []string{"Some are missing.", "Others as well."}},
	} {
		assert.Equal(t, want, v.summary())
	}
}

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
		assert.Equal(t, c.want, pickerSummary(c.found, c.matching, c.chosen, c.query))
	}
}

func TestHandoverSummary(t *testing.T) {
	assert.Equal(t, "There is no other active member.", RemovalHandover{}.summary())
	assert.Equal(t, "No active member matches “zz”.", RemovalHandover{Query: "zz"}.summary())
	assert.Equal(t, "Showing 1 member.", RemovalHandover{Matching: 1, Candidates: make([]Candidate, 1)}.summary())
	assert.Equal(t, "Showing 2 of 1,000 members: search to find the others. Not all read.",
		RemovalHandover{Matching: 1000, Candidates: make([]Candidate, 2), Note: "Not all read."}.summary())
}
