package membership_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
	"tallyfy-admin/views/names"
)

// edits is a change of several groups of the seed.
func (d *desk) edits(wishes map[string]membership.People) *membership.Edits {
	c := &membership.Edits{Source: d, Client: d.client, Org: d.org(), RereadFor: time.Nanosecond}
	for name, people := range wishes {
		c.Groups = append(c.Groups, membership.GroupPeople{ID: d.groupID(name), People: people})
	}
	slices.SortFunc(c.Groups, func(a, b membership.GroupPeople) int { return len(d.nameOf(a.ID)) - len(d.nameOf(b.ID)) })
	return c
}

func (d *desk) nameOf(id tallyfy.ID) string {
	g, err := d.Group(d.t.Context(), id)
	require.NoError(d.t, err)
	return g.Name
}

// again is a change that follows from an entry.
func (d *desk) again(wish membership.Edits) *membership.Edits {
	wish.Source, wish.Client, wish.Org, wish.RereadFor, wish.Sure = d, d.client, d.org(), time.Nanosecond, true
	return &wish
}

// carryOutAll carries a change of several groups out, as package change does.
func (d *desk) carryOutAll(c *membership.Edits, between ...func()) *journal.Entry {
	d.t.Helper()
	require.NoError(d.t, c.Look(d.t.Context()))
	p := c.Plan()
	require.False(d.t, p.Stopped)
	for _, f := range between {
		f()
	}
	o := journal.Outcome{State: journal.Done}
	for _, part := range c.Parts() {
		err := part.Send(d.t.Context())
		one := journal.Outcome{State: journal.Done, Facts: part.Facts()}
		var left *change.NotSent
		var answer *tallyfy.Error
		switch {
		case errors.As(err, &left):
			one.State, one.Words = journal.NotSent, left.Words
		case tallyfy.MayHaveHappened(err):
			one.State, o.State = journal.NotConfirmed, journal.NotConfirmed
		case errors.As(err, &answer):
			one.State, one.Words, one.Tallyfys = journal.Refused, answer.Message, true
		}
		o.Parts = append(o.Parts, one)
	}
	e := entry(c, p, o.State)
	e.ID, e.Outcome = "entry", &o
	d.checkAll(c, e)
	return e
}

func (d *desk) checkAll(c change.Change, e *journal.Entry) {
	d.t.Helper()
	findings, err := c.Check(d.t.Context(), e)
	require.NoError(d.t, err)
	require.Len(d.t, findings, len(e.Lines))
	e.Check = &journal.Check{Findings: findings}
}

// withCopy is a desk whose copy of the groups is at hand.
type withCopy struct {
	*desk
	groups *directory.Groups
}

func (w withCopy) CopiedGroups() *directory.Groups { return w.groups }

func (d *desk) withCopy() withCopy {
	groups, err := d.copies.Groups(d.t.Context(), d.client, cache.ScopeOf(sandbox.AdminToken, d.org()))
	require.NoError(d.t, err)
	return withCopy{d, groups}
}

