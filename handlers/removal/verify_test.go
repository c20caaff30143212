package removal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

// check gives what became of the one sentence of that kind.
func check(t *testing.T, p removal.Plan, kind string, a removal.After) (journal.Result, string) {
	t.Helper()
	for i, f := range p.Verify(p.Lines, a) {
		if p.Lines[i].Kind == kind {
			return f.Result, f.Detail
		}
	}
	require.Fail(t, "no such line", kind)
	return journal.NotChecked, ""
}

func TestEachSentenceIsCheckedAgainstWhatWasRead(t *testing.T) {
	payroll, legal := group("Payroll", idJane), group("Legal", idJane, idOmar, idLena)
	jane := person(idJane, "Jane Doe", in(payroll, legal))
	omar := person(idOmar, "Omar Ali")
	c := aCase(jane, omar, person(idLena, "Lena"))
	over, left := c.Plan(omar), c.Plan(nil)
	overUncounted := over // of the successor, when the button was pressed
	over.SuccessorTasksNow = 4
	c.Tasks = tasks(0)
	overNone, leftNone := c.Plan(omar), c.Plan(nil)
	overNone.SuccessorTasksNow = 4
	overBoth := over
	overBoth.Both, overBoth.BothKnown = 2, true
	overKnown := over
	overKnown.BothKnown = true
	c.Tasks = tallyfy.OpenTasks{}
	overUnknown, leftUnknown := c.Plan(omar), c.Plan(nil)
	overUnknown.SuccessorTasksNow = 4

	out := person(idJane, "Jane Doe", disabled)
	leaver := func(m *tallyfy.Member) removal.After { return removal.After{Leaver: m} }
	tasksAre := func(mine, theirs tallyfy.OpenTasks) removal.After {
		return removal.After{Leaver: out, Tasks: mine, SuccessorTasks: theirs}
	}
	groups := func(g tallyfy.Group) removal.After {
		return removal.After{Groups: map[tallyfy.ID]*tallyfy.Group{g.ID: &g}}
	}
	successor := func(m *tallyfy.Member) removal.After { return removal.After{Successor: m} }
	unread := tallyfy.OpenTasks{}

	const yes, no, unknown = journal.Confirmed, journal.NotAsExpected, journal.NotChecked
	for name, test := range map[string]struct {
		plan   removal.Plan
		kind   string
		after  removal.After
		want   journal.Result
		detail string
	}{
		"access ended":                     {over, removal.Access, leaver(out), yes, ""},
		"access ended, by 404":             {over, removal.Access, removal.After{Gone: true}, yes, ""},
		"access ended, by is_active alone": {over, removal.Access, leaver(person(idJane, "Jane Doe", inactive)), yes, ""},
		"access goes on":                   {over, removal.Access, leaver(jane), no, "They are still active."},
		"access not read":                  {over, removal.Access, removal.After{}, unknown, "Tallyfy did not answer."},

		"left":                    {over, removal.Leaves, leaver(out), yes, ""},
		"still in a group":        {over, removal.Leaves, leaver(person(idJane, "Jane Doe", disabled, in(legal))), no, "They are still in Legal."},
		"groups not sent":         {over, removal.Leaves, leaver(person(idJane, "Jane Doe", disabled, noGroupsSent)), unknown, "The groups could not be read."},
		"groups not read":         {over, removal.Leaves, removal.After{}, unknown, "The groups could not be read."},
		"groups of somebody gone": {over, removal.Leaves, removal.After{Gone: true}, unknown, "Tallyfy no longer lists them."},

		"emptied":           {over, removal.Emptied, groups(group("Payroll")), yes, ""},
		"not emptied":       {over, removal.Emptied, groups(withGuests(group("Payroll", idOmar), "a@example.com")), no, "It has 1 member and 1 guest."},
		"emptied, not read": {over, removal.Emptied, removal.After{}, unknown, "The group was not read back."},

		"moved":                         {over, removal.Moves, tasksAre(tasks(0), tasks(9)), yes, "Omar Ali has 9 open tasks now: 4 before and 5 added."},
		"moved, some both had":          {overBoth, removal.Moves, tasksAre(tasks(0), tasks(7)), yes, "Omar Ali has 7 open tasks now: 4 before and 3 added. 2 of the 5 were on both lists already."},
		"moved, known not to be shared": {overKnown, removal.Moves, tasksAre(tasks(0), tasks(8)), unknown, "None is in their name any more. Omar Ali has 8 open tasks now; 4 before and 5 added would make 9. The missing 1 may have been finished meanwhile."},
		"moved, one less than that":     {overBoth, removal.Moves, tasksAre(tasks(0), tasks(6)), unknown, "None is in their name any more. Omar Ali has 6 open tasks now; 4 before and 3 added would make 7. 2 of the 5 were on both lists already. The missing 1 may have been finished meanwhile."},
		"none to move":                  {overNone, removal.Moves, tasksAre(tasks(0), tasks(0)), yes, ""},
		"moved, and more came":          {over, removal.Moves, tasksAre(tasks(0), tasks(12)), yes, "Omar Ali has 12 open tasks now: 4 before, 5 added and 3 more since."},
		"moved, all but one":            {over, removal.Moves, tasksAre(tasks(0), tasks(8)), unknown, "None is in their name any more. Omar Ali has 8 open tasks now; 4 before and 5 added would make 9. The missing 1 may have been finished meanwhile, or have been on both lists, where they count once."},
		"moved, or none of them":        {over, removal.Moves, tasksAre(tasks(0), tasks(4)), unknown, "None is in their name any more. Omar Ali has 4 open tasks now; 4 before and 5 added would make 9. The missing 5 may have been finished meanwhile, or have been on both lists, where they count once."},
		"moved, only one is there":      {over, removal.Moves, tasksAre(tasks(0), tasks(1)), unknown, "None is in their name any more. Omar Ali has 1 open task now; 4 before and 5 added would make 9. The missing 8 may have been finished meanwhile, or have been on both lists, where they count once."},
		"moved, Omar's not known":       {overUncounted, removal.Moves, tasksAre(tasks(0), tasks(900)), unknown, "None is in their name any more. Omar Ali has 900 open tasks now; how many there were before is not known."},
		"moved to nobody, not known":    {overUncounted, removal.Moves, tasksAre(tasks(0), tasks(0)), no, "None is in their name any more, but Omar Ali has no open task either."},
		"none to move, fewer now":       {overNone, removal.Moves, tasksAre(tasks(0), tasks(1)), yes, ""},
		"not moved":                     {over, removal.Moves, tasksAre(tasks(2), tasks(9)), no, "2 open tasks are still in their name."},
		"one not moved":                 {over, removal.Moves, tasksAre(tasks(1), tasks(9)), no, "1 open task is still in their name."},
		"moved to nobody":               {over, removal.Moves, tasksAre(tasks(0), tasks(0)), no, "None is in their name any more, but Omar Ali has no open task either."},
		"moved, but is it to Omar":      {over, removal.Moves, tasksAre(tasks(0), unread), unknown, "None is in their name any more; those of Omar Ali could not be counted."},
		"moved, not counted":            {over, removal.Moves, tasksAre(unread, tasks(9)), unknown, "The open tasks could not be counted."},
		"moved, not counted before":     {overUnknown, removal.Moves, tasksAre(tasks(0), tasks(9)), unknown, "None is in their name now; how many there were is not known."},
		"not moved, unknown before":     {overUnknown, removal.Moves, tasksAre(tasks(3), tasks(9)), no, "3 open tasks are still in their name."},
		"template steps":                {over, removal.Templates, tasksAre(tasks(0), tasks(9)), unknown, "Tallyfy's API can't list template steps by person. Check your templates in Tallyfy."},
		"template steps stay":           {left, removal.StepsStay, tasksAre(tasks(5), unread), unknown, "Tallyfy's API can't list template steps by person. Check your templates in Tallyfy."},
		"template steps, all gone":      {left, removal.StepsStay, removal.After{Gone: true}, unknown, "Tallyfy's API can't list template steps by person. Check your templates in Tallyfy."},
		"stay":                          {left, removal.Stays, tasksAre(tasks(5), unread), yes, "5 open tasks are in their name."},
		"stay, there were none":         {leftNone, removal.Stays, tasksAre(tasks(0), unread), yes, "0 open tasks are in their name."},
		"do not stay":                   {left, removal.Stays, tasksAre(tasks(0), unread), no, "No open task is in their name any more."},
		"some do not stay":              {left, removal.Stays, tasksAre(tasks(1), unread), unknown, "1 open task is in their name; when the plan was made there were 5."},
		"stay, not counted":             {left, removal.Stays, tasksAre(unread, unread), unknown, "The open tasks could not be counted."},
		"stay, not counted before":      {leftUnknown, removal.Stays, tasksAre(tasks(5), unread), unknown, "The open tasks could not be counted."},
		"did not join":                  {over, removal.NotJoin, successor(person(idOmar, "Omar Ali", in(legal))), yes, ""},
		"joined":                        {over, removal.NotJoin, successor(person(idOmar, "Omar Ali", in(legal, payroll))), no, "Omar Ali is now in Payroll."},
		"joined, not read":              {over, removal.NotJoin, removal.After{}, unknown, "The groups could not be read."},
		"joined, groups not sent":       {over, removal.NotJoin, successor(person(idOmar, "Omar Ali", noGroupsSent)), unknown, "The groups could not be read."},
		"account kept":                  {over, removal.Account, leaver(out), yes, ""},
		"account not disabled":          {over, removal.Account, leaver(jane), no, "The account is not disabled."},
		"account not listed anymore":    {over, removal.Account, removal.After{Gone: true}, unknown, "Tallyfy no longer lists them."},
		"account not read":              {over, removal.Account, removal.After{}, unknown, "Tallyfy did not answer."},
	} {
		t.Run(name, func(t *testing.T) {
			result, detail := check(t, test.plan, test.kind, test.after)
			assert.Equal(t, test.want, result)
			assert.Equal(t, test.detail, detail)
		})
	}
}

