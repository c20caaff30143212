package review_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/sitetest/postgres"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

const org = tallyfy.ID("6d0aa48725f2ed12a7dc900ce58a6798")

var (
	maren = journal.Subject{Kind: journal.Member, ID: "1", Name: "Maren Dahl"}
	omar  = journal.Subject{Kind: journal.Member, ID: "2", Name: "Omar Ali"}
)

// A desk has a book in a database of its own, and a clock that only moves when told to.
type desk struct {
	*review.Book
	t     *testing.T
	clock time.Time
}

func eachEngine(t *testing.T, test func(d *desk)) {
	t.Helper()
	t.Parallel()
	run := func(name string, url func(t *testing.T) string) {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), url(t))
			require.NoError(t, err)
			t.Cleanup(func() { _ = db.Close() })
			keys, err := store.NewKeys([]byte("a secret for tests, of 32 or more bytes"))
			require.NoError(t, err)
			d := &desk{t: t, clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
			d.Book = &review.Book{DB: db, Keys: keys, Keep: 400 * 24 * time.Hour, Now: func() time.Time { return d.clock }}
			test(d)
		})
	}
	run("file", func(t *testing.T) string { return filepath.Join(t.TempDir(), "dashboard.db") })
	run("memory", func(*testing.T) string { return "memory:" })
	run("postgres", func(t *testing.T) string { return postgres.URL(t) })
}

// start starts a review of people with the ids from 100 on.
func (d *desk) start(n int) *review.Review {
	d.t.Helper()
	r := &review.Review{Org: org, Spec: review.Spec{Name: "November", By: maren, Rule: review.Rule{New: true}}, People: people(100, n)}
	c := &review.Starting{Book: d.Book, Org: org, Review: r}
	require.NoError(d.t, c.Look(d.t.Context()))
	_, err := c.Send(d.t.Context())
	require.NoError(d.t, err)
	return r
}

// everybody is a copy of the members that knows of nobody who left.
var everybody = &directory.Members{}

func people(from, n int) (list []*review.Person) {
	for i := range n {
		id := strconv.Itoa(from + i)
		list = append(list, &review.Person{ID: tallyfy.UserID(id), Name: "Person " + id, Email: id + "@example.com", Groups: []review.Group{{ID: "g1", Name: "Payroll"}}})
	}
	return list
}

func (d *desk) read(r *review.Review) *review.Review {
	d.t.Helper()
	got, err := d.Review(d.t.Context(), org, r.ID)
	require.NoError(d.t, err)
	return got
}

