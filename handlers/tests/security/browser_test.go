package security_test

import (
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// In a real browser: nothing of what Tallyfy says runs, opens a dialogue, or makes the browser enforce the policy (which is the
// last line, not the first), also where the page's own script puts an answer into the page. The tab itself fails the test for
// whatever stands in the console.
func TestBrowserRunsNothingOfWhatTallyfySays(t *testing.T) {
	wire := &rewriter{}
	s := sitetest.New(t, sitetest.Options{Transport: wire})
	wire.next = s.Sandbox.Transport()
	attack := hostile["elements"] + hostile["attributes"]
	wire.text = func(key, was string) string {
		if was == "" || deciding(key) || key == "timezone" {
			return was
		}
		return was + attack
	}
	b := sitetest.OpenTab(t, s)
	require.NoError(t, chromedp.Listen(b.Context, func(event any) {
		if d, ok := event.(*page.EventJavascriptDialogOpening); ok {
			t.Errorf("a dialogue: %s", d.Message)
		}
	}))
	b.SignIn()
	for _, path := range []string{
		"/groups", "/groups?q=alert", "/groups?per_page=100", "/members", "/members?role=light", s.GroupPath("Operations"), s.GroupPath("Payroll"), s.DeletePath("Payroll"), "/groups/new",
		s.MemberPath("soren.kjaergaard"), s.RemovePath("soren.kjaergaard"), s.RemovePath("soren.kjaergaard") + "/handover", s.PlanPath("soren.kjaergaard", "anna.kowalska"), "/organisations", "/help",
	} {
		b.Open(path)
		assert.True(t, sitetest.Evaluate[bool](b, "document.body.textContent.includes('alert(1)')"), path)
		assert.Zero(t, sitetest.Evaluate[int](b, "document.querySelectorAll('script:not([src]), [onerror], [onload], [onmouseover], [onfocus], svg[onload], img[src=x]').length"), path)
	}
	// What the script fetches and puts in.
	b.Open("/members")
	b.Do(chromedp.Click("#field-q"), chromedp.KeyEvent("chiara"))
	b.WaitForText(`p[@role="status"]`, "1 member")
	b.Open(s.RemovePath("soren.kjaergaard") + "/handover")
	b.Do(chromedp.Click("#field-q"), chromedp.KeyEvent("anna"))
	b.WaitForText("output", "Showing 2 members.")
	assert.Zero(t, sitetest.Evaluate[int](b, "document.querySelectorAll('script:not([src]), [onerror], [onload], [onmouseover], [onfocus], img[src=x]').length"))
	b.Open(s.DeletePath(idle))
	b.Do(chromedp.Click("main form button"))
	b.WaitForTitle("Groups")
	assert.False(t, s.Exists(idle))
	assert.True(t, sitetest.Evaluate[bool](b, "document.body.textContent.includes('alert(1)')"), "the notice names the group")
}