func TestSeveralGroupsFromPlanToCheck(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	noor, chiara := d.id("noor.vandermeer"), d.id("chiara.dangelo")
	finance, fleet := d.group("Finance"), d.group("Fleet and Drivers")
	require.NotContains(t, fleet.Members, d.number("noor.vandermeer"))
	c := d.edits(map[string]membership.People{
		"Finance":           {Add: []tallyfy.UserID{noor}, Remove: []tallyfy.UserID{chiara}},
		"Fleet and Drivers": {Add: []tallyfy.UserID{noor}},
	})
	copied := d.withCopy()
	c.Source = copied
	_, err := copied.Members(t.Context())
	require.NoError(t, err)
	d.ClearRequests()
	e := d.carryOutAll(c)
	assert.Equal(t, map[string]int{"GET": 4, "PUT": 2}, methods(d.Requests()), "two reads and one write for each group")
	for i, r := range d.Requests() {
		if r.Method == "PUT" {
			assert.Equal(t, "GET "+r.Path, d.Requests()[i-1].Method+" "+d.Requests()[i-1].Path, "nothing is asked between reading and writing a group")
		}
	}
	assert.Equal(t, "add Noor van der Meer to Finance and Fleet and Drivers and take Chiara D'Angelo out of Finance", plainer(e.Will))
	assert.Equal(t, 2, e.Calls)
	assert.Equal(t, []string{
		"Noor van der Meer is in Finance. Chiara D'Angelo is not in Finance any more. [confirmed]",
		"Noor van der Meer is in Fleet and Drivers. [confirmed]",
		"Everybody else stays where they are. [confirmed]",
	}, read(e))
	assert.True(t, e.CarriedOut())
	tone, text := c.Summary(e, false)
	assert.Equal(t, change.Good, tone)
	assert.Equal(t, "Noor van der Meer was added to Finance and Fleet and Drivers. Chiara D'Angelo was taken out of Finance.", plainer(text))

	wish, ok := membership.AllUndone(e)
	require.True(t, ok)
	_, ok = membership.AllRepeated(e)
	assert.False(t, ok, "nothing is missing")
	back := d.carryOutAll(d.again(wish))
	assert.ElementsMatch(t, finance.Members, d.group("Finance").Members)
	assert.ElementsMatch(t, fleet.Members, d.group("Fleet and Drivers").Members)
	undoes, _ := membership.Relation(back)
	assert.Equal(t, e.ID, undoes)
}

func plainer(s string) string {
	return strings.NewReplacer("“", "", "”", "").Replace(names.Plain(s))
}

func methods(requests []sandbox.Request) map[string]int {
	n := map[string]int{}
	for _, r := range requests {
		n[r.Method]++
	}
	return n
}

func TestSeveralGroupsEachOnItsOwn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault    sandbox.Fault
		between  func(d *desk)
		finance  string
		reason   string
		tone     change.Tone
		repeated bool
	}{
		"refused": {fault: sandbox.Fault{Method: "PUT", Route: groupRoute, Status: http.StatusForbidden, Times: 1}, finance: "not as expected", reason: "refused", tone: change.Problem, repeated: true},
		"refused, and done by others": {between: func(d *desk) {
			d.Fail(sandbox.Fault{Method: "PUT", Route: groupRoute, Status: http.StatusForbidden, Times: 1, Meanwhile: func() {
				d.ChangeGroup(string(d.groupID("Finance")), sandbox.GroupChange{Add: []int{d.number("noor.vandermeer")}})
			}})
		}, finance: "confirmed", tone: change.Good},
		"no answer":                     {fault: sandbox.Fault{Method: "PUT", Route: groupRoute, Status: http.StatusBadGateway, Times: 1}, finance: "not as expected", reason: "not in", tone: change.Problem},
		"carried out without an answer": {fault: sandbox.Fault{Method: "PUT", Route: groupRoute, Status: http.StatusBadGateway, Execute: true, Times: 1}, finance: "confirmed", tone: change.Good},
		"gone":                          {between: func(d *desk) { d.DeleteGroup(string(d.groupID("Finance"))) }, finance: "not as expected", reason: "gone", tone: change.Problem, repeated: true},
		"done by others": {between: func(d *desk) {
			d.ChangeGroup(string(d.groupID("Finance")), sandbox.GroupChange{Add: []int{d.number("noor.vandermeer")}})
		}, finance: "confirmed", tone: change.Good},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, sandbox.Options{})
			noor := d.id("noor.vandermeer")
			c := d.edits(map[string]membership.People{"Finance": {Add: []tallyfy.UserID{noor}}, "Fleet and Drivers": {Add: []tallyfy.UserID{noor}}})
			e := d.carryOutAll(c, func() {
				d.ClearRequests()
				if test.between != nil {
					test.between(d)
				} else {
					d.Fail(test.fault)
				}
			})
			assert.LessOrEqual(t, methods(d.Requests())["PUT"], 2, "no group is written twice")
			assert.Contains(t, d.group("Fleet and Drivers").Members, d.number("noor.vandermeer"), "the other group is not lost")
			assert.Equal(t, test.finance, string(e.Check.Findings[0].Result))
			assert.Contains(t, e.Check.Findings[0].Detail, test.reason)
			assert.Equal(t, journal.Confirmed, e.Check.Findings[1].Result)
			tone, text := c.Summary(e, false)
			assert.Equal(t, test.tone, tone, text)
			_, ok := membership.AllRepeated(e)
			assert.Equal(t, test.repeated, ok, "what is missing can be applied once more")

			d.checkAll(d.again(membership.Edits{}), e) // a later one, which knows the entry alone
			assert.Equal(t, test.finance, string(e.Check.Findings[0].Result))
			assert.Contains(t, e.Check.Findings[0].Detail, test.reason)
			wish, ok := membership.AllUndone(e)
			require.True(t, ok)
			want := 1
			if name == "carried out without an answer" {
				want = 2
			}
			assert.Len(t, wish.Groups, want, "only what was done here is undone")
		})
	}
}