// Whatever is done with a review: people are the sum over the states, the list of reviews counts the same, no
// decision is lost, and each is that of who made it until the person is erased.
func TestCountsTieOutWhateverIsDone(t *testing.T) {
	eachEngine(t, func(d *desk) {
		seed := rand.Uint64()
		d.t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // not a secret
		r, other := d.start(8), d.start(3)
		people8 := 8
		type made struct {
			state review.State
			until time.Time
			by    string
		}
		model, erased := map[tallyfy.UserID][]made{}, map[tallyfy.UserID]bool{}
		for range 120 {
			id := tallyfy.UserID(strconv.Itoa(100 + random.IntN(12)))
			before := d.read(r)
			p, _ := before.Person(id)
			switch random.IntN(12) {
			case 4: // the account is deleted for good: who decided what is gone, and all that counts stays
				require.NoError(d.t, d.Erase(d.t.Context(), org, id))
				for i := range model[id] {
					model[id][i].by = ""
				}
				erased[id] = erased[id] || p != nil
			case 0: // people who joined later
				more := people(100+random.IntN(12), 1)
				require.NoError(d.t, d.Add(d.t.Context(), r, more, d.clock))
				if p, _ := before.Person(more[0].ID); p == nil {
					people8++
				}
			case 1:
				d.clock = d.clock.Add(time.Duration(random.IntN(30)) * time.Hour)
			case 3: // a tenth of those who look right, and an answer of somebody else
				looks, err := d.Looks(d.t.Context(), r, everybody)
				require.NoError(d.t, err)
				more := review.MoreLooks(before.Counts(d.clock)[review.Right], looks)
				chosen, err := d.ChooseLooks(d.t.Context(), r, everybody)
				require.NoError(d.t, err)
				assert.Equal(d.t, more, chosen, "as many as the page has said")
				looks, err = d.Looks(d.t.Context(), r, everybody)
				require.NoError(d.t, err)
				waiting := review.CountLooks(looks).Wait
				assert.GreaterOrEqual(d.t, waiting, min(1, chosen))
				again, err := d.ChooseLooks(d.t.Context(), r, everybody)
				require.NoError(d.t, err)
				assert.Zero(d.t, again, "who is chosen stays so")
				for _, l := range looks {
					if !l.Waits() {
						continue
					}
					by := omar
					if l.Author == omar.ID {
						by = maren
					}
					answer := *l
					answer.By, answer.Note, answer.Answer = by, "look", []string{review.Agrees, review.Disagrees}[random.IntN(2)]
					require.NoError(d.t, d.AnswerLook(d.t.Context(), r, &answer))
					require.ErrorIs(d.t, d.AnswerLook(d.t.Context(), r, &answer), review.ErrLookOver)
					if answer.Answer == review.Disagrees {
						model[l.Member] = append(model[l.Member], made{review.Differs, time.Time{}, by.Name})
					}
					break
				}
			case 2: // on a page that was opened before somebody else decided
				err := d.Append(d.t.Context(), r, &review.Decision{Member: id, State: review.Right, By: omar}, 9999)
				require.Error(d.t, err)
			default:
				v := &review.Decision{Member: id, State: review.States[1+random.IntN(len(review.States)-1)], By: []journal.Subject{maren, omar}[random.IntN(2)], Note: "why"}
				if v.State == review.Later {
					v.Until = d.clock.Add(36 * time.Hour)
				}
				if p == nil {
					require.ErrorIs(d.t, d.Append(d.t.Context(), r, v, 0), review.ErrNotFound)
					continue
				}
				require.NoError(d.t, d.Append(d.t.Context(), r, v, p.Base()))
				model[id] = append(model[id], made{v.State, v.Until, v.By.Name})
			}
			after := d.read(r)
			want := map[review.State]int{}
			for _, p := range after.People {
				state := review.Undecided
				require.Len(d.t, p.Decisions, len(model[p.ID]))
				assert.Equal(d.t, erased[p.ID], p.Unreadable)
				assert.Equal(d.t, erased[p.ID], p.Name+p.Email == "")
				for i, m := range model[p.ID] {
					state = m.state
					if m.state == review.Differs || m.state == review.Later && !m.until.After(d.clock) {
						state = review.Undecided
					}
					assert.Equal(d.t, m.by, p.Decisions[i].By.Name)
				}
				want[state]++
			}
			looks, err := d.Looks(d.t.Context(), r, everybody)
			require.NoError(d.t, err)
			n := review.CountLooks(looks)
			assert.Equal(d.t, n.Given, n.Agree+n.Differ+n.Wait+n.Over)
			differs := 0
			for _, p := range after.People {
				for _, d := range p.Decisions {
					if d.State == review.Differs {
						differs++
					}
				}
			}
			assert.Equal(d.t, differs, n.Differ, "a decision each")
			sum := 0
			for _, n := range after.Counts(d.clock) {
				sum += n
			}
			assert.Equal(d.t, people8, sum)
			assert.Len(d.t, after.People, people8)
			assert.Equal(d.t, want, after.Counts(d.clock))
			places, err := d.Places(d.t.Context(), org, r.ID)
			require.NoError(d.t, err)
			assert.Equal(d.t, want, review.Counts(places, d.clock), "counted without opening anything")
			for i, p := range places {
				assert.Equal(d.t, after.People[i].Place, *p, "in the order of the queue")
			}
			list, err := d.People(d.t.Context(), r, places[2:5])
			require.NoError(d.t, err)
			for i, p := range list {
				assert.Equal(d.t, after.People[i+2].Last(), p.Last())
				assert.Equal(d.t, after.People[i+2].Name, p.Name)
			}
			places, err = d.Places(d.t.Context(), org, other.ID)
			require.NoError(d.t, err)
			assert.Equal(d.t, map[review.State]int{review.Undecided: 3}, review.Counts(places, d.clock))
			if p, at := after.Person(id); p != nil {
				step, err := d.Step(d.t.Context(), org, r.ID, id, "1")
				require.NoError(d.t, err)
				assert.Equal(d.t, p, step.Person, "one person is read as with all")
				assert.Equal(d.t, []int{at + 1, people8}, []int{step.At, step.Of})
				neighbour := func(at int) (id tallyfy.UserID) {
					if at >= 0 && at < len(after.People) {
						id = after.People[at].ID
					}
					return id
				}
				assert.Equal(d.t, []tallyfy.UserID{neighbour(at - 1), neighbour(at + 1)}, []tallyfy.UserID{step.Previous, step.Following})
			}
			if d.t.Failed() {
				return
			}
		}
	})
}

