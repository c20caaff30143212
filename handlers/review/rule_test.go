package review_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

func at(day int) tallyfy.Time {
	return tallyfy.Time{Time: time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC)}
}

// An account may have been used for years in another organisation before the invitation to this one
// is accepted.
func TestWhichDateIsTheDayOfJoining(t *testing.T) {
	read := at(20).Time
	for name, c := range map[string]struct {
		want review.Fact
		m    *tallyfy.Member
	}{
		"activated after the invitation": {review.Activated, &tallyfy.Member{ActivatedAt: at(3), ApprovedAt: at(2), CreatedAt: at(1)}},
		"activated and nothing else":     {review.Activated, &tallyfy.Member{ActivatedAt: at(3)}},
		"invited with an old account":    {review.Approved, &tallyfy.Member{ActivatedAt: at(2), ApprovedAt: at(3), CreatedAt: at(1)}},
		"approved":                       {review.Approved, &tallyfy.Member{ApprovedAt: at(3), CreatedAt: at(1)}},
		"created":                        {review.Created, &tallyfy.Member{CreatedAt: at(3)}},
		"no date":                        {review.Seen, &tallyfy.Member{}},
	} {
		day, fact := review.Joined(c.m, nil, read)
		assert.Equal(t, c.want, fact, name)
		if fact != review.Seen {
			assert.Equal(t, at(3).Time, day)
		} else {
			assert.Equal(t, read, day)
		}
	}
}

// Whoever was seen before is not new at each reading.
func TestWithoutADateTheFirstReadingCounts(t *testing.T) {
	seen := map[tallyfy.UserID]review.Sighting{"1": {By: at(4).Time}}
	day, fact := review.Joined(&tallyfy.Member{ID: "1"}, seen, at(20).Time)
	assert.Equal(t, at(4).Time, day)
	assert.Equal(t, review.Seen, fact)
	day, _ = review.Joined(&tallyfy.Member{ID: "2"}, seen, at(20).Time)
	assert.Equal(t, at(20).Time, day, "nobody has seen this one before")
	day, _ = review.Joined(&tallyfy.Member{ID: "1", CreatedAt: at(3)}, seen, at(20).Time)
	assert.Equal(t, at(3).Time, day)
	// An account of long ago was not of this organisation while a reading lacked it.
	seen["1"] = review.Sighting{After: at(10).Time, By: at(11).Time}
	day, fact = review.Joined(&tallyfy.Member{ID: "1", ActivatedAt: at(3), CreatedAt: at(2)}, seen, at(20).Time)
	assert.Equal(t, at(11).Time, day)
	assert.Equal(t, review.Seen, fact)
	day, fact = review.Joined(&tallyfy.Member{ID: "1", ActivatedAt: at(10)}, seen, at(20).Time)
	assert.Equal(t, at(10).Time, day)
	assert.Equal(t, review.Activated, fact)
	members := &directory.Members{Items: []*tallyfy.Member{{ID: "1"}, {ID: "2", CreatedAt: at(3)}}}
	assert.Equal(t, []tallyfy.UserID{"1"}, review.Undated(members))
}

func TestNewcomers(t *testing.T) {
	now := at(20).Time
	assert.Equal(t, now.AddDate(0, 0, -30), review.Newcomers(time.Time{}, now).From, "the first review")
	assert.Equal(t, now.AddDate(0, 0, -30), review.Newcomers(now.AddDate(0, 0, -2), now).From, "nobody slips through who joined while one was under way")
	assert.Equal(t, now.AddDate(0, -3, 0), review.Newcomers(now.AddDate(0, -3, 0), now).From)
	assert.True(t, review.Newcomers(time.Time{}, now).All())
	assert.False(t, review.Rule{New: true, From: now, Role: tallyfy.RoleAdmin}.All())
	assert.False(t, review.Rule{From: now}.All(), "those who joined before the chosen day are in none")
}

