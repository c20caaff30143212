package removal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

func TestBlockersComeWithTheirWayOut(t *testing.T) {
	self := func(c *removal.Departure) { c.Self = true }
	alone := func(c *removal.Departure) { c.OtherAdmin = false }
	bots := lifecycle.Blocker{Title: "Jane Doe is a bot.", Out: "Tallyfy does not remove bots. Switch off the integration that it belongs to in Tallyfy."}
	own := lifecycle.Blocker{Title: "This is your own account.", Out: "You can't remove yourself. Ask another administrator.", FindAdmin: true}
	goneAlready := lifecycle.Blocker{Title: "Jane Doe is already disabled.", Out: "Their access to Aldermoor has ended already. What they still hold is listed below; change it in Tallyfy."}
	notYet := lifecycle.Blocker{Title: "Jane Doe has not accepted the invitation yet.", Out: "Withdraw the invitation in Tallyfy under Settings, Organization, Members."}
	standing := lifecycle.Blocker{Title: "Jane Doe is the default administrator.", Out: "Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page."}
	last := lifecycle.Blocker{Title: "Jane Doe is the only active administrator.", Out: "Make somebody else an administrator first, or nobody will be able to manage Aldermoor.", FindAdmin: true}

	for name, test := range map[string]struct {
		leaver *tallyfy.Member
		change []func(*removal.Departure)
		want   []lifecycle.Blocker
	}{
		"nothing":                   {leaver: person(idJane, "Jane Doe")},
		"one of two administrators": {leaver: person(idJane, "Jane Doe", admin)},
		"a last standard member":    {leaver: person(idJane, "Jane Doe"), change: []func(*removal.Departure){alone}},
		"yourself":                  {leaver: person(idJane, "Jane Doe"), change: []func(*removal.Departure){self}, want: []lifecycle.Blocker{own}},
		"a bot":                     {leaver: person(idJane, "Jane Doe", bot), want: []lifecycle.Blocker{bots}},
		"disabled":                  {leaver: person(idJane, "Jane Doe", disabled), want: []lifecycle.Blocker{goneAlready}},
		"active by status only":     {leaver: person(idJane, "Jane Doe", inactive), want: []lifecycle.Blocker{goneAlready}},
		"invited":                   {leaver: person(idJane, "Jane Doe", invited), want: []lifecycle.Blocker{notYet}},
		"default administrator":     {leaver: person(idJane, "Jane Doe", defaultAdmin), want: []lifecycle.Blocker{standing}},
		"last administrator":        {leaver: person(idJane, "Jane Doe", admin), change: []func(*removal.Departure){alone}, want: []lifecycle.Blocker{last}},
		"all that an active one can be": {
			leaver: person(idJane, "Jane Doe", defaultAdmin), change: []func(*removal.Departure){self, alone},
			want: []lifecycle.Blocker{own, standing, last},
		},
		"a disabled bot that is the default administrator and asks itself": {
			leaver: person(idJane, "Jane Doe", defaultAdmin, bot, disabled), change: []func(*removal.Departure){self, alone},
			want: []lifecycle.Blocker{own, bots, goneAlready, standing},
		},
		"an invited default administrator": {leaver: person(idJane, "Jane Doe", defaultAdmin, invited), want: []lifecycle.Blocker{notYet, standing}},
		"a disabled administrator is not the last active one": {
			leaver: person(idJane, "Jane Doe", admin, disabled), change: []func(*removal.Departure){alone}, want: []lifecycle.Blocker{goneAlready},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := aCase(test.leaver)
			for _, f := range test.change {
				f(&c)
			}
			assert.Equal(t, test.want, c.Blockers())
		})
	}
}

func TestOnlyActivePeopleOtherThanTheLeaverCanTakeOver(t *testing.T) {
	jane := person(idJane, "Jane Doe")
	c := aCase(jane)
	for name, test := range map[string]struct {
		member *tallyfy.Member
		want   bool
	}{
		"active":                {person(idOmar, "Omar Ali"), true},
		"light":                 {person(idOmar, "Omar Ali", light), true},
		"administrator":         {person(idOmar, "Omar Ali", defaultAdmin), true},
		"the leaver":            {jane, false},
		"a bot":                 {person(idOmar, "Omar Ali", bot), false},
		"invited":               {person(idOmar, "Omar Ali", invited), false},
		"disabled":              {person(idOmar, "Omar Ali", disabled), false},
		"active by status only": {person(idOmar, "Omar Ali", inactive), false},
		"of an unknown status":  {person(idOmar, "Omar Ali", func(m *tallyfy.Member) { m.Status = "suspended" }), false},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, c.CanTakeOver(test.member)) })
	}
}
