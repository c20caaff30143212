package browser_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"

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
	b.Do(chromedp.KeyEvent("/"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("wisniewski lukasz"))
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
