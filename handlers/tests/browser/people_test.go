package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// The people of a group of a thousand are searched and paged without a mouse, and the way back to the list stays what it was.
func TestBrowserPeopleOfALargeGroupByKeyboard(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Sandbox: sandbox.Options{Members: 1_000}})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open(s.Full("/groups?q=everyone"))
	b.WaitForTitle("Groups")
	tabTo(b, "Everyone at Aldermoor")
	b.WaitForTitle("Everyone at Aldermoor")
	tabTo(b, "Next")
	b.WaitForText("h2", "101 to 200 of 1,000 members")
	b.WaitForTitle("Everyone at Aldermoor")
	assert.Equal(t, "title", sitetest.Evaluate[string](b, "document.activeElement.id"))

	s.Sandbox.ClearRequests()
	b.Do(chromedp.KeyEvent("/"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"))
	b.Type("wisniewski lukasz")
	b.WaitForText("h2", "1 of 1,000 members matches")
	assert.Equal(t, "field-q", sitetest.Evaluate[string](b, "document.activeElement.id"), "the focus stays in the field")
	assert.Equal(t, 1, s.Calls(http.MethodGet, "/groups/"+s.Group("Everyone at Aldermoor").ID), "one search, not one for each letter")
	assert.Equal(t, "?q=wisniewski+lukasz&from=q%3Deveryone", sitetest.Evaluate[string](b, "location.search"))
	assert.Equal(t, s.Full("/groups?q=everyone"), sitetest.Evaluate[string](b, "document.querySelector('.breadcrumb a').getAttribute('href')"))
	tabTo(b, "Łukasz Wiśniewski")
	b.WaitForTitle("Łukasz Wiśniewski")
	b.Do(chromedp.NavigateBack())
	b.WaitForTitle("Everyone at Aldermoor")
	b.WaitForText("h2", "1 of 1,000 members matches")
	tabUntil(b, "the way back", "!!document.activeElement.closest('.breadcrumb')")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.WaitForTitle("Groups")
	assert.Equal(t, "?q=everyone", sitetest.Evaluate[string](b, "location.search"))
}

// Nothing moves when script shows the button that copies an id.
func TestBrowserCopyButtonMovesNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open(s.GroupPath("Operations"))
	b.WaitForTitle("Operations")
	const height = "document.querySelector('.copyable').getBoundingClientRect().height"
	with := sitetest.Evaluate[float64](b, height)
	assert.True(t, sitetest.Evaluate[bool](b, "!document.querySelector('[data-copy]').hidden"))
	b.Do(chromedp.Evaluate[chromedp.Void]("document.querySelector('[data-copy]').hidden = true"))
	assert.Equal(t, with, sitetest.Evaluate[float64](b, height))
	assert.Equal(t, "hidden", sitetest.Evaluate[string](b, "getComputedStyle(document.querySelector('[data-copy]')).visibility"), "it is not there to press yet")
}

// A pasted list is taken at once, typing takes nothing, and who is chosen moves above the field while the focus stays in the list.
func TestBrowserAddPeople(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/groups/new")
	b.WaitForText("output", "0 selected")
	b.Do(chromedp.Click("#field-people"), chromedp.KeyEvent("new@x.example"))
	b.WaitForText("output", "0 selected · 1 match for “new@x.example”")
	assert.Zero(t, sitetest.Evaluate[int](b, "document.querySelectorAll('.picks li').length"))
	b.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	b.WaitForText("output", "1 selected")
	b.Do(chromedp.WaitVisible(`//ul[@class="picks"]//label[contains(., "new guest")]`))

	b.Do(chromedp.Evaluate[chromedp.Void](`(() => {
		const field = document.querySelector("#field-people");
		field.focus();
		field.select();
		document.execCommand("insertText", false, "");
		field.value = "noor.vandermeer@example.com\nKwame Asante\nnobody@";
		field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
	})()`))
	b.WaitForText("output", "3 selected")
	assert.Equal(t, "nobody@", sitetest.Evaluate[string](b, "document.querySelector('#field-people').value"))
	assert.Contains(t, sitetest.Evaluate[string](b, "document.querySelector('#error-people').textContent"), "“nobody@” is neither")
	assert.Equal(t, "field-people", sitetest.Evaluate[string](b, "document.activeElement.id"))
	b.Do(chromedp.KeyEvent("anna"))
	b.WaitForText("output", "3 selected · 2 matches for “anna”")
	b.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	b.WaitForText("output", "4 selected · 1 match for “anna”")
	assert.Equal(t, "checkbox", sitetest.Evaluate[string](b, "document.activeElement.type"), "the focus stays in the list")
	b.TypeInto("#field-name", "Added")
	b.Do(chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent("By keyboard."))
	b.Press("Create the group")
	b.WaitForTitle("Added")
	g := s.Group("Added")
	assert.Len(t, g.Members, 3)
	assert.Equal(t, []string{"new@x.example"}, g.Guests)
	assert.Equal(t, "By keyboard.", g.Description)
}