// Two reviewers who decide about one person at the same time: one is first, the other learns it, and after a look both
// decisions are in the record.
func TestTwoReviewersOfOnePersonBothStay(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(2)
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() {
				errs[i] = d.Append(d.t.Context(), r, &review.Decision{Member: "100", State: review.Right, By: maren, Note: fmt.Sprint(i)}, 0)
			})
		}
		wait.Wait()
		var first int
		for i, err := range errs {
			if err == nil {
				first = i
				errs[i] = &review.OvertakenError{}
			}
			var overtaken *review.OvertakenError
			require.ErrorAs(d.t, errs[i], &overtaken)
		}
		got := d.read(r)
		p, at := got.Person("100")
		assert.Zero(d.t, at)
		require.Len(d.t, p.Decisions, 1)
		assert.Equal(d.t, fmt.Sprint(first), p.Last().Note)
		require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: "100", State: review.Ask, By: omar, Note: "?"}, p.Base()))
		p, _ = d.read(r).Person("100")
		require.Len(d.t, p.Decisions, 2)
		assert.Equal(d.t, []string{"Maren Dahl", "Omar Ali"}, []string{p.Decisions[0].By.Name, p.Decisions[1].By.Name})
		assert.Equal(d.t, review.Ask, p.State(d.clock))
		assert.ErrorIs(d.t, d.Append(d.t.Context(), &review.Review{ID: r.ID, Org: "another"}, &review.Decision{Member: "101", State: review.Right}, 0), review.ErrNotFound)
	})
}

// Two arrivals of one press at the same time are one decision, and both are told that it is kept.
func TestTwoArrivalsOfAPressAreOneDecision(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(1)
		var wait sync.WaitGroup
		kept := make([]*review.Decision, 4)
		for i := range kept {
			kept[i] = &review.Decision{Member: "100", State: review.Right, By: maren, Press: "press"}
			wait.Go(func() { assert.NoError(d.t, d.Append(d.t.Context(), r, kept[i], 0)) })
		}
		wait.Wait()
		p, _ := d.read(r).Person("100")
		require.Len(d.t, p.Decisions, 1)
		for _, k := range kept {
			assert.Equal(d.t, p.Base(), k.N)
		}
		var overtaken *review.OvertakenError
		require.ErrorAs(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: "100", State: review.Right, By: omar, Press: "press"}, 0), &overtaken, "of somebody else")
		require.ErrorAs(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: "100", State: review.Right, By: maren}, 0), &overtaken)
	})
}

// Two arrivals of one press at the same time are one answer of a second look, too.
func TestTwoArrivalsOfAPressAreOneAnswer(t *testing.T) {
	eachEngine(t, func(d *desk) {
		for _, answer := range []string{review.Agrees, review.Disagrees} {
			r := d.start(1)
			require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: "100", State: review.Right, By: maren}, 0))
			var wait sync.WaitGroup
			for range 4 {
				wait.Go(func() {
					_, err := d.ChooseLooks(d.t.Context(), r, everybody)
					assert.NoError(d.t, err)
				})
			}
			wait.Wait()
			looks, err := d.Looks(d.t.Context(), r, everybody)
			require.NoError(d.t, err)
			require.Len(d.t, looks, 1, "given out once")
			kept := make([]review.Look, 4)
			for i := range kept {
				kept[i] = *looks[0]
				kept[i].Answer, kept[i].By, kept[i].Note, kept[i].Press = answer, omar, "see there", "press"
				wait.Go(func() { assert.NoError(d.t, d.AnswerLook(d.t.Context(), r, &kept[i])) })
			}
			wait.Wait()
			looks, err = d.Looks(d.t.Context(), r, everybody)
			require.NoError(d.t, err)
			assert.Equal(d.t, answer, looks[0].Answer)
			for _, k := range kept {
				assert.Equal(d.t, answer, k.Answer)
			}
			p, _ := d.read(r).Person("100")
			assert.Len(d.t, p.Decisions, map[string]int{review.Agrees: 1, review.Disagrees: 2}[answer])
			other := *looks[0]
			other.Press = "another press"
			require.ErrorIs(d.t, d.AnswerLook(d.t.Context(), r, &other), review.ErrLookOver)
			other.Press, other.By = "press", journal.Subject{ID: "somebody else"}
			require.ErrorIs(d.t, d.AnswerLook(d.t.Context(), r, &other), review.ErrLookOver)
		}
	})
}

