package handlers_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The whole way from sign-in to the receipt of a removal, without a mouse; then back and forward.
func TestBrowserJourneyByKeyboard(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.open("/signin")
	b.tabTo("Sign in as the administrator")
	b.waitForTitle("Groups")
	b.open("/members")
	b.do(chromedp.KeyEvent("/"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("noor"))
	b.waitForText(`p[@role="status"]`, "1 member")
	b.tabTo("Noor van der Meer")
	b.waitForTitle("Noor van der Meer")
	b.tabTo("Remove from the organisation…")
	b.waitForTitle("Remove Noor van der Meer")
	b.tabTo("Go on: who takes over?")
	b.waitForTitle("Who takes over?")
	b.tabUntil("the list of candidates", `document.activeElement.name === "to"`)
	b.do(chromedp.KeyEvent(" "))
	b.tabTo("Show the plan")
	b.waitForTitle("Plan")
	b.do(chromedp.NavigateBack())
	b.waitForTitle("Who takes over?")
	b.do(chromedp.NavigateForward())
	b.waitForTitle("Plan")
	b.tabTo(evaluate[string](b, "document.querySelector('form[data-form] button').textContent.trim()"))
	b.waitForTitle("Receipt")
	assert.Equal(t, "disabled", s.member("noor.vandermeer").Status)

	if axe, err := os.ReadFile(axeFile); err == nil {
		b.axe(string(axe), "the receipt")
	}
	b.do(chromedp.NavigateBack())
	b.waitForText("h2", "can't be removed now") // the plan, asked for again, says that it is done
}

// tabTo presses Tab until the focus is on the button or link with that text, then Enter.
func (b *tab) tabTo(text string) {
	b.t.Helper()
	b.tabUntil(text, fmt.Sprintf("document.activeElement.textContent.trim() === %q", text))
	b.do(chromedp.KeyEvent(kb.Enter))
}

// tabUntil presses Tab until the condition holds in the page.
func (b *tab) tabUntil(what, condition string) {
	b.t.Helper()
	for range 120 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if evaluate[bool](b, condition) {
			return
		}
	}
	require.Fail(b.t, fmt.Sprintf("Tab does not reach %q", what))
}
