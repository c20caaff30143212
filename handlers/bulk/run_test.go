package bulk_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/sitetest/postgres"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// engines runs a test on each kind of database.
func engines(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "dashboard.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgres.URL(t))
	})
}

const twoGroups = "Email,Groups\nnoor.vandermeer@example.com,Legal;Quality\nkwame.asante@example.com,Legal\nchiara.dangelo@example.com,Payroll\nnobody@x.example,Legal\n"

func (d *desk) twoGroups() *bulk.Job {
	return d.job(bulk.AddToGroups, d.plan(bulk.AddToGroups, strings.ReplaceAll(twoGroups, "Legal;Quality", "Legal | Quality")))
}

func TestOneWriteForEachGroup(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		j := d.twoGroups()
		d.ClearRequests()
		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		assert.Equal(t, []string{
			"Noor van der Meer, Legal: done", "Noor van der Meer, Quality: done", "Kwame Asante, Legal: done",
			"Chiara D'Angelo, Payroll: nothing to do Is in the group already.", "nobody@x.example, Legal: can't Nobody here has the address “nobody@x.example”.",
		}, d.rows(j))
		assert.Len(t, d.writes(), 2)
		assert.Len(t, d.Requests(), 2*3, "two reads and a write for each group")
		now := d.state(j)
		assert.Equal(t, bulk.Ended, now.State)
		assert.False(t, now.Note.Over.IsZero())
		_, err := d.book.Token(t.Context(), j.ID)
		require.Error(t, err, "the token goes with the end")
		rows, err := d.book.Rows(t.Context(), j.ID, bulk.Done)
		require.NoError(t, err)
		e, err := d.journal.Get(t.Context(), j.Org, rows[0].Entry)
		require.NoError(t, err, "each row leads to its entry")
		assert.Equal(t, "Legal", e.Subject(journal.Group).Name)
		assert.NotEqual(t, rows[0].Entry, rows[1].Entry)

		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		assert.Len(t, d.writes(), 2, "a job that is delivered again sends nothing")
	})
}

// Each removal sees those before it; the last one is refused because its person is gone.
func TestRemovalsAndCreations(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	j := d.job(bulk.RemoveMembers, d.plan(bulk.RemoveMembers, "Email,Successor\nsamuel.okafor@example.com,maren.dahl@example.com\nfreya.whitcombe@example.com,nobody\nyuki.tanabe@example.com,nobody\n"))
	_, err := d.client.Members.Remove(t.Context(), j.Org, d.id("yuki.tanabe"), tallyfy.RemoveOptions{})
	require.NoError(t, err)
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	rows := d.rows(j)
	assert.Equal(t, "Samuel Okafor: done", rows[0])
	assert.Equal(t, "Freya Whitcombe: done", rows[1])
	assert.Equal(t, "Yuki Tanabe: nothing to do Yuki Tanabe is already disabled.", rows[2])
	m, _ := d.MemberByEmail("samuel.okafor@example.com")
	assert.Equal(t, "disabled", m.Status)

	j = d.job(bulk.CreateGroups, d.plan(bulk.CreateGroups, "Name,Description,Members\nDepot,Of the depot.,noor.vandermeer@example.com\nYard,Of the yard.,\n"))
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, []string{"Depot: done", "Yard: done"}, d.rows(j))
	assert.Len(t, d.group("Depot").Members, 1)
}