func TestReviewsAreSealedAndSwept(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(2)
		require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: "100", State: review.Right, By: maren, Note: "a friend of Lin", Groups: payroll}, 0))
		for query, part := range map[string]string{
			`SELECT data FROM dashboard_reviews`: "start", `SELECT data FROM dashboard_review_people WHERE n = 1`: "person 100", `SELECT data FROM dashboard_review_decisions`: "decision 1",
		} {
			var text string
			require.NoError(d.t, d.DB.Read(d.t.Context(), []any{&text}, query))
			var v any
			require.NoError(d.t, d.Keys.OpenJSON("review "+part+" "+r.ID, text, &v), "as in the rows of before")
			for _, personal := range []string{"Person 100", "Maren", "@example.com", "a friend", "November", "Payroll"} {
				assert.NotContains(d.t, text, personal)
			}
		}
		_, err := d.Review(d.t.Context(), "another", r.ID)
		require.ErrorIs(d.t, err, review.ErrNotFound, "of one organisation")
		_, err = d.Review(d.t.Context(), org, "x' OR 1=1")
		require.ErrorIs(d.t, err, review.ErrNotFound)

		keys := d.Keys
		d.Keys, err = store.NewKeys([]byte("another secret of more than 32 bytes"))
		require.NoError(d.t, err)
		lost := d.read(r)
		assert.True(d.t, lost.Unreadable && lost.People[0].Unreadable)
		assert.Equal(d.t, map[review.State]int{review.Right: 1, review.Undecided: 1}, lost.Counts(d.clock), "counts survive a lost secret")
		d.Keys = keys
		require.NoError(d.t, d.Erase(d.t.Context(), "another", "100"))
		assert.Equal(d.t, "Person 100", d.read(r).People[0].Name, "of one organisation")
		require.NoError(d.t, d.Erase(d.t.Context(), org, "100"))
		erased := d.read(r)
		assert.Equal(d.t, review.Person{ID: "100", Unreadable: true, Place: erased.People[0].Place, Decisions: []*review.Decision{{N: 1, Member: "100", State: review.Right}}}, *erased.People[0])
		assert.Equal(d.t, lost.Counts(d.clock), erased.Counts(d.clock))
		assert.Equal(d.t, "Person 101", erased.People[1].Name)
		var author string // as the README says, what is plain stays
		require.NoError(d.t, d.DB.Read(d.t.Context(), []any{&author}, `SELECT author FROM dashboard_review_decisions WHERE member = '100'`))
		assert.Equal(d.t, maren.ID, author)

		d.clock = d.clock.Add(d.Keep - time.Minute)
		later := d.start(1)
		d.clock = d.clock.Add(time.Minute)
		_, err = d.Review(d.t.Context(), org, r.ID)
		require.ErrorIs(d.t, err, review.ErrNotFound)
		n, err := d.Sweep(d.t.Context())
		require.NoError(d.t, err)
		assert.EqualValues(d.t, 1, n)
		for table, left := range map[string]int{"reviews": 1, "review_people": 1, "review_decisions": 0, "review_groups": 0, "review_looks": 0} {
			var n int
			require.NoError(d.t, d.DB.Read(d.t.Context(), []any{&n}, `SELECT COUNT(*) FROM dashboard_`+table))
			assert.Equal(d.t, left, n, table)
		}
		assert.Len(d.t, d.read(later).People, 1)
	})
}

var payroll = []review.Group{{ID: "g1", Name: "Payroll"}}

func TestWhichReviewWasOfAGroupLast(t *testing.T) {
	eachEngine(t, func(d *desk) {
		of := func(org, group tallyfy.ID) string {
			d.t.Helper()
			id, at, err := d.LatestOf(d.t.Context(), org, group)
			require.NoError(d.t, err)
			if id == "" {
				return ""
			}
			return id + at.UTC().Format(" 15:04")
		}
		decide := func(r *review.Review, of *review.Decision) {
			d.t.Helper()
			d.clock = d.clock.Add(time.Minute)
			p, _ := d.read(r).Person("100")
			of.Member, of.By = "100", omar
			require.NoError(d.t, d.Append(d.t.Context(), r, of, p.Base()))
		}
		first, second := d.start(1), d.start(1)
		decide(first, &review.Decision{State: review.Ask, Groups: payroll})
		assert.Empty(d.t, of(org, "g1"), "nothing came to an end")
		decide(first, &review.Decision{State: review.Right, Groups: append(payroll, payroll...)})
		assert.Equal(d.t, first.ID+" 09:02", of(org, "g1"))
		decide(second, &review.Decision{State: review.Change, Groups: payroll, Add: []review.Group{{ID: "g2"}}, Remove: payroll})
		assert.Equal(d.t, second.ID+" 09:03", of(org, "g1"))
		assert.Equal(d.t, second.ID+" 09:03", of(org, "g2"))
		decide(first, &review.Decision{State: review.Right, Groups: payroll})
		assert.Equal(d.t, first.ID+" 09:04", of(org, "g1"))
		assert.Empty(d.t, of("another", "g1"))
		assert.Empty(d.t, of(org, "g3"))
	})
}

