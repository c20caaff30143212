package handlers_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// The list follows what is typed and chosen; the address and the announced count follow the list.
func TestBrowserListFollowsItsToolbar(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	b.do(chromedp.Click("#field-q"), chromedp.KeyEvent("fleet"))
	b.waitForText(`p[@role="status"]`, "1 group")
	assert.Equal(t, "?q=fleet", evaluate[string](b, "location.search"))
	assert.Equal(t, "field-q", evaluate[string](b, "document.activeElement.id"), "the focus stays in the field")

	b.choose("sort_by", "name")
	b.waitForAddress("?q=fleet&sort_by=name")
	b.choose("holds", "disabled")
	b.waitForText("p", "From a copy read")
	assert.Contains(t, evaluate[string](b, "location.search"), "holds=disabled")

	b.do(chromedp.Click("tbody .name"))
	b.do(chromedp.WaitVisible("#people"))
	b.do(chromedp.NavigateBack())
	b.waitForTitle("Groups")
	assert.Equal(t, "fleet", evaluate[string](b, "document.querySelector('#field-q').value"), "Back brings the search back")
	assert.Equal(t, "disabled", evaluate[string](b, "document.querySelector('[name=holds]').value"))
}

// choose picks an entry of a menu as a person does.
func (b *tab) choose(menu, value string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`(() => { const menu = document.querySelector("select[name=%s]"); menu.value = %q; menu.dispatchEvent(new Event("input", {bubbles: true})); menu.dispatchEvent(new Event("change", {bubbles: true})); })()`, menu, value)))
}

func (b *tab) waitForAddress(query string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](fmt.Sprintf("location.search === %q", query)))
	require.NoError(b.t, err)
}

// Typing costs one call when the typing pauses, not one for each letter.
func TestBrowserTypingCostsOneCall(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	s.sandbox.ClearRequests()
	b.do(chromedp.Click("#field-q"), chromedp.KeyEvent("payroll"))
	b.waitForText(`p[@role="status"]`, "1 group")
	assert.Equal(t, 1, s.calls(http.MethodGet, "/groups"))
}

// "/" goes to the search, "?" shows the keys, Escape closes them; neither fires while one types.
func TestBrowserKeys(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	b.do(chromedp.KeyEvent("/"))
	assert.Equal(t, "field-q", evaluate[string](b, "document.activeElement.id"))
	b.do(chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("a/?"))
	assert.Equal(t, "a/?", evaluate[string](b, "document.querySelector('#field-q').value"))
	assert.False(t, evaluate[bool](b, "!!document.querySelector('dialog')"))

	b.open("/members")
	b.do(chromedp.KeyEvent("?"))
	b.do(chromedp.WaitVisible("dialog[open]"))
	assert.Contains(t, evaluate[string](b, "document.querySelector('dialog').textContent"), "go to the search field")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.do(chromedp.WaitNotVisible("dialog"))
	b.press("Keys")
	b.do(chromedp.WaitVisible("dialog[open]"))
	b.press("Close")
}

// The focus moves to the first thing that is wrong, and to the heading of a new page.
func TestBrowserFocus(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.open("/signin")
	assert.Equal(t, "BODY", evaluate[string](b, "document.activeElement.tagName"), "a page opened from outside begins at its beginning")
	b.do(chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "Skip to the content", evaluate[string](b, "document.activeElement.textContent"))
	b.press("Sign in as the administrator")
	b.waitForTitle("Groups")
	b.press("New group")
	b.waitForTitle("New group")
	assert.Equal(t, "H1", evaluate[string](b, "document.activeElement.tagName"))
	b.press("Create the group")
	b.waitForText("strong", "The group was not created.")
	assert.Contains(t, evaluate[string](b, "document.activeElement.textContent"), "The group needs a name.")
}

// The picker reaches everybody in an organisation of ten thousand, from the first letters of a name.
func TestBrowserPickerOverTenThousand(t *testing.T) {
	s := newSite(t, siteOptions{sandbox: sandbox.Options{Members: 10_000}})
	b := openTab(t, s)
	b.signIn()
	b.open("/groups/new")
	b.waitForText("output", "search to find the others")
	last := s.sandbox.Members()[9_999]
	b.do(chromedp.Click("#field-member_q"), chromedp.KeyEvent(last.Email))
	b.waitForText("output", "Showing 1 member.")
	b.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	b.waitForText("output", "1 member chosen.")
	b.do(chromedp.Click("#field-member_q"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("zzzz"))
	b.waitForText("output", "Nobody else matches “zzzz”.")
	b.typeInto("#field-name", "The last one")
	b.typeInto("#field-description", "Chosen out of ten thousand.")
	b.press("Create the group")
	b.waitForTitle("The last one")
	assert.Equal(t, []int{last.ID}, s.group("The last one").Members)
}
