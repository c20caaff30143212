package history_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

const payroll = tallyfy.ID("0c4d1dd0d5b0a9b8a2f1c0ce58a67e11")

func TestTheFirstReadingIsWhatLaterOnesAreComparedWith(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		_, _, known, err := d.Since(t.Context(), org)
		require.NoError(t, err)
		assert.False(t, known)
		d.read()
		assert.Empty(t, d.all(history.Filter{}), "nobody was added: nothing is known from before")
		since, _, known, err := d.Since(t.Context(), org)
		require.NoError(t, err)
		assert.True(t, known)
		assert.True(t, since.Equal(march))
		assert.Equal(t, history.NotKnown, d.at(finance, "1", march.Add(-time.Second)))
	})
}

// Members and groups are read side by side: whoever waits afterwards waits for both.
func TestWaitingIsForAllReadingsThatHaveEnded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, memory(t))
	for i := range 50 {
		o := tallyfy.ID(fmt.Sprint("organisation ", i))
		d.Observe(history.Reading{Org: o, By: maren, Groups: d.groupsNow()})
		d.Observe(history.Reading{Org: o, By: maren, Members: d.membersNow()})
		d.WaitUntilCompared(t.Context(), o, time.Minute)
		_, _, known, err := d.Since(t.Context(), o)
		require.NoError(t, err)
		require.True(t, known, "the groups of %s", o)
	}
}

func TestWhatDiffersBetweenTwoReadingsBecomesEvents(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.group(payroll, "Payroll", "3")
		d.read()
		d.after(time.Hour)
		d.move(finance, "1", false)
		d.move(finance, "2", true)
		delete(d.groups, payroll)
		d.group("b", "Legal", "3")
		bo := d.members["2"]
		bo.Role, bo.Status = tallyfy.RoleLight, tallyfy.StatusDisabled
		d.members["2"] = bo
		d.member("4", "Di", tallyfy.RoleStandard)
		delete(d.members, "3")
		d.read()
		assert.ElementsMatch(t, []string{
			"role Bo standard light", "status Bo active disabled", "member new Di", "member gone Cy",
			"left Ada Finance", "joined Bo Finance", "group gone Payroll", "group new Legal",
		}, d.all(history.Filter{}), "who was in a group that came or went is part of that")
		assert.ElementsMatch(t, []string{"left Payroll", "joined Legal", "member gone Cy"}, d.all(history.Filter{Subject: journal.Subject{Kind: journal.Member, ID: "3"}}))
		assert.ElementsMatch(t, []string{"left Payroll", "group gone Payroll"}, d.all(history.Filter{Subject: journal.Subject{Kind: journal.Group, ID: string(payroll)}}))
		for e, err := range d.List(t.Context(), history.Filter{Org: org}) {
			require.NoError(t, err)
			assert.True(t, e.After.Equal(march) && e.By.Equal(march.Add(time.Hour)), short(e))
		}
		d.after(time.Hour)
		d.group("b", "Law", "3")
		d.read()
		assert.Equal(t, "group renamed Law Legal Law", d.all(history.Filter{})[0])
		assert.Empty(t, d.all(history.Filter{Since: d.newest()}))
	})
}