// The process dies at each point of each step, and another one goes on, in somebody else's name, too. No write is
// sent twice: a step of which nobody knows is read, and is tried again only when somebody asks for it.
func TestAProcessDiesAtEachPoint(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		for point := 1; ; point++ {
			d := newDesk(t, url)
			j := d.twoGroups()
			d.ClearRequests()
			if !d.dies(j, point) {
				require.Greater(t, point, 10, "five points of each step")
				return
			}
			// The lease of the dead process ends by itself.
			_, err := d.db.Write(t.Context(), `UPDATE dashboard_leases SET expires_at = 0 WHERE name LIKE 'job %'`)
			require.NoError(t, err)
			if point%2 == 0 {
				require.NoError(t, d.book.Pause(t.Context(), j, "", false))
				require.NoError(t, d.book.Start(t.Context(), j, journal.Subject{Kind: journal.Member, ID: "20530", Name: "Omar Ali"}, sandbox.AdminToken))
			}
			next := d.runner()
			book := *d.book
			book.Now = func() time.Time { return time.Now().Add(change.SendTime) } // a call of the dead can't be under way any more
			next.Book, next.Changes.Now = &book, book.Now
			require.NoError(t, next.Run(t.Context(), j.ID), point)
			require.Equal(t, bulk.Ended, d.state(j).State, point)
			assert.LessOrEqual(t, len(d.writes()), 2, "at point %d: %v", point, d.writes())
			unknown, err := d.book.Retry(t.Context(), d.state(j), j.Owner, sandbox.AdminToken)
			require.NoError(t, err)
			assert.Equal(t, unknown > 0, len(d.writes()) < 2, "not known at point %d is what was not sent", point)
			require.NoError(t, next.Run(t.Context(), j.ID), point)
			assert.Equal(t, []string{
				"Noor van der Meer, Legal: done", "Noor van der Meer, Quality: done", "Kwame Asante, Legal: done",
				"Chiara D'Angelo, Payroll: nothing to do Is in the group already.", "nobody@x.example, Legal: can't Nobody here has the address “nobody@x.example”.",
			}, d.rows(j), point)
			assert.Len(t, d.writes(), 2, "at point %d: %v", point, d.writes())
		}
	})
}

// A job is stopped while its process dies. Once the process is gone its row is not known, and
// trying it again looks first.
func TestAProcessDiesWhileTheJobIsStopped(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		for point, sent := range map[int]int{2: 0, 3: 1} { // before and after the first call
			d := newDesk(t, url)
			j := d.twoGroups()
			d.ClearRequests()
			require.True(t, d.dies(j, point))
			leases := d.db.Leases()
			require.NoError(t, d.book.MarkUnknown(t.Context(), leases, d.state(j)))
			require.NoError(t, d.book.Stop(t.Context(), d.state(j)))
			require.NoError(t, d.book.MarkUnknown(t.Context(), leases, d.state(j)))
			assert.Equal(t, 2, count(d.all(j), bulk.Working), "the process may be alive")
			_, err := d.db.Write(t.Context(), `UPDATE dashboard_leases SET expires_at = 0 WHERE name LIKE 'job %'`)
			require.NoError(t, err)
			require.NoError(t, d.book.MarkUnknown(t.Context(), leases, d.state(j)))
			assert.Equal(t, "Noor van der Meer, Legal: not known The program stopped while this was under way. It is looked at before anything is sent again.", d.rows(j)[0])
			assert.Zero(t, count(d.all(j), bulk.Working))

			next := d.runner()
			book := *d.book
			book.Now = func() time.Time { return time.Now().Add(change.SendTime) } // a call of the dead can't be under way any more
			next.Book, next.Changes.Now = &book, book.Now
			retry := func() {
				n, err := d.book.Retry(t.Context(), d.state(j), j.Owner, sandbox.AdminToken)
				require.NoError(t, err)
				assert.Equal(t, 2, n)
				require.NoError(t, next.Run(t.Context(), j.ID))
			}
			retry()
			assert.Len(t, d.writes(), sent, "it is looked at first")
			if sent == 0 {
				assert.Equal(t, 2, count(d.all(j), bulk.Unknown))
				retry()
			}
			assert.Equal(t, []string{"Noor van der Meer, Legal: done", "Noor van der Meer, Quality: skipped", "Kwame Asante, Legal: done"}, d.rows(j)[:3], point)
			assert.NotEmpty(t, d.all(j)[0].Entry)
			assert.Len(t, d.writes(), 1, point)
		}
	})
}

