package membership_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
)

// The table of one person: in or out before, for the others, and for us.
func TestMergeOfOnePerson(t *testing.T) {
	t.Parallel()
	const us = tallyfy.UserID("7")
	add, remove, nothing := membership.People{Add: []tallyfy.UserID{us}}, membership.People{Remove: []tallyfy.UserID{us}}, membership.People{}
	for name, test := range map[string]struct {
		now    []tallyfy.UserID
		wish   membership.People
		in, do bool // in afterwards; and there is something to do
	}{
		"theirs in, kept":           {[]tallyfy.UserID{"1", us}, nothing, true, false},
		"theirs in, removed":        {[]tallyfy.UserID{"1", us}, remove, false, true},
		"theirs in, added":          {[]tallyfy.UserID{"1", us}, add, true, false},
		"theirs out, kept":          {[]tallyfy.UserID{"1"}, nothing, false, false},
		"theirs out, removed":       {[]tallyfy.UserID{"1"}, remove, false, false},
		"theirs out, added":         {[]tallyfy.UserID{"1"}, add, true, true},
		"out, added and removed":    {[]tallyfy.UserID{"1"}, membership.People{Add: add.Add, Remove: remove.Remove}, false, false},
		"in, added and removed":     {[]tallyfy.UserID{"1", us}, membership.People{Add: add.Add, Remove: remove.Remove}, false, true},
		"written with outer space":  {[]tallyfy.UserID{"1", us}, membership.People{Remove: []tallyfy.UserID{" 7 "}}, false, true},
		"the last one of the group": {[]tallyfy.UserID{us}, remove, false, true},
	} {
		members, guests := test.wish.Merge(test.now, nil)
		assert.Equal(t, test.in, slices.Contains(members, us), name)
		assert.Equal(t, len(test.now) > 1 || test.now[0] != us, slices.Contains(members, "1"), name)
		assert.Equal(t, test.do, !test.wish.Effective(test.now, nil).Empty(), name)
		assert.NotNil(t, members, "%s: an empty list empties the group, a missing one would not", name)
		assert.NotNil(t, guests, name)
	}
}

func TestMergeKeepsOrderSpellingAndStrangers(t *testing.T) {
	t.Parallel()
	p := membership.People{
		Add: []tallyfy.UserID{"9", "3", "9"}, Remove: []tallyfy.UserID{"2", "404"},
		AddGuests: []string{"New@X.example", " new@x.example", "ANN@x.example"}, RemoveGuests: []string{" BO@x.example "},
	}
	members, guests := p.Merge([]tallyfy.UserID{"5", "2", "3", "5", "gone"}, []string{"Bo@X.example", "ann@x.example", "zoë@x.example", "Ann@X.example"})
	assert.Equal(t, []tallyfy.UserID{"5", "3", "gone", "9"}, members)
	assert.Equal(t, []string{"ann@x.example", "zoë@x.example", "New@X.example"}, guests)
	assert.Equal(t, membership.People{
		Add: []tallyfy.UserID{"9"}, Remove: []tallyfy.UserID{"2"}, AddGuests: []string{"New@X.example"}, RemoveGuests: []string{"Bo@X.example"},
	}, p.Effective([]tallyfy.UserID{"5", "2", "3", "5", "gone"}, []string{"Bo@X.example", "ann@x.example", "zoë@x.example", "Ann@X.example"}))
}

// The key of a group's people tells another set, and neither the order nor the spelling of an address.
func TestPeopleKey(t *testing.T) {
	t.Parallel()
	key := func(guests []string, members ...tallyfy.UserID) string {
		return membership.PeopleKey(&tallyfy.Group{Members: members, Guests: guests})
	}
	whole := key([]string{"Ann@x.example", "bo@x.example"}, "1", "12")
	assert.Equal(t, whole, key([]string{" bo@x.example", "ann@x.example"}, "12", "1"))
	for _, other := range []string{key(nil), key([]string{"ann@x.example", "bo@x.example"}, "1"), key([]string{"ann@x.example"}, "1", "12"), key([]string{"ann@x.example", "bo@x.example"}, "11", "2")} {
		assert.NotEqual(t, whole, other)
	}
}

// A number is the same id as its text: Tallyfy sends both.
func TestNumberAndTextAreOneID(t *testing.T) {
	t.Parallel()
	var ids tallyfy.UserIDs
	require.NoError(t, ids.UnmarshalJSONFrom(decoder(`[7,"8"]`)))
	members, _ := membership.People{Add: []tallyfy.UserID{"7"}, Remove: []tallyfy.UserID{"8"}}.Merge(ids, nil)
	assert.Equal(t, []tallyfy.UserID{"7"}, members)
}

// organisation is how many people the random groups are made of: few, so that they meet often.
const organisation = 12

func someMembers(r *rand.Rand) (ids []tallyfy.UserID) {
	for _, n := range r.Perm(organisation)[:r.IntN(organisation+1)] {
		ids = append(ids, tallyfy.UserID(fmt.Sprint(n)))
	}
	return ids
}