func TestWhenSomebodyWasFirstSeen(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		since := func(since time.Time, who ...tallyfy.UserID) map[tallyfy.UserID]string {
			list, err := d.FirstSeen(t.Context(), org, who, since)
			require.NoError(t, err)
			text := map[tallyfy.UserID]string{}
			for id, m := range list {
				text[id] = m.By.UTC().Format("2 15:04")
				if !m.After.IsZero() {
					assert.Equal(t, time.Hour, m.By.Sub(m.After), "the reading before lacked them")
				}
			}
			return text
		}
		seen := func() map[tallyfy.UserID]string { return since(time.Time{}, "1", "4", "5") }
		assert.Empty(t, seen())
		d.read()
		d.after(time.Hour)
		d.member("4", "Di", tallyfy.RoleStandard)
		d.read()
		d.after(time.Hour)
		d.member("5", "Eve", tallyfy.RoleStandard)
		assert.Equal(t, map[tallyfy.UserID]string{"1": "3 17:20", "4": "3 18:20"}, seen(), "Eve is not read yet")
		delete(d.members, "4")
		d.read()
		assert.Equal(t, map[tallyfy.UserID]string{"1": "3 17:20", "5": "3 19:20"}, seen())
		d.after(time.Hour)
		d.member("4", "Di", tallyfy.RoleStandard)
		d.read()
		assert.Equal(t, map[tallyfy.UserID]string{"1": "3 17:20", "4": "3 20:20", "5": "3 19:20"}, seen(), "Di came again")
		assert.Equal(t, map[tallyfy.UserID]string{"4": "3 20:20"}, since(march.Add(150*time.Minute)), "nobody else came after that")
		assert.Equal(t, map[tallyfy.UserID]string{"4": "3 20:20", "5": "3 19:20"}, since(march.Add(150*time.Minute), "5"))
		assert.Equal(t, map[tallyfy.UserID]string{"1": "3 17:20", "4": "3 20:20"}, since(march.Add(150*time.Minute), "1"), "the moment counts for Eve")
		many := slices.Repeat([]tallyfy.UserID{"1"}, store.ArgumentsAtOnce)
		assert.Equal(t, map[tallyfy.UserID]string{"1": "3 17:20", "4": "3 20:20", "5": "3 19:20"}, since(march.Add(150*time.Minute), append(many, "5")...))
	})
}

// newest is the id of the newest event.
func (d *desk) newest() string {
	list, err := d.Latest(context.Background(), history.Filter{Org: org}, 1)
	require.NoError(d.t, err)
	require.Len(d.t, list, 1)
	return list[0].ID
}

// rows counts rows, and what is written is told by the times of the reading.
func (d *desk) rows(table string) (n int) {
	require.NoError(d.t, d.db.Read(context.Background(), []any{&n}, `SELECT COUNT(*) FROM `+table))
	return n
}

func TestAnUnchangedReadingOnlyMovesItsTime(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	text := func() (s string) {
		require.NoError(t, d.db.Read(t.Context(), []any{&s}, `SELECT state FROM dashboard_history_readings WHERE list = 'groups'`))
		return s
	}
	before := text()
	for range 3 {
		d.after(2 * time.Minute)
		d.read() // other items of the same contents
	}
	groups := d.groupsNow()
	for range 3 {
		d.after(2 * time.Minute)
		d.observe(history.Reading{By: maren, Members: d.membersNow()})
		d.observe(history.Reading{By: maren, Groups: groups})
	}
	assert.Equal(t, 2, d.rows("dashboard_history_readings"))
	assert.Zero(t, d.rows("dashboard_history_events"))
	assert.Equal(t, before, text())
	_, until, _, err := d.Since(t.Context(), org)
	require.NoError(t, err)
	assert.True(t, until.Equal(d.now))
}

// Others may see less than administrators do: what they do not see has not left.
func TestOnlyReadingsOfAdministratorsCount(t *testing.T) {
	d := newDesk(t, memory(t))
	d.member("9", "Omar", tallyfy.RoleAdmin)
	d.read()
	d.after(time.Hour)
	whole := d.groups
	d.groups = map[tallyfy.ID]tallyfy.Group{}
	d.readAs("2")
	d.observe(history.Reading{By: "9", Groups: d.groupsNow()}) // whose role was not read yet
	assert.Empty(t, d.all(history.Filter{}))
	d.groups = whole

	// Maren is an administrator no longer, and her token sees less.
	d.member(maren, "Maren Dahl", tallyfy.RoleStandard)
	d.groups = map[tallyfy.ID]tallyfy.Group{}
	d.read()
	assert.Empty(t, d.all(history.Filter{}))
	d.groups = whole
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.observe(history.Reading{By: "9", Groups: d.groupsNow()})
	assert.Empty(t, d.all(history.Filter{}), "whether Omar still is one was read too long ago")
	d.observe(history.Reading{By: "9", Members: d.membersNow()})
	assert.ElementsMatch(t, []string{"joined Bo Finance", "role Maren Dahl admin standard"}, d.all(history.Filter{}), "Omar sees all")
}