// A row that was refused once was tried again as its process died: the entry of the first attempt
// says nothing of the second.
func TestAProcessDiesInASecondAttempt(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		for _, resume := range []bool{true, false} {
			d := newDesk(t, url)
			j := d.twoGroups()
			d.Fail(sandbox.Fault{Method: http.MethodPut, Route: "/organizations/{org}/groups/{group}", Times: 1, Status: 422, Body: `{"error":true,"message":"Not now."}`})
			require.NoError(t, d.runner().Run(t.Context(), j.ID))
			refused := d.all(j)[0]
			require.Equal(t, bulk.Failed, refused.State)
			require.NotEmpty(t, refused.Entry)
			_, err := d.book.Retry(t.Context(), d.state(j), j.Owner, sandbox.AdminToken)
			require.NoError(t, err)
			d.ClearRequests()
			require.True(t, d.dies(j, 3), "after its call")
			require.Len(t, d.writes(), 1)
			require.NoError(t, d.book.Pause(t.Context(), d.state(j), "to look", false))
			_, err = d.db.Write(t.Context(), `UPDATE dashboard_leases SET expires_at = 0 WHERE name LIKE 'job %'`)
			require.NoError(t, err)
			require.NoError(t, d.book.MarkUnknown(t.Context(), d.db.Leases(), d.state(j)))
			assert.Equal(t, bulk.Unknown, d.all(j)[0].State)
			if resume {
				require.NoError(t, d.book.Start(t.Context(), d.state(j), j.Owner, sandbox.AdminToken))
			} else {
				_, err = d.book.Retry(t.Context(), d.state(j), j.Owner, sandbox.AdminToken)
				require.NoError(t, err)
			}
			next := d.runner()
			book := *d.book
			book.Now = func() time.Time { return time.Now().Add(change.SendTime) }
			next.Book, next.Changes.Now = &book, book.Now
			require.NoError(t, next.Run(t.Context(), j.ID))
			assert.Equal(t, "Noor van der Meer, Legal: done", d.rows(j)[0], resume)
			assert.NotEqual(t, refused.Entry, d.all(j)[0].Entry)
			assert.Len(t, d.writes(), 1, "nothing is sent again")
		}
	})
}

// dies lets a process die at a point of a job; it reports false if the job has fewer.
func (d *desk) dies(j *bulk.Job, point int) (died bool) {
	dead := d.runner()
	work, n := dead.Work, 0
	dead.Work = func(j *bulk.Job, token string) bulk.Work {
		w := work(j, token)
		made := w.Change
		w.Change = func(rows []*bulk.Row) change.Change {
			return &mortal{Single: made(rows).(change.Single), at: func() {
				if n++; n == point {
					runtime.Goexit()
				}
			}}
		}
		return w
	}
	over := make(chan bool, 1)
	go func() {
		defer func() { over <- n >= point }()
		_ = dead.Run(d.t.Context(), j.ID)
	}()
	return <-over
}

// A mortal change dies before or after one of its steps.
type mortal struct {
	change.Single
	at func()
}

func (m *mortal) Look(ctx context.Context) error {
	m.at()
	return m.Single.Look(ctx)
}

func (m *mortal) Send(ctx context.Context) ([]journal.Subject, error) {
	m.at()
	s, err := m.Single.Send(ctx)
	m.at()
	return s, err
}

func (m *mortal) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	m.at()
	f, err := m.Single.Check(ctx, e)
	m.at()
	return f, err
}

func TestASignInThatEnds(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		j := d.twoGroups()
		const group = "/organizations/{org}/groups/{group}"
		d.Fail(sandbox.Fault{Route: group, Method: http.MethodGet, Times: 2})
		d.Fail(sandbox.Fault{Route: group, Method: http.MethodGet, Answer: sandbox.TokenUnknown})
		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		now := d.state(j)
		assert.Equal(t, bulk.Paused, now.State)
		assert.True(t, now.Note.SignIn)
		assert.Equal(t, "Noor van der Meer, Quality: waiting not in it → in it", d.rows(j)[1])
		_, err := d.book.Token(t.Context(), j.ID)
		require.Error(t, err)
		d.ClearFaults()

		omar := journal.Subject{Kind: journal.Member, ID: "20530", Name: "Omar Ali"}
		require.NoError(t, d.book.Start(t.Context(), now, omar, sandbox.AdminToken))
		require.ErrorIs(t, d.book.Start(t.Context(), now, omar, sandbox.AdminToken), bulk.ErrNotNow)
		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		rows, err := d.book.Rows(t.Context(), j.ID, bulk.Done)
		require.NoError(t, err)
		require.Len(t, rows, 3)
		e, err := d.journal.Get(t.Context(), j.Org, rows[1].Entry)
		require.NoError(t, err)
		assert.Equal(t, "Omar Ali", e.Actor.Name, "who went on")
		e, err = d.journal.Get(t.Context(), j.Org, rows[0].Entry)
		require.NoError(t, err)
		assert.Equal(t, "Maren Dahl", e.Actor.Name, "who began")
	})
}

