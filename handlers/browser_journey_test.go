package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The main job as a person does it, with the page's script and without: a group is made, and a member removed whose work
// goes to somebody else. Also under a sub-path.
func TestBrowserJourney(t *testing.T) {
	for _, test := range []struct {
		name   string
		script bool
		base   string
	}{{"with script", true, ""}, {"without script", false, "/tools/tallyfy"}} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, siteOptions{base: test.base})
			b := openTab(t, s)
			if !test.script {
				b.withoutScript()
			}
			b.signIn()

			b.press("New group")
			b.waitForTitle("New group")
			b.typeInto("#field-name", "Night watch")
			b.typeInto("#field-description", "Who looks after the yard at night.")
			b.find("#field-member_q", "yuki", test.script)
			b.press("yuki.tanabe@example.com")
			b.find("#field-member_q", "chiara", test.script)
			b.press("chiara.dangelo@example.com")
			b.typeInto("#field-guests", "gate@yard.example.com, porter@yard.example.com")
			b.press("Create the group")
			b.waitForTitle("Night watch")
			b.waitForText("p", "Night watch was created, with 2 members and 2 guests.")
			created := s.group("Night watch")
			assert.ElementsMatch(t, []int{s.member("yuki.tanabe").ID, s.member("chiara.dangelo").ID}, created.Members)

			b.press("Chiara D'Angelo")
			b.press("Remove from the organisation…")
			b.waitForText("span", "Payroll will have nobody in it.")
			b.press("Go on: who takes over?")
			b.find("#field-q", "seun", test.script)
			b.do(chromedp.Click(fmt.Sprintf(`input[name=to][value="%d"]`, s.member("seun.adeyemi").ID)))
			b.press("Show the plan")
			b.press("Remove Chiara D'Angelo and give the work to Oluwaseun Adeyemi")
			b.waitForText("p", "Chiara D'Angelo is removed from Aldermoor Logistics. 1 line of the plan could not be checked.")
			assert.Equal(t, "disabled", s.member("chiara.dangelo").Status)
			assert.Equal(t, []int{s.member("yuki.tanabe").ID}, s.group("Night watch").Members)
			assert.Zero(t, s.sandbox.OpenTasks(s.member("chiara.dangelo").ID))

			b.press("Sign out")
			b.waitForTitle("Sign in")
		})
	}
}

// find searches in a picker: by typing alone with script, by the button without. It waits for the list to be about that.
func (b *tab) find(field, text string, script bool) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(field), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).select()`, field)))
	b.typeInto(field, text)
	if !script {
		b.do(chromedp.Click(fmt.Sprintf(`.search:has(%s) button`, field)))
	}
	b.do(chromedp.WaitNotPresent(fmt.Sprintf(`//div[contains(@class,"picker")][.//input[@id=%q]]//output[contains(., "search to find the others")]`, field[1:])))
}

// With the keyboard alone: the search, the way into the list, the choice, the way back.
func TestBrowserPickerByKeyboard(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	b.open(fmt.Sprintf("/members/%d/remove/handover", s.member("chiara.dangelo").ID))
	b.do(chromedp.Click("#field-q"))
	b.do(chromedp.KeyEvent("anna kow"))
	b.waitForText("output", "Showing 2 members.")
	assert.Contains(t, evaluate[string](b, "location.search"), "q=anna+kow", "the search is in the address")

	b.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	first := evaluate[string](b, "document.activeElement.value")
	assert.Equal(t, first, evaluate[string](b, "new FormData(document.querySelector('form[data-form]')).get('to')"))
	b.do(chromedp.KeyEvent(kb.ArrowDown))
	second := evaluate[string](b, "new FormData(document.querySelector('form[data-form]')).get('to')")
	assert.NotEqual(t, first, second, "the arrow moves the choice")

	b.do(chromedp.Click("#field-q"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("zzz"))
	b.waitForText("output", "No active member matches “zzz”.")
	assert.Equal(t, second, evaluate[string](b, "new FormData(document.querySelector('form[data-form]')).get('to')"), "the choice survives a search that does not find it")
	b.do(chromedp.KeyEvent(kb.ArrowDown))
	assert.Equal(t, second, evaluate[string](b, "document.activeElement.value"))
	b.do(chromedp.KeyEvent(kb.ArrowUp))
	assert.Equal(t, "field-q", evaluate[string](b, "document.activeElement.id"))
}

// Enter in a picker's field searches; it never sends the form.
func TestBrowserEnterInThePickerSearches(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	b.open("/groups/new")
	b.typeInto("#field-name", "Not yet")
	b.typeInto("#field-description", "Not to be made by Enter.")
	b.typeInto("#field-member_q", "yuki"+kb.Enter)
	b.waitForText("output", "Showing 1 member.")
	b.do(chromedp.Click("#field-name"), chromedp.KeyEvent(kb.Enter))
	b.waitForTitle("New group")
	assert.Equal(t, "Not yet", evaluate[string](b, "document.querySelector('#field-name').value"))
	_, made := s.sandbox.GroupByName("Not yet")
	assert.False(t, made)
}

// Two quick presses send one form, and the button says what it is doing.
func TestBrowserSecondPressSendsNothing(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	b.open("/groups/new")
	b.typeInto("#field-name", "Once")
	b.typeInto("#field-description", "Made once.")
	label := evaluate[string](b, `(() => { const button = document.querySelector("button[value=create]"); button.click(); button.click(); return button.textContent.trim(); })()`)
	assert.Equal(t, "Creating…", label)
	b.waitForTitle("Once")
	assert.Equal(t, 1, s.calls(http.MethodPost, "/groups"))
}

// No page scrolls sideways, from 320 px up, in either scheme; nor does the browser complain about any.
func TestBrowserNoSidewaysScrolling(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	leaver := s.member("soren.kjaergaard").ID
	pages := []string{
		"/groups", "/groups?q=zzz", "/groups/new", "/groups/" + s.group("Everyone at Aldermoor").ID, "/groups/" + s.group("Payroll").ID + "/delete", "/members",
		fmt.Sprintf("/members/%d", leaver), fmt.Sprintf("/members/%d/remove", leaver), fmt.Sprintf("/members/%d/remove/handover", leaver),
		fmt.Sprintf("/members/%d/remove/plan?to=leave", leaver), "/kit", "/keys", "/members?status=invited", "/signin",
	}
	for _, width := range []int64{320, 360, 768, 1440} {
		b.screen(width, 800, map[bool]string{true: "dark", false: "light"}[width%360 == 0])
		for _, path := range pages {
			b.open(path)
			assert.LessOrEqual(t, evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, "%s at %d px", path, width)
		}
	}
}

// Markup in a name is text on every page that shows it.
func TestBrowserMarkupInNamesIsText(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.signIn()
	var id, name string
	for _, g := range s.sandbox.Groups() {
		if strings.Contains(g.Name, "<script>") {
			id, name = g.ID, g.Name
		}
	}
	require.NotEmpty(t, id)
	for _, path := range []string{"/groups?q=script", "/groups/" + id, "/groups/" + id + "/delete"} {
		b.open(path)
		assert.True(t, evaluate[bool](b, fmt.Sprintf("document.body.textContent.includes(%q)", name)), path)
		assert.Zero(t, evaluate[int](b, "document.querySelectorAll('script:not([src])').length"), path)
	}
}