// Lists are read side by side: the groups may come before the members say that the reader is an
// administrator no longer.
func TestAReadingWaitsForTheRoleOfItsTime(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(time.Minute)
	whole := d.groups
	d.member(maren, "Maren Dahl", tallyfy.RoleStandard)
	d.groups = map[tallyfy.ID]tallyfy.Group{}
	d.after(time.Second)
	d.observe(history.Reading{By: maren, Groups: d.groupsNow(), Took: time.Second})
	d.observe(history.Reading{By: maren, Members: d.membersNow(), Took: time.Second})
	assert.Empty(t, d.all(history.Filter{}), "nobody has left")

	d.groups = whole
	d.member(maren, "Maren Dahl", tallyfy.RoleAdmin)
	d.move(finance, "2", true)
	d.after(time.Minute)
	d.observe(history.Reading{By: maren, Groups: d.groupsNow(), Took: time.Second})
	assert.Empty(t, d.all(history.Filter{}))
	d.after(time.Minute)
	d.observe(history.Reading{By: maren, Members: d.membersNow(), Took: time.Second})
	assert.Equal(t, []string{"joined Bo Finance"}, d.all(history.Filter{}))
}

func TestAChangeMadeHereIsExactAndCountsOnce(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.read()
		d.after(time.Hour)
		made := d.now
		d.after(time.Second)
		d.move(finance, "2", true)
		e := d.change(edit(finance, "2", ""), made, journal.Done)
		d.after(time.Hour)
		d.read()
		assert.Empty(t, d.all(history.Filter{}), "the journal has it")
		assert.Equal(t, 1, d.rows("dashboard_history_events"))
		var entry string
		require.NoError(t, d.db.Read(t.Context(), []any{&entry}, `SELECT entry FROM dashboard_history_events`))
		assert.Equal(t, e.ID, entry)
		assert.Equal(t, history.Out, d.at(finance, "2", made))
		assert.Equal(t, history.NotKnown, d.at(finance, "2", made.Add(500*time.Millisecond)))
		assert.Equal(t, history.In, d.at(finance, "2", made.Add(time.Second)))
		d.after(time.Hour)
		d.read()
		assert.Equal(t, 1, d.rows("dashboard_history_events"))
	})
}

// What others undo between two readings is seen, because the journal knows what was done.
func TestWhatOthersUndidOfAChangeMadeHereIsSeen(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(time.Hour)
	d.change(edit(finance, "2", ""), d.now.Add(-time.Second), journal.Done)
	made := d.now
	d.after(time.Hour)
	d.read()
	assert.Equal(t, []string{"left Bo Finance"}, d.all(history.Filter{}))
	assert.Equal(t, history.In, d.at(finance, "2", made))
	assert.Equal(t, history.NotKnown, d.at(finance, "2", made.Add(time.Minute)))
	assert.Equal(t, history.Out, d.at(finance, "2", d.now))
}

func TestAReadingDuringAChangeMadeHereDoesNotCount(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	_, until, _, _ := d.Since(t.Context(), org)
	d.after(time.Hour)
	e := d.change(edit(finance, "2", ""), d.now, journal.Sent)
	d.after(time.Second)
	d.move(finance, "2", true)
	d.read()
	_, now, _, _ := d.Since(t.Context(), org)
	assert.True(t, until.Equal(now))
	d.after(time.Second)
	require.NoError(t, d.journal.End(t.Context(), e, journal.Outcome{State: journal.Done, At: d.now}))
	d.after(time.Second)
	d.read()
	assert.Empty(t, d.all(history.Filter{}))
	assert.Equal(t, history.In, d.at(finance, "2", d.now))
}