func TestWhatIsKnownOfPeople(t *testing.T) {
	eachEngine(t, func(d *desk) {
		old := d.start(4)
		decide := func(r *review.Review, id string, s review.State) {
			d.t.Helper()
			p, _ := d.read(r).Person(tallyfy.UserID(id))
			require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: tallyfy.UserID(id), State: s, By: omar}, p.Base()))
		}
		decide(old, "100", review.Later)
		decide(old, "100", review.Right)
		decide(old, "101", review.Ask)
		decide(old, "102", review.Right)
		decide(old, "102", review.Ask)
		d.clock = d.clock.Add(time.Hour)
		next := d.start(2)
		decide(next, "101", review.Change)

		got, _, id, err := d.Latest(d.t.Context(), org, "100")
		require.NoError(d.t, err)
		require.NotNil(d.t, got)
		assert.Equal(d.t, []string{old.ID, "right", "Omar Ali"}, []string{id, string(got.State), got.By.Name})
		got, _, _, err = d.Latest(d.t.Context(), org, "102")
		require.NoError(d.t, err)
		assert.Nil(d.t, got, "it was taken back")
		list, err := d.List(d.t.Context(), org)
		require.NoError(d.t, err)
		require.Len(d.t, list, 2)
		assert.Equal(d.t, []string{next.ID, old.ID}, []string{list[0].ID, list[1].ID})
		assert.Equal(d.t, "November", list[0].Name)
	})
}

func TestWhatADecisionNeeds(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	p, admin := &review.Person{ID: "100", Role: tallyfy.RoleLight}, &review.Person{ID: "100", Role: tallyfy.RoleAdmin}
	group := []review.Group{{ID: "g1"}}
	for _, c := range []struct {
		d       review.Decision
		of      *review.Person
		problem string
	}{
		{review.Decision{State: review.Right, By: maren}, p, ""},
		{review.Decision{State: review.Right, By: maren}, admin, "note"},
		{review.Decision{State: review.Change, Add: group, By: maren}, admin, "note"},
		{review.Decision{State: review.Right, By: maren, Note: "runs payroll"}, admin, ""},
		{review.Decision{State: review.Later, By: maren, Until: now.Add(time.Hour)}, admin, ""},
		{review.Decision{State: review.Right, By: journal.Subject{ID: "100"}}, p, "decision"},
		{review.Decision{State: review.Applied, By: maren}, p, "decision"},
		{review.Decision{State: "", By: maren}, p, "decision"},
		{review.Decision{State: review.Change, By: maren}, p, "groups"},
		{review.Decision{State: review.Change, Add: group, By: maren}, p, ""},
		{review.Decision{State: review.Change, Add: group, Remove: group, By: maren}, p, "note"},
		{review.Decision{State: review.Change, Remove: group, By: maren, Note: "moved"}, p, ""},
		{review.Decision{State: review.Later, By: maren}, p, "until"},
		{review.Decision{State: review.Later, By: maren, Until: now}, p, "until"},
		{review.Decision{State: review.Ask, By: maren}, p, "note"},
		{review.Decision{State: review.Ask, By: maren, Note: strings.Repeat("ä", review.MostNote)}, p, ""},
		{review.Decision{State: review.Ask, By: maren, Note: strings.Repeat("ä", review.MostNote+1)}, p, "note"},
	} {
		var field string
		for f := range c.d.Problems(c.of, now) {
			field = f
		}
		assert.Equal(t, c.problem, field, "%+v", c.d)
	}
}

