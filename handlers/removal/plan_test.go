package removal_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

const (
	access  = "Jane Doe can't open Aldermoor any more, from that moment on."
	account = "Jane Doe's account is not deleted: it stays in Tallyfy, disabled, and finished work stays as it is."
	stays   = "The open tasks and template steps stay in Jane Doe's name. Jane Doe can't open them, and no one else is asked to do them."
	moves   = "Every open task that is Jane Doe's then goes to Omar Ali."
	steps   = "The template steps that name Jane Doe go to Omar Ali."
)

func TestThePlanSaysExactlyWhatWillHappen(t *testing.T) {
	omar, lena := person(idOmar, "Omar Ali"), person(idLena, "Lena")
	payroll, legal := group("Payroll", idJane), group("Legal", idJane, idOmar, idLena)
	board := group("Board", idJane, idLena)
	for name, test := range map[string]struct {
		leaver       *tallyfy.Member
		tasks        removal.Tasks
		to           *tallyfy.Member
		want, warned []string
		button       string
	}{
		"leave the work": {
			leaver: person(idJane, "Jane Doe", in(legal)), tasks: tasks(5),
			want:   []string{access, "Jane Doe leaves 1 group: Legal.", stays + " There are 5 open tasks now.", account},
			button: "Remove Jane Doe and leave the work in Jane Doe's name",
		},
		"hand over": {
			leaver: person(idJane, "Jane Doe", in(legal, board, payroll)), tasks: tasks(1), to: omar,
			want: []string{
				access, "Jane Doe leaves 3 groups: Payroll, Board and Legal.", "Payroll will have nobody in it. Work sent to Payroll may reach no one.",
				moves + " There is 1 open task now.", steps, "Omar Ali does not join Payroll and Board.", account,
			},
			warned: []string{"Board will have one active member: Lena."},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
		"to somebody who is in all the groups": {
			leaver: person(idJane, "Jane Doe", in(legal)), tasks: tasks(0), to: omar,
			want:   []string{access, "Jane Doe leaves 1 group: Legal.", moves + " There are no open tasks now.", steps, account},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
		"to a light member": {
			leaver: person(idJane, "Jane Doe"), tasks: tasks(5), to: person(idOmar, "Omar Ali", light),
			want:   []string{access, "Jane Doe is in no group, so no group changes.", moves + " There are 5 open tasks now.", steps, account},
			warned: []string{"Omar Ali has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member."},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
		"no groups": {
			leaver: person(idJane, "Jane Doe"), tasks: tasks(0),
			want:   []string{access, "Jane Doe is in no group, so no group changes.", stays + " There are no open tasks now.", account},
			button: "Remove Jane Doe and leave the work in Jane Doe's name",
		},
		"groups not sent, tasks not counted": {
			leaver: person(idJane, "Jane Doe", noGroupsSent),
			want:   []string{access, "Jane Doe leaves every group. Which groups that are could not be read.", stays + " How many there are could not be counted.", account},
			button: "Remove Jane Doe and leave the work in Jane Doe's name",
		},
		"a group that Tallyfy repeats": {
			leaver: person(idJane, "Jane Doe", in(payroll, payroll)), tasks: tasks(0), to: omar,
			want: []string{
				access, "Jane Doe leaves 1 group: Payroll.", "Payroll will have nobody in it. Work sent to Payroll may reach no one.",
				moves + " There are no open tasks now.", steps, "Omar Ali does not join Payroll.", account,
			},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := aCase(test.leaver, omar, lena)
			c.Tasks = test.tasks
			p := c.Plan(test.to)
			assert.Equal(t, test.want, texts(p))
			assert.Equal(t, test.warned, p.Warnings)
			assert.Equal(t, test.button, p.Button())
		})
	}
}

func TestAPlanThatWasKeptPromisesTheSame(t *testing.T) {
	p := aCase(person(idJane, "Jane Doe", in(group("Payroll", idJane)))).Plan(person(idOmar, "Omar Ali"))
	kept, err := json.Marshal(p)
	require.NoError(t, err)
	var again removal.Plan
	require.NoError(t, json.Unmarshal(kept, &again))
	assert.Equal(t, p, again)
}

// What a plan was made from changes while somebody reads it. Only a change of what it promises may stop the button.
func TestSeenChangesWithThePromisesOnly(t *testing.T) {
	payroll := group("Payroll", idJane, idOmar)
	leaver := func() *tallyfy.Member { return person(idJane, "Jane Doe", in(payroll)) }
	omar, lena := person(idOmar, "Omar Ali"), person(idLena, "Lena")
	base := aCase(leaver(), omar, lena).Plan(lena)
	for name, test := range map[string]struct {
		plan removal.Plan
		same bool
	}{
		"the same again": {aCase(leaver(), omar, lena).Plan(person(idLena, "Lena")), true},
		"fewer tasks": {func() removal.Plan {
			c := aCase(leaver(), omar, lena)
			c.Tasks = tasks(2)
			return c.Plan(lena)
		}(), true},
		"tasks not counted": {func() removal.Plan {
			c := aCase(leaver(), omar, lena)
			c.Tasks = removal.Tasks{}
			return c.Plan(lena)
		}(), true},
		"left with the leaver":          {aCase(leaver(), omar, lena).Plan(nil), false},
		"another successor":             {aCase(leaver(), omar, lena).Plan(person(idRob, "Lena")), false},
		"a successor of another name":   {aCase(leaver(), omar, lena).Plan(person(idLena, "Lena F")), false},
		"a successor with a light seat": {aCase(leaver(), omar, lena).Plan(person(idLena, "Lena", light)), false},
		"another leaver":                {aCase(person("9", "Jane Doe", in(group("Payroll", "9", idOmar))), omar, lena).Plan(lena), false},
		"one group more":                {aCase(person(idJane, "Jane Doe", in(payroll, group("Legal", idJane, idOmar, idLena))), omar, lena).Plan(lena), false},
		"no groups sent":                {aCase(person(idJane, "Jane Doe", noGroupsSent), omar, lena).Plan(lena), false},
		"the other one is gone":         {aCase(person(idJane, "Jane Doe", in(group("Payroll", idJane))), omar, lena).Plan(lena), false},
		"the other one is disabled":     {aCase(leaver(), person(idOmar, "Omar Ali", disabled), lena).Plan(lena), false},
		"the successor joined a group":  {aCase(person(idJane, "Jane Doe", in(group("Payroll", idJane, idLena))), omar, lena).Plan(lena), false},
	} {
		t.Run(name, func(t *testing.T) {
			if test.same {
				assert.Equal(t, base.Seen(), test.plan.Seen())
			} else {
				assert.NotEqual(t, base.Seen(), test.plan.Seen())
			}
		})
	}
}