func TestChangesOfOtherKindsMadeHereAreKnown(t *testing.T) {
	subject := func(kind journal.SubjectKind, id string) []journal.Subject {
		return []journal.Subject{{Kind: kind, ID: id, Name: "x"}}
	}
	for name, c := range map[string]struct {
		in   journal.Intent
		does func(d *desk)
	}{
		"deletion":  {journal.Intent{Kind: "group.delete", Subjects: subject(journal.Group, string(finance))}, func(d *desk) { delete(d.groups, finance) }},
		"creation":  {journal.Intent{Kind: "group.create", Subjects: subject(journal.Group, string(payroll)), Plan: journal.Plan{Facts: []byte(`{"Members":["2"]}`)}}, func(d *desk) { d.group(payroll, "Payroll", "2") }},
		"removal":   {journal.Intent{Kind: "member.remove", Subjects: subject(journal.Member, "1")}, func(d *desk) { delete(d.members, "1"); d.move(finance, "1", false) }},
		"disabling": {journal.Intent{Kind: "member.disable", Subjects: subject(journal.Member, "1")}, func(d *desk) { d.status("1", tallyfy.StatusDisabled); d.move(finance, "1", false) }},
		"comeback":  {journal.Intent{Kind: "member.enable", Subjects: subject(journal.Member, "5")}, func(d *desk) { d.status("5", tallyfy.StatusActive) }},
		"role": {
			journal.Intent{Kind: "member.role", Subjects: subject(journal.Member, "2"), Plan: journal.Plan{Facts: []byte(`{"Was":"standard","Is":"light"}`)}},
			func(d *desk) { d.member("2", "Bo", tallyfy.RoleLight) },
		},
		"invitation": {
			journal.Intent{Kind: "member.invite", Subjects: []journal.Subject{{Kind: journal.Member, Email: "eve@example.com"}}},
			func(d *desk) { d.member("7", "Eve", tallyfy.RoleLight) },
		},
		"renaming": {
			journal.Intent{Kind: "group.edit", Subjects: subject(journal.Group, string(finance)), Plan: journal.Plan{Facts: []byte(`{"Name":{"Was":"Finance","Yours":"Money"}}`)}},
			func(d *desk) { d.group(finance, "Money", "1") },
		},
		"several groups": {
			journal.Intent{Kind: "groups.people", Subjects: subject(journal.Group, string(finance)), Plan: journal.Plan{Calls: 1, Facts: []byte(`{"Groups":[{"ID":"` + string(finance) + `","Add":["2"]}]}`)}},
			func(d *desk) { d.move(finance, "2", true) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, memory(t))
			d.member("5", "Ed", tallyfy.RoleStandard)
			d.status("5", tallyfy.StatusDisabled)
			d.read()
			d.after(time.Hour)
			c.does(d)
			e := d.change(c.in, d.now.Add(-time.Second), journal.Sent)
			o := journal.Outcome{State: journal.Done, At: d.now, Parts: []journal.Outcome{{State: journal.Done, Facts: []byte(`{"Add":["2"]}`)}}}
			require.NoError(t, d.journal.End(t.Context(), e, o))
			d.after(time.Hour)
			d.read()
			assert.Empty(t, d.all(history.Filter{}), "not done elsewhere")
			assert.NotZero(t, d.rows("dashboard_history_events"))

			// The same done elsewhere is told.
			d = newDesk(t, memory(t))
			d.member("5", "Ed", tallyfy.RoleStandard)
			d.status("5", tallyfy.StatusDisabled)
			d.read()
			d.after(time.Hour)
			c.does(d)
			d.read()
			assert.NotEmpty(t, d.all(history.Filter{}))
		})
	}
}