// A refusal for want of a seat holds the rows of that pool only, whichever form it has. The job pauses, and goes on
// when there is a seat.
func TestSeatsThatAreMissing(t *testing.T) {
	t.Parallel()
	for _, answer := range []sandbox.Answer{sandbox.SeatsFull, sandbox.SeatsFlat} {
		t.Run(string(answer), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, "memory:")
			j := d.job(bulk.Invite, d.plan(bulk.Invite, "Email;First name;Last name;Role;Message\nada@new.example;Ada;Byron;Standard;Hi\nbo@new.example;Bo;Ek;Light;Hi\ncy@new.example;Cy;Fo;Standard;Hi\n"))
			d.ClearRequests()
			d.Fail(sandbox.Fault{Method: http.MethodPost, Route: "/organizations/{org}/users/invite", Times: 1, Answer: answer})
			require.NoError(t, d.runner().Run(t.Context(), j.ID))
			assert.Equal(t, []string{"Ada Byron: waits for seat Tallyfy has no free full seat.", "Bo Ek: done", "Cy Fo: waits for seat Tallyfy has no free full seat."}, d.rows(j))
			assert.Len(t, d.writes(), 2, "the third was not tried")
			now := d.state(j)
			assert.Equal(t, bulk.Paused, now.State)
			assert.Contains(t, now.Note.Why, "no free seat for the rest")
			require.NoError(t, d.book.Start(t.Context(), now, now.Owner, sandbox.AdminToken))
			require.NoError(t, d.runner().Run(t.Context(), j.ID))
			assert.Equal(t, []string{"Ada Byron: done", "Bo Ek: done", "Cy Fo: done"}, d.rows(j))
			assert.Equal(t, bulk.Ended, d.state(j).State)
		})
	}
}

// A refused invitation leaves what was planned for the address before it, and nothing of its own.
func TestARefusedInvitationPlansNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	plans := d.db.PlannedGroups(d.book.Keys, time.Now)
	require.NoError(t, plans.Put(t.Context(), string(d.org()), store.Planned{Email: "ada@new.example", By: "Omar Ali", Groups: []store.PlannedGroup{{ID: "1", Name: "Legal"}}}))
	j := d.job(bulk.Invite, d.plan(bulk.Invite, "Email;First name;Last name;Role;Message;Groups\nada@new.example;Ada;Byron;Light;Hi;Quality\nbo@new.example;Bo;Ek;Light;Hi;Quality\n"))
	d.Fail(sandbox.Fault{Method: http.MethodPost, Route: "/organizations/{org}/users/invite", Times: 2, Status: 422, Body: `{"error":true,"message":"Not now."}`})
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	planned, ok, err := plans.Find(t.Context(), string(d.org()), "", "ada@new.example")
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, []store.PlannedGroup{{ID: "1", Name: "Legal"}}, planned.Groups)
	_, ok, err = plans.Find(t.Context(), string(d.org()), "", "bo@new.example")
	require.NoError(t, err)
	assert.False(t, ok)
}

// A limit that Tallyfy gives no words for is not put into its mouth.
func TestALimitWithoutWords(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	j := d.twoGroups()
	d.Fail(sandbox.Fault{Method: http.MethodPut, Times: 1, Status: http.StatusTooManyRequests, Body: `{"error":{"code":"RATE_LIMIT_EXCEEDED"}}`})
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, "Tallyfy takes no more of these for now: Too many requests in a short time. Go on later.", d.state(j).Note.Why)
}

// A limit of the day pauses the job; nothing is sent against it.
func TestALimitOfTheDay(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	j := d.job(bulk.Invite, d.plan(bulk.Invite, "Email;First name;Last name;Role;Message\nada@new.example;Ada;Byron;Standard;Hi\nbo@new.example;Bo;Ek;Light;Hi\n"))
	d.ClearRequests()
	d.Fail(sandbox.Fault{Method: http.MethodPost, Route: "/organizations/{org}/users/invite", Times: 1, Answer: sandbox.HourlyCap})
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, bulk.Paused, d.state(j).State)
	assert.Contains(t, d.state(j).Note.Why, "Tallyfy takes no more of these for now")
	assert.Len(t, d.writes(), 1)
	require.NoError(t, d.book.Start(t.Context(), j, j.Owner, sandbox.AdminToken))
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, []string{"Ada Byron: done", "Bo Ek: done"}, d.rows(j))
}

