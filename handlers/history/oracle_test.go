package history_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

// An oracle knows what really was: when somebody came into a group and left it, and what of that can be known.
type oracle struct {
	began bool // in at the beginning
	flips []time.Time
	// seen are the moments at which it is certain how it was: the ends of readings, and of changes made here.
	// A change happened between the beginning of the one and the end of the next.
	seen []look
}

type membership struct {
	group tallyfy.ID
	who   tallyfy.UserID
}

// A look says how it was at some moment from began to ended.
type look struct {
	began, ended time.Time
	in           bool
	reading      bool
}

func (o *oracle) at(t time.Time) bool {
	in := o.began
	for _, f := range o.flips {
		if !f.After(t) {
			in = !in
		}
	}
	return in
}

// determined is what the looks around a moment say, if they agree: then it was so, unless it was undone between them.
func (o *oracle) determined(t time.Time) history.Presence {
	var before, after *look
	for i, l := range o.seen {
		if !l.ended.After(t) {
			before = &o.seen[i]
		}
		if after == nil && !l.began.Before(t) {
			after = &o.seen[i]
		}
	}
	if before == nil || after == nil {
		return history.NotKnown
	}
	// A reading under way at the moment may have seen something else than those around it.
	for _, l := range o.seen {
		if l.began.Before(t) && l.ended.After(t) && l.in != before.in {
			return history.NotKnown
		}
	}
	if before.in != after.in {
		return history.NotKnown
	}
	if before.in {
		return history.In
	}
	return history.Out
}

// day is what is known of a day that lasts from a moment until before another one: as the latest reading had it, if
// that is of the day, else how it was at its end. part says that somebody who was out then was seen in on the day.
func (o *oracle) day(from, until time.Time) (p history.Presence, asRead, part bool) {
	if last := o.seen[len(o.seen)-1]; !last.began.Before(from) && last.ended.Before(until) {
		asRead, p = true, history.Out
		if last.in {
			p = history.In
		}
	} else {
		p = o.determined(until.Add(-time.Millisecond))
	}
	for _, l := range o.seen {
		part = part || p == history.Out && l.in && !l.began.Before(from) && l.ended.Before(until)
	}
	return p, asRead, part
}

// ever reports that somebody was in at a moment from from until before until.
func (o *oracle) ever(from, until time.Time) bool {
	in := o.at(from)
	for _, f := range o.flips {
		in = in || !f.Before(from) && f.Before(until) && o.at(f)
	}
	return in
}

// undone reports that between the looks around a moment there was a change and its reverse, which nobody can see.
func (o *oracle) undone(t time.Time) bool {
	from, to := time.Time{}, time.Time{}
	for _, l := range o.seen {
		if !l.ended.After(t) {
			from = l.began
		}
		if to.IsZero() && !l.began.Before(t) {
			to = l.ended
		}
	}
	n := 0
	for _, f := range o.flips {
		if f.After(from) && !f.After(to) {
			n++
		}
	}
	return n > 1
}

func (l look) String() string {
	return fmt.Sprintf("%s-%s %t", l.began.Format(time.TimeOnly), l.ended.Format(time.TimeOnly), l.in)
}

