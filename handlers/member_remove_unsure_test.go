package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/tallyfy/sandbox"
)

const unsureNotice = endedNotice + " Before that a change was sent and not confirmed: it may or may not have been made. Sign in again and look before you repeat it."

// The change was carried out, its answer was lost, and then the sign-in ended: nobody may read that nothing was changed.
func TestNotConfirmedBeforeTheSignInEnded(t *testing.T) {
	for name, test := range map[string]struct {
		route string
		form  func(*site) *form
		after func(*testing.T, *site, *page) // what signing in again shows
	}{
		"a group": {
			groupRoute, func(s *site) *form { return s.get(s.deletePath("Works Council")).form("main form") },
			func(t *testing.T, s *site, p *page) {
				assert.False(t, s.exists("Works Council"))
				assert.Contains(t, p.text(".notice"), "That group is already gone.")
			},
		},
		"a member": {
			userRoute, func(s *site) *form { return s.get(s.planPath("chiara.dangelo", "leave")).form("main form") },
			func(t *testing.T, s *site, p *page) {
				assert.Equal(t, "disabled", s.member("chiara.dangelo").Status)
				assert.Contains(t, p.url, "/receipt/")
				assert.Equal(t, "Confirmed", p.receipt()[chiaraAccess])
				assert.Equal(t, "Done. Tallyfy didn't confirm the removal, but Chiara D'Angelo is removed. 1 line of the plan could not be checked.", p.summary())
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			f := test.form(s)
			s.sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: test.route, Execute: true, Status: http.StatusInternalServerError})
			s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: test.route, Times: 1}) // the look before
			s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: test.route, Times: 1, Status: http.StatusUnauthorized})
			p := f.submit("").whole(http.StatusOK)
			assert.Equal(t, "Sign in", p.text("h1"))
			assert.Equal(t, "Please note. "+unsureNotice, p.text(".notice"))
			test.after(t, s, p.form("form:has([name=sandbox])").submit("").whole(http.StatusOK))
			assert.Len(t, s.removals(), 1, "and it is never sent again")
		})
	}
}

// A confirmed removal leaves no doubt, whenever the sign-in ends.
func TestConfirmedBeforeTheSignInEnded(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "leave")).form("main form")
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: userRoute, Times: 1}) // the look before
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: userRoute, Times: 1, Status: http.StatusUnauthorized})
	p := f.submit("").whole(http.StatusOK)
	assert.Equal(t, "Sign in", p.text("h1"))
	assert.Equal(t, "Please note. "+endedNotice+" Sign in again to go on where you were.", p.text(".notice"))
}

// The own copy of the members is as large as the organisation: a removal that is confirmed corrects it, another one drops it.
func TestARemovalCorrectsTheCopyOfTheMembers(t *testing.T) {
	for name, test := range map[string]struct {
		fault    sandbox.Fault
		listings int
		offered  bool
	}{
		"confirmed":                       {sandbox.Fault{}, 0, false},
		"not confirmed, carried out":      {sandbox.Fault{Status: 500, Execute: true}, 1, false},
		"not confirmed, not carried out":  {sandbox.Fault{Status: 500}, 1, true},
		"refused: nothing to take in yet": {sandbox.Fault{Status: 400, Body: `{"message":"No."}`}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			f := s.get(s.planPath("chiara.dangelo", "leave")).form("main form")
			other := s.removePath("esi.mensah") + "/handover?q=chiara"
			assert.Equal(t, []string{"chiara.dangelo@example.com"}, s.get(other).offered())
			test.fault.Method, test.fault.Route = http.MethodDelete, userRoute
			if test.fault.Status != 0 {
				s.sandbox.Fail(test.fault)
			}
			s.sandbox.ClearRequests()
			f.submit("")
			s.get(s.removePath("amelie.rousseau") + "/handover")
			p := s.get(other).whole(http.StatusOK)
			assert.Equal(t, test.offered, len(p.offered()) == 1, p.offered())
			assert.Equal(t, test.listings, s.listings())
			assert.Len(t, s.removals(), 1)
		})
	}
}

// Without the successor's number from before, nobody can say that all the tasks have arrived.
func TestASuccessorWhoseTasksWereNotCountedBefore(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: tasksRoute, Times: 1}) // the leaver's
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: tasksRoute, Times: 1, Status: http.StatusForbidden})
	p := f.submit("")
	assert.Equal(t, "Could not check", p.receipt()[moves("Siobhán O'Brien", "siobhan.obrien")])
	open := plural(s.sandbox.OpenTasks(s.member("siobhan.obrien").ID), "open task")
	assert.Contains(t, p.texts("ol.plan .small"), "None is in Chiara D'Angelo's name any more. Siobhán O'Brien has "+open+" now.")
	assert.Len(t, s.removals(), 1)
}

// brokenList is a transport with a mistake that only the list of members meets, which is read in the background.
type brokenList struct{ next http.RoundTripper }

func (b *brokenList) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/users") {
		panic("a mistake")
	}
	return b.next.RoundTrip(r)
}

func TestAPanicInTheBackgroundLeavesThePage(t *testing.T) {
	b := &brokenList{}
	s := newSite(t, siteOptions{transport: b})
	b.next = s.sandbox.Transport()
	s.signIn()
	p := s.get(s.removePath("chiara.dangelo") + "/handover").whole(http.StatusOK)
	assert.Contains(t, p.text("main"), "Tallyfy did not give all members: somebody may be missing.")
	assert.NotContains(t, p.body, "a mistake")
	assert.Contains(t, s.log.String(), "panic while reading: a mistake")
	assert.Equal(t, http.StatusOK, s.get("/groups").status, "the server goes on")
}
