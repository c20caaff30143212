package review_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/tallyfy"
)

// What is in place is recorded once, and what was decided besides stays the latest word.
func TestWhatIsInPlaceIsRecordedOnce(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	ops, fin, legal := review.Group{ID: "o", Name: "Operations"}, review.Group{ID: "f", Name: "Finance"}, review.Group{ID: "l", Name: "Legal"}
	wish := func(n int) *review.Decision {
		return &review.Decision{N: n, Member: "100", State: review.Change, At: at, By: maren, Note: "why", Add: []review.Group{ops, fin}, Remove: []review.Group{legal}}
	}
	sent := func(id tallyfy.ID, entry string) review.Result {
		return review.Result{Group: id, Entry: entry, At: at.Add(time.Minute)}
	}
	found := func(id tallyfy.ID, when time.Time) review.Result { return review.Result{Group: id, At: when} }
	add := func(p *review.Person, list []*review.Decision) {
		for _, d := range list {
			d.N, d.At = p.Base()+1, at.Add(time.Hour)
			p.Decisions = append(p.Decisions, d)
		}
	}

	t.Run("in part", func(t *testing.T) {
		t.Parallel()
		p := &review.Person{ID: "100", Decisions: []*review.Decision{wish(1)}}
		results := []review.Result{sent("o", "e1"), found("f", at.Add(time.Minute))}
		list := p.Record(omar, results)
		require.Len(t, list, 2)
		assert.Equal(t, review.Applied, list[0].State)
		assert.Equal(t, omar, list[0].By)
		assert.Equal(t, []review.Group{ops, fin}, list[0].Add)
		assert.Equal(t, []string{"e1"}, list[0].Entries)
		assert.Equal(t, review.Change, list[1].State)
		assert.Equal(t, maren, list[1].By)
		assert.Equal(t, at, list[1].Made(), "it was decided then")
		assert.Empty(t, list[1].Add)
		assert.Equal(t, []review.Group{legal}, list[1].Remove)
		add(p, list)
		assert.Empty(t, p.Record(omar, results), "once")
		list = p.Record(omar, append(results, review.Result{Group: "l", Leave: true, Entry: "e2"}))
		require.Len(t, list, 1)
		assert.Equal(t, []review.Group{legal}, list[0].Remove)
		assert.Empty(t, list[0].Add)
	})
	t.Run("decided anew while it was sent", func(t *testing.T) {
		t.Parallel()
		anew := &review.Decision{N: 2, Member: "100", State: review.Right, At: at.Add(time.Second), By: omar}
		p := &review.Person{ID: "100", Decisions: []*review.Decision{wish(1), anew}}
		assert.Empty(t, p.Record(maren, []review.Result{found("o", at.Add(time.Minute))}), "nothing was sent, and nobody wants it any more")
		results := []review.Result{sent("o", "e1")}
		list := p.Record(maren, results)
		require.Len(t, list, 2)
		assert.Equal(t, []review.Group{ops}, list[0].Add, "what was sent is said")
		assert.Equal(t, review.Right, list[1].State, "and the new decision counts")
		assert.Equal(t, omar, list[1].By)
		add(p, list)
		assert.Equal(t, review.Right, p.Last().State)
		assert.Empty(t, p.Record(maren, results))
	})
	t.Run("decided once more afterwards", func(t *testing.T) {
		t.Parallel()
		p := &review.Person{ID: "100", Decisions: []*review.Decision{wish(1)}}
		results := []review.Result{sent("o", "e1"), sent("f", "e2"), {Group: "l", Leave: true, Entry: "e3"}}
		add(p, p.Record(maren, results))
		require.Equal(t, review.Applied, p.Last().State)
		again := wish(p.Base() + 1)
		again.At = at.Add(2 * time.Hour)
		p.Decisions = append(p.Decisions, again)
		assert.Empty(t, p.Record(maren, append(results, found("o", at.Add(time.Hour)))), "the old results are not those of the new decision")
	})
}
