package browser_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A whole review in each way: two people are decided, the decisions are checked and applied, by the page and then by a job, and
// the receipt says what was found.
func TestBrowserWholeReview(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		s := u.site
		s.SignIn() // as another visitor
		review := s.Post("/reviews", url.Values{"name": {"Two"}, "who": {"text"}, "text": {"noor.vandermeer@example.com\nchiara.dangelo@example.com"}}).URL
		u.Open(review)
		u.WaitForTitle("Two")
		u.press("Go on at person 1")
		u.WaitForText("h1", "Chiara D'Angelo")
		u.tick("input[name=remove][value='" + s.Group("Finance").ID + "']")
		u.write("#field-note", "no longer in accounts")
		u.press("Change groups")
		u.WaitForText("h1", "Noor van der Meer")
		u.press("Looks right")
		u.WaitForTitle("Two")
		u.check("a queue that is decided")
		u.press("Check and apply")
		u.WaitForTitle("Check and apply")
		u.WaitForText("h2", "Groups that change")
		u.check("the check of a review")
		u.press("Change 1 group for 1 person")
		u.WaitForTitle("Receipt: Two")
		u.WaitForText("p", "1 looks right + 1 changed = 2 people, a row each.")
		u.check("the receipt of a review")
		assert.NotContains(t, s.Group("Finance").Members, s.Member("chiara.dangelo").ID)

		var groups []string
		for _, name := range []string{"Finance", "Legal", "Quality", "Works Council", "Operations", "Customer Care"} {
			groups = append(groups, s.Group(name).ID)
		}
		path := review + "/people/" + s.ID("noor.vandermeer")
		base := s.Get(path).Find("main form[data-form] [name=base]").AttrOr("value", "")
		s.Post(path, url.Values{"decision": {"change"}, "base": {base}, "add": groups})
		u.Open(review + "/check")
		u.WaitForText("h2", "Groups that change")
		u.check("the check of a long review")
		u.press("Change 6 groups for 1 person")
		u.WaitForTitle("Carry out a review")
		u.WaitForText("p", "All 6 done.")
		u.check("the job of a review")
		u.press("Its receipt")
		u.WaitForTitle("Receipt: Two")
		u.WaitForText("p", "2 changed = 2 people, a row each.")
		u.check("the receipt of a job")
		u.Open("/reviews")
		u.WaitForText("a", "Two")
		u.check("the list of reviews")
	})
}