// What became impossible since the dry run has failed, and is not taken for what is as wished
// already.
func TestInvitationsThatBecameImpossible(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	j := d.job(bulk.Invite, d.plan(bulk.Invite, "Email;First name;Last name;Role;Message\nada@new.example;Ada;Byron;Standard;Hi\nbo@new.example;Bo;Ek;Light;Hi\ncy@new.example;Cy;Fo;Standard;Hi\n"))
	for _, name := range []string{"Ada", "Cy"} {
		m, err := d.client.Members.Invite(t.Context(), d.org(), tallyfy.InviteRequest{Email: strings.ToLower(name) + "@new.example", FirstName: name, LastName: "New", Role: tallyfy.RoleLight, Message: "Hi"})
		require.NoError(t, err)
		if name == "Ada" {
			n, err := strconv.Atoi(string(m.ID))
			require.NoError(t, err)
			require.True(t, d.DisableInPlace(n))
		}
	}
	_, err := d.client.Guests.Create(t.Context(), d.org(), tallyfy.CreateGuestRequest{Email: "bo@new.example"})
	require.NoError(t, err)
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, []string{
		"Ada Byron: failed Ada New is a member who was disabled. Bring the person back instead.",
		"Bo Ek: failed bo@new.example is a guest. Make the guest a member in Tallyfy under Settings, Guests: that keeps the tasks.",
		"Cy Fo: nothing to do Cy New is invited already. The invitation can be sent again or withdrawn in Tallyfy.",
	}, d.rows(j))
}

// Somebody pauses a job at the moment at which it pauses by itself.
func TestAPauseAtTheEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	j := d.job(bulk.Invite, d.plan(bulk.Invite, "Email;First name;Last name;Role;Message\nada@new.example;Ada;Byron;Standard;Hi\n"))
	d.Fail(sandbox.Fault{Method: http.MethodPost, Route: "/organizations/{org}/users/invite", Times: 1, Answer: sandbox.SeatsFull})
	r := d.runner()
	work := r.Work
	r.Work = func(j *bulk.Job, token string) bulk.Work {
		w := work(j, token)
		w.Rest = func(ctx context.Context, _ []*bulk.Row) error { return d.book.Pause(ctx, d.state(j), "", false) }
		return w
	}
	require.NoError(t, r.Run(t.Context(), j.ID))
	assert.Equal(t, bulk.Paused, d.state(j).State)
	assert.Equal(t, []string{"Ada Byron: waits for seat Tallyfy has no free full seat."}, d.rows(j))
}

func TestRolesAndDisabling(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	j := d.job(bulk.ChangeRole, d.plan(bulk.ChangeRole, "Email,Role,Reason\nnoor.vandermeer@example.com,Standard,\ntomas.herrera@example.com,light,\nyuki.tanabe@example.com,admin,Runs the office\n"))
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, []string{"Noor van der Meer: done", "Tomás Herrera: done", "Yuki Tanabe: done"}, d.rows(j))
	m, _ := d.MemberByEmail("yuki.tanabe@example.com")
	assert.Equal(t, "admin", m.Role)
	j = d.job(bulk.Disable, d.plan(bulk.Disable, "noor.vandermeer@example.com\nyuki.tanabe@example.com"))
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, []string{"Noor van der Meer: done", "Yuki Tanabe: done"}, d.rows(j))
}

// What the dry run says of the groups is so: Tallyfy restores them, and nothing is written but the enabling. A row without a
// seat waits for one.
func TestPeopleAreBroughtBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "memory:")
	before, _ := d.MemberByEmail("noor.vandermeer@example.com")
	both := "noor.vandermeer@example.com\nyuki.tanabe@example.com"
	j := d.job(bulk.Disable, d.plan(bulk.Disable, both))
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	d.copies.Forget(d.scope())
	j = d.job(bulk.Enable, d.plan(bulk.Enable, both))
	d.ClearRequests()
	d.Fail(sandbox.Fault{Method: http.MethodPut, Times: 1, Answer: sandbox.SeatsFull})
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Contains(t, strings.Join(d.rows(j), "\n"), "waits for seat Tallyfy has no free full seat.")
	require.NoError(t, d.book.Start(t.Context(), d.state(j), j.Owner, sandbox.AdminToken))
	require.NoError(t, d.runner().Run(t.Context(), j.ID))
	assert.Equal(t, []string{"Noor van der Meer: done", "Yuki Tanabe: done"}, d.rows(j))
	after, _ := d.MemberByEmail("noor.vandermeer@example.com")
	assert.Equal(t, []string{before.Status, fmt.Sprint(before.Groups)}, []string{after.Status, fmt.Sprint(after.Groups)})
	for _, w := range d.writes() {
		assert.Regexp(t, "^PUT /organizations/.*/users/[0-9]+/enable$", w)
	}
	rows, err := d.book.Rows(t.Context(), j.ID)
	require.NoError(t, err)
	e, err := d.journal.Get(t.Context(), j.Org, rows[0].Entry)
	require.NoError(t, err)
	assert.Equal(t, lifecycle.BroughtBack, e.Kind)
	assert.Len(t, e.Lines, 1, "nothing is promised of the groups")
}