// Without script a button takes the list, says of each who they are, and nothing that was typed or chosen is lost.
func TestBrowserAddPeopleWithoutScript(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.WithoutScript()
	write := func(text string) {
		b.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector('#field-people').value = %q", text)))
	}
	b.Open("/groups/new")
	b.TypeInto("#field-name", "No script")
	write("noor.vandermeer@example.com\nanna kowalska\nnew@x.example\nnobody@")
	b.Press("Search or add")
	b.WaitForText("output", "2 selected")
	const picks = `[...document.querySelectorAll(".picks li")].map((li) => li.innerText.trim().replace(/\s+/g, " ")).join(", ")`
	assert.Equal(t, "Noor van der Meer member, new@x.example new guest", sitetest.Evaluate[string](b, picks))
	assert.Equal(t, "anna kowalska\nnobody@", sitetest.Evaluate[string](b, "document.querySelector('#field-people').value.trim()"), "what was not clear stays")
	assert.Contains(t, sitetest.Evaluate[string](b, "document.querySelector('#error-people').textContent"), "“nobody@” is neither")
	assert.Equal(t, "No script", sitetest.Evaluate[string](b, "document.querySelector('#field-name').value"))

	write("anna")
	b.Press("Search or add")
	b.WaitForText("output", "2 selected · 2 matches for “anna”")
	b.Do(chromedp.Click(`.options input[type=checkbox]`), chromedp.Click(`//ul[@class="picks"]//label[contains(., "new guest")]/input`))
	write("")
	b.TypeInto("#field-description", "Made by hand.")
	b.Press("Create the group")
	b.WaitForTitle("No script")
	g := s.Group("No script")
	assert.Len(t, g.Members, 2, "Noor and one Anna")
	assert.Empty(t, g.Guests, "who was ticked off again is left out")
}

