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
		now   string
	}{
		"some":           {tallyfy.OpenTasks{Checked: true, Total: 3, Sample: []tallyfy.Task{owned(idJane, idOmar), owned(idJane), owned(idOmar, idJane)}}, 2, "There are 3 open tasks now. Omar Ali has 2 of them already."},
		"none":           {tallyfy.OpenTasks{Checked: true, Total: 1, Sample: []tallyfy.Task{owned(idJane, idLena)}}, 0, "There is 1 open task now."},
		"not all read":   {tallyfy.OpenTasks{Checked: true, Total: 200, Sample: []tallyfy.Task{owned(idJane, idOmar)}}, 0, "There are 200 open tasks now."},
		"owners missing": {tallyfy.OpenTasks{Checked: true, Total: 2, Sample: []tallyfy.Task{owned(idJane, idOmar), {}}}, 0, "There are 2 open tasks now."},
	} {
		t.Run(name, func(t *testing.T) {
			d := aCase(person(idJane, "Jane Doe"))
			d.Tasks = test.tasks
			p := d.Plan(person(idOmar, "Omar Ali"))
			assert.Equal(t, test.both, p.Both)
			for _, line := range p.Lines {
				if line.Kind == removal.Moves {
					assert.Equal(t, test.now, line.Now)
				}
			}
		})
	}
}