// What was not sent is not done, whether or not anybody can look.
func TestSeveralGroupsWhenNothingCanBeReadAnyMore(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	noor := d.id("noor.vandermeer")
	c := d.edits(map[string]membership.People{"Finance": {Add: []tallyfy.UserID{noor}}, "Fleet and Drivers": {Add: []tallyfy.UserID{noor}}})
	e := d.carryOutAll(c, func() {
		d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Times: 1, Meanwhile: func() {
			d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Status: 500})
		}})
	})
	assert.Equal(t, []string{
		"Noor van der Meer is in Finance. [could not check] Tallyfy's answer says so. The group could not be read again.",
		"Noor van der Meer is in Fleet and Drivers. [not as expected] The group could not be read.",
		"Everybody else stays where they are. [could not check] Tallyfy's answer says so. The group could not be read again.",
	}, read(e))
	tone, text := c.Summary(e, false)
	assert.Equal(t, change.Problem, tone)
	assert.Equal(t, "Not all of the change is in place: Fleet and Drivers is not as planned. Not checked: Finance.", text)
}

func TestSeveralGroupsStopForWhatIsAtStake(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	var all []tallyfy.UserID
	for _, id := range d.group("Finance").Members {
		all = append(all, tallyfy.UserID(strconv.Itoa(id)))
	}
	noor := d.id("noor.vandermeer")
	wishes := map[string]membership.People{"Finance": {Remove: all, RemoveGuests: d.group("Finance").Guests}, "Fleet and Drivers": {Add: []tallyfy.UserID{noor}}}
	c := d.edits(wishes)
	require.NoError(t, c.Look(t.Context()))
	p := c.Plan()
	assert.True(t, p.Stopped)
	assert.Contains(t, p.Warnings[0], "Nobody is left in Finance")

	c = d.edits(wishes)
	c.Sure = true
	d.carryOutAll(c)
	assert.Empty(t, d.group("Finance").Members, "seen, and wanted")

	// Somebody takes the others out between the plan and the call.
	d = newDesk(t, sandbox.Options{})
	one := d.group("Finance").Members[0]
	c = d.edits(map[string]membership.People{"Finance": {Remove: []tallyfy.UserID{tallyfy.UserID(strconv.Itoa(one))}}, "Fleet and Drivers": {Add: []tallyfy.UserID{noor}}})
	e := d.carryOutAll(c, func() {
		d.ChangeGroup(string(d.groupID("Finance")), sandbox.GroupChange{Remove: d.group("Finance").Members[1:], RemoveGuests: d.group("Finance").Guests})
	})
	assert.Equal(t, []int{one}, d.group("Finance").Members, "not left empty without a word")
	assert.Contains(t, e.Check.Findings[0].Detail, "Nobody is left in Finance")
	assert.Contains(t, d.group("Fleet and Drivers").Members, d.number("noor.vandermeer"))
}