// People are chosen, looked at and left out again with the keyboard alone.
func TestBrowserAddPeopleByKeyboard(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/groups/new")
	b.WaitForText("output", "0 selected")
	tabUntil(b, "the name", `document.activeElement.id === "field-name"`)
	b.Do(chromedp.KeyEvent("By keyboard"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("All of it."))
	tabUntil(b, "the people", `document.activeElement.id === "field-people"`)
	b.Do(chromedp.KeyEvent("kow"))
	b.WaitForText("output", "0 selected · 2 matches for “kow”")
	b.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	b.WaitForText("output", "1 selected · 1 match for “kow”")
	b.Do(chromedp.KeyEvent(" "))
	b.WaitForText("output", "2 selected")
	assert.Equal(t, "field-people", sitetest.Evaluate[string](b, "document.activeElement.id"), "after the last one the field has the focus")
	tabBack(b, "who is chosen", `!!document.activeElement.closest(".picks")`)
	b.Do(chromedp.KeyEvent(" "))
	b.WaitForText("output", "1 selected")
	tabTo(b, "Create the group")
	b.WaitForTitle("By keyboard")
	assert.Len(t, s.Group("By keyboard").Members, 1)
}

// Somebody is invited with the keyboard alone, and the groups are found while typing.
func TestBrowserInviteByKeyboard(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/members/invite")
	b.WaitForTitle("Invite somebody")
	tabUntil(b, "the address", `document.activeElement.id === "field-email"`)
	b.Do(chromedp.KeyEvent("ada@partner.example.com"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("Ada"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("Okoye"))
	tabUntil(b, "the search", `document.activeElement.id === "field-find"`)
	for _, name := range []string{"finance", "legal"} {
		b.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.value = ''"))
		b.Type(name)
		b.WaitFor("one group", fmt.Sprintf(`(() => {
			const found = document.querySelector("[data-results=groups]");
			return found.querySelector("output").textContent.trim() === "Showing 1 group." &&
				[...found.querySelectorAll("label")].some((label) => label.textContent.toLowerCase().includes(%q) && !label.querySelector("input").checked);
		})()`, name))
		tabUntil(b, "the group", `document.activeElement.name === "groups" && !document.activeElement.checked`)
		b.Do(chromedp.KeyEvent(" "))
		tabBack(b, "the search", `document.activeElement.id === "field-find"`)
	}
	tabTo(b, "Send the invitation")
	b.WaitForTitle("Ada Okoye")
	assert.Equal(t, "Finance, Legal", sitetest.Evaluate[string](b, `[...document.querySelectorAll("section[aria-labelledby=invitation] li")].map((li) => li.innerText.trim()).join(", ")`))
	assert.Equal(t, 1, s.Writes())
}

// Who is in a group is changed without a mouse, and without script as well: the page has none of its own.
func TestBrowserChangePeopleByKeyboard(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.WithoutScript()
	b.Open(s.GroupPath("Payroll") + "/people")
	b.WaitForTitle("People in Payroll")
	tabUntil(b, "the search", `document.activeElement.name === "find"`)
	b.Do(chromedp.KeyEvent("noor"), chromedp.KeyEvent(kb.Enter))
	b.WaitForText("p", "Showing 1 member.")
	tabUntil(b, "the match", `document.activeElement.name === "add"`)
	b.Do(chromedp.KeyEvent(" "))
	tabTo(b, "Save")
	b.WaitForTitle("Payroll")
	assert.Contains(t, s.Group("Payroll").Members, s.Member("noor.vandermeer").ID)
}

// A long list of tasks is paged with the keyboard and goes on counting; late ones are told in words.
func TestBrowserListOfTasks(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	rows := make([]string, 100)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":"t%d","title":"Task %d of a long list","deadline":"2020-01-01T09:00:00Z"}`, i, i)
	}
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: http.StatusOK, Body: `{"data":[` + strings.Join(rows, ",") + `],"meta":{"pagination":{"total":250}}}`})
	for path, name := range map[string]string{s.MemberPath("soren.kjaergaard"): "Søren Kjærgaard", s.GroupPath("Operations"): "Operations"} {
		for _, width := range []int64{320, 1440} {
			b.Screen(width, 800, "light")
			b.Open(path)
			b.WaitForTitle(name)
			tabTo(b, "All 250 open tasks")
			b.WaitForTitle("Open tasks of " + name)
			assert.Equal(t, 100, sitetest.Evaluate[int](b, `document.querySelectorAll(".tasks > li").length`))
			assert.Regexp(t, `^\d+ years late due 1 Jan 2020$`, sitetest.Evaluate[string](b, `document.querySelector(".tasks .due").innerText.trim().replace(/\s+/g, " ")`))
			assert.LessOrEqual(t, sitetest.Evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0)
			tabTo(b, "Next")
			b.WaitForText("span", "101–200 of 250")
			assert.Equal(t, "101", sitetest.Evaluate[string](b, `document.querySelector(".tasks").getAttribute("start")`))
			assert.Equal(t, "title", sitetest.Evaluate[string](b, "document.activeElement.id"), "it is read from its heading on")
			tabTo(b, name)
			b.WaitForTitle(name)
		}
	}
}

// tabBack presses Shift and Tab until the condition holds in the page.
func tabBack(b *sitetest.Tab, what, condition string) {
	b.T.Helper()
	for range 40 {
		b.Do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
		if sitetest.Evaluate[bool](b, condition) {
			return
		}
	}
	require.Fail(b.T, "Shift and Tab do not reach "+what)
}