func TestFailuresAreTriedAgainOnlyWhereNothingWasSent(t *testing.T) {
	t.Parallel()
	const group = "/organizations/{org}/groups/{group}"
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		rows   string // of Legal
		writes int
	}{
		"a refusal":          {sandbox.Fault{Route: group, Method: http.MethodPut, Times: 1, Status: 422, Body: `{"error":true,"message":"Not now."}`}, "failed Not now.", 2},
		"a refusal by field": {sandbox.Fault{Route: group, Method: http.MethodPut, Times: 1, Status: 422, Body: `{"errors":{"members":{"0":["Member 9 unknown."]}}}`}, "failed Member 9 unknown.", 2},
		"a 429 of the read":  {sandbox.Fault{Route: group, Method: http.MethodGet, Times: 1, Status: 429}, "done", 2},
		"a 429 of the write": {sandbox.Fault{Route: group, Method: http.MethodPut, Times: 1, Status: 429, Body: `{"error":true,"message":"Slow down."}`, Header: http.Header{"Retry-After": {"1"}}}, "done", 3},
		"an answer that is lost after it was carried out": {sandbox.Fault{Route: group, Method: http.MethodPut, Times: 1, Execute: true, Abort: true}, "done", 2},
		"an answer that is lost before":                   {sandbox.Fault{Route: group, Method: http.MethodPut, Times: 1, Abort: true}, "not known Tallyfy didn't confirm the change, and Legal is as it was. It may still be changed: look again in a minute.", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, "memory:")
			j := d.twoGroups()
			d.ClearRequests()
			d.Fail(test.fault)
			require.NoError(t, d.runner().Run(t.Context(), j.ID))
			rows := d.rows(j)
			assert.Equal(t, "Noor van der Meer, Legal: "+test.rows, rows[0])
			assert.Equal(t, "Noor van der Meer, Quality: done", rows[1])
			assert.Len(t, d.writes(), test.writes)
			assert.Equal(t, bulk.Ended, d.state(j).State)
		})
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		j := d.twoGroups()
		d.Fail(sandbox.Fault{Route: "/organizations/{org}/groups/{group}", Method: http.MethodPut, Times: 1, Status: 422, Body: `{"error":true,"message":"Not now."}`})
		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		now := d.state(j)
		n, err := d.book.Retry(t.Context(), now, now.Owner, sandbox.AdminToken)
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		assert.Equal(t, "Noor van der Meer, Legal: waiting not in it → in it", d.rows(j)[0], "and not why it failed")
		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		assert.Equal(t, "Noor van der Meer, Legal: done", d.rows(j)[0])
		n, err = d.book.Retry(t.Context(), d.state(j), now.Owner, sandbox.AdminToken)
		require.NoError(t, err)
		assert.Zero(t, n)
		assert.Equal(t, bulk.Ended, d.state(j).State)
	})
}

func TestPauseAndStop(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		j := d.twoGroups()
		r := d.runner()
		work := r.Work
		r.Work = func(j *bulk.Job, token string) bulk.Work {
			w := work(j, token)
			w.Caller.Sent = func(error) { require.NoError(t, d.book.Pause(t.Context(), j, "", false)) }
			return w
		}
		require.NoError(t, r.Run(t.Context(), j.ID))
		now := d.state(j)
		assert.Equal(t, bulk.Paused, now.State)
		counts, err := d.book.Counts(t.Context(), j.ID)
		require.NoError(t, err)
		assert.Equal(t, map[bulk.State]int{bulk.Done: 2, bulk.Waiting: 1, bulk.Nothing: 1, bulk.Cant: 1}, counts, "the step under way is carried out")
		require.NoError(t, d.book.Stop(t.Context(), now))
		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		assert.Equal(t, "Noor van der Meer, Quality: skipped", d.rows(j)[1])
		require.NoError(t, d.book.Start(t.Context(), now, now.Owner, sandbox.AdminToken))
		require.NoError(t, d.runner().Run(t.Context(), j.ID))
		assert.Equal(t, "Noor van der Meer, Quality: done", d.rows(j)[1])
	})
}

