package tallyfy_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// testActivity reads who made a group.
func (s *service) testActivity(t *testing.T) {
	ctx := t.Context()
	me, err := s.client.Organizations.Me(ctx)
	require.NoError(t, err)
	g, _ := s.makeGroup(t)
	s.forget()
	now := time.Now().UTC()
	o := tallyfy.ActivityOptions{Type: tallyfy.ActivityOfGroups, After: now.AddDate(0, 0, -1), Before: now.AddDate(0, 0, 1), PerPage: 50}
	list, all, err := s.client.Activity.Newest(ctx, s.org, o, 1)
	require.NoError(t, err)
	s.wire(t, sent{"GET", s.at("/activity-feeds"), url.Values{
		"created_after": {o.After.Format(time.DateOnly)}, "created_before": {o.Before.Format(time.DateOnly)}, "page": {"1"}, "per_page": {"50"}, "type": {"Group"},
	}.Encode(), "", 200})
	for _, e := range list {
		assert.NotEmpty(t, e.ID)
		assert.NotEmpty(t, e.Verb)
		assert.NotEmpty(t, e.About)
		assert.NotEmpty(t, e.Actor.Name())
		assert.False(t, e.CreatedAt.IsZero())
	}
	if s.server == nil { // how soon an entry is there is not documented
		return
	}
	require.NotEmpty(t, list)
	assert.True(t, all)
	assert.Equal(t, []string{"created", string(g.ID), "user", string(me.ID), me.Email},
		[]string{string(list[0].Verb), string(list[0].About), string(list[0].ActorType), string(list[0].ActorID), string(list[0].Actor.Email)})
	o.Type = "Person"
	_, err = s.client.Activity.List(ctx, s.org, o)
	assert.True(t, tallyfy.IsValidation(err), "%v", err)
}
