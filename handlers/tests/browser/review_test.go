package browser_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// startReview starts a review of twenty people as another visitor, and returns its address.
func startReview(s *sitetest.Site) string {
	s.T.Helper()
	s.SignIn()
	var addresses []string
	for _, m := range s.Sandbox.Members() {
		if m.Status == "active" && m.Role == "standard" && m.Type != "bot" && len(addresses) < 20 {
			addresses = append(addresses, m.Email)
		}
	}
	require.Len(s.T, addresses, 20)
	return s.Post("/reviews", url.Values{"name": {"Twenty"}, "who": {"text"}, "text": {strings.Join(addresses, "\n")}}).URL
}

// waitForStep waits until the page of somebody in the review is there, script included.
func waitForStep(b *sitetest.Tab, step int) {
	b.T.Helper()
	b.WaitFor(fmt.Sprintf("step %d", step), fmt.Sprintf(
		`document.title.startsWith("%d of 20: ") && document.readyState === "complete" && (!document.querySelector("[data-review-keys]") || !document.querySelector("[data-review-keys]").hidden)`, step))
}

// Twenty people by keyboard alone: each decision opens the next person, with the focus on the heading.
func TestBrowserReviewByKeyboard(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open(startReview(s))
	tabTo(b, "Go on at person 1")
	for step := 1; step <= 20; step++ {
		waitForStep(b, step)
		assert.Equal(t, "H1", sitetest.Evaluate[string](b, "document.activeElement.tagName"), "step %d", step)
		switch step {
		case 3: // the first press leads to the note, in which letters are letters
			b.Do(chromedp.KeyEvent("a"))
			assert.Equal(t, "note", sitetest.Evaluate[string](b, "document.activeElement.name"))
			b.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("lala")) // the letter itself
			assert.Equal(t, "lala", sitetest.Evaluate[string](b, "document.activeElement.value"))
			tabTo(b, "Ask someone")
		case 4: // there and back
			b.Do(chromedp.KeyEvent("n"))
			waitForStep(b, 5)
			b.Do(chromedp.KeyEvent("p"))
			waitForStep(b, 4)
			b.Do(chromedp.KeyEvent("u"))
			waitForStep(b, 3)
			b.Do(chromedp.KeyEvent("n"))
			waitForStep(b, 4)
			b.Do(chromedp.KeyEvent("l"))
		case 5: // the first press leads to the groups
			b.Do(chromedp.KeyEvent("c"))
			assert.Contains(t, []string{"add", "remove", "find"}, sitetest.Evaluate[string](b, "document.activeElement.name"))
			tabUntil(b, "a group to take out", `document.activeElement.name === "remove"`)
			b.Do(chromedp.KeyEvent(" "), chromedp.KeyEvent("c")) // and the second to the note that this needs
			assert.Equal(t, "note", sitetest.Evaluate[string](b, "document.activeElement.name"))
			b.Do(chromedp.KeyEvent("moved"))
			tabTo(b, "Change groups")
		case 6: // switched off, no key does anything
			b.Press("Turn these keys off")
			b.Do(chromedp.KeyEvent("l"))
			b.WaitForText("button", "Turn these keys on")
			waitForStep(b, 6)
			tabTo(b, "Turn these keys on")
			b.WaitForText("button", "Turn these keys off")
			b.Do(chromedp.KeyEvent("l"))
		default:
			b.Do(chromedp.KeyEvent("l"))
		}
		b.WaitFor(fmt.Sprintf("the page after step %d", step), fmt.Sprintf(`document.readyState === "complete" && document.title !== "" && !document.title.startsWith("%d of")`, step))
		if sitetest.Evaluate[bool](b, `!!document.querySelector("#pause")`) { // once, as it went fast
			tabTo(b, "Go on")
		}
	}
	b.WaitForTitle("Twenty")
	b.WaitForText("p", "All 20 people looked at.")
	b.WaitForText("li", "Asked 1")
	b.WaitForText("li", "To change 1")
	b.WaitForText("li", "Looks right 18")
}

// The same without script: every decision is a button, and nothing is lost.
func TestBrowserReviewWithoutScript(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.WithoutScript()
	b.Open("/signin?next=/groups")
	b.Press("Sign in as the administrator")
	b.Do(chromedp.WaitVisible(`//h1[normalize-space()="Groups"]`))
	review := startReview(s)
	b.Open(review)
	b.Press("Go on at person 1")
	for step := 1; step <= 20; step++ {
		there := fmt.Sprintf(`//span[normalize-space()="%d of 20"]`, step)
		b.Do(chromedp.WaitVisible(there + ` | //h2[@id="pause"]`))
		if sitetest.Evaluate[bool](b, `!!document.querySelector("#pause")`) { // once, if it went fast
			b.Press("Go on")
			b.Do(chromedp.WaitVisible(there))
		}
		b.Press("Looks right")
	}
	b.Do(chromedp.WaitVisible(`//p[normalize-space()="All 20 people looked at."]`))
	assert.Equal(t, []string{"Looks right 20"}, s.Get(review).Texts(".tabs li")[1:])
}

// The form that starts a review counts by itself, and names the addresses that nobody has.
func TestBrowserReviewCountsByItself(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	release := hold(b, "/review.js")
	b.Open("/reviews/new")
	b.WaitForTitle("New review")
	b.Do(chromedp.Click("input[name=who][value=text]"))
	b.TypeInto("#field-text", "noor.vandermeer@example.com\nnobody@example.com")
	release() // the module may come later than the first letters
	b.WaitForText("strong", "1 person, ")
	b.WaitForText("*[@data-part]", "nobody@example.com")
	answer := intercept(b, "*/reviews")
	b.TypeInto("#field-text", "\nchiara.dangelo@example.com")
	answer(func(id fetch.RequestID) (cdp.Empty, error) {
		return chromedp.Call(b.Context, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: id, ResponseCode: http.StatusBadGateway})
	})
	b.Do(chromedp.WaitNotPresent("[data-part=count] strong")) // which counted other people
	b.TypeInto("#field-text", "\nesi.mensah@example.com")
	b.WaitForText("strong", "3 people, ")
	b.TypeInto("#field-text", "\nno address")
	b.Do(chromedp.WaitNotPresent("[data-part=count] strong"))
	assert.Zero(t, s.Writes())
}
