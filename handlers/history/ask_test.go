package history_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

func TestAnEventIsFoundByItsID(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.read()
		d.after(time.Hour)
		d.move(finance, "2", true)
		d.read()
		list, err := d.Latest(t.Context(), history.Filter{Org: org}, 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
		e, err := d.Event(t.Context(), org, list[0].ID)
		require.NoError(t, err)
		assert.Equal(t, list[0], e)

		// One that a change made here explains has a receipt, and is none of these.
		d.after(time.Hour)
		made := d.now
		d.move(finance, "3", true)
		d.after(time.Second)
		entry := d.change(edit(finance, "3", ""), made, journal.Done)
		d.after(time.Hour)
		d.read()
		var own string
		require.NoError(t, d.db.Read(t.Context(), []any{&own}, `SELECT id FROM dashboard_history_events WHERE entry <> ''`))
		for name, id := range map[string]string{"here": own, "entry": entry.ID, "none": "", "other": "00000000-0000-7000-8000-000000000000", "no id": "a\x00b"} {
			_, err := d.Event(t.Context(), org, id)
			assert.ErrorIs(t, err, history.ErrNoEvent, name)
		}
		_, err = d.Event(t.Context(), "other", e.ID)
		require.ErrorIs(t, err, history.ErrNoEvent, "of another organisation")
		d.after(keep)
		_, err = d.Event(t.Context(), org, e.ID)
		require.ErrorIs(t, err, history.ErrNoEvent, "past its time, and not swept yet")
	})
}

func TestWhatTallyfyCanBeAsked(t *testing.T) {
	after, by := time.Date(2026, 3, 3, 16, 20, 30, 0, time.UTC), time.Date(2026, 3, 4, 7, 5, 30, 0, time.UTC)
	type asked struct{ kind, about, whyNot string }
	const roles, guests, erased = "System Log", "guests who were added or removed", "deleted for good"
	for _, c := range []struct {
		event history.Event
		want  asked
	}{
		{history.Event{Kind: history.Joined, Member: "2", Group: "g"}, asked{"Group", "g", ""}},
		{history.Event{Kind: history.Left, Member: history.GuestKey(lin), Group: "g"}, asked{"Group", "g", ""}},
		{history.Event{Kind: history.Joined, Group: "g"}, asked{"Group", "g", ""}}, // of somebody who was deleted for good
		{history.Event{Kind: history.GroupNew, Group: "g"}, asked{"Group", "g", ""}},
		{history.Event{Kind: history.GroupRenamed, Group: "g"}, asked{"Group", "g", ""}},
		{history.Event{Kind: history.GroupGone, Group: "g"}, asked{"Group", "g", ""}},
		{history.Event{Kind: history.MemberNew, Member: "2"}, asked{"User", "2", ""}},
		{history.Event{Kind: history.MemberGone, Member: "2"}, asked{"User", "2", ""}},
		{history.Event{Kind: history.StatusChanged, Member: "2"}, asked{"User", "2", ""}},
		{history.Event{Kind: history.RoleChanged, Member: "2"}, asked{whyNot: roles}},
		{history.Event{Kind: history.GuestNew, Member: history.GuestKey(lin)}, asked{whyNot: guests}},
		{history.Event{Kind: history.GuestGone, Member: history.GuestKey(lin)}, asked{whyNot: guests}},
		{history.Event{Kind: history.MemberGone}, asked{whyNot: erased}},
	} {
		c.event.After, c.event.By = after, by
		q, whyNot := c.event.Question()
		assert.Equal(t, []string{c.want.kind, c.want.about}, []string{q.Type, q.About}, c.event.Kind)
		if c.want.whyNot != "" {
			assert.Contains(t, whyNot, c.want.whyNot, c.event.Kind)
			continue
		}
		assert.Empty(t, whyNot, c.event.Kind)
		assert.Equal(t, "2026-03-03 2026-03-04", q.First.Format(time.DateOnly)+" "+q.Last.Format(time.DateOnly))
	}
	// Wherever a day begins, that of the event is among those asked for.
	for _, zone := range []int{-12, 0, 14} {
		moment := time.Date(2026, 3, 4, 11, 0, 0, 0, time.UTC)
		q, _ := (&history.Event{Kind: history.GroupNew, Group: "g", After: moment, By: moment}).Question()
		there := moment.In(time.FixedZone("", zone*3600)).Format(time.DateOnly)
		assert.GreaterOrEqual(t, there, q.First.Format(time.DateOnly))
		assert.LessOrEqual(t, there, q.Last.Format(time.DateOnly))
	}
}

func TestWhatElseMovesMembers(t *testing.T) {
	for want, e := range map[string]history.Event{
		"enabled again": {Kind: history.Joined, Member: "2"}, "disabled or removed": {Kind: history.Left, Member: "2"},
	} {
		assert.Contains(t, e.Aside(), want)
		e.Guest = lin
		assert.Empty(t, e.Aside(), "of guests")
	}
	assert.Empty(t, (&history.Event{Kind: history.GroupRenamed}).Aside())
}

func TestEntriesAreOfTheSameThingAndTime(t *testing.T) {
	after, by := time.Date(2026, 3, 3, 16, 20, 30, 0, time.UTC), time.Date(2026, 3, 4, 7, 5, 30, 0, time.UTC)
	q, _ := (&history.Event{Kind: history.Joined, Member: "2", Group: "g", After: after, By: by}).Question()
	entry := func(id, about tallyfy.FirstText, at time.Time) tallyfy.ActivityEntry {
		return tallyfy.ActivityEntry{ID: id, About: about, Verb: "updated", CreatedAt: tallyfy.Time{Time: at}}
	}
	list := []tallyfy.ActivityEntry{
		entry("too late", "g", by.Add(2*time.Minute)), entry("clock ahead", "g", by.Add(time.Minute)), entry("in it", "g", by.Add(-time.Hour)),
		entry("another", "h", by.Add(-time.Hour)), entry("the member", "2", by.Add(-time.Hour)), entry("clock behind", "g", after.Add(-time.Minute)), entry("too early", "g", after.Add(-2*time.Minute)),
	}
	found, unread := q.Among(list)
	assert.Equal(t, []tallyfy.ActivityEntry{list[1], list[2], list[5]}, found)
	assert.False(t, unread)
	for _, odd := range []tallyfy.ActivityEntry{entry("no time", "g", time.Time{}), entry("nothing", "", by)} {
		found, unread = q.Among([]tallyfy.ActivityEntry{odd})
		assert.Empty(t, found)
		assert.True(t, unread, odd.ID)
	}
}

func TestWhatAnEntrySays(t *testing.T) {
	group, _ := (&history.Event{Kind: history.GroupNew, Group: "g"}).Question()
	member, _ := (&history.Event{Kind: history.MemberNew, Member: "2"}).Question()
	for verb, want := range map[string][2]string{
		"updated":         {"the group was updated", "the member was updated"},
		"disabled":        {"the group was disabled", "the member was disabled"},
		"invite-accepted": {"the invitation was accepted", "the invitation was accepted"},
		"owners-updated":  {"the owners of the group were changed", "the owners of the member were changed"},
		"":                {"something was done to the group", "something was done to the member"},
		"emitted":         {"Tallyfy writes “emitted” of the group", "Tallyfy writes “emitted” of the member"},
	} {
		e := tallyfy.ActivityEntry{Verb: tallyfy.FirstText(verb)}
		assert.Equal(t, want, [2]string{group.Did(e), member.Did(e)}, verb)
	}
}
