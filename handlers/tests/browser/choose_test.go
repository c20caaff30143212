package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

// Boxes are kept as they are ticked, with the mouse and with the keyboard, on whatever page of the list, and what has the
// focus is never under the bar.
func TestBrowserChoosingMembers(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Screen(1440, 700, "light")
	b.Open("/members?per_page=50")
	waitForScript(b)
	const status = `span[@role="status"]`
	head := func() string {
		return sitetest.Evaluate[string](b, `(({checked, indeterminate}) => checked + " " + indeterminate)(document.querySelector("[data-choose-page]"))`)
	}
	assert.Equal(t, "false false", head())
	b.Do(chromedp.Click("tbody tr:nth-child(2) .tick"))
	b.WaitForText(status, "1 chosen on 1 page")
	assert.Equal(t, "false true", head(), "some of the page")
	assert.Equal(t, "sticky", sitetest.Evaluate[string](b, `getComputedStyle(document.getElementById("choose")).position`))
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("tbody tr:nth-child(5) .tick input").dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, shiftKey: true}))`))
	b.WaitForText(status, "4 chosen on 1 page")

	// The keyboard alone: x and Space. The next page comes at once, and has all that was ticked before it.
	b.Do(chromedp.Focus("tbody tr:nth-child(7) a.name"), chromedp.KeyEvent("x"))
	b.WaitForText(status, "5 chosen on 1 page")
	b.Do(chromedp.Focus("tbody tr:nth-child(8) .tick input"), chromedp.KeyEvent(" "))
	b.Press("Next")
	waitForAddress(b, "?page=2&per_page=50") // what is chosen is also said on the page before
	b.WaitForText(status, "6 chosen on 1 page")
	waitForScript(b)
	b.Do(chromedp.Click("thead .tick"))
	b.WaitForText(status, "13 chosen on 2 pages")
	assert.Equal(t, "true false", head())
	assert.Equal(t, 7, sitetest.Evaluate[int](b, `document.querySelectorAll("tbody [name=ids]:checked").length`))

	b.TypeInto("#field-q", "kowalska")
	b.WaitForText(status, "not in this list")
	b.Open("/members?per_page=50")
	waitForScript(b)
	assert.Equal(t, 6, sitetest.Evaluate[int](b, `document.querySelectorAll("tbody [name=ids]:checked").length`))

	for _, width := range []int64{1440, 360} {
		b.Screen(width, 700, "light")
		b.Open("/members?per_page=50")
		waitForScript(b)
		b.Do(chromedp.Focus("tbody tr:first-child .tick input"))
		for range 60 {
			b.Do(chromedp.KeyEvent(kb.Tab))
			assert.Empty(t, sitetest.Evaluate[string](b, `(() => {
				const focused = document.activeElement, bar = document.getElementById("choose");
				if (bar.contains(focused)) return "";
				const { top, bottom } = focused.getBoundingClientRect();
				return top < bar.getBoundingClientRect().top && bottom > 0 ? "" : focused.outerHTML.slice(0, 120);
			})()`), "under the bar at %d px", width)
		}
		assert.LessOrEqual(t, sitetest.Evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0)
	}
	b.Press("Go on")
	b.WaitForTitle("Add people to groups")
	b.WaitForText("legend", "13 people chosen")
}
