package removal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

// Tasks of both are counted where all tasks and their owners are known; else nothing is claimed.
func TestTasksOfBothAreSaidBefore(t *testing.T) {
	owned := func(ids ...tallyfy.UserID) tallyfy.Task {
		return tallyfy.Task{Owners: tallyfy.TaskOwners{Known: true, Users: ids}}
	}
	for name, test := range map[string]struct {
		tasks tallyfy.OpenTasks
		both  int
		known bool
		now   string
	}{
		"some":           {tallyfy.OpenTasks{Checked: true, Total: 3, Sample: []tallyfy.Task{owned(idJane, idOmar), owned(idJane), owned(idOmar, idJane)}}, 2, true, "There are 3 now. Omar Ali already has 2 of them, so 1 is added."},
		"all":            {tallyfy.OpenTasks{Checked: true, Total: 1, Sample: []tallyfy.Task{owned(idJane, idOmar)}}, 1, true, "There is 1 now. Omar Ali already has it."},
		"them all":       {tallyfy.OpenTasks{Checked: true, Total: 2, Sample: []tallyfy.Task{owned(idJane, idOmar), owned(idJane, idOmar)}}, 2, true, "There are 2 now. Omar Ali already has them all."},
		"none":           {tallyfy.OpenTasks{Checked: true, Total: 1, Sample: []tallyfy.Task{owned(idJane, idLena)}}, 0, true, "There is 1 now."},
		"not all read":   {tallyfy.OpenTasks{Checked: true, Total: 200, Sample: []tallyfy.Task{owned(idJane, idOmar)}}, 0, false, "There are 200 now."},
		"owners missing": {tallyfy.OpenTasks{Checked: true, Total: 2, Sample: []tallyfy.Task{owned(idJane, idOmar), {}}}, 0, false, "There are 2 now."},
	} {
		t.Run(name, func(t *testing.T) {
			d := aCase(person(idJane, "Jane Doe"))
			d.Tasks = test.tasks
			p := d.Plan(person(idOmar, "Omar Ali"))
			assert.Equal(t, test.both, p.Both)
			assert.Equal(t, test.known, p.BothKnown)
			for _, line := range p.Lines {
				if line.Kind == removal.Moves {
					assert.Equal(t, test.now, line.Now)
				}
			}
		})
	}
}
