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
	access  = "Jane Doe loses access to Aldermoor immediately."
	account = "Their account is not deleted: it stays in Tallyfy, disabled."
	stays   = "Their open tasks stay in their name."
	stepsOn = "Template steps assigned to them stay as they are."
	nobody  = "They can't open what stays in their name, and nobody else is asked to do it."
	moves   = "All their open tasks are reassigned to Omar Ali."
	steps   = "Template steps assigned to them are reassigned to Omar Ali, too."
)

func TestThePlanSaysExactlyWhatWillHappen(t *testing.T) {
	omar, lena := person(idOmar, "Omar Ali"), person(idLena, "Lena")
	payroll, legal := group("Payroll", idJane), group("Legal", idJane, idOmar, idLena)
	board := group("Board", idJane, idLena)
	for name, test := range map[string]struct {
		leaver       *tallyfy.Member
		tasks        tallyfy.OpenTasks
		to           *tallyfy.Member
		want, warned []string
		button       string
	}{
		"leave the work": {
			leaver: person(idJane, "Jane Doe", in(legal)), tasks: tasks(5),
			want: []string{access, account, "They leave 1 group. | Legal = 2 members", stays + " There are 5 now.", stepsOn}, warned: []string{nobody},
			button: "Remove Jane Doe and leave the work in their name",
		},
		"hand over": {
			leaver: person(idJane, "Jane Doe", in(legal, board, payroll)), tasks: tasks(1), to: omar,
			want: []string{
				access, account, "They leave 3 groups. | Payroll = Nobody | Board = One active member: Lena | Legal = 2 members", "Nobody is left in Payroll. Tasks assigned to that group may reach nobody.",
				moves + " There is 1 now.", steps, "Omar Ali is not added to these 2 groups: | Payroll | Board",
			},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
		"to somebody who is in all the groups": {
			leaver: person(idJane, "Jane Doe", in(legal)), tasks: tasks(0), to: omar,
			want:   []string{access, account, "They leave 1 group. | Legal = 2 members", moves + " There are none now.", steps},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
		"to a light member": {
			leaver: person(idJane, "Jane Doe"), tasks: tasks(5), to: person(idOmar, "Omar Ali", light),
			want:   []string{access, account, "They are in no group, so no group changes.", moves + " There are 5 now.", steps},
			warned: []string{"Omar Ali has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member."},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
		"to somebody with an address": {
			leaver: person(idJane, "Jane Doe", at("jane@example.com")), tasks: tasks(5), to: person(idOmar, "Omar Ali", at("omar@example.com")),
			want: []string{
				access, account, "They are in no group, so no group changes.",
				"All their open tasks are reassigned to Omar Ali (omar@example.com). There are 5 now.", steps,
			},
			button: "Remove Jane Doe and give the work to Omar Ali",
		},
		"to somebody whose name is the address": {
			leaver: person(idJane, "Jane Doe"), tasks: tasks(5), to: person(idOmar, "omar@example.com", at("omar@example.com")),
			want: []string{
				access, account, "They are in no group, so no group changes.", "All their open tasks are reassigned to omar@example.com. There are 5 now.",
				"Template steps assigned to them are reassigned to omar@example.com, too.",
			},
			button: "Remove Jane Doe and give the work to omar@example.com",
		},
		"no groups": {
			leaver: person(idJane, "Jane Doe"), tasks: tasks(0),
			want: []string{access, account, "They are in no group, so no group changes.", stays + " There are none now.", stepsOn}, warned: []string{nobody},
			button: "Remove Jane Doe and leave the work in their name",
		},
		"groups not sent, tasks not counted": {
			leaver: person(idJane, "Jane Doe", noGroupsSent),
			want:   []string{access, account, "They leave every group. Which groups those are could not be read.", stays + " How many there are could not be counted.", stepsOn}, warned: []string{nobody},
			button: "Remove Jane Doe and leave the work in their name",
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

// Who leaves and who takes over is told apart in every sentence, and afterwards, too.
func TestTwoOfOneNameAreToldApartEverywhere(t *testing.T) {
	const out, heir = "Jane Doe (jane@example.com)", "jane doe (j.doe@example.com)"
	other := person(idOmar, "jane doe", at("j.doe@example.com"), light)
	c := aCase(person(idJane, "Jane Doe", at("jane@example.com"), in(group("Payroll", idJane), group("Legal", idJane, idLena, idRob))), other, person(idLena, "Lena"), person(idRob, "Rob"))
	p := c.Plan(other)
	assert.Equal(t, []string{
		out + " loses access to Aldermoor immediately.",
		account,
		"They leave 2 groups. | Payroll = Nobody | Legal = 2 members",
		"Nobody is left in Payroll. Tasks assigned to that group may reach nobody.",
		"All their open tasks are reassigned to " + heir + ". There are 5 now.",
		"Template steps assigned to them are reassigned to " + heir + ", too.",
		heir + " is not added to these 2 groups: | Payroll | Legal",
	}, texts(p))
	assert.Equal(t, []string{heir + " has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member."}, p.Warnings)
	assert.Equal(t, "Remove "+out+" and give the work to "+heir, p.Button())

	_, detail := check(t, p, removal.Access, removal.After{Leaver: c.Leaver})
	assert.Equal(t, "They are still active.", detail)
	_, detail = check(t, p, removal.Moves, removal.After{Tasks: tasks(0), SuccessorTasks: tasks(0)})
	assert.Equal(t, "None is in their name any more, but "+heir+" has no open task either.", detail)
	_, detail = check(t, p, removal.NotJoin, removal.After{Successor: person(idOmar, "jane doe", in(group("Payroll", idOmar)))})
	assert.Equal(t, heir+" is now in Payroll.", detail)

	assert.Equal(t, "Remove Jane Doe and leave the work in their name", c.Plan(nil).Button(), "nobody to be mistaken for")
}

// A group that is left with the leaver's namesake alone says which of the two that is.
func TestTheOneWhoIsLeftIsToldApartFromTheLeaver(t *testing.T) {
	namesake := person(idOmar, "JANE DOE", at("j.doe@example.com"))
	c := aCase(person(idJane, "Jane Doe", at("jane@example.com"), in(group("Legal", idJane, idOmar))), namesake)
	assert.Equal(t, "One active member: JANE DOE (j.doe@example.com)", c.Groups()[0].Left())
}

func TestThePlanInTheJournalIsCheckedAsTheOneThatWasShown(t *testing.T) {
	d := aCase(person(idJane, "Jane Doe", in(group("Payroll", idJane))))
	p := d.Plan(person(idOmar, "Omar Ali"))
	p.SuccessorTasksNow = 7
	var kept removal.Facts
	require.NoError(t, json.Unmarshal(d.Record(p, person(idOmar, "Omar Ali")).Facts, &kept))
	assert.Equal(t, p.Facts, kept)
}

// What a plan was made from changes while somebody reads it. Only a change of what it promises may stop the button.
func TestTheFingerprintChangesWithThePromisesOnly(t *testing.T) {
	payroll := group("Payroll", idJane, idOmar)
	leaver := func() *tallyfy.Member { return person(idJane, "Jane Doe", in(payroll)) }
	omar, lena := person(idOmar, "Omar Ali"), person(idLena, "Lena")
	fingerprint := func(d removal.Departure, to *tallyfy.Member) string { return d.Record(d.Plan(to), to).Fingerprint() }
	base := fingerprint(aCase(leaver(), omar, lena), lena)
	for name, test := range map[string]struct {
		fingerprint string
		same        bool
	}{
		"the same again": {fingerprint(aCase(leaver(), omar, lena), person(idLena, "Lena")), true},
		"fewer tasks": {func() string {
			c := aCase(leaver(), omar, lena)
			c.Tasks = tasks(2)
			return fingerprint(c, lena)
		}(), true},
		"tasks not counted": {func() string {
			c := aCase(leaver(), omar, lena)
			c.Tasks = tallyfy.OpenTasks{}
			return fingerprint(c, lena)
		}(), true},
		"the successor's tasks counted": {func() string {
			d := aCase(leaver(), omar, lena)
			p := d.Plan(lena)
			p.SuccessorTasksNow = 7
			return d.Record(p, lena).Fingerprint()
		}(), true},
		"a successor of another address": {fingerprint(aCase(leaver(), omar, lena), person(idLena, "Lena", at("lena@example.com"))), false},
		"left with the leaver":           {fingerprint(aCase(leaver(), omar, lena), nil), false},
		"another successor":              {fingerprint(aCase(leaver(), omar, lena), person(idRob, "Lena")), false},
		"a successor of another name":    {fingerprint(aCase(leaver(), omar, lena), person(idLena, "Lena F")), false},
		"a successor with a light seat":  {fingerprint(aCase(leaver(), omar, lena), person(idLena, "Lena", light)), false},
		"another leaver":                 {fingerprint(aCase(person("9", "Jane Doe", in(group("Payroll", "9", idOmar))), omar, lena), lena), false},
		"one group more":                 {fingerprint(aCase(person(idJane, "Jane Doe", in(payroll, group("Legal", idJane, idOmar, idLena))), omar, lena), lena), false},
		"no groups sent":                 {fingerprint(aCase(person(idJane, "Jane Doe", noGroupsSent), omar, lena), lena), false},
		"the other one is gone":          {fingerprint(aCase(person(idJane, "Jane Doe", in(group("Payroll", idJane))), omar, lena), lena), false},
		"the other one is disabled":      {fingerprint(aCase(leaver(), person(idOmar, "Omar Ali", disabled), lena), lena), false},
		"the successor joined a group":   {fingerprint(aCase(person(idJane, "Jane Doe", in(group("Payroll", idJane, idLena))), omar, lena), lena), false},
	} {
		t.Run(name, func(t *testing.T) {
			if test.same {
				assert.Equal(t, base, test.fingerprint)
			} else {
				assert.NotEqual(t, base, test.fingerprint)
			}
		})
	}
}
