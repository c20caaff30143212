package review_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestAStarterSetSaysWhatIsExpected(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "milan.horvat", "ines.carvalho")
	assert.Contains(t, open(q, "Milan Horvat").Text("main"), "Nothing to compare with: there is no starter set for Systems Administrator")
	form := open(q, "Milan Horvat").Follow("Make a starter set for Systems Administrator…").Whole(http.StatusOK)
	assert.Equal(t, "Systems Administrator", form.Find("main form[data-form] [name=for]").AttrOr("value", ""))

	p := s.Get("/reviews/sets").Whole(http.StatusOK)
	assert.Equal(t, "Starter sets", p.Text("h1"))
	p = p.Form("main form[method=get]").Set("for", "Systems Administrator").Submit("Choose groups").Whole(http.StatusOK)
	assert.Equal(t, "Starter set for Systems Administrator", p.Text("h1"))
	assert.Zero(t, p.Find("input[checked]").Length(), "nothing is ticked by itself")
	p = p.Form("main form[method=post]").Tick("add", s.Group("IT Service Desk").ID).Set("find", "platform").Submit("Search").Whole(http.StatusOK)
	p = p.Form("main form[method=post]").Tick("add", s.Group("Platform Engineering").ID).Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "/reviews/sets", p.URL)
	assert.Contains(t, p.Text(".notice.done"), "The starter set for people with the job title Systems Administrator is IT Service Desk and Platform Engineering.")
	assert.Contains(t, p.Text("main"), "Edited by Maren Dahl")

	entry := p.Follow("Receipt").Whole(http.StatusOK)
	assert.Contains(t, entry.Text("main"), "The starter set for people with the job title Systems Administrator is IT Service Desk and Platform Engineering.")
	assert.Equal(t, "/reviews/sets", entry.Link("Starter sets"))
	assert.Contains(t, s.Get("/activity?what=review.set").Text("main"), "Maren Dahl changed the starter set for people with the job title Systems Administrator. Confirmed")
	assert.Zero(t, s.Writes(), "nothing is sent to Tallyfy")

	text := open(s.Get(q.URL), "Milan Horvat").Text("main")
	assert.NotContains(t, text, "Make a starter set")
	assert.Contains(t, text, "Compared with the starter set for Systems Administrator.")
	assert.Contains(t, text, "In the starter set for Systems Administrator.")

	// One for everybody, and none again.
	p = s.Get("/reviews/sets?for=").Whole(http.StatusOK)
	assert.Equal(t, "Starter set for everybody", p.Text("h1"))
	p = p.Form("main form[method=post]").Set("find", "everyone").Submit("Search").Whole(http.StatusOK)
	p = p.Form("main form[method=post]").Tick("add", s.Group("Everyone at Aldermoor").ID).Submit("Save").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "The starter set for everybody is Everyone at Aldermoor.")
	assert.Contains(t, open(s.Get(q.URL), "Inês Carvalho").Text("main"), "In the starter set for everybody.")
	p = s.Post("/reviews/sets", url.Values{"for": {"systems  administrator"}, "action": {"save"}}).Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "There is no starter set for people with the job title systems administrator.")
	assert.NotContains(t, p.Text("main section:first-of-type"), "Systems Administrator")
}

func TestAStarterSetThatSomebodyElseEdited(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	set := func(site *sitetest.Site, group string) *sitetest.Form {
		return site.Get("/reviews/sets?for=Driver").Whole(http.StatusOK).Form("main form[method=post]").Tick("add", s.Group(group).ID)
	}
	mine, other := set(s, "Fleet and Drivers"), set(asKwame(s), "Customer Care")
	other.Submit("Save").Whole(http.StatusOK)
	p := mine.Submit("Save").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice.warning"), "Somebody else has edited this starter set since you opened it, and nothing was changed. The starter set for people with the job title Driver is Customer Care.")
	assert.Equal(t, 1, p.Find("input[name=add][checked]").Length(), "what was ticked stays")
	p = p.Form("main form[method=post]").Submit("Save").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "is Fleet and Drivers.")
}

func TestStarterSetsAreForAdministrators(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	s.Get("/reviews/sets").Whole(http.StatusForbidden)
	s.Post("/reviews/sets", url.Values{"for": {"Driver"}, "add": {s.Group("Operations").ID}, "action": {"save"}}).Whole(http.StatusForbidden)
}
