package bulk_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy/sandbox"
)

// One write changes a group for those who come and those who go. What is at stake and was seen does not stop it; what somebody
// else has put at stake since does.
func TestAReviewChangesAGroupAsItWasSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	row := func(who, group string, leave bool) *bulk.Row {
		return &bulk.Row{
			Who:   journal.Subject{Kind: journal.Member, ID: string(d.id(who)), Name: who},
			Group: journal.Subject{Kind: journal.Group, ID: d.group(group).ID, Name: group}, Leave: leave,
		}
	}
	council := d.group("Works Council")
	first := row("maren.dahl", "Works Council", true)
	first.Who = journal.Subject{Kind: journal.Member, ID: strconv.Itoa(council.Members[0]), Name: "first"}
	plan := d.organisation().PlanReview([]*bulk.Row{
		row("chiara.dangelo", "Payroll", true), row("chiara.dangelo", "Finance", true), row("noor.vandermeer", "Finance", false),
		row("chiara.dangelo", "Legal", true), first,
	})
	assert.Equal(t, []string{
		"chiara.dangelo, Payroll: waiting in it → not in it Nobody is left in Payroll: work that is assigned to the group reaches no one then.",
		"chiara.dangelo, Finance: waiting in it → not in it", "noor.vandermeer, Finance: waiting not in it → in it",
		"chiara.dangelo, Legal: nothing to do Is not in the group.", "first, Works Council: waiting in it → not in it",
	}, read(plan.Rows))
	assert.Equal(t, 3, plan.Writes)
	j := &bulk.Job{Org: d.org(), Kind: bulk.Reviewed, Owner: journal.Subject{Kind: journal.Member, ID: string(d.id("maren.dahl")), Name: "Maren Dahl"}}
	require.NoError(t, d.book.Create(t.Context(), j, plan.Rows))
	require.NoError(t, d.book.Start(t.Context(), j, j.Owner, sandbox.AdminToken))
	list, err := d.book.OfReview(t.Context(), j.Org, "")
	require.NoError(t, err)
	require.Len(t, list, 1)
	d.ChangeGroup(council.ID, sandbox.GroupChange{Remove: council.Members[1:]})
	d.ClearRequests()
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, []string{
		"chiara.dangelo, Payroll: done Nobody is left in Payroll: work that is assigned to the group reaches no one then.",
		"chiara.dangelo, Finance: done", "noor.vandermeer, Finance: done", "chiara.dangelo, Legal: nothing to do Is not in the group.",
		"first, Works Council: failed Somebody has changed the group since, and it would be left otherwise than planned: Nobody is left in Works Council: work that is assigned to the group reaches no one then.",
	}, d.rows(j))
	assert.Len(t, d.writes(), 2, "one for each group that changes")
}
