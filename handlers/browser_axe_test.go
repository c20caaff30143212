package handlers_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// axeFile is the accessibility checker; "npm ci" in .ci brings it, for development only.
const axeFile = "../.ci/node_modules/axe-core/axe.min.js"

// No page, in no state, on no screen and in no colour scheme has a fault that axe can find.
func TestBrowserAccessibility(t *testing.T) {
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Skip("axe is not installed (npm ci in .ci): accessibility is not tested")
	}
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.open("/signin")
	b.axe(string(axe), "sign-in")
	b.press("Sign in with the token")
	b.waitForText("p", "Paste your personal access token.")
	b.axe(string(axe), "sign-in without a token")
	b.typeInto("#field-token", sandbox.AdminToken)
	b.press("Sign in with the token")
	b.waitForTitle("Choose the organisation")
	b.axe(string(axe), "the choice of an organisation")
	b.signIn()
	leaver, blocked, successor := s.member("soren.kjaergaard").ID, s.member("ingrid.solheim").ID, s.member("noor.vandermeer").ID
	pages := []string{
		"/groups", "/groups?q=zzz", "/groups/new", "/groups/" + s.group("Everyone at Aldermoor").ID, "/groups/" + s.group("Archive 2019 Relocation").ID,
		"/groups/" + s.group("Finance").ID + "/delete", "/members", "/members?q=zzz", "/members?status=invited", "/kit", "/keys", "/organisations", fmt.Sprintf("/members/%d", leaver), fmt.Sprintf("/members/%d/remove", leaver),
		fmt.Sprintf("/members/%d/remove", blocked), fmt.Sprintf("/members/%d/remove/handover", leaver), fmt.Sprintf("/members/%d/remove/plan?to=%d", leaver, successor),
	}
	for _, width := range []int64{360, 1440} {
		for _, scheme := range []string{"light", "dark"} {
			b.screen(width, 900, scheme)
			for _, path := range pages {
				b.open(path)
				b.axe(string(axe), fmt.Sprintf("%s at %d px, %s", path, width, scheme))
			}
		}
	}

	s.sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/groups", Status: 422})
	b.open("/groups?q=refused")
	b.waitForTitle("Tallyfy refused this")
	b.axe(string(axe), "an error page")
	s.sandbox.ClearFaults()

	b.open("/groups/new")
	b.do(chromedp.Click("button[value=create]"))
	b.waitForText("strong", "The group was not created.")
	b.axe(string(axe), "a form that did not pass")
}

// axe runs the checker in the page as it is now.
func (b *tab) axe(script, where string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](script + ";undefined"))
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err)
	assert.Empty(b.t, found, where)
}
