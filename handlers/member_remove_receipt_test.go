package handlers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

func TestAReceiptIsForTheOneWhoRemoved(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.press("chiara.dangelo", "leave")
	receipt := p.url
	assert.Equal(t, p.receipt(), s.get(receipt).receipt(), "it can be looked at again")
	second := s.as(t)
	second.signIn()
	assert.Equal(t, p.receipt(), second.get(receipt).receipt(), "on another device, too")

	standard, elsewhere, nobody := s.as(t), s.as(t), s.as(t)
	standard.signInWith(sandbox.StandardToken)
	elsewhere.inOther()
	for name, other := range map[string]*site{"another person": standard, "another organisation": elsewhere} {
		p := other.get(receipt).whole(http.StatusNotFound)
		assert.Equal(t, "There is no such receipt", p.text("h1"), name)
		assert.NotContains(t, p.body, "Chiara", name)
	}
	assert.Equal(t, "Sign in", nobody.get(receipt).text("h1"))
	for _, record := range []string{"0123456789abcdef0123456789abcdef", "x", "..%2f..", "%00", "%3Cscript%3E"} {
		assert.Equal(t, "There is no such receipt", s.get(s.removePath("chiara.dangelo")+"/receipt/"+record).whole(http.StatusNotFound).text("h1"), record)
	}
}

func TestAReceiptSaysWhatItCannotCheck(t *testing.T) {
	const joins = "Siobhán O'Brien does not join Payroll, Finance and People and Culture."
	all := []string{chiaraAccess, chiaraLeaves, chiaraEmptied, moves("Siobhán O'Brien", "siobhan.obrien"), steps("Siobhán O'Brien"), joins, chiaraAccount}
	for name, test := range map[string]struct {
		route     string
		unchecked []string
		summary   string
	}{
		"members not read": {
			userRoute,
			[]string{chiaraAccess, chiaraLeaves, steps("Siobhán O'Brien"), joins, chiaraAccount},
			"Please note. Tallyfy said that Chiara D'Angelo is removed, but does not answer now, so it could not be checked.",
		},
		"tasks not read":  {tasksRoute, []string{moves("Siobhán O'Brien", "siobhan.obrien"), steps("Siobhán O'Brien")}, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 2 lines of the plan could not be checked."},
		"groups not read": {groupRoute, []string{chiaraEmptied, steps("Siobhán O'Brien")}, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 2 lines of the plan could not be checked."},
		"nothing read":    {"", all, "Please note. Tallyfy said that Chiara D'Angelo is removed, but does not answer now, so it could not be checked."},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			receipt := s.press("chiara.dangelo", "siobhan.obrien").url
			for _, status := range []int{http.StatusInternalServerError, http.StatusForbidden} {
				s.sandbox.ClearFaults()
				s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: test.route, Status: status})
				p := s.get(receipt)
				want := map[string]string{}
				for _, line := range all {
					want[line] = "Confirmed"
				}
				for _, line := range test.unchecked {
					want[line] = "Could not check"
				}
				assert.Equal(t, want, p.receipt())
				assert.Equal(t, test.summary, p.summary())
			}
			s.sandbox.ClearFaults()
			assert.Equal(t, "Confirmed", s.get(receipt).receipt()[chiaraAccess])
			assert.Len(t, s.removals(), 1)
		})
	}
}

func TestAReceiptOfACallThatNothingIsKnownAbout(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "leave")).form("main form")
	// The plan is made, then Tallyfy answers nothing any more: neither the removal nor what comes after.
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: userRoute, Times: 1})
	s.sandbox.Fail(sandbox.Fault{Route: userRoute, Status: 500})
	p := f.submit("")
	assert.Equal(t, "Could not check", p.receipt()[chiaraAccess])
	assert.Equal(t, "Please note. Tallyfy didn't confirm the removal. Chiara D'Angelo may or may not be removed. Please don't repeat it; check again in a minute.", p.summary())
	assert.Len(t, s.removals(), 1)
}

func TestAReceiptSaysWhatIsNotAsExpected(t *testing.T) {
	s := signedIn(t, siteOptions{})
	receipt := s.press("chiara.dangelo", "siobhan.obrien").url
	s.elsewhere(http.MethodPut, "/groups/"+s.group("Payroll").ID, `{"description":"x","members":[`+s.id("siobhan.obrien")+`]}`)
	p := s.get(receipt)
	said := p.receipt()
	assert.Equal(t, "Not as expected", said[chiaraEmptied])
	assert.Equal(t, "Not as expected", said["Siobhán O'Brien does not join Payroll, Finance and People and Culture."])
	assert.Contains(t, p.texts("ol.plan .small"), "Payroll has 1 member and 0 guests.")
	assert.Contains(t, p.texts("ol.plan .small"), "Siobhán O'Brien is now in Payroll.")
	assert.Equal(t, "Please note. Chiara D'Angelo is removed, but 2 lines are not as expected.", p.summary())

	s.elsewhere(http.MethodPut, "/users/"+s.id("chiara.dangelo")+"/enable", "")
	p = s.get(receipt)
	assert.Equal(t, "Not as expected", p.receipt()[chiaraAccess])
	assert.Contains(t, p.summary(), "but still lists Chiara D'Angelo as active")

	s.disable("chiara.dangelo")
	s.elsewhere(http.MethodDelete, "/users/"+s.id("chiara.dangelo")+"/delete", "")
	p = s.get(receipt)
	said = p.receipt()
	assert.Equal(t, "Confirmed", said[chiaraAccess], "who is not listed has no access")
	assert.Equal(t, "Could not check", said[chiaraLeaves])
	assert.Equal(t, "Could not check", said[chiaraAccount])
	assert.Contains(t, p.texts("ol.plan .small"), "Tallyfy no longer lists Chiara D'Angelo.")
}

// The removal was carried out: nobody may read that nothing was changed.
func TestAReceiptComesBackAfterSigningInAgain(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "leave")).form("main form")
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: userRoute, Times: 1})
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: userRoute, Times: 1, Status: 401})
	p := f.submit("").whole(http.StatusOK)
	require.Equal(t, "Sign in", p.text("h1"))
	p = p.form("form:has([name=sandbox])").submit("")
	assert.Contains(t, p.url, "/receipt/")
	assert.Equal(t, "Confirmed", p.receipt()[chiaraAccess])
	assert.Len(t, s.removals(), 1)
}