// For a while after a removal what is not as expected may become so, as far as Tallyfy has it to do.
func TestARemovalThatIsStillBeingCarriedOut(t *testing.T) {
	payroll, legal := group("Payroll", idJane), group("Legal", idJane, idOmar, idLena)
	jane, omar := person(idJane, "Jane Doe", in(payroll, legal)), person(idOmar, "Omar Ali")
	c := aCase(jane, omar, person(idLena, "Lena"))
	over, left := c.Plan(omar), c.Plan(nil)
	c.Tasks = tallyfy.OpenTasks{}
	overUnknown := c.Plan(omar)
	out := person(idJane, "Jane Doe", disabled)
	groups := func(g tallyfy.Group) removal.After {
		return removal.After{Groups: map[tallyfy.ID]*tallyfy.Group{g.ID: &g}}
	}
	moving := func(mine, theirs int) removal.After {
		return removal.After{Leaver: out, Tasks: tasks(mine), SuccessorTasks: tasks(theirs)}
	}
	for name, test := range map[string]struct {
		plan   removal.Plan
		kind   string
		after  removal.After
		want   journal.Result
		detail string
	}{
		"some have moved":          {over, removal.Moves, moving(2, 3), journal.GoingOn, "3 of 5 moved so far, look again."},
		"and others have come":     {over, removal.Moves, moving(7, 3), journal.GoingOn, "0 of 5 moved so far, look again."},
		"of how many is not known": {overUnknown, removal.Moves, moving(2, 3), journal.GoingOn, "2 open tasks are still in their name. Look again in a moment."},
		"on their way":             {over, removal.Moves, moving(0, 0), journal.GoingOn, "None is in their name any more, but Omar Ali has no open task either. Look again in a moment."},
		"all have moved":           {over, removal.Moves, moving(0, 5), journal.NotChecked, "None is in their name any more. Omar Ali has 5 open tasks now; how many there were before is not known."},
		"still in a group":         {over, removal.Leaves, removal.After{Leaver: person(idJane, "Jane Doe", disabled, in(legal))}, journal.GoingOn, "They are still in Legal. Look again in a moment."},
		"not emptied yet":          {over, removal.Emptied, groups(payroll), journal.GoingOn, "It has 1 member and 0 guests. Look again in a moment."},
		"somebody joined":          {over, removal.Emptied, groups(group("Payroll", idJane, idOmar)), journal.NotAsExpected, "It has 2 members and 0 guests."},
		"a guest joined":           {over, removal.Emptied, groups(withGuests(payroll, "a@example.com")), journal.NotAsExpected, "It has 1 member and 1 guest."},
		"not to be moved":          {left, removal.Stays, moving(0, 0), journal.NotAsExpected, "No open task is in their name any more."},
	} {
		t.Run(name, func(t *testing.T) {
			test.after.Settling = true
			result, detail := check(t, test.plan, test.kind, test.after)
			assert.Equal(t, test.want, result)
			assert.Equal(t, test.detail, detail)
		})
	}
}

