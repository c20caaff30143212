package review_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/store"
)

// entryOf is the entry of a change that was planned, in a state.
func entryOf(c change.Change, plan change.Plan, state journal.State) *journal.Entry {
	return &journal.Entry{Intent: journal.Intent{Kind: c.Kind(), Plan: plan.Plan}, State: state}
}

func TestAStartSaysHowManyAndNobody(t *testing.T) {
	eachEngine(t, func(d *desk) {
		ctx := d.t.Context()
		r := &review.Review{Org: org, Spec: review.Spec{Name: "November", By: maren, Rule: review.Rule{New: true}}, People: people(100, 3)}
		c := &review.Starting{Book: d.Book, Org: org, Review: r, Rule: "Joined since 1 Nov 2026"}
		found := func(state journal.State) (journal.Result, string, error) {
			e := entryOf(c, c.Plan(), state)
			findings, err := c.Check(ctx, e)
			if err != nil {
				return "", "", err
			}
			e.Check = &journal.Check{Findings: findings}
			_, text := c.Summary(e, false)
			return findings[0].Result, text, nil
		}
		require.NoError(d.t, c.Look(ctx))
		plan := c.Plan()
		assert.Equal(d.t, "The review “November” of 3 people is started. Its rule: Joined since 1 Nov 2026.", plan.Lines[0].Text)
		assert.Equal(d.t, r.ID, review.IDOf(entryOf(c, plan, journal.Sent)))
		for _, personal := range []string{"Person 100", "@example.com", `"100"`} {
			assert.NotContains(d.t, string(plan.Facts)+plan.Did+plan.Will+plan.Lines[0].Text, personal)
		}
		assert.Empty(d.t, plan.Subjects)
		assert.Empty(d.t, plan.Concerned)

		result, text, err := found(journal.Sent)
		require.NoError(d.t, err)
		assert.Equal(d.t, journal.NotAsExpected, result, "the process died before the review was kept")
		assert.Equal(d.t, "The review “November” was not started.", text)
		_, err = c.Send(ctx)
		require.NoError(d.t, err)
		for _, state := range []journal.State{journal.Sent, journal.Done} {
			result, text, err = found(state)
			require.NoError(d.t, err)
			assert.Equal(d.t, journal.Confirmed, result, state)
			assert.Equal(d.t, "The review “November” was started.", text)
		}
		d.clock = d.clock.Add(d.Keep)
		_, _, err = found(journal.Done)
		require.ErrorIs(d.t, err, review.ErrNotFound, "what was confirmed stays so when the review is past its time")
	})
}

// What is kept here alone says so, and says what was found where a process died before it kept anything.
func TestWhatADeadProcessDidNotKeep(t *testing.T) {
	eachEngine(t, func(d *desk) {
		ctx, r := d.t.Context(), d.start(2)
		sets := d.DB.StarterSets(d.Keys, d.Now)
		finance := []store.PlannedGroup{{ID: "1", Name: "Finance"}}
		for want, c := range map[string]change.Change{
			"The review “November” is not closed.":                                               &review.Closing{Book: d.Book, Org: org, ID: r.ID, By: maren, Members: everybody},
			"It is otherwise now: There is no starter set for people with the job title Driver.": &review.SetEdit{Sets: sets, Org: org, Title: "Driver", Groups: finance},
		} {
			require.NoError(d.t, c.Look(ctx))
			plan := c.Plan()
			assert.True(d.t, plan.Here)
			e := entryOf(c, plan, journal.Sent)
			findings, err := c.Check(ctx, e)
			require.NoError(d.t, err)
			assert.Equal(d.t, journal.NotAsExpected, findings[0].Result)
			e.Check = &journal.Check{Findings: findings}
			tone, text := c.Summary(e, false)
			assert.Equal(d.t, change.Warning, tone)
			assert.Equal(d.t, want, text)
		}
	})
}

func TestAnAddingSaysHowManyCame(t *testing.T) {
	eachEngine(t, func(d *desk) {
		ctx := d.t.Context()
		r := d.start(3)
		adding := func(from, n int) (*review.Adding, change.Plan) {
			d.t.Helper()
			d.clock = d.clock.Add(time.Minute)
			c := &review.Adding{Book: d.Book, Org: org, ID: r.ID, People: people(from, n)}
			require.NoError(d.t, c.Look(ctx))
			return c, c.Plan()
		}
		check := func(c *review.Adding, plan change.Plan) journal.Result {
			d.t.Helper()
			findings, err := c.Check(ctx, entryOf(c, plan, journal.Sent))
			require.NoError(d.t, err)
			return findings[0].Result
		}
		c, plan := adding(102, 3)
		assert.Equal(d.t, "The review “November” has 2 people more who joined after it was started.", plan.Lines[0].Text, "one is in it already")
		assert.Equal(d.t, journal.NotAsExpected, check(c, plan))
		other, theirs := adding(200, 2)
		_, err := other.Send(ctx)
		require.NoError(d.t, err)
		assert.Equal(d.t, journal.Confirmed, check(other, theirs))
		assert.Equal(d.t, journal.NotAsExpected, check(c, plan), "others came in")
		_, err = c.Send(ctx)
		require.NoError(d.t, err)
		assert.Equal(d.t, journal.Confirmed, check(c, plan))
		require.NoError(d.t, d.Erase(ctx, org, "103"))
		assert.Equal(d.t, journal.Confirmed, check(c, plan))
		_, plan = adding(103, 2)
		assert.True(d.t, plan.Stopped, "all of them are in it")

		c, plan = adding(300, 1)
		require.False(d.t, plan.Stopped)
		require.NoError(d.t, d.Close(ctx, r, omar, &directory.Members{}))
		_, err = c.Send(ctx)
		require.ErrorIs(d.t, err, review.ErrClosed)
		_, plan = adding(301, 1)
		assert.True(d.t, plan.Stopped)
	})
}