// Random people come and go at random times, here and elsewhere, and readings of random length end
// at random times. Two replicas take turns at them, and now and then the database fails.
func TestNoAnswerIsEverWrong(t *testing.T) {
	t.Parallel()
	answers, days := map[history.Presence]int{}, map[history.Presence]int{}
	parts, readings, lost := 0, 0, 0
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 15))
		d := newDesk(t, memory(t))
		replicas := []*history.History{d.History}
		d.open("a secret")
		replicas = append(replicas, d.History)
		groups := []tallyfy.ID{"a", "b"}
		people := []tallyfy.UserID{"1", "2", history.GuestKey("bo@example.com")}
		truth := map[membership]*oracle{}
		for _, g := range groups {
			d.group(g, string(g))
			for _, p := range people {
				o := &oracle{began: random.IntN(2) == 0}
				d.move(g, p, o.began)
				truth[membership{g, p}] = o
			}
		}
		some := func(most time.Duration) time.Duration {
			return time.Millisecond * time.Duration(1+random.Int64N(most.Milliseconds()))
		}
		flip := func(g tallyfy.ID, p tallyfy.UserID) {
			o := truth[membership{g, p}]
			o.flips = append(o.flips, d.now)
			d.move(g, p, o.at(d.now))
		}
		elsewhere := func() { flip(groups[random.IntN(2)], people[random.IntN(3)]) }
		for range 25 {
			d.after(some(time.Hour))
			switch random.IntN(5) {
			case 0, 1:
				elsewhere()
			case 2: // here: the call lies somewhere between its beginning and its end
				g, p := groups[random.IntN(2)], people[random.IntN(3)]
				began, o := d.now, truth[membership{g, p}]
				in := o.at(d.now)
				d.after(some(2 * time.Second))
				flip(g, p)
				d.after(some(2 * time.Second))
				wish := edit(g, string(p), "")
				if in {
					wish = edit(g, "", string(p))
				}
				d.change(wish, began, journal.Done)
				// Not known between both, and certain at either end.
				o.seen = append(o.seen, look{began, began, in, false}, look{d.now, d.now, !in, false})
			default:
				// Each group is read at a moment of its own, while others go on.
				began := d.now
				seen := map[tallyfy.ID]tallyfy.Group{}
				for _, g := range groups {
					d.after(some(3 * time.Second))
					seen[g] = d.groups[g]
					for _, p := range people {
						o := truth[membership{g, p}]
						o.seen = append(o.seen, look{began, time.Time{}, o.at(d.now), true})
					}
					if random.IntN(3) == 0 {
						d.after(some(time.Second))
						elsewhere()
					}
				}
				d.after(some(time.Second))
				for _, o := range truth {
					o.seen[len(o.seen)-1].ended = d.now
				}
				whole := d.groups
				d.groups = seen
				d.History = replicas[random.IntN(2)]
				d.observe(history.Reading{By: maren, Members: d.membersNow(), Took: time.Millisecond})
				read := func() { d.observe(history.Reading{By: maren, Groups: d.groupsNow(), Took: d.now.Sub(began)}) }
				if random.IntN(4) == 0 {
					d.takesNoEvents(read)
				} else {
					read()
				}
				d.groups = whole
				if !d.readAt().Equal(d.now) { // it was not stored
					lost++
					for _, o := range truth {
						o.seen = o.seen[:len(o.seen)-1]
					}
				}
			}
		}
		for key, o := range truth {
			g, p := key.group, key.who
			for len(o.seen) > 0 && !o.seen[0].reading { // history begins with a reading, and ends with one
				o.seen = o.seen[1:]
			}
			for len(o.seen) > 0 && !o.seen[len(o.seen)-1].reading {
				o.seen = o.seen[:len(o.seen)-1]
			}
			for range 40 {
				at := march.Add(some(d.now.Sub(march) + time.Hour))
				answer, err := d.At(context.Background(), org, g, p, at)
				if len(o.seen) == 0 && err != nil {
					continue
				}
				require.NoError(t, err)
				answers[answer.Presence]++
				if t.Failed() {
					return
				}
				assert.Equal(t, o.determined(at), answer.Presence, "seed %d: %v at %v\n%+v", seed, key, at.Format(time.TimeOnly), o)
				if was := o.at(at); answer.Presence != history.NotKnown && (answer.Presence == history.In) != was {
					assert.True(t, o.undone(at), "seed %d: %v at %v: %v, and it was %t\n%+v", seed, key, at.Format(time.TimeOnly), answer.Presence, was, o)
				}
				if answer.Presence == history.NotKnown && !answer.From.IsZero() && !answer.To.IsZero() {
					assert.True(t, !at.Before(answer.From) && !at.After(answer.To))
				}
			}
			if len(o.seen) == 0 {
				continue
			}
			first, last := o.seen[0], o.seen[len(o.seen)-1]
			for i := range 20 {
				from := march.Add(some(d.now.Sub(march)))
				until := from.Add(some(3 * time.Hour))
				switch i { // the day of the first reading, and that of the latest one
				case 0:
					from, until = first.began.Add(-some(time.Hour)), first.ended.Add(some(time.Hour))
				case 1:
					from, until = last.began.Add(-some(time.Hour)), last.ended.Add(some(time.Hour))
				case 2: // the latest one lies on midnight
					from, until = last.began.Add(-some(time.Hour)), last.ended
				case 3:
					from, until = last.began.Add(time.Millisecond), last.ended.Add(some(time.Hour))
				}
				roll, err := d.Day(context.Background(), org, g, from, until)
				require.NoError(t, err)
				at := slices.IndexFunc(roll.Answers, func(a history.Answer) bool { return a.Member == p })
				if at < 0 { // a guest who was never seen in the group
					require.NotContains(t, fmt.Sprint(o.seen), "true")
					continue
				}
				a := roll.Answers[at]
				want, asRead, part := o.day(from, until)
				days[a.Presence]++
				if t.Failed() {
					return
				}
				assert.Equal(t, []any{want, asRead, part}, []any{a.Presence, roll.AsRead, a.Part}, "seed %d: %v from %v to %v\n%+v", seed, key, from.Format(time.TimeOnly), until.Format(time.TimeOnly), o)
				if a.Part {
					parts++
					assert.True(t, o.ever(from, until), "seed %d: %v was never in from %v to %v\n%+v", seed, key, from.Format(time.TimeOnly), until.Format(time.TimeOnly), o)
				}
				if asRead {
					readings++
					assert.Equal(t, last.in, a.Presence == history.In)
				}
			}
		}
	}
	assert.Greater(t, answers[history.In], 400)
	assert.Greater(t, answers[history.Out], 400)
	assert.Greater(t, answers[history.NotKnown], 400)
	for _, p := range []history.Presence{history.In, history.Out, history.NotKnown} {
		assert.Greater(t, days[p], 400, p)
	}
	assert.Greater(t, parts, 100)
	assert.Greater(t, readings, 400)
	assert.Greater(t, lost, 60)
}