func TestASentenceWithoutACheckIsNotConfirmed(t *testing.T) {
	lines := []journal.Line{{Kind: "of a later version", Text: "Something."}}
	assert.Equal(t, []journal.Finding{{Result: journal.NotChecked}}, removal.Facts{}.Verify(lines, removal.After{Gone: true}))
}

// Who was deleted before stays in Tallyfy's list of the group.
func TestAGroupOfPeopleWhoAreGoneIsEmptied(t *testing.T) {
	const stranger tallyfy.UserID = "99"
	jane := person(idJane, "Jane Doe", in(group("Payroll", idJane, stranger), group("Legal", idJane, idOmar, "98")))
	p := aCase(jane, person(idOmar, "Omar Ali")).Plan(nil)
	assert.Equal(t, []tallyfy.UserID{stranger}, p.Gone)
	for _, test := range []struct {
		left   tallyfy.Group
		want   journal.Result
		detail string
	}{
		{group("Payroll", stranger), journal.Confirmed, ""},
		{group("Payroll", stranger, idOmar), journal.NotAsExpected, "It has 1 member and 0 guests."},
		{group("Payroll", idJane, stranger), journal.NotAsExpected, "It has 1 member and 0 guests."},
	} {
		result, detail := check(t, p, removal.Emptied, removal.After{Groups: map[tallyfy.ID]*tallyfy.Group{test.left.ID: &test.left}})
		assert.Equal(t, test.want, result)
		assert.Equal(t, test.detail, detail)
	}
}