// Each rule takes exactly those of the sandbox who fit all of it.
func TestARuleTakesWhoFitsAllOfIt(t *testing.T) {
	s, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	client, err := tallyfy.New(tallyfy.Options{BaseURL: sandbox.BaseURL, Transport: s.Transport()})
	require.NoError(t, err)
	client = client.WithToken(sandbox.AdminToken)
	copies, org := directory.New(directory.Options{}), tallyfy.ID(s.OrgID())
	scope := cache.ScopeOf(sandbox.AdminToken, org)
	var members *directory.Members
	var groups *directory.Groups
	require.Eventually(t, func() bool {
		members, err = copies.Members(t.Context(), client, scope)
		require.NoError(t, err)
		groups, err = copies.Groups(t.Context(), client, scope)
		require.NoError(t, err)
		return members.Ended() && groups.Ended()
	}, 10*time.Second, time.Millisecond)

	all := review.Rule{Invited: true}
	everybody, _ := all.Take(members, groups, nil, nil)
	require.NotEmpty(t, everybody)
	middle := everybody[len(everybody)/2].Joined
	var group review.Group // with one of them, and not with all
	for _, g := range groups.Items {
		if n := len(g.Members); n > 0 && n < 10 {
			group = review.Group{ID: g.ID, Name: g.DisplayName()}
		}
	}
	before := map[tallyfy.UserID]bool{everybody[0].ID: true, everybody[1].ID: true}
	in := func(p *review.Person, id tallyfy.ID) bool {
		g, ok := groups.ByID(id)
		for _, m := range g.Members {
			ok = ok && m != p.ID
		}
		return !ok
	}
	for name, c := range map[string]struct {
		rule review.Rule
		fits func(p *review.Person) bool
	}{
		"from":    {review.Rule{From: middle, Invited: true}, func(p *review.Person) bool { return !p.Joined.Before(middle) }},
		"to":      {review.Rule{To: middle, Invited: true}, func(p *review.Person) bool { return p.Joined.Before(middle) }},
		"invited": {review.Rule{}, func(p *review.Person) bool { return p.Status != tallyfy.StatusInvited }},
		"role":    {review.Rule{Role: tallyfy.RoleAdmin, Invited: true}, func(p *review.Person) bool { return p.Role == tallyfy.RoleAdmin }},
		"group":   {review.Rule{Group: group, Invited: true}, func(p *review.Person) bool { return in(p, group.ID) }},
		"new":     {review.Rule{New: true, Invited: true}, func(p *review.Person) bool { return !before[p.ID] }},
	} {
		t.Run(name, func(t *testing.T) {
			got, unknown := c.rule.Take(members, groups, nil, before)
			assert.Empty(t, unknown)
			taken := map[tallyfy.UserID]bool{}
			for i, p := range got {
				taken[p.ID] = true
				assert.True(t, i == 0 || !p.Joined.Before(got[i-1].Joined), "in the order of joining")
			}
			n := 0
			for _, p := range everybody {
				assert.Equal(t, c.fits(p), taken[p.ID], p.Name)
				if c.fits(p) {
					n++
				}
			}
			assert.Len(t, got, n)
			assert.NotZero(t, n)
			assert.Less(t, n, len(everybody))
		})
	}
	people, unknown := review.Rule{Emails: []string{everybody[2].Email, "nobody@example.com"}, From: at(20).Time}.Take(members, groups, nil, before)
	require.Len(t, people, 1)
	assert.Equal(t, everybody[2], people[0])
	assert.Equal(t, []string{"nobody@example.com"}, unknown)
}

// What is known now counts, and of an invitation alone no day.
func TestTheDayOfJoiningIsTheOneKnownNow(t *testing.T) {
	t.Parallel()
	active := &tallyfy.Member{Status: tallyfy.StatusActive, CreatedAt: at(2), ActivatedAt: at(7)}
	invited := &tallyfy.Member{Status: tallyfy.StatusInvited, CreatedAt: at(2)}
	undated := &tallyfy.Member{Status: tallyfy.StatusActive}
	for name, c := range map[string]struct {
		status tallyfy.Status
		by     review.Fact
		m      *tallyfy.Member
		want   time.Time
		fact   review.Fact
	}{
		"as at the start":      {tallyfy.StatusActive, review.Activated, active, at(7).Time, review.Activated},
		"accepted since":       {tallyfy.StatusInvited, review.Created, active, at(7).Time, review.Activated},
		"seen, accepted since": {tallyfy.StatusInvited, review.Seen, active, at(7).Time, review.Activated},
		"seen":                 {tallyfy.StatusActive, review.Seen, active, at(3).Time, review.Seen},
		"without a date now":   {tallyfy.StatusActive, review.Created, undated, at(3).Time, review.Created},
		"gone":                 {tallyfy.StatusActive, review.Created, nil, at(3).Time, review.Created},
		"gone from invitation": {tallyfy.StatusInvited, review.Created, nil, time.Time{}, ""},
		"still invited":        {tallyfy.StatusInvited, review.Created, invited, time.Time{}, ""},
		"invited anew by now":  {tallyfy.StatusActive, review.Created, invited, time.Time{}, ""},
	} {
		joined, fact := (&review.Person{Status: c.status, Joined: at(3).Time, JoinedBy: c.by}).Joining(c.m)
		assert.Equal(t, c.want, joined, name)
		assert.Equal(t, c.fact, fact, name)
	}
}