func TestFiveDecisionsAtOnceAreTooFast(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(9)
		decide := func(i int, by journal.Subject) {
			d.t.Helper()
			require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: tallyfy.UserID(strconv.Itoa(100 + i)), State: review.Right, By: by}, 0))
			d.clock = d.clock.Add(1900 * time.Millisecond)
		}
		fast := func(by tallyfy.UserID, earlier time.Duration) bool {
			d.t.Helper()
			now := d.clock
			defer func() { d.clock = now }()
			d.clock = d.clock.Add(-earlier)
			fast, before, err := d.TooFast(d.t.Context(), r, by)
			require.NoError(d.t, err)
			return fast && !before
		}
		for i := range 4 {
			decide(i, maren)
		}
		decide(4, omar)
		assert.False(d.t, fast("1", 0), "four of Maren, one of Omar")
		decide(5, maren)
		assert.False(d.t, fast("1", 0), "five in 11.4 seconds")
		assert.True(d.t, fast("1", 2*time.Second))
		assert.False(d.t, fast("2", 0))
		require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: "105", State: review.Applied, By: maren}, 6))
		last, err := d.DecidedLast(d.t.Context(), r, "1")
		require.NoError(d.t, err)
		assert.Equal(d.t, []tallyfy.UserID{"105", "103", "102", "101", "100"}, last)
		step, err := d.Step(d.t.Context(), org, r.ID, "100", "1")
		require.NoError(d.t, err)
		assert.Equal(d.t, tallyfy.UserID("105"), step.Last)
		assert.Equal(d.t, review.Applied, step.LastDecided.State, "the latest about them, whoever made it")
		step, err = d.Step(d.t.Context(), org, r.ID, "100", "3")
		require.NoError(d.t, err)
		assert.Empty(d.t, step.Last)
		assert.Nil(d.t, step.LastDecided)
		decide(6, maren)
		decide(7, maren)
		assert.False(d.t, fast("1", 2*time.Second), "once in a review")
	})
}

// What is left of a decision after a part of it was carried out stands once more. Nobody decides it
// again.
func TestWhatIsLeftOfADecisionIsNotDecidedLast(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(3)
		decide := func(v *review.Decision) {
			d.t.Helper()
			d.clock = d.clock.Add(time.Second)
			p, _ := d.read(r).Person(v.Member)
			require.NoError(d.t, d.Append(d.t.Context(), r, v, p.Base()))
		}
		decide(&review.Decision{Member: "100", State: review.Change, By: maren, Add: append(payroll, review.Group{ID: "g2"})})
		decide(&review.Decision{Member: "101", State: review.Right, By: maren})
		p, _ := d.read(r).Person("100")
		for _, v := range p.Record(omar, []review.Result{{Group: "g1", Entry: "e1"}}) {
			decide(v)
		}
		p, _ = d.read(r).Person("100")
		require.Len(d.t, p.Decisions, 3)
		step, err := d.Step(d.t.Context(), org, r.ID, "102", "1")
		require.NoError(d.t, err)
		assert.Equal(d.t, tallyfy.UserID("101"), step.Last)
		last, err := d.DecidedLast(d.t.Context(), r, "1")
		require.NoError(d.t, err)
		assert.Equal(d.t, []tallyfy.UserID{"101", "100"}, last)
	})
}

func TestTheNextToDecideGoesRoundTheQueue(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(30)
		next := func(after int, not ...tallyfy.UserID) tallyfy.UserID {
			d.t.Helper()
			id, err := d.NextOpen(d.t.Context(), r, after, func(p *review.Place) bool { return slices.Contains(not, p.Member) })
			require.NoError(d.t, err)
			return id
		}
		decide := func(id tallyfy.UserID, s review.State, until time.Time) {
			d.t.Helper()
			p, _ := d.read(r).Person(id)
			require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: id, State: s, Until: until, By: maren}, p.Base()))
		}
		assert.Equal(d.t, []tallyfy.UserID{"100", "101", "105", "100"}, []tallyfy.UserID{next(0), next(1), next(5), next(30)})
		var all []tallyfy.UserID
		for _, p := range r.People {
			all = append(all, p.ID)
		}
		assert.Equal(d.t, tallyfy.UserID("127"), next(3, append(slices.Clone(all[:27]), all[28:]...)...), "however many are skipped")
		assert.Empty(d.t, next(3, all...))
		for _, id := range all {
			switch id {
			case "103":
				decide(id, review.Later, d.clock)
			case "110":
				decide(id, review.Later, d.clock.Add(time.Hour))
			default:
				decide(id, review.Right, time.Time{})
			}
		}
		assert.Equal(d.t, []tallyfy.UserID{"103", "103", ""}, []tallyfy.UserID{next(0), next(21), next(4)})
		d.clock = d.clock.Add(time.Hour)
		assert.Equal(d.t, []tallyfy.UserID{"110", "103"}, []tallyfy.UserID{next(4), next(11)})
	})
}

