package removal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestAReceiptIsForTheOneWhoRemoved(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Remove("chiara.dangelo", "leave")
	receipt := p.URL
	assert.Equal(t, receiptOf(p), receiptOf(s.Get(receipt)), "it can be looked at again")
	second := s.As(t)
	second.SignIn()
	assert.Equal(t, receiptOf(p), receiptOf(second.Get(receipt)), "on another device, too")

	standard, elsewhere, nobody := s.As(t), s.As(t), s.As(t)
	standard.SignInWith(sandbox.StandardToken)
	inOther(elsewhere)
	for name, other := range map[string]*sitetest.Site{"another person": standard, "another organisation": elsewhere} {
		p := other.Get(receipt).Whole(http.StatusNotFound)
		assert.Equal(t, "There is no such receipt", p.Text("h1"), name)
		assert.NotContains(t, p.Body, "Chiara", name)
	}
	assert.Equal(t, "Sign in", nobody.Get(receipt).Text("h1"))
	for _, record := range []string{"0123456789abcdef0123456789abcdef", "x", "..%2f..", "%00", "%3Cscript%3E"} {
		assert.Equal(t, "There is no such receipt", s.Get(s.RemovePath("chiara.dangelo")+"/receipt/"+record).Whole(http.StatusNotFound).Text("h1"), record)
	}
}

func TestAReceiptSaysWhatItCannotCheck(t *testing.T) {
	t.Parallel()
	joins := notAdded("Siobhán O'Brien")
	all := []string{chiaraAccess, chiaraLeaves, chiaraEmptied, moves("Siobhán O'Brien", "siobhan.obrien"), steps("Siobhán O'Brien"), joins, chiaraAccount}
	for name, test := range map[string]struct {
		route     string
		unchecked []string
		summary   string
	}{
		"members not read": {
			sitetest.UserRoute,
			[]string{chiaraAccess, chiaraLeaves, steps("Siobhán O'Brien"), joins, chiaraAccount},
			"Please note. Tallyfy said that Chiara D'Angelo is removed, but does not answer now, so it could not be checked.",
		},
		"tasks not read":  {sitetest.TasksRoute, []string{moves("Siobhán O'Brien", "siobhan.obrien"), steps("Siobhán O'Brien")}, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 2 of 7 points could not be checked."},
		"groups not read": {sitetest.GroupRoute, []string{chiaraEmptied, steps("Siobhán O'Brien")}, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 2 of 7 points could not be checked."},
		"nothing read":    {"", all, "Please note. Tallyfy said that Chiara D'Angelo is removed, but does not answer now, so it could not be checked."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			receipt := s.Remove("chiara.dangelo", "siobhan.obrien").URL
			for _, status := range []int{http.StatusInternalServerError, http.StatusForbidden} {
				s.Sandbox.ClearFaults()
				s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: test.route, Status: status})
				p := s.Get(receipt)
				want := map[string]string{}
				for _, line := range all {
					want[line] = "Confirmed"
				}
				for _, line := range test.unchecked {
					want[line] = "Could not check"
				}
				assert.Equal(t, want, receiptOf(p))
				assert.Equal(t, test.summary, summary(p))
			}
			s.Sandbox.ClearFaults()
			assert.Equal(t, "Confirmed", receiptOf(s.Get(receipt))[chiaraAccess])
			assert.Len(t, s.Removals(), 1)
		})
	}
}

func TestAReceiptOfACallThatNothingIsKnownAbout(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	// The plan is made, then Tallyfy answers nothing any more: neither the removal nor what comes after.
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.UserRoute, Times: 1})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UserRoute, Status: 500})
	p := f.Submit("")
	assert.Equal(t, "Could not check", receiptOf(p)[chiaraAccess])
	assert.Equal(t, "Please note. Tallyfy didn't confirm the removal. Chiara D'Angelo may or may not be removed. Please don't repeat it; check again in a minute.", summary(p))
	assert.Len(t, s.Removals(), 1)
}

func TestAReceiptSaysWhatIsNotAsExpected(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	receipt := s.Remove("chiara.dangelo", "siobhan.obrien").URL
	s.Elsewhere(http.MethodPut, "/groups/"+s.Group("Payroll").ID, `{"description":"x","members":[`+s.ID("siobhan.obrien")+`]}`)
	p := s.Get(receipt)
	said := receiptOf(p)
	assert.Equal(t, "Not as expected", said[chiaraEmptied])
	assert.Equal(t, "Not as expected", said[notAdded("Siobhán O'Brien")])
	assert.Contains(t, p.Texts("ol.plan .small"), "It has 1 member and 0 guests.")
	assert.Contains(t, p.Texts("ol.plan .small"), "Siobhán O'Brien is now in Payroll.")
	assert.Equal(t, "Please note. Chiara D'Angelo is removed, but 2 points are not as expected.", summary(p))

	s.Elsewhere(http.MethodPut, "/users/"+s.ID("chiara.dangelo")+"/enable", "")
	p = s.Get(receipt)
	assert.Equal(t, "Not as expected", receiptOf(p)[chiaraAccess])
	assert.Contains(t, summary(p), "but still lists them as active")

	s.Disable("chiara.dangelo")
	s.Elsewhere(http.MethodDelete, "/users/"+s.ID("chiara.dangelo")+"/delete", "")
	p = s.Get(receipt)
	said = receiptOf(p)
	assert.Equal(t, "Confirmed", said[chiaraAccess], "who is not listed has no access")
	assert.Equal(t, "Could not check", said[chiaraLeaves])
	assert.Equal(t, "Could not check", said[chiaraAccount])
	assert.Contains(t, p.Texts("ol.plan .small"), "Tallyfy no longer lists them.")
}

// The removal was carried out: nobody may read that nothing was changed.
func TestAReceiptComesBackAfterSigningInAgain(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.UserRoute, Times: 1})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.UserRoute, Status: 401})
	p := f.Submit("").Whole(http.StatusOK)
	require.Equal(t, "Sign in", p.Text("h1"))
	assert.NotContains(t, p.Text(".notice"), "Nothing was changed")
	s.Sandbox.ClearFaults()
	p = p.Form("form:has([name=sandbox])").Submit("")
	assert.Contains(t, p.URL, "/activity/")
	assert.Equal(t, "Confirmed", receiptOf(p)[chiaraAccess])
	assert.Len(t, s.Removals(), 1)
}
