package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

// A browser asks for a logo once, also when its person signs in anew meanwhile.
func TestBrowserAsksForALogoOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	asked := func() int { return strings.Count(s.Log.String(), `groups/:group/logo"`) }
	const list = "/groups?q=customer" // each of these groups has a logo, and none is missing
	look := func() {
		t.Helper()
		b.WaitForTitle("Groups")
		b.WaitFor("the logos", `[...document.querySelectorAll("tbody img")].every(img => img.complete && img.naturalWidth === 128)`)
		assert.GreaterOrEqual(t, sitetest.Evaluate[int](b, `document.querySelectorAll("tbody img").length`), 2)
	}
	visit := func() {
		t.Helper()
		b.Open(list)
		b.WaitForTitle("Sign in")
		b.Press("Sign in as the administrator")
		look()
	}
	visit()
	first := sitetest.Evaluate[int](b, `document.querySelectorAll("tbody img").length`)
	assert.Eventually(t, func() bool { return asked() == first }, time.Minute, 10*time.Millisecond, "a line is written after the answer")
	b.Open(list)
	look()
	assert.Equal(t, first, asked(), "the next page")
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("form[action$='/signout']").submit()`))
	b.WaitForTitle("Sign in")
	b.Do(chromedp.Navigate("chrome://version")) // in a process of its own: what the last page has in memory serves no longer
	visit()
	assert.Equal(t, first, asked(), "a later visit")
}
