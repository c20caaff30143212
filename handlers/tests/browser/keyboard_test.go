package browser_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// The whole way from sign-in to the receipt of a removal, without a mouse; then back and forward.
func TestBrowserJourneyByKeyboard(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.Open("/signin")
	tabTo(b, "Sign in as the administrator")
	b.WaitForTitle("Overview")
	b.Open("/members")
	b.Do(chromedp.KeyEvent("/"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("noor"))
	waitForAddress(b, "?q=noor") // "noo" finds as many
	b.WaitForText(`p[@role="status"]`, "1 member")
	tabTo(b, "Noor van der Meer")
	b.WaitForTitle("Noor van der Meer")
	tabTo(b, "Remove from the organisation…")
	b.WaitForTitle("Remove Noor van der Meer")
	tabTo(b, "Next: choose who takes over")
	b.WaitForTitle("Remove Noor van der Meer: who takes over?")
	tabUntil(b, "the list of candidates", `document.activeElement.name === "to"`)
	b.Do(chromedp.KeyEvent(" "))
	tabTo(b, "Show the plan")
	b.WaitForTitle("Remove Noor van der Meer: the plan")
	b.Do(chromedp.NavigateBack())
	b.WaitForTitle("Remove Noor van der Meer: who takes over?")
	b.Do(chromedp.NavigateForward())
	b.WaitForTitle("Remove Noor van der Meer: the plan")
	tabTo(b, sitetest.Evaluate[string](b, "document.querySelector('form[data-form] button').textContent.trim()"))
	b.WaitForTitle("Receipt: removal of Noor van der Meer")
	assert.Equal(t, "disabled", s.Member("noor.vandermeer").Status)

	if axe, err := os.ReadFile(axeFile); err == nil {
		runAxe(b, string(axe), "the receipt")
	}
	b.Do(chromedp.NavigateBack())
	b.WaitForText("h2", "can't be removed now") // the plan, asked for again, says that it is done
}

// tabTo presses Tab until the focus is on the button or link with that text, then Enter.
func tabTo(b *sitetest.Tab, text string) {
	b.T.Helper()
	tabUntil(b, text, fmt.Sprintf("document.activeElement.textContent.trim() === %q", text))
	b.Do(chromedp.KeyEvent(kb.Enter))
}

// tabUntil presses Tab until the condition holds in the page.
func tabUntil(b *sitetest.Tab, what, condition string) {
	b.T.Helper()
	for range 120 {
		b.Do(chromedp.KeyEvent(kb.Tab))
		if sitetest.Evaluate[bool](b, condition) {
			return
		}
	}
	require.Fail(b.T, fmt.Sprintf("Tab does not reach %q", what))
}