func TestWhoJoinsAGroupThatWasCreatedHereIsTold(t *testing.T) {
	d := newDesk(t, memory(t))
	d.move(finance, history.GuestKey(lin), true)
	d.read()
	d.after(time.Hour)
	d.group(payroll, "Payroll", "1")
	d.move(payroll, history.GuestKey("sam@tyres.example.com"), true)
	d.change(journal.Intent{
		Kind: "group.create", Subjects: []journal.Subject{{Kind: journal.Group, ID: string(payroll), Name: "Payroll"}},
		Plan: journal.Plan{Facts: []byte(`{"Members":["1"],"Guests":["Sam@tyres.example.com"]}`)},
	}, d.now.Add(-time.Second), journal.Done)
	d.after(10 * time.Minute)
	d.move(payroll, "3", true)
	d.move(payroll, history.GuestKey(lin), true)
	d.after(time.Hour)
	d.read()
	want := []string{"joined Cy Payroll", "joined " + lin + " Payroll"}
	assert.ElementsMatch(t, want, d.all(history.Filter{Subject: journal.Subject{Kind: journal.Group, ID: string(payroll)}}))
	assert.Equal(t, want[:1], d.all(history.Filter{Subject: journal.Subject{Kind: journal.Member, ID: "3"}}))
	assert.ElementsMatch(t, want, d.all(history.Filter{}), "nothing else says it")
}

func (d *desk) status(id tallyfy.UserID, s tallyfy.Status) {
	m := d.members[id]
	m.Status = s
	d.members[id] = m
}

// Whoever has the id of the moment before is somebody else.
func TestIdsAreTheKey(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(time.Hour)
	delete(d.groups, finance)
	d.group("b", "Finance", "1")
	d.read()
	assert.ElementsMatch(t, []string{"group gone Finance", "group new Finance"}, d.all(history.Filter{}))
}

func TestReplicasMakeOneEventOfWhatTheyBothSee(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.read()
		d.after(time.Hour)
		d.move(finance, "2", true)
		var all sync.WaitGroup
		for range 4 {
			other := *d
			other.db = open()
			other.open("a secret")
			other.read() // the roles
			all.Go(func() {
				other.observe(history.Reading{By: maren, Groups: other.groupsNow()})
			})
		}
		all.Wait()
		assert.Equal(t, []string{"joined Bo Finance"}, d.all(history.Filter{}))
	})
}

// The earlier process stored another state, and this one knows an older one.
func TestAReplicaComparesWithWhatAnotherOneStored(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	other := *d
	other.open("a secret")
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.read()
	other.now = d.now.Add(time.Hour)
	other.read()
	d.now = other.now.Add(time.Hour)
	d.read()
	assert.Equal(t, []string{"joined Bo Finance"}, d.all(history.Filter{}))
}

// Each replica has compared something else with the same reading, and only what the other one found
// was stored.
func TestAReadingThatWasNotStoredIsForgotten(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	other := *d
	other.open("a secret")
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.takesNoEvents(d.read)
	d.after(time.Hour)
	d.move(finance, "2", false)
	d.move(finance, "3", true)
	other.now = d.now
	other.read()
	d.after(time.Hour)
	d.read()
	assert.Equal(t, []string{"joined Cy Finance"}, d.all(history.Filter{}))
	assert.Equal(t, history.Out, d.at(finance, "2", march.Add(time.Minute)))
}

// The database has milliseconds, and no event may have happened outside its interval.
func TestAnIntervalIsNotShortenedByRounding(t *testing.T) {
	d := newDesk(t, memory(t))
	d.now = d.now.Add(500 * time.Microsecond)
	d.read()
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.read()
	for e, err := range d.List(t.Context(), history.Filter{Org: org}) {
		require.NoError(t, err)
		assert.False(t, e.By.Before(d.now), "%s", e.By)
	}
}

func TestAClockThatStepsBackMakesNoNegativeInterval(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(-5 * time.Minute)
	d.move(finance, "2", true)
	d.read()
	assert.Empty(t, d.all(history.Filter{}), "which of both readings is the later one is not known")
	d.after(6 * time.Minute)
	d.read()
	list, err := d.Latest(t.Context(), history.Filter{Org: org}, 1)
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.True(t, list[0].After.Before(list[0].By))

	d.after(-24 * time.Hour) // the clock was wrong before
	d.move(finance, "3", true)
	d.read()
	d.after(time.Hour)
	d.move(finance, "3", false)
	d.read()
	for e, err := range d.List(t.Context(), history.Filter{Org: org}) {
		require.NoError(t, err)
		assert.False(t, e.By.Before(e.After), short(e))
	}
	since, _, _, err := d.Since(t.Context(), org)
	require.NoError(t, err)
	assert.True(t, since.Equal(d.now.Add(-time.Hour)), "history begins anew")
}

