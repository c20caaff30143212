package browser_test

import (
	"flag"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// TestMain lets a few browsers look at pages side by side: each waits for much of its time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "3"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// axeFile is the accessibility checker; "npm ci" in .ci brings it, for development only.
const axeFile = "../../../.ci/node_modules/axe-core/axe.min.js"

// What comes in between has no fault that axe can find either: signing in, questions, and forms
// that did not pass.
func TestBrowserAccessibility(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Skip("axe is not installed (npm ci in .ci): accessibility is not tested")
	}
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.Open("/signin")
	runAxe(b, string(axe), "sign-in")
	b.Press("Sign in with the token")
	b.WaitForText("p", "Paste your personal access token.")
	runAxe(b, string(axe), "sign-in without a token")
	b.TypeInto("#field-token", sandbox.AdminToken)
	b.Press("Sign in with the token")
	b.WaitForTitle("Choose an organisation")
	runAxe(b, string(axe), "the choice of an organisation")
	b.SignIn()
	b.Open(s.GroupPath("Finance") + "/edit")
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Description: "Theirs."})
	b.TypeInto("#field-description", "Mine.")
	b.Press("Save")
	b.WaitForText("legend", "Description: changed since you opened the page")
	runAxe(b, string(axe), "a text that two people changed")
	b.Open(s.GroupPath("Payroll") + "/people")
	b.Do(chromedp.Click("input[name=remove]"))
	b.Press("Save")
	b.WaitForTitle("Change who is in Payroll?")
	runAxe(b, string(axe), "people, before the change is made")

	b.Open(s.MemberPath("chiara.dangelo") + "/groups")
	b.Do(chromedp.Click("input[name=remove][value='" + s.Group("Payroll").ID + "']"))
	b.Press("Save")
	b.WaitForTitle("Change the groups of Chiara D'Angelo?")
	runAxe(b, string(axe), "several groups, before the change is made")

	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/groups", Status: 422})
	b.Open("/groups?page=7") // which no copy answers
	b.WaitForTitle("Tallyfy refused this")
	runAxe(b, string(axe), "an error page")
	s.Sandbox.ClearFaults()

	b.Open("/groups/new")
	b.Do(chromedp.Click("button[value=create]"))
	b.WaitForText("strong", "The group was not created.")
	runAxe(b, string(axe), "a form that did not pass")
}

// runAxe runs the checker in the page as it is now.
func runAxe(b *sitetest.Tab, script, where string) {
	b.T.Helper()
	runRules(b, script, where, `{}`)
}

// colourRules are the rules about colours: the only ones that another colour scheme can break.
const colourRules = `{runOnly: ["color-contrast", "link-in-text-block"]}`

func runRules(b *sitetest.Tab, script, where, rules string) {
	b.T.Helper()
	b.Do(chromedp.Evaluate[chromedp.Void](script + ";undefined"))
	found, err := chromedp.Run(b.Context, chromedp.Evaluate[[]string](`axe.run(`+rules+`).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	require.NoError(b.T, err)
	assert.Empty(b.T, found, where)
}
