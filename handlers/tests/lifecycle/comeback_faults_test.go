package lifecycle_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// Bringing somebody back takes several calls: each of them may fail, with others changing a group at the same time
// or not. Nothing is sent twice, nobody else is lost, and the receipt says what is so.
func TestBringBackWithAFaultAtEachCall(t *testing.T) {
	t.Parallel()
	const enable = sitetest.UserRoute + "/enable"
	calls := map[string]sandbox.Fault{
		"enabling": {Method: http.MethodPut, Route: enable}, "the reading of the groups": {Method: http.MethodGet, Route: sitetest.UserRoute, Skip: 2},
		"the reading of a group": {Method: http.MethodGet, Route: sitetest.GroupRoute}, "the change of a group": {Method: http.MethodPut, Route: sitetest.GroupRoute},
	}
	for fault, f := range map[string]sandbox.Fault{
		"401": {Status: 401}, "403": {Status: 403}, "404": {Status: 404}, "409": {Status: 409}, "422": {Status: 422}, "429": {Status: 429}, "500": {Status: 500},
		"500 after it was done": {Status: 500, Execute: true}, "a broken connection": {Abort: true}, "a broken connection after it was done": {Abort: true, Execute: true},
	} {
		for call, at := range calls {
			for _, others := range []bool{false, true} {
				if f.Execute && at.Method == http.MethodGet {
					continue
				}
				name := fault + " at " + call
				if others {
					name += ", beside another"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					s := sitetest.SignedIn(t, sitetest.Options{})
					removed(s)
					p := comebackPlan(s, "none")
					theirs := s.Group("Finance")
					if others {
						s.Sandbox.ChangeGroup(theirs.ID, sandbox.GroupChange{Add: []int{s.Member("noor.vandermeer").ID}, AddGuests: []string{"theirs@x.example"}})
						theirs = s.Group("Finance")
					}
					s.Sandbox.ClearRequests()
					f := f
					f.Method, f.Route, f.Skip = at.Method, at.Route, at.Skip
					s.Sandbox.Fail(f)
					form := p.Form("main form")
					p = form.Submit("")
					s.Sandbox.ClearFaults()
					me := s.Member(returner).ID
					back := s.Member(returner).Status == "active"
					puts := map[string]int{}
					for _, r := range s.Sandbox.Requests() {
						if r.Method == http.MethodPut {
							puts[r.Path]++
						}
					}
					if f.Status != 429 { // which was never carried out, and may be sent again
						for path, n := range puts {
							assert.Equal(t, 1, n, "%s is sent twice", path)
						}
					}
					if !back {
						assert.Len(t, puts, 1, "no group is changed while the member is out")
					}
					without := func(ids []int) []int {
						return slices.DeleteFunc(slices.Clone(ids), func(id int) bool { return id == me })
					}
					now := s.Group("Finance")
					assert.ElementsMatch(t, without(theirs.Members), without(now.Members), "nobody else is lost")
					assert.Equal(t, theirs.Guests, now.Guests)

					if p.Text("h1") == "Sign in" {
						assert.Equal(t, !back, strings.Contains(p.Text("main"), "Nothing was changed."))
						s.SignIn()
					}
					href, _ := s.Get("/activity?what=member.enable").Find("main ul.rows a").First().Attr("href")
					p = s.Get(href + "?check=again").Whole(http.StatusOK)
					left := len(groupsOf(s, returner)) > 0
					switch badges := p.Texts("ol.plan .badge"); {
					case len(badges) == 0:
						assert.False(t, back, "refused, and not done")
					case back && left:
						assert.Equal(t, []string{"Confirmed", "Not as expected"}, badges)
					case back:
						assert.Equal(t, []string{"Confirmed", "Confirmed"}, badges)
					default:
						assert.Equal(t, []string{"Not as expected", "Could not check"}, badges)
					}
				})
			}
		}
	}
}