func someGuests(r *rand.Rand) (list []string) {
	for _, n := range r.Perm(organisation)[:r.IntN(organisation/2)] {
		address := fmt.Sprintf("guest%d@x.example", n)
		if r.IntN(3) == 0 {
			address = " " + strings.ToUpper(address)
		}
		list = append(list, address)
	}
	return list
}

func wish(r *rand.Rand) membership.People {
	return membership.People{Add: someMembers(r), Remove: someMembers(r), AddGuests: someGuests(r), RemoveGuests: someGuests(r)}
}

// A group for the properties.
type people struct {
	members []tallyfy.UserID
	guests  []string
}

func (g people) after(p membership.People) people {
	m, guests := p.Merge(g.members, g.guests)
	return people{m, guests}
}

// set is who is in it, in no order.
func (g people) set() map[string]bool {
	in := map[string]bool{}
	for _, id := range g.members {
		in[strings.TrimSpace(string(id))] = true
	}
	for _, address := range g.guests {
		in[membership.GuestKey(address)] = true
	}
	return in
}

func TestPropertiesOfTheMerge(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		base := people{someMembers(r), someGuests(r)}
		theirs := base.after(wish(r))
		ours := wish(r)
		merged := theirs.after(ours)
		context := fmt.Sprintf("seed %d: base %v, theirs %v, ours %+v: %v", seed, base, theirs, ours, merged)
		in, was := merged.set(), theirs.set()

		removed := people{ours.Remove, ours.RemoveGuests}.set()
		added := people{ours.Add, ours.AddGuests}.set()
		for who := range was {
			require.True(t, in[who] || removed[who], "%s is lost, and nobody wanted that. %s", who, context)
		}
		for who := range added {
			require.True(t, in[who] || removed[who], "%s was added. %s", who, context)
		}
		for who := range in {
			require.True(t, was[who] || added[who], "%s comes from nowhere. %s", who, context)
			require.False(t, removed[who], "%s was removed. %s", who, context)
		}
		require.Len(t, in, len(merged.members)+len(merged.guests), "nobody twice. %s", context)
		stayed := slices.DeleteFunc(slices.Clone(theirs.members), func(id tallyfy.UserID) bool { return !in[string(id)] })
		require.Equal(t, stayed, merged.members[:len(stayed)], "who was there stays in front, in order. %s", context)
		require.Equal(t, theirs.after(membership.People{}).set(), was, "no wish, no change. %s", context)
		require.Equal(t, merged, merged.after(ours), "twice is once. %s", context)

		// What a change did, and only that, is undone. Whoever came meanwhile stays.
		did := ours.Effective(theirs.members, theirs.guests)
		require.Equal(t, was, merged.after(did.Inverse()).set(), context)
		require.True(t, did.Effective(merged.members, merged.guests).Empty(), "there is nothing more to do. %s", context)
		require.Equal(t, merged, theirs.after(did), "what it did is all of it. %s", context)

		// Changes about different people do not care about their order.
		even, odd := wish(r), wish(r)
		about := func(p *membership.People, rest int) {
			other := func(id tallyfy.UserID) bool { return len(id)%2 == 0 != (rest == 0) }
			otherGuest := func(address string) bool { return len(strings.TrimSpace(address))%2 == 0 != (rest == 0) }
			p.Add, p.Remove = slices.DeleteFunc(p.Add, other), slices.DeleteFunc(p.Remove, other)
			p.AddGuests, p.RemoveGuests = slices.DeleteFunc(p.AddGuests, otherGuest), slices.DeleteFunc(p.RemoveGuests, otherGuest)
		}
		about(&even, 0)
		about(&odd, 1)
		require.Equal(t, base.after(even).after(odd).set(), base.after(odd).after(even).set(), context)
	}
}

func TestMergeOfATextAsksOnlyWhenBothChangedIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		was, now, yours, want string
		conflict              bool
	}{
		"nobody":                        {"a", "a", "a", "a", false},
		"we":                            {"a", "a", "b", "b", false},
		"they":                          {"a", "b", "a", "b", false},
		"both, the same":                {"a", "b", "b", "b", false},
		"both, differently":             {"a", "b", "c", "b", true},
		"they, and we only space":       {"a", "b", " a ", "b", false},
		"they only space":               {"a", " a", "c", "c", false},
		"line ends of a form":           {"a\nb", "a\nb", "a\r\nb", "a\nb", false},
		"line ends, and they something": {"a\nb", "x", "a\r\nb", "x", false},
		"we empty it":                   {"a", "a", "", "", false},
		"they have emptied it":          {"a", "", "c", "", true},
		"letter case is a change":       {"sales", "sales", "Sales", "Sales", false},
	} {
		got, conflict := membership.Text{Was: test.was, Yours: test.yours}.Merge(test.now)
		assert.Equal(t, test.want, got, name)
		assert.Equal(t, test.conflict, conflict, name)
	}
}

func decoder(text string) *jsontext.Decoder { return jsontext.NewDecoder(strings.NewReader(text)) }
