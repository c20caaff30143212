package directory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

func TestSearchFindsPeopleTheWayTheyAreTyped(t *testing.T) {
	s := membersOf(t,
		row{ID: 1, Name: "Zoë Lindqvist", Email: "zl@example.com"},
		row{ID: 2, Name: "Siobhán O’Brien", Email: "so@example.com"},
		row{ID: 3, Name: "Chiara D'Angelo", Email: "cd@example.com"},
		row{ID: 4, Name: "Łukasz Wiśniewski", Email: "lw@example.com"},
		row{ID: 5, Name: "Søren Kjærgaard", Email: "sk@example.com"},
		row{ID: 6, Name: "ליאור בן־דוד", Email: "lior@example.com"},
		row{ID: 7, Name: "ليلى الحداد", Email: "layla@example.com"},
		row{ID: 8, Name: "Đorđe Petrović", Email: "dp@example.com"},
		row{ID: 9, Name: "Jonas Weiß", Email: "jw@example.com"},
		row{ID: 10, Name: "Emre Yıldız", Email: "ey@example.com"},
		row{ID: 11, Name: "Nguyễn Thị Mai", Email: "ntm@example.com"},
		row{ID: 12, Name: "", Email: "nameless@example.com"},
	)
	for query, want := range map[string][]tallyfy.UserID{
		"q":             {"1"},
		"zoe":           {"1"},
		"ZOË":           {"1"},
		"zoe\u0308":     {"1"}, // the accent as a character of its own
		"lind zoë":      {"1"}, // words in any order
		"o'brien":       {"2"},
		"o’brien":       {"2"},
		"d’angelo":      {"3"},
		"SIOBHAN":       {"2"},
		"lukasz":        {"4"},
		"Łukasz":        {"4"},
		"wisniewski":    {"4"},
		"soren":         {"5"},
		"kjaergaard":    {"5"},
		"ליאור":         {"6"},
		"בן דוד":        {"6"},
		"الحداد":        {"7"},
		"djordje":       nil, // another spelling, not another accent
		"dorde":         {"8"},
		"weiss":         {"9"},
		"yildiz":        {"10"},
		"nguyen thi":    {"11"},
		"nameless":      {"12"},
		"  zoe   zl@  ": {"1"}, // name and address together
		"zoe chiara":    nil,   // every word must fit
		"%":             nil,
		".*":            nil,
		"zzz":           nil,
	} {
		t.Run(query, func(t *testing.T) {
			assert.Equal(t, want, memberIDs(s.Search(query, nil)))
		})
	}
	assert.Len(t, s.Search("", nil), 12)
	assert.Len(t, s.Search(" \t ", nil), 12)
}

func TestSearchGivesPeopleInTheOrderOfTheirNames(t *testing.T) {
	s := membersOf(t,
		row{ID: 5, Name: "Zoë", Email: "z@example.com"}, row{ID: 4, Name: "Anna Kowalska", Email: "b@example.com"}, row{ID: 3, Name: "anna kowalska", Email: "a@example.com"},
		row{ID: 2, Name: "Łukasz", Email: "l@example.com"}, row{ID: 1, Name: "Mateus", Email: "m@example.com"}, row{ID: 6, Name: "Élodie", Email: "e@example.com"},
	)
	var names []string
	for _, m := range s.Search("", nil) {
		names = append(names, m.Name()+" "+m.Email)
	}
	assert.Equal(t, []string{
		"anna kowalska a@example.com", "Anna Kowalska b@example.com", "Élodie e@example.com", "Łukasz l@example.com", "Mateus m@example.com", "Zoë z@example.com",
	}, names)
}

func TestSearchLeavesOutWhomThePageDoesNotWant(t *testing.T) {
	s := membersOf(t, row{ID: 1, Name: "Anna", Status: "active"}, row{ID: 2, Name: "Annette", Status: "disabled"})
	found := s.Search("ann", func(m *tallyfy.Member) bool { return m.CanWork() })
	require.Len(t, found, 1)
	assert.Equal(t, tallyfy.UserID("1"), found[0].ID)
}