func TestEventsAreSwept(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.read()
		d.after(time.Hour)
		d.move(finance, "2", true)
		d.read()
		require.NoError(t, d.SetSeen(t.Context(), org, maren, d.newest()))
		joined := d.now
		d.after(keep - time.Hour)
		d.move(finance, "2", false)
		d.read()
		require.NoError(t, d.Sweep(t.Context()))
		assert.Equal(t, 2, d.rows("dashboard_history_events"))
		d.after(2 * time.Hour)
		d.read()
		require.NoError(t, d.Sweep(t.Context()))
		assert.Equal(t, 1, d.rows("dashboard_history_events"))
		assert.Zero(t, d.rows("dashboard_history_seen"))
		assert.Equal(t, history.NotKnown, d.at(finance, "2", joined))
		since, _, _, err := d.Since(t.Context(), org)
		require.NoError(t, err)
		assert.True(t, since.Equal(d.now.Add(-keep)))
		d.after(keep)
		require.NoError(t, d.Sweep(t.Context()))
		assert.Zero(t, d.rows("dashboard_history_readings")+d.rows("dashboard_history_events"))
	})
}

// The events of an organisation that nobody reads any more go with its last reading, not after it.
func TestNoEventOutlivesItsReading(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.read()
		d.after(time.Hour)
		d.move(finance, "2", true)
		d.read()
		require.Equal(t, 1, d.rows("dashboard_history_events"))
		d.after(keep)
		for range 2 {
			require.NoError(t, d.Sweep(t.Context()))
			assert.Zero(t, d.rows("dashboard_history_readings")+d.rows("dashboard_history_events"))
			d.after(time.Hour)
		}
	})
}

func TestErasingSomebodyKeepsTheNumbers(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB) {
		d := newDesk(t, open())
		d.read()
		d.after(time.Hour)
		d.move(finance, "2", true)
		d.read()
		d.after(time.Hour)
		d.move(finance, "2", false)
		d.read()
		d.after(time.Hour)
		d.read()
		require.NoError(t, d.SetSeen(t.Context(), org, "2", d.newest()))
		count := func(at time.Time) (in, unknown int) {
			roll, err := d.Roll(t.Context(), org, finance, at)
			require.NoError(t, err)
			return roll.Count(history.In), roll.Count(history.NotKnown)
		}
		moments := []time.Time{march, march.Add(30 * time.Minute), march.Add(time.Hour), march.Add(90 * time.Minute), march.Add(2 * time.Hour)}
		type counts struct{ in, unknown int }
		var before []counts
		for _, at := range moments {
			in, unknown := count(at)
			before = append(before, counts{in, unknown})
		}
		require.Equal(t, []counts{{1, 0}, {1, 1}, {2, 0}, {1, 1}, {1, 0}}, before)
		for _, who := range []tallyfy.UserID{"2", "1"} {
			require.NoError(t, d.Erase(t.Context(), org, who, "entry"))
			require.NoError(t, d.Erase(t.Context(), org, who, "entry"), "once more")
			delete(d.members, who)
			d.move(finance, who, false)
			for i, at := range moments {
				in, unknown := count(at)
				assert.Equal(t, before[i], counts{in, unknown}, "%s %d", who, i)
			}
			text := d.atRest()
			assert.NotContains(t, text, "|"+string(who)+"|")
		}
		d.after(time.Hour)
		d.read()
		for _, text := range d.all(history.Filter{}) {
			assert.NotContains(t, text, "Bo")
			assert.NotContains(t, text, "Ada")
		}
		assert.Zero(t, d.rows("dashboard_history_seen"))
	})
}

