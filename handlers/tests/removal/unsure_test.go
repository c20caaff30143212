package removal_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const unsureNotice = sitetest.EndedNotice + " Before that a change was sent and not confirmed: it may or may not have been made. Sign in again and look before you repeat it."

// The change was carried out, its answer was lost, and then the sign-in ended: nobody may read that nothing was changed.
func TestNotConfirmedBeforeTheSignInEnded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		route string
		form  func(*sitetest.Site) *sitetest.Form
		after func(*testing.T, *sitetest.Site, *sitetest.Page) // what signing in again shows
	}{
		"a group": {
			sitetest.GroupRoute, func(s *sitetest.Site) *sitetest.Form { return s.Get(s.DeletePath("Works Council")).Form("main form") },
			func(t *testing.T, s *sitetest.Site, p *sitetest.Page) {
				assert.False(t, s.Exists("Works Council"))
				assert.Contains(t, p.Text(".notice"), "That group is already gone.")
			},
		},
		"a member": {
			sitetest.UserRoute, func(s *sitetest.Site) *sitetest.Form {
				return s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
			},
			func(t *testing.T, s *sitetest.Site, p *sitetest.Page) {
				assert.Equal(t, "disabled", s.Member("chiara.dangelo").Status)
				assert.Contains(t, p.URL, "/activity/")
				assert.Equal(t, "Confirmed", receiptOf(p)[chiaraAccess])
				assert.Equal(t, "Done. Tallyfy didn't confirm the removal, but Chiara D'Angelo is removed. 1 of 6 points could not be checked.", summary(p))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := test.form(s)
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: test.route, Execute: true, Status: http.StatusInternalServerError})
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: test.route, Times: 1}) // the look before
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: test.route, Status: http.StatusUnauthorized})
			p := f.Submit("").Whole(http.StatusOK)
			assert.Equal(t, "Sign in", p.Text("h1"))
			s.Sandbox.ClearFaults()
			assert.Equal(t, "Please note. "+unsureNotice, p.Text(".notice"))
			test.after(t, s, p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK))
			assert.Len(t, s.Removals(), 1, "and it is never sent again")
		})
	}
}

// A confirmed removal leaves no doubt, whenever the sign-in ends.
func TestConfirmedBeforeTheSignInEnded(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.UserRoute, Times: 1}) // the look before
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.UserRoute, Status: http.StatusUnauthorized})
	p := f.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Sign in", p.Text("h1"))
	assert.Equal(t, "Please note. "+sitetest.EndedNotice+" Sign in again to go on where you were.", p.Text(".notice"))
}

// The own copy of the members is as large as the organisation: a removal that is confirmed corrects it, another one drops it.
func TestARemovalCorrectsTheCopyOfTheMembers(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
			other := s.RemovePath("esi.mensah") + "/handover?q=chiara"
			assert.Equal(t, []string{"chiara.dangelo@example.com"}, offered(s.Get(other)))
			test.fault.Method, test.fault.Route = http.MethodDelete, sitetest.UserRoute
			if test.fault.Status != 0 {
				s.Sandbox.Fail(test.fault)
			}
			s.Sandbox.ClearRequests()
			f.Submit("")
			s.Get(s.RemovePath("amelie.rousseau") + "/handover")
			p := s.Get(other).Whole(http.StatusOK)
			assert.Equal(t, test.offered, len(offered(p)) == 1, offered(p))
			assert.Equal(t, test.listings, listings(s))
			assert.Len(t, s.Removals(), 1)
		})
	}
}

// unlisted is a transport that refuses to list one person's tasks until somebody is removed.
type unlisted struct {
	next    http.RoundTripper
	owner   string
	removed atomic.Bool
}

func (u *unlisted) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodDelete {
		u.removed.Store(true)
	}
	if !u.removed.Load() && r.URL.Query().Get("owners") == u.owner {
		return &http.Response{StatusCode: http.StatusForbidden, Body: http.NoBody, Request: r}, nil
	}
	return u.next.RoundTrip(r)
}

// Without the successor's number from before, nobody can say that all the tasks have arrived.
func TestASuccessorWhoseTasksWereNotCountedBefore(t *testing.T) {
	t.Parallel()
	u := &unlisted{}
	s := sitetest.New(t, sitetest.Options{Transport: u})
	u.next, u.owner = s.Sandbox.Transport(), s.ID("siobhan.obrien")
	s.SignIn()
	p := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form").Submit("")
	assert.Equal(t, "Could not check", receiptOf(p)[moves("Siobhán O'Brien", "siobhan.obrien")])
	open := sitetest.Plural(s.Sandbox.OpenTasks(s.Member("siobhan.obrien").ID), "open task")
	assert.Contains(t, p.Texts("ol.plan .small"), "None is in their name any more. Siobhán O'Brien has "+open+" now; how many there were before is not known.")
	assert.Len(t, s.Removals(), 1)
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
	t.Parallel()
	b := &brokenList{}
	s := sitetest.New(t, sitetest.Options{Transport: b})
	b.next = s.Sandbox.Transport()
	s.SignIn()
	p := s.Get(s.RemovePath("chiara.dangelo") + "/handover").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Tallyfy did not give all members: somebody may be missing.")
	assert.NotContains(t, p.Body, "a mistake")
	assert.Contains(t, s.Log.String(), "panic while reading: a mistake")
	assert.Equal(t, http.StatusOK, s.Get("/groups").Status, "the server goes on")
}