func TestASecondLookIsByAnotherAdministratorAndStays(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(30)
		chosen, err := d.ChooseLooks(d.t.Context(), r, everybody)
		require.NoError(d.t, err)
		assert.Zero(d.t, chosen, "nobody looks right yet")
		right := func(from, to int) {
			for i := from; i < to; i++ {
				require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: tallyfy.UserID(strconv.Itoa(100 + i)), State: review.Right, By: maren}, 0))
			}
		}
		looks := func() []*review.Look {
			d.t.Helper()
			list, err := d.Looks(d.t.Context(), r, everybody)
			require.NoError(d.t, err)
			return list
		}
		right(0, 21)
		chosen, err = d.ChooseLooks(d.t.Context(), r, everybody)
		require.NoError(d.t, err)
		assert.Equal(d.t, 3, chosen, "a tenth, and never less")
		first := looks()
		right(21, 30)
		assert.Equal(d.t, first, looks())
		l := *first[0]
		l.Answer, l.By, l.Note = review.Disagrees, maren, "a friend of Lin"
		require.ErrorIs(d.t, d.AnswerLook(d.t.Context(), r, &l), review.ErrOwnLook)
		l.By = journal.Subject{ID: string(l.Member)}
		require.ErrorIs(d.t, d.AnswerLook(d.t.Context(), r, &l), review.ErrOwnLook)
		assert.Equal(d.t, first, looks(), "nothing is kept")
		l.By = omar
		require.NoError(d.t, d.AnswerLook(d.t.Context(), r, &l))
		p, _ := d.read(r).Person(l.Member)
		assert.Equal(d.t, []review.State{review.Right, review.Differs}, []review.State{p.Decisions[0].State, p.Decisions[1].State}, "both stay")
		assert.Equal(d.t, "a friend of Lin", p.Last().Note)
		assert.Equal(d.t, review.Undecided, p.State(d.clock))
		next, err := d.NextOpen(d.t.Context(), r, 0, func(*review.Place) bool { return false })
		require.NoError(d.t, err)
		assert.Equal(d.t, l.Member, next, "back in the queue")
		var data string
		require.NoError(d.t, d.DB.Read(d.t.Context(), []any{&data}, `SELECT data FROM dashboard_review_looks WHERE member = $1`, string(l.Member)))
		assert.NotContains(d.t, data, "of Lin") // which sealed text cannot hold
		other := *first[1]
		require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: other.Member, State: review.Ask, By: maren}, other.Decision))
		other.Answer, other.By = review.Agrees, omar
		require.ErrorIs(d.t, d.AnswerLook(d.t.Context(), r, &other), review.ErrLookOver, "decided anew")
		assert.Equal(d.t, review.LookCount{Given: 3, Differ: 1, Wait: 1, Over: 1}, review.CountLooks(looks()))
		require.NoError(d.t, d.Erase(d.t.Context(), org, l.Member))
		assert.Equal(d.t, review.LookCount{Given: 3, Differ: 1, Wait: 1, Over: 1}, review.CountLooks(looks()), "counts survive")
		for _, kept := range looks() {
			assert.Empty(d.t, kept.Note)
		}
	})
}

func TestNothingOfAClosedReviewChanges(t *testing.T) {
	eachEngine(t, func(d *desk) {
		r := d.start(4)
		decide := func(id string, v review.Decision) error {
			p, _ := d.read(r).Person(tallyfy.UserID(id))
			v.Member, v.By = tallyfy.UserID(id), maren
			return d.Append(d.t.Context(), r, &v, p.Base())
		}
		members := &directory.Members{}
		require.NoError(d.t, decide("100", review.Decision{State: review.Right}))
		require.NoError(d.t, decide("101", review.Decision{State: review.Later, Until: d.clock.Add(time.Hour)}))
		require.NoError(d.t, decide("102", review.Decision{State: review.Change, Add: payroll}))
		require.ErrorIs(d.t, d.Close(d.t.Context(), r, omar, members), review.ErrWaiting)
		require.NoError(d.t, decide("102", review.Decision{State: review.Applied, Add: payroll}))
		require.NoError(d.t, d.Close(d.t.Context(), r, omar, members))
		require.ErrorIs(d.t, d.Close(d.t.Context(), r, omar, members), review.ErrClosed)
		require.ErrorIs(d.t, decide("103", review.Decision{State: review.Right}), review.ErrClosed)
		require.ErrorIs(d.t, d.Add(d.t.Context(), r, people(200, 1), d.clock), review.ErrClosed)
		_, err := d.ChooseLooks(d.t.Context(), r, everybody)
		require.ErrorIs(d.t, err, review.ErrClosed)
		closed := d.read(r)
		assert.Equal(d.t, omar, closed.ClosedBy)
		assert.True(d.t, d.clock.Equal(closed.Closed))
		want := map[review.State]int{review.Right: 1, review.Later: 1, review.Applied: 1, review.Undecided: 1}
		assert.Equal(d.t, want, closed.Counts(d.clock))
		d.clock = d.clock.Add(2 * time.Hour)
		assert.Equal(d.t, want, d.read(r).Counts(d.clock), "a day that comes changes nothing")
		places, err := d.Places(d.t.Context(), org, "")
		require.NoError(d.t, err)
		var open []tallyfy.UserID
		for _, p := range places {
			if p.LeftOpen() {
				open = append(open, p.Member)
			}
		}
		assert.Equal(d.t, []tallyfy.UserID{"101", "103"}, open)
		step, err := d.Step(d.t.Context(), org, r.ID, "101", "1")
		require.NoError(d.t, err)
		assert.Equal(d.t, review.Later, step.Person.State(d.clock))

		// But what was sent before is put down, with what it left.
		require.NoError(d.t, decide("100", review.Decision{State: review.Applied, Add: payroll}))
		require.NoError(d.t, decide("100", review.Decision{State: review.Right, Since: d.clock}))
		require.ErrorIs(d.t, decide("100", review.Decision{State: review.Right}), review.ErrClosed)
		assert.Equal(d.t, want, d.read(r).Counts(d.clock))
	})
}

