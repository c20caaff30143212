package removal_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

func TestWhatAGroupIsLeftWith(t *testing.T) {
	omar, lena := person(idOmar, "Omar Ali"), person(idLena, "Lena Fischbacher")
	const stranger tallyfy.UserID = "99"
	for name, test := range map[string]struct {
		group      tallyfy.Group
		others     []*tallyfy.Member
		incomplete bool // not all members are known
		want       removal.Held
		left       string
	}{
		"nobody": {
			group: group("Payroll", idJane), want: removal.Held{Cover: removal.NoOne},
			left: "Nobody",
		},
		"nobody, though the leaver is not in its list either": {
			group: group("Payroll"), want: removal.Held{Cover: removal.NoOne},
			left: "Nobody",
		},
		"a guest": {
			group: withGuests(group("Payroll", idJane), "a@example.com"), want: removal.Held{Guests: 1, Cover: removal.GuestsOnly},
			left: "No members, only 1 guest",
		},
		"guests": {
			group: withGuests(group("Payroll", idJane), "a@example.com", "b@example.com"), want: removal.Held{Guests: 2, Cover: removal.GuestsOnly},
			left: "No members, only 2 guests",
		},
		"one active": {
			group: group("Payroll", idJane, idOmar), others: []*tallyfy.Member{omar},
			want: removal.Held{Others: 1, Cover: removal.OneActive, Last: "Omar Ali"}, left: "One active member: Omar Ali",
		},
		"one active and a disabled one after": {
			group: group("Payroll", idOmar, idJane, idLena), others: []*tallyfy.Member{omar, person(idLena, "Lena", disabled)},
			want: removal.Held{Others: 2, Cover: removal.OneActive, Last: "Omar Ali"}, left: "One active member: Omar Ali",
		},
		"two active": {
			group: group("Payroll", idJane, idOmar, idLena), others: []*tallyfy.Member{omar, lena}, want: removal.Held{Others: 2, Cover: removal.Enough}, left: "2 members",
		},
		"disabled, invited and a bot": {
			group:  group("Payroll", idJane, idOmar, idLena, idRob),
			others: []*tallyfy.Member{person(idOmar, "Omar", disabled), person(idLena, "Lena", invited), person(idRob, "Rob", bot)},
			want:   removal.Held{Others: 3, Cover: removal.NoActive},
			left:   "No active members: those left are invited, disabled or bots",
		},
		"somebody who is not in the organisation": {
			group: group("Payroll", idJane, stranger), want: removal.Held{Cover: removal.NoOne},
			left: "Nobody",
		},
		"one active and somebody who is not in the organisation": {
			group: group("Payroll", idJane, stranger, idOmar), others: []*tallyfy.Member{omar},
			want: removal.Held{Others: 1, Cover: removal.OneActive, Last: "Omar Ali"}, left: "One active member: Omar Ali",
		},
		"a guest and somebody who is not in the organisation": {
			group: withGuests(group("Payroll", idJane, stranger), "a@example.com"), want: removal.Held{Guests: 1, Cover: removal.GuestsOnly},
			left: "No members, only 1 guest",
		},
		"somebody not known yet":                 {group: group("Payroll", idJane, stranger), incomplete: true, want: removal.Held{Others: 1, Unknown: 1, Cover: removal.Enough}, left: "1 member"},
		"one active and somebody not known yet":  {group: group("Payroll", idJane, idOmar, stranger), others: []*tallyfy.Member{omar}, incomplete: true, want: removal.Held{Others: 2, Unknown: 1, Cover: removal.Enough}, left: "2 members"},
		"nobody, though not all are known":       {group: group("Payroll", idJane), incomplete: true, want: removal.Held{Cover: removal.NoOne}, left: "Nobody"},
		"one active, known, in a half-read list": {group: group("Payroll", idJane, idOmar), others: []*tallyfy.Member{omar}, incomplete: true, want: removal.Held{Others: 1, Cover: removal.OneActive, Last: "Omar Ali"}, left: "One active member: Omar Ali"},
	} {
		t.Run(name, func(t *testing.T) {
			c := aCase(person(idJane, "Jane Doe", in(test.group)), test.others...)
			c.AllMembers = !test.incomplete
			held := c.Groups()
			require.Len(t, held, 1)
			test.want.ID, test.want.Name = test.group.ID, test.group.Name
			assert.Equal(t, test.want, held[0])
			row := held[0].Row()
			assert.Equal(t, test.left, cmp.Or(row.Now, row.Text))
			assert.Equal(t, test.want.Cover < removal.Enough, row.Warn)
		})
	}
}

func TestGroupsStandInOrderOfNeed(t *testing.T) {
	omar, lena := person(idOmar, "Omar Ali"), person(idLena, "Lena Fischbacher")
	c := aCase(person(idJane, "Jane Doe", in(
		group("Avalanche", idJane, idOmar, idLena),
		group("one active", idJane, idOmar),
		group("No active", idJane, idRob),
		withGuests(group("guests", idJane), "a@example.com"),
		group("zeta, emptied", idJane),
		group("Alpha, emptied", idJane),
	)), omar, lena, person(idRob, "Rob", bot))
	var names []string
	for _, h := range c.Groups() {
		names = append(names, h.Name)
	}
	assert.Equal(t, []string{"Alpha, emptied", "zeta, emptied", "guests", "No active", "one active", "Avalanche"}, names)
}

func TestGroupsInCommon(t *testing.T) {
	payroll, legal := group("Payroll", idJane, idOmar), group("Legal", idJane)
	c := aCase(person(idJane, "Jane Doe", in(payroll, legal)))
	assert.Equal(t, []tallyfy.ID{payroll.ID}, c.Shared(idOmar))
	assert.Empty(t, c.Shared(idLena))
}
