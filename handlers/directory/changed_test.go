package directory_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

func TestAChangeCorrectsTheOwnCopyAndDropsTheOthers(t *testing.T) {
	a := newAPI(crowd(3))
	cache := directory.New(directory.Options{})
	mine, theirs, elsewhere := a.reader(t, cache, "mine"), a.reader(t, cache, "theirs"), a.reader(t, cache, "mine")
	elsewhere.key = directory.KeyFor("mine", "another organisation")
	before := mine.whole(3)
	theirs.whole(3)
	elsewhere.whole(3)
	require.EqualValues(t, 3, a.calls.Load())

	cache.Changed(mine.key, &tallyfy.Member{ID: "2", FullName: "Ålice Renamed", Status: tallyfy.StatusDisabled})
	after := mine.whole(3)
	elsewhere.whole(3)
	assert.EqualValues(t, 3, a.calls.Load(), "the own copy and the other organisation's are kept")
	m, ok := after.Member("2")
	require.True(t, ok)
	assert.Equal(t, tallyfy.StatusDisabled, m.Status)
	assert.Len(t, after.Search("alice", nil), 1)
	assert.Empty(t, after.Search("p2@", nil), "the old address is found no more")
	assert.Equal(t, tallyfy.UserID("2"), after.Search("", nil)[0].ID, "in the order of the new name")
	assert.Equal(t, before.ReadAt, after.ReadAt, "a correction does not make the rest younger")
	old, _ := before.Member("2")
	assert.Equal(t, "Person 000002", old.Name(), "a copy that a page holds does not change")

	theirs.whole(3)
	assert.EqualValues(t, 4, a.calls.Load(), "the other token's copy was dropped")
}

func TestAChangeBringsInSomebodyNew(t *testing.T) {
	a := newAPI(crowd(3))
	r := a.reader(t, directory.New(directory.Options{}), "token")
	r.whole(3)
	r.cache.Changed(r.key, &tallyfy.Member{ID: "77", FullName: "Newcomer"})
	_, ok := r.whole(4).Member("77")
	assert.True(t, ok)
}

func TestAChangeThatIsNotKnownDropsTheOwnCopyToo(t *testing.T) {
	a := newAPI(crowd(3))
	r := a.reader(t, directory.New(directory.Options{}), "token")
	r.whole(3)
	r.cache.Changed(r.key, nil)
	r.whole(3)
	assert.EqualValues(t, 2, a.calls.Load())
}

// What is being read while something changes may be from before the change, or half and half.
func TestAReadingOverAChangeIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(150))
		before, open := gate()
		a.before = before
		r := a.reader(t, directory.New(directory.Options{}), "token")
		done := make(chan struct{})
		go func() {
			defer close(done)
			r.whole(150) // good enough for the page that waits for it
		}()
		synctest.Wait()
		r.cache.Changed(r.key, &tallyfy.Member{ID: "2", FullName: "Changed"})
		open()
		<-done
		require.EqualValues(t, 2, a.calls.Load())
		r.whole(150)
		assert.EqualValues(t, 4, a.calls.Load(), "the reading from before the change was kept")
		r.whole(150)
		assert.EqualValues(t, 4, a.calls.Load())
	})
}
