package browser_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

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

// No page, in no state, on no screen and in no colour scheme has a fault that axe can find.
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
	s.SignIn() // as another visitor, who makes some changes
	receipts := []string{
		s.GroupForm("Night watch", "d").Tick("members", s.ID("esi.mensah")).Submit("Create the group").Follow("Receipt").URL,
		s.Remove("esi.mensah", "leave").URL,
	}
	s.Post("/groups", url.Values{"name": {"Night watch"}, "description": {"d"}})
	s.Get(s.GroupPath("Finance")+"/edit").Form("main form[method=post]").Set("description", "d").Submit("Save")
	edited, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	s.Get(s.DeletePath("Works Council")).Form("main form[method=post]").Submit("")
	deleted, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	s.Get("/")
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Add: []int{s.Member("noor.vandermeer").ID}})
	s.Get("/").Follow("Refresh")
	lines := url.Values{"kind": {"remove-members"}, "text": {"noor.vandermeer@example.com\nnobody@x.example"}, "to": {"nobody"}}
	planned := s.Post("/bulk", lines).URL
	started := s.Post(s.Post("/bulk", lines).URL+"/run", nil).URL
	leaver, blocked, successor := s.Member("soren.kjaergaard").ID, s.Member("ingrid.solheim").ID, s.Member("noor.vandermeer").ID
	review := s.Post("/reviews", url.Values{"name": {"Joiners"}, "who": {"all"}, "role": {"standard"}}).URL
	look := secondLook(s, review, "chiara.dangelo")
	step := review + "/people/" + s.ID("soren.kjaergaard")
	s.Post(step, url.Values{"decision": {"ask"}, "base": {"0"}, "note": {"Payroll, too?"}})
	pages := []string{
		"/", "/groups", "/groups?q=zzz", "/groups/new", "/groups/" + s.Group("Everyone at Aldermoor").ID, "/groups/" + s.Group("Archive 2019 Relocation").ID,
		"/groups/" + s.Group("Finance").ID + "/delete", "/members", "/members?q=zzz", "/members?status=invited", "/members?seen=30&role=light", "/members?q=fleet", "/guests", "/kit", "/sandbox", "/help", "/search?q=an", "/organisations", fmt.Sprintf("/members/%d", leaver), fmt.Sprintf("/members/%d/remove", leaver), "/members/invite", "/guests/new", "/guests/bram@tyres.example.com", "/guests/bram@tyres.example.com/known-by", "/guests/bram@tyres.example.com/tasks", "/guests/bram@tyres.example.com/remove", s.MemberPath("soren.kjaergaard") + "/guests", fmt.Sprintf("/members/%d/guests?to=%d", leaver, successor), fmt.Sprintf("/members/%d/disable", leaver), s.MemberPath("gareth.pugh") + "/delete", fmt.Sprintf("/members/%d", s.Member("lena.fischbacher").ID), fmt.Sprintf("/members/%d/role", leaver), s.MemberPath("esi.mensah") + "/enable", s.MemberPath("esi.mensah") + "/enable?groups=same", s.MemberPath("esi.mensah") + "/enable?groups=choose", fmt.Sprintf("/members/%d/role?to=admin", leaver), fmt.Sprintf("/members/%d/role", blocked),
		fmt.Sprintf("/members/%d/remove", blocked), fmt.Sprintf("/members/%d/remove/handover", leaver), fmt.Sprintf("/members/%d/remove/plan?to=%d", leaver, successor),
		"/access", "/access?like=kowalska", "/access?find=a&show=everybody&like=" + s.ID("soren.kjaergaard"),
		"/bulk/new", "/bulk/new?kind=add-to-groups", "/bulk/new?kind=remove-members", "/members?chosen=yes&status=all", "/bulk/new?kind=remove-members&chosen=yes", "/jobs", planned, started,
		"/reviews", "/reviews/new", "/reviews/sets", "/reviews/sets?for=Driver", review + "/check", review + "/receipt", look, review + "/close", review, review + "?pause=1", step, step + "?find=a",
		"/activity", "/activity?q=zzz", "/activity?made=elsewhere", s.GroupPath("Finance"), s.GroupPath("Finance") + "?on=" + time.Now().Format(time.DateOnly), s.GroupPath("Finance") + "?on=today", "/activity?from=yesterday", receipts[0], receipts[1], s.MemberPath("esi.mensah"), s.GroupPath("Night watch"),
		s.GroupPath("Finance") + "/edit", s.GroupPath("Operations") + "/people?find=an", s.MemberPath("hugo.marchetti") + "/groups", s.GroupPath("Operations") + "/merge", s.GroupPath("Operations") + "/merge?into=" + s.Group("Legal").ID, "/groups/new?from=" + s.Group("Operations").ID, s.MemberPath("hugo.marchetti") + "/groups?like=" + s.ID("renske.bakker"), edited, edited + "/undo", deleted, deleted + "/restore", "/trash",
	}
	b.Open("/members")
	waitForScript(b)
	b.Do(chromedp.Click("tbody tr:nth-child(2) .tick"))
	b.WaitForText("span", "1 chosen on 1 page")
	for _, width := range []int64{360, 1440} {
		for scheme, rules := range map[string]string{"light": "{}", "dark": colourRules} {
			b.Screen(width, 900, scheme)
			for _, path := range pages {
				b.Open(path)
				runRules(b, string(axe), fmt.Sprintf("%s at %d px, %s", path, width, scheme), rules)
			}
		}
	}

	b.Open(s.GroupPath("Finance") + "/edit")
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Description: "Theirs."})
	b.TypeInto("#field-description", "Mine.")
	b.Press("Save")
	b.WaitForText("legend", "Description: somebody else has changed it, too")
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
