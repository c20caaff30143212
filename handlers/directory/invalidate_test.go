package directory_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// changed is the change of a member.
func changed(now *tallyfy.Member) directory.Change {
	return directory.Change{Members: true, Member: now}
}

func TestAChangeCorrectsTheOwnCopyAndDropsTheOthers(t *testing.T) {
	a := newAPI(crowd(3))
	d := directory.New(directory.Options{})
	mine, theirs := a.reader(t, d, "mine"), a.reader(t, d, "theirs")
	elsewhere := mine.elsewhere("mine")
	before := mine.whole(3)
	theirs.whole(3)
	elsewhere.whole(3)
	require.EqualValues(t, 3, a.calls.Load())

	d.Invalidate(mine.scope, changed(&tallyfy.Member{ID: "2", FullName: "Ålice Renamed", Status: tallyfy.StatusDisabled}))
	after := mine.whole(3)
	elsewhere.whole(3)
	assert.EqualValues(t, 3, a.calls.Load(), "the own copy and the other organisation's are kept")
	m, ok := after.ByID("2")
	require.True(t, ok)
	assert.Equal(t, tallyfy.StatusDisabled, m.Status)
	assert.Len(t, after.Search("alice", nil), 1)
	assert.Empty(t, after.Search("p2@", nil), "the old address is found no more")
	assert.Equal(t, tallyfy.UserID("2"), after.Search("", nil)[0].ID, "in the order of the new name")
	assert.Equal(t, before.ReadAt, after.ReadAt, "a correction does not make the rest younger")
	old, _ := before.ByID("2")
	assert.Equal(t, "Person 000002", old.Name(), "a copy that a page holds does not change")

	theirs.whole(3)
	assert.EqualValues(t, 4, a.calls.Load(), "the other token's copy was dropped")
}

func TestAChangeBringsInSomebodyNew(t *testing.T) {
	a := newAPI(crowd(3))
	r := a.reader(t, directory.New(directory.Options{}), "token")
	r.whole(3)
	r.cache.Invalidate(r.scope, changed(&tallyfy.Member{ID: "77", FullName: "Newcomer"}))
	_, ok := r.whole(4).ByID("77")
	assert.True(t, ok)
}

func TestAChangeThatIsNotKnownDropsTheOwnCopyToo(t *testing.T) {
	a := newAPI(crowd(3))
	r := a.reader(t, directory.New(directory.Options{}), "token")
	r.whole(3)
	r.cache.Invalidate(r.scope, changed(nil))
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
		r.cache.Invalidate(r.scope, changed(&tallyfy.Member{ID: "2", FullName: "Changed"}))
		open()
		<-done
		require.EqualValues(t, 2, a.calls.Load())
		r.whole(150)
		assert.EqualValues(t, 4, a.calls.Load(), "the reading from before the change was kept")
		r.whole(150)
		assert.EqualValues(t, 4, a.calls.Load())
	})
}

func TestWhatDropsTheCopies(t *testing.T) {
	for name, test := range map[string]struct {
		drop                  func(d *directory.Cache, mine cache.Scope)
		groups, members, them int32 // further calls: for mine, and for the groups of another token
	}{
		"nothing":          {func(*directory.Cache, cache.Scope) {}, 0, 0, 0},
		"a group changed":  {func(d *directory.Cache, s cache.Scope) { d.Invalidate(s, directory.Change{}) }, 1, 0, 1},
		"a member changed": {func(d *directory.Cache, s cache.Scope) { d.Invalidate(s, changed(&tallyfy.Member{ID: "2"})) }, 1, 0, 1},
		"unknown change":   {func(d *directory.Cache, s cache.Scope) { d.Invalidate(s, changed(nil)) }, 1, 1, 1},
		"refresh":          {(*directory.Cache).Forget, 1, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(crowd(3))
			d := directory.New(directory.Options{})
			mine, theirs := a.reader(t, d, "mine"), a.reader(t, d, "theirs")
			elsewhere := mine.elsewhere("mine")
			for _, r := range []reader{mine, theirs, elsewhere} {
				r.groups()
				r.whole(3)
			}
			test.drop(d, mine.scope)
			calls := func(ask func()) int32 {
				before := a.calls.Load()
				ask()
				return a.calls.Load() - before
			}
			assert.Equal(t, test.groups, calls(func() { mine.groups() }))
			assert.Equal(t, test.members, calls(func() { mine.whole(3) }))
			assert.Equal(t, test.them, calls(func() { theirs.groups() }))
			assert.Zero(t, calls(func() { elsewhere.groups(); elsewhere.whole(3) }), "the other organisation")
		})
	}
}

// What is made of a list is kept under its version: the same list has it, whoever reads it and how
// often, and no other one.
func TestListsThatDifferHaveVersionsOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory.New(directory.Options{})
		people := crowd(250)
		a := newAPI(nil)
		a.rows = func(string) []row { return people }
		mine, theirs := a.reader(t, d, "mine"), a.reader(t, d, "theirs")
		first := mine.whole(250)
		again := func(r reader, size int) *directory.Members {
			time.Sleep(10 * time.Minute)
			return r.whole(size)
		}
		later := again(theirs, 250)
		assert.Equal(t, first.Version, later.Version)
		assert.Same(t, &first.Items[0], &later.Items[0], "and the memory")
		assert.NotEqual(t, first.ReadAt, later.ReadAt)
		assert.NotEqual(t, first.Version, a.reader(t, d, "mine").elsewhere("mine").whole(250).Version, "another organisation")

		people = slices.Clone(people)
		people[7].Name = "Somebody Else"
		renamed := again(mine, 250)
		assert.NotEqual(t, first.Version, renamed.Version)
		assert.Len(t, renamed.Search("somebody else", nil), 1)
		assert.Empty(t, first.Search("somebody else", nil))
		people = people[:249]
		fewer := again(mine, 249)
		assert.NotEqual(t, renamed.Version, fewer.Version)
		people = append(people, row{ID: 900, Name: "New", Email: "new@example.com", Status: "active"})
		assert.NotEqual(t, fewer.Version, again(mine, 250).Version)
		before := mine.whole(250).Version
		d.Invalidate(mine.scope, changed(&tallyfy.Member{ID: "2"}))
		assert.NotEqual(t, before, mine.whole(250).Version)
	})
}
