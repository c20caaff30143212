package lifecycle_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
)

// disabled is a source in which everybody is disabled.
type disabled struct{}

func (disabled) Member(_ context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	return &tallyfy.Member{ID: id, FullName: "Bo", Status: tallyfy.StatusDisabled}, nil
}

func (disabled) OpenTasks(context.Context, tallyfy.TaskListOptions) tallyfy.OpenTasks {
	return tallyfy.OpenTasks{}
}

func (disabled) Members(context.Context) (*directory.Members, error) {
	return &directory.Members{}, nil
}
func (disabled) CopiedGuests() *directory.Guests { return nil }

// Groups beyond the bound would not be read, and then be taken away as if they had not been wanted.
func TestTheSameGroupsAreNotMoreThanAreRead(t *testing.T) {
	for more, stopped := range map[int]bool{0: false, 1: true} {
		c := &lifecycle.Comeback{Person: lifecycle.Person{Source: disabled{}, ID: "7"}, Groups: lifecycle.SameGroups, BeforeKnown: true}
		m := &tallyfy.Member{ID: "7", GroupsIncluded: true}
		for i := range lifecycle.MostGroups + more {
			id := tallyfy.ID(fmt.Sprint("g", i))
			c.Before = append(c.Before, lifecycle.GroupName{ID: id, Name: string(id)})
			m.Groups = append(m.Groups, tallyfy.Group{ID: id})
		}
		c.ReadGroup = func(_ context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
			return &tallyfy.Group{ID: id, Name: string(id)}, nil
		}
		require.NoError(t, c.Look(t.Context()))
		assert.Equal(t, stopped, c.Plan().Stopped)
		if stopped {
			assert.Contains(t, c.ChoiceProblem(), "Bo was in 101 groups, and at most 100 can be given back here.")
			continue
		}
		_, remove, _ := c.Rest(m)
		assert.Empty(t, remove)
	}
}