// atRest is everything that the tables hold.
func (d *desk) atRest() string {
	var all strings.Builder
	for _, query := range []string{
		`SELECT org || '|' || list || '|' || state FROM dashboard_history_readings`,
		`SELECT '|' || member || '|' || grp || '|' || kind || '|' || data FROM dashboard_history_events`,
		`SELECT org || '|' || member || '|' || upto FROM dashboard_history_seen`,
	} {
		require.NoError(d.t, d.db.Query(context.Background(), query, nil, func(rows *sql.Rows) error {
			var text string
			err := rows.Scan(&text)
			fmt.Fprintln(&all, text)
			return err
		}))
	}
	return all.String()
}

func TestNamesAreSealedAndALostSecretBeginsAnew(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.read()
	for _, secret := range []string{`"Bo`, "Finance", `"Ada`, "standard"} { // two letters alone stand in sealed text now and then
		assert.NotContains(t, d.atRest(), secret)
	}
	var id, text string
	require.NoError(t, d.db.Read(t.Context(), []any{&id, &text}, `SELECT id, data FROM dashboard_history_events`))
	var v any
	require.NoError(t, keysOf(t, "a secret").OpenJSON("history event "+string(org)+" "+id, text, &v), "as in the rows of before")
	d.open("another secret")
	assert.Equal(t, []string{"joined"}, d.all(history.Filter{}), "what happened is known, to whom is not shown")
	d.after(time.Hour)
	d.move(finance, "2", false)
	d.read()
	assert.Equal(t, []string{"joined"}, d.all(history.Filter{}), "nothing to compare with")
	since, _, _, err := d.Since(t.Context(), org)
	require.NoError(t, err)
	assert.True(t, since.Equal(d.now))
}

func TestSeenNeverGoesBack(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.read()
	first := d.newest()
	d.after(time.Hour)
	d.move(finance, "3", true)
	d.read()
	second, read := d.newest(), d.now
	d.after(time.Hour)
	for _, id := range []string{first, second, first, "no id"} {
		require.NoError(t, d.SetSeen(t.Context(), org, maren, id))
	}
	upto, at, err := d.Seen(t.Context(), org, maren)
	require.NoError(t, err)
	assert.Equal(t, second, upto)
	assert.True(t, at.Equal(read))
	assert.Empty(t, d.all(history.Filter{Since: upto}))
	upto, _, err = d.Seen(t.Context(), org, "2")
	require.NoError(t, err)
	assert.Empty(t, upto)
}

// Somebody presses Seen in a tab that was opened before the second event.
func TestWhatIsNotSeenIsNotFromBeforeTheTimeOfWhatIs(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.read()
	first, read := d.newest(), d.now
	d.after(time.Hour)
	d.move(finance, "3", true)
	d.read()
	d.after(time.Hour)
	require.NoError(t, d.SetSeen(t.Context(), org, maren, first))
	upto, at, err := d.Seen(t.Context(), org, maren)
	require.NoError(t, err)
	assert.True(t, at.Equal(read), at)
	assert.Equal(t, []string{"joined Cy Finance"}, d.all(history.Filter{Since: upto}))
	assert.Equal(t, []string{"joined Cy Finance"}, d.all(history.Filter{From: at.Add(time.Millisecond)}))
}

func TestOtherOrganisationsAreNotTold(t *testing.T) {
	d := newDesk(t, memory(t))
	d.read()
	d.after(time.Hour)
	d.move(finance, "2", true)
	d.read()
	const other = tallyfy.ID("ffffffffffffffffffffffffffffffff")
	for _, s := range []journal.Subject{{}, {Kind: journal.Member, ID: "2"}, {Kind: journal.Group, ID: string(finance)}} {
		list, err := d.Latest(t.Context(), history.Filter{Org: other, Subject: s}, 10)
		require.NoError(t, err)
		assert.Empty(t, list)
	}
	_, err := d.Roll(t.Context(), other, finance, d.now)
	assert.ErrorIs(t, err, history.ErrUnknownGroup)
}