// Two jobs change the same group: the second waits for the first, and says for which.
func TestTheSecondJobNamesTheFirst(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		legal := func(w *bulk.Wish) { w.Groups = []tallyfy.ID{tallyfy.ID(d.group("Legal").ID)} }
		first := d.job(bulk.AddToGroups, d.plan(bulk.AddToGroups, "noor.vandermeer@example.com", legal))
		second := d.job(bulk.AddToGroups, d.plan(bulk.AddToGroups, "kwame.asante@example.com", legal))
		d.ClearRequests()
		sent, answered := make(chan struct{}), make(chan struct{})
		d.Fail(sandbox.Fault{Method: http.MethodPut, Times: 1, Meanwhile: func() { close(sent); <-answered }})
		done := make(chan error)
		go func() { done <- d.runner().Run(t.Context(), first.ID) }()
		<-sent
		r := d.runner()
		r.Changes.RepeatWait = time.Millisecond
		go func() { done <- r.Run(t.Context(), second.ID) }()
		assert.Eventually(t, func() bool {
			return strings.Contains(d.rows(second)[0], "The job “Add people to groups” of Maren Dahl, which changes the same, is under way. This waits for its end.")
		}, 20*time.Second, 20*time.Millisecond, "it names the first: %s", d.rows(second))
		close(answered)
		require.NoError(t, <-done)
		require.NoError(t, <-done)
		assert.Equal(t, []string{"Noor van der Meer, Legal: done"}, d.rows(first))
		assert.Equal(t, []string{"Kwame Asante, Legal: done"}, d.rows(second))
		assert.Len(t, d.writes(), 2)
	})
}

// Two processes get the job at the same moment: one works, the other returns.
func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		j := d.twoGroups()
		d.ClearRequests()
		errs := make(chan error)
		for range 4 {
			go func() { errs <- d.runner().Run(t.Context(), j.ID) }()
		}
		for range 4 {
			require.NoError(t, <-errs)
		}
		assert.Len(t, d.writes(), 2)
		assert.Equal(t, bulk.Ended, d.state(j).State)
	})
}

func TestTheBookKeepsJobsApart(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		first, second := d.twoGroups(), d.twoGroups()
		for _, id := range []string{"", "x", "00000000-0000-0000-0000-000000000000"} {
			_, err := d.book.Job(t.Context(), first.Org, id)
			require.ErrorIs(t, err, bulk.ErrNotFound)
		}
		for query, part := range map[string]string{
			`SELECT plan FROM dashboard_jobs WHERE id = $1`: "plan", `SELECT note FROM dashboard_jobs WHERE id = $1`: "note", `SELECT token FROM dashboard_jobs WHERE id = $1`: "token",
			`SELECT what FROM dashboard_job_rows WHERE job = $1 AND n = 1`: "row 1",
		} {
			var text string
			require.NoError(t, d.db.Read(t.Context(), []any{&text}, query, first.ID))
			var v any
			require.NoError(t, d.book.Keys.OpenJSON("job "+part+" "+first.ID, text, &v), "%s as in the rows of before", part)
		}
		_, err := d.book.Job(t.Context(), "other", first.ID)
		require.ErrorIs(t, err, bulk.ErrNotFound)
		list, err := d.book.Jobs(t.Context(), first.Org, "", "", 10)
		require.NoError(t, err)
		require.Len(t, list, 2)
		assert.Equal(t, second.ID, list[0].ID)
		list, err = d.book.Jobs(t.Context(), first.Org, "1", "", 10)
		require.NoError(t, err)
		assert.Empty(t, list, "somebody else's")
		ids, err := d.book.Running(t.Context())
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{first.ID, second.ID}, ids)
		later := *d.book
		later.Now = func() time.Time { return time.Now().Add(bulk.Keep + time.Hour) }
		_, err = later.Job(t.Context(), first.Org, first.ID)
		require.ErrorIs(t, err, bulk.ErrNotFound)
		require.NoError(t, d.book.Stop(t.Context(), first))
		n, err := later.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n, "one that runs stays")
		var left int
		require.NoError(t, d.db.Read(t.Context(), []any{&left}, `SELECT COUNT(*) FROM dashboard_job_rows WHERE job = $1`, first.ID))
		assert.Zero(t, left)
	})
}
