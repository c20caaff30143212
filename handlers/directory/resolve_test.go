package directory_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

func resolvedIDs(resolved []directory.Resolved[tallyfy.Member, tallyfy.UserID]) (ids []tallyfy.UserID) {
	for _, r := range resolved {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestResolveGivesEachOnceInTheOrderOfNames(t *testing.T) {
	s := membersOf(t,
		row{ID: 5, Name: "Zoë", Email: "z@example.com"}, row{ID: 4, Name: "Anna Kowalska", Email: "b@example.com"},
		row{ID: 2, Name: "Łukasz", Email: "l@example.com"}, row{ID: 1, Name: "Mateus", Email: "m@example.com"},
	)
	resolved := s.Resolve([]tallyfy.UserID{"9", "5", "2", "4", "2", "7"})
	assert.Equal(t, []tallyfy.UserID{"4", "2", "5", "9", "7"}, resolvedIDs(resolved), "those without a name stand last")
	for _, f := range resolved[:3] {
		assert.Equal(t, f.ID, f.Item.ID)
	}
	assert.Nil(t, resolved[3].Item)
	assert.Empty(t, s.Resolve(nil))

	for query, want := range map[string][]tallyfy.UserID{
		"": {"4", "2", "5", "9", "7"}, " ": {"4", "2", "5", "9", "7"}, "zoe": {"5"}, "KOWALSKA b@": {"4"}, "lukasz zoe": nil, "2": {"2"}, "9": {"9"},
		"mateus": nil, // not among them
		"1":      nil,
	} {
		assert.Equal(t, want, resolvedIDs(s.Filter(resolved, query)), query)
	}
}

// Among all ids, Filter finds what Search finds.
func TestFilterAgreesWithSearch(t *testing.T) {
	people := crowd(300)
	people[17].Name, people[170].Name = "Żaneta Przykład", "Søren O’Brien"
	s := membersOf(t, people...)
	ids := make([]tallyfy.UserID, len(people))
	for i, p := range people {
		ids[len(ids)-1-i] = tallyfy.UserID(strconv.Itoa(p.ID))
	}
	for _, query := range []string{"", "p", "person 0001", "zaneta", "o'brien soren", "p17@example.com", "42", "42 ", "%", "zzz"} {
		assert.Equal(t, memberIDs(s.Search(query, nil)), resolvedIDs(s.Filter(s.Resolve(ids), query)), query)
	}
}

func TestMatchComparesTextsAsSearchDoes(t *testing.T) {
	texts := []string{"zoë@example.com", "Anna.Berg@partner.example", "straße@example.com"}
	for query, want := range map[string][]string{
		"": texts, "zoe": texts[:1], "BERG anna": texts[1:2], "strasse": texts[2:], "anna zoe": nil, "example.com": {texts[0], texts[2]},
	} {
		assert.Equal(t, want, directory.Match(slices.Clone(texts), query), query)
	}
}

// What the people of a group cost depends on the group.
func BenchmarkResolve(b *testing.B) {
	for _, organisation := range []int{5_000, 50_000} {
		s := membersOf(b, crowd(organisation)...)
		ids := make([]tallyfy.UserID, 5_000)
		for i := range ids {
			ids[i] = tallyfy.UserID(strconv.Itoa(i*7%5_000 + 1))
		}
		b.Run(strconv.Itoa(organisation), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Filter(s.Resolve(ids), "person 00012")
			}
		})
	}
}

// Ids count that are in the list, whatever their order.
func TestCountOfIDs(t *testing.T) {
	s := membersOf(t, row{ID: 5, Name: "Zoë"}, row{ID: 40, Name: "Anna"}, row{ID: 300, Name: "Mateus"}, row{ID: 7, Name: "Łukasz"})
	for _, ids := range [][]tallyfy.UserID{
		{"5", "7", "40", "300"}, {"300", "40", "7", "5"}, {"300", "5", "40", "7"}, {"1", "5", "6", "7", "40", "41", "300", "301"}, {"x", "300", "7", "5", "40", "-1"},
	} {
		assert.Equal(t, 4, s.Count(ids), ids)
	}
	assert.Equal(t, 2, s.Count([]tallyfy.UserID{"40", "300", "9"}))
	assert.Zero(t, s.Count(nil))
}