// Nobody is out of reach in a large organisation, from the first letter.
func TestSearchReachesTenThousand(t *testing.T) {
	people := crowd(10_000)
	people[9_876].Name = "Żaneta Przykład"
	s := membersOf(t, people...)
	found := s.Search("z", nil)
	require.Len(t, found, 1)
	assert.Equal(t, "Żaneta Przykład", found[0].Name())
	assert.Len(t, s.Search("p", nil), 10_000)
	seen := map[tallyfy.UserID]bool{}
	for _, m := range s.Search("", nil) {
		seen[m.ID] = true
	}
	assert.Len(t, seen, 10_000)
}

func TestMembersAreFoundByID(t *testing.T) {
	s := membersOf(t, row{ID: 17, Name: "Anna"}, row{ID: 171, Name: "Björn"}, row{ID: 3, Name: "Carl 17"})
	found := s.Search("17", nil)
	require.Len(t, found, 2)
	assert.Equal(t, []string{"Anna", "Carl 17"}, []string{found[0].Name(), found[1].Name()}, "not the one whose id begins like it")
	assert.Empty(t, s.Search("17", func(*tallyfy.Member) bool { return false }), "an id is no way round what a page leaves out")
}

func TestGroupsAreFoundByNameDescriptionAndID(t *testing.T) {
	groups := newAPI(nil).reader(t, directory.New(directory.Options{}), "me").groups()
	for query, want := range map[string][]string{
		"":                               {"b", payrollID, "a", "17"}, // in Tallyfy's order
		" \t":                            {"b", payrollID, "a", "17"},
		"operations":                     {"b"},
		"FREIGHT ops":                    nil,
		"freight opér":                   {"b"},
		"lodz":                           {"a"},
		"o'brien":                        {"a"},
		"17":                             {payrollID, "17"}, // in a text, and as an id
		payrollID:                        {payrollID},
		payrollID[:31]:                   nil, // an id fits whole or not
		strings.ToUpper(payrollID) + "x": nil,
		"%":                              nil,
		".*":                             nil,
	} {
		assert.Equal(t, want, groupIDs(groups.Search(query, nil)), "%q", query)
	}
}

func TestGroupsOfAMember(t *testing.T) {
	groups := newAPI(nil).reader(t, directory.New(directory.Options{}), "me").groups()
	assert.Equal(t, []string{"b", payrollID}, groupIDs(groups.Of("1")), "in the order of the list")
	assert.Equal(t, []string{"b"}, groupIDs(groups.Of("2")))
	assert.Empty(t, groups.Of("3"))
	assert.Empty(t, groups.Of("nobody"))
}

func BenchmarkSearch(b *testing.B) {
	people := crowd(10_000)
	for i := range people {
		people[i].Name = strings.Repeat("Maëlle ", i%3) + people[i].Name
	}
	s := membersOf(b, people...)
	for _, query := range []string{"p", "maelle 0099", "nobody at all"} {
		b.Run(query, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Search(query, nil)
			}
		})
	}
}

func TestNamesThatLookTheSameAreFoundWithoutASearch(t *testing.T) {
	s := membersOf(t,
		row{ID: 1, Name: "Anna Kowalska", Email: "a@example.com"}, row{ID: 2, Name: "anna  kowalska", Email: "b@example.com"},
		row{ID: 3, Name: "Ånna Kowalska", Email: "c@example.com"}, row{ID: 4, Name: "Anna Kowalska-Nowak", Email: "d@example.com"}, row{ID: 5, Name: "", Email: "e@example.com"},
	)
	assert.ElementsMatch(t, []tallyfy.UserID{"1", "2"}, memberIDs(s.Alike("ANNA KOWALSKA")), "accents are seen, and so are more words")
	assert.Equal(t, []tallyfy.UserID{"2"}, memberIDs(s.Others("Anna Kowalska", "1")))
	assert.Empty(t, s.Others("Ånna Kowalska", "3"))
	assert.Equal(t, []tallyfy.UserID{"5"}, memberIDs(s.Alike("E@example.com")), "the address stands for a name that there is not")
	assert.Empty(t, (&directory.Members{}).Alike("Anna Kowalska"), "of what was never read")
}
