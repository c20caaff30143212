package directory_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

func idsOf(found []directory.Found) (ids []tallyfy.UserID) {
	for _, f := range found {
		ids = append(ids, f.ID)
	}
	return ids
}

func TestAmongGivesEachOnceInTheOrderOfNames(t *testing.T) {
	s := snapshotOf(t,
		row{ID: 5, Name: "Zoë", Email: "z@example.com"}, row{ID: 4, Name: "Anna Kowalska", Email: "b@example.com"},
		row{ID: 2, Name: "Łukasz", Email: "l@example.com"}, row{ID: 1, Name: "Mateus", Email: "m@example.com"},
	)
	among := s.Among([]tallyfy.UserID{"9", "5", "2", "4", "2", "7"})
	assert.Equal(t, []tallyfy.UserID{"4", "2", "5", "9", "7"}, idsOf(among), "those without a name stand last")
	for _, f := range among[:3] {
		assert.Equal(t, f.ID, f.Member.ID)
	}
	assert.Nil(t, among[3].Member)
	assert.Empty(t, s.Among(nil))

	for query, want := range map[string][]tallyfy.UserID{
		"": {"4", "2", "5", "9", "7"}, " ": {"4", "2", "5", "9", "7"}, "zoe": {"5"}, "KOWALSKA b@": {"4"}, "lukasz zoe": nil, "2": {"2"}, "9": {"9"},
		"mateus": nil, // not among them
		"1":      nil,
	} {
		assert.Equal(t, want, idsOf(s.Fitting(among, query)), query)
	}
}

// Whatever is searched for, Fitting finds among everybody whom Search finds.
func TestFittingAgreesWithSearch(t *testing.T) {
	people := crowd(300)
	people[17].Name, people[170].Name = "Żaneta Przykład", "Søren O’Brien"
	s := snapshotOf(t, people...)
	ids := make([]tallyfy.UserID, len(people))
	for i, p := range people {
		ids[len(ids)-1-i] = tallyfy.UserID(strconv.Itoa(p.ID))
	}
	for _, query := range []string{"", "p", "person 0001", "zaneta", "o'brien soren", "p17@example.com", "42", "42 ", "%", "zzz"} {
		var want []tallyfy.UserID
		for _, m := range s.Search(query, nil) {
			want = append(want, m.ID)
		}
		assert.Equal(t, want, idsOf(s.Fitting(s.Among(ids), query)), query)
	}
}

func TestFittingTexts(t *testing.T) {
	texts := []string{"zoë@example.com", "Anna.Berg@partner.example", "straße@example.com"}
	for query, want := range map[string][]string{
		"": texts, "zoe": texts[:1], "BERG anna": texts[1:2], "strasse": texts[2:], "anna zoe": nil, "example.com": {texts[0], texts[2]},
	} {
		assert.Equal(t, want, directory.FittingTexts(slices.Clone(texts), query), query)
	}
}

// What the people of a group cost depends on the group.
func BenchmarkAmong(b *testing.B) {
	for _, organisation := range []int{5_000, 50_000} {
		s := snapshotOf(b, crowd(organisation)...)
		ids := make([]tallyfy.UserID, 5_000)
		for i := range ids {
			ids[i] = tallyfy.UserID(strconv.Itoa(i*7%5_000 + 1))
		}
		b.Run(strconv.Itoa(organisation), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Fitting(s.Among(ids), "person 00012")
			}
		})
	}
}