func TestSeveralGroupsLeaveOutWhatIsDone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	inside := tallyfy.UserID(strconv.Itoa(d.group("Finance").Members[0]))
	c := d.edits(map[string]membership.People{"Finance": {Add: []tallyfy.UserID{inside}}})
	require.NoError(t, c.Look(t.Context()))
	assert.True(t, c.Nothing())
	assert.True(t, c.Plan().Stopped)
	assert.Equal(t, "Finance was as wished already.", c.NotesText())

	c = d.edits(map[string]membership.People{"Finance": {Add: []tallyfy.UserID{inside}}})
	c.Source = d.withCopy()
	d.ChangeGroup(string(d.groupID("Finance")), sandbox.GroupChange{Remove: []int{d.group("Finance").Members[0]}})
	require.NoError(t, c.Look(t.Context()))
	assert.False(t, c.Nothing(), "the copy is from before")

	c = d.edits(map[string]membership.People{"Finance": {Add: []tallyfy.UserID{"99999"}}, "Fleet and Drivers": {Add: []tallyfy.UserID{d.id("noor.vandermeer")}}})
	c.Groups = append(c.Groups, membership.GroupPeople{ID: "00000000000000000000000000000000", People: membership.People{Add: []tallyfy.UserID{inside}}})
	e := d.carryOutAll(c)
	assert.Equal(t, 1, e.Calls)
	assert.Contains(t, c.NotesText(), "Not added: Member 99999 (there is nobody with this id in the organisation).")
	assert.Contains(t, c.NotesText(), "it is not there any more")
}

// TestSeveralGroupsMergeWithEverybody lets several administrators change the same groups at random: who was put in or taken out by
// anybody is so, and undoing takes back only what one did.
func TestSeveralGroupsMergeWithEverybody(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		d := newDesk(t, sandbox.Options{})
		groups := []string{"Finance", "Fleet and Drivers", "Operations"}
		people := []string{"noor.vandermeer", "chiara.dangelo", "maren.dahl", "esi.mensah", "soren.kjaergaard"}
		wishes := map[string]membership.People{}
		theirs := map[string]sandbox.GroupChange{}
		want := map[string]map[int]bool{}
		before := map[string]map[int]bool{}
		for _, name := range groups {
			in := map[int]bool{}
			for _, id := range d.group(name).Members {
				in[id] = true
			}
			before[name] = in
			then := map[int]bool{}
			for id := range in {
				then[id] = true
			}
			var wish membership.People
			var other sandbox.GroupChange
			for _, who := range people {
				id := d.number(who)
				switch random.IntN(5) {
				case 0:
					wish.Add, then[id] = append(wish.Add, d.id(who)), true
				case 1:
					wish.Remove, then[id] = append(wish.Remove, d.id(who)), false
				case 2:
					other.Add, then[id] = append(other.Add, id), true
				case 3:
					other.Remove, then[id] = append(other.Remove, id), false
				}
			}
			wishes[name], theirs[name], want[name] = wish, other, then
		}
		c := d.edits(wishes)
		c.Sure = true
		require.NoError(t, c.Look(t.Context()))
		if c.Nothing() {
			continue
		}
		e := d.carryOutAll(c, func() {
			for name, other := range theirs {
				d.ChangeGroup(string(d.groupID(name)), other)
			}
		})
		sent := e.Calls
		assert.Equal(t, sent+1, e.Check.Count(journal.Confirmed), read(e))
		same := func(want map[string]map[int]bool) {
			t.Helper()
			for _, name := range groups {
				for id, in := range want[name] {
					assert.Equal(t, in, slices.Contains(d.group(name).Members, id), "%s: %d", name, id)
				}
			}
		}
		same(want)
		twice := d.edits(wishes)
		twice.Sure = true
		require.NoError(t, twice.Look(t.Context()))
		assert.True(t, twice.Nothing(), "twice is once")
		wish, ok := membership.AllUndone(e)
		if !ok {
			continue
		}
		d.carryOutAll(d.again(wish))
		for _, name := range groups { // ours is back, theirs stays
			for _, id := range slices.Concat(wishes[name].Add, wishes[name].Remove) {
				n, err := strconv.Atoi(string(id))
				require.NoError(t, err)
				want[name][n] = before[name][n]
			}
		}
		same(want)
	}
}

var _ membership.Source = withCopy{}