// Whoever was reviewed before they left was reviewed, also when they come back.
func TestWhoWasReviewed(t *testing.T) {
	eachEngine(t, func(d *desk) {
		reviewed := func(org tallyfy.ID, who ...tallyfy.UserID) (list []tallyfy.UserID, known bool) {
			d.t.Helper()
			found, known, err := d.Reviewed(d.t.Context(), org, who)
			require.NoError(d.t, err)
			return slices.Sorted(maps.Keys(found)), known
		}
		r := d.start(4)
		_, known := reviewed(org, "100")
		assert.False(d.t, known, "nobody yet")
		for id, state := range map[tallyfy.UserID]review.State{"100": review.Right, "101": review.Ask, "102": review.Right} {
			require.NoError(d.t, d.Append(d.t.Context(), r, &review.Decision{Member: id, State: state, By: omar}, 0))
		}
		many := []tallyfy.UserID{"101", "102"}
		for i := range 2 * store.ArgumentsAtOnce {
			many = append(many, tallyfy.UserID(strconv.Itoa(1000+i)))
		}
		many = append(many, "100", "103")
		list, known := reviewed(org, many...)
		assert.Equal(d.t, []tallyfy.UserID{"100", "102"}, list)
		assert.True(d.t, known)
		list, _ = reviewed(org, "101", "102")
		assert.Equal(d.t, []tallyfy.UserID{"102"}, list, "of those who are asked for")

		nobody := &directory.Members{ReadAt: d.clock.Add(time.Minute), Complete: true}
		require.NoError(d.t, d.Close(d.t.Context(), r, omar, nobody))
		require.Equal(d.t, 4, d.read(r).Counts(d.clock)[review.Left])
		list, _ = reviewed(org, "100", "101", "103")
		assert.Equal(d.t, []tallyfy.UserID{"100"}, list, "left, and reviewed before")
		list, known = reviewed(org, "103")
		assert.Empty(d.t, list)
		assert.True(d.t, known)
		_, known = reviewed("another", "100")
		assert.False(d.t, known)
	})
}

// Somebody who decides in the moment of the closing stops it no more than before or after it.
func TestAReviewIsClosedBesideADecision(t *testing.T) {
	eachEngine(t, func(d *desk) {
		members := &directory.Members{ReadAt: d.clock.Add(time.Minute), Complete: true} // everybody has left
		for range 30 {
			r := d.start(3)
			var wait sync.WaitGroup
			for _, who := range []tallyfy.UserID{"100", "101", "102"} {
				wait.Go(func() {
					err := d.Append(d.t.Context(), r, &review.Decision{Member: who, State: review.Right, By: maren}, 0)
					if overtaken := (*review.OvertakenError)(nil); !errors.As(err, &overtaken) && !errors.Is(err, review.ErrClosed) {
						assert.NoError(d.t, err)
					}
				})
			}
			wait.Go(func() { assert.NoError(d.t, d.Close(d.t.Context(), r, omar, members)) })
			wait.Wait()
			assert.Equal(d.t, map[review.State]int{review.Left: 3}, d.read(r).Counts(d.clock))
		}
	})
}
