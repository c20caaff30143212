// Package browser_test tests in a real Chromium what only a browser can show. Without one, or without axe, its tests are skipped.
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
)

// The main job as a person does it, with the page's script and without: a group is made, and a member removed whose work
// goes to somebody else. Also under a sub-path.
func TestBrowserJourney(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		script bool
		base   string
	}{{"with script", true, ""}, {"without script", false, "/tools/tallyfy"}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.New(t, sitetest.Options{Base: test.base})
			b := sitetest.OpenTab(t, s)
			if !test.script {
				b.WithoutScript()
			}
			b.SignIn()

			b.Press("New group")
			b.WaitForTitle("New group")
			b.TypeInto("#field-name", "Night watch")
			b.TypeInto("#field-description", "Who looks after the yard at night.")
			find(b, "#field-people", "yuki", test.script)
			b.Press("yuki.tanabe@example.com")
			find(b, "#field-people", "chiara", test.script)
			b.Press("chiara.dangelo@example.com")
			b.Do(chromedp.Evaluate[chromedp.Void]("document.querySelector('#field-people').value = ''"))
			b.TypeInto("#field-people", "gate@yard.example.com, porter@yard.example.com")
			b.Press("Create the group")
			b.WaitForTitle("Night watch")
			b.WaitForText("p", "Night watch was created, with 2 members and 2 guests, and checked. Receipt")
			created := s.Group("Night watch")
			assert.ElementsMatch(t, []int{s.Member("yuki.tanabe").ID, s.Member("chiara.dangelo").ID}, created.Members)

			b.Press("Chiara D'Angelo")
			b.Press("Remove from the organisation…")
			b.WaitForText("td", "Nobody")
			b.Press("Next: choose who takes over")
			find(b, "#field-q", "seun", test.script)
			b.Do(chromedp.Click(fmt.Sprintf(`input[name=to][value="%d"]`, s.Member("seun.adeyemi").ID)))
			b.Press("Show the plan")
			b.Press("Remove Chiara D'Angelo and give the work to Oluwaseun Adeyemi")
			b.WaitForText("p", "Chiara D'Angelo is removed from Aldermoor Logistics. 1 of 7 points could not be checked.")
			assert.Equal(t, "disabled", s.Member("chiara.dangelo").Status)
			assert.Equal(t, []int{s.Member("yuki.tanabe").ID}, s.Group("Night watch").Members)
			assert.Zero(t, s.Sandbox.OpenTasks(s.Member("chiara.dangelo").ID))

			b.Do(chromedp.Click(".account > summary"))
			b.Press("Sign out")
			b.WaitForTitle("Sign in")
		})
	}
}

// find searches in a picker: by typing alone with script, by the button without. It waits for the list to be about that.
func find(b *sitetest.Tab, field, text string, script bool) {
	b.T.Helper()
	b.Do(chromedp.WaitVisible(field), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).select()`, field)))
	b.TypeInto(field, text)
	if !script {
		b.Do(chromedp.Click(fmt.Sprintf(`.search:has(%s) button`, field)))
	}
	b.Do(chromedp.WaitNotPresent(fmt.Sprintf(`//div[contains(@class,"picker")][.//*[@id=%q]]//output[contains(., "search to find the others")]`, field[1:])))
}

// With the keyboard alone: the search, the way into the list, the choice, the way back.
func TestBrowserPickerByKeyboard(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open(fmt.Sprintf("/members/%d/remove/handover", s.Member("chiara.dangelo").ID))
	b.Do(chromedp.Click("#field-q"))
	b.Do(chromedp.KeyEvent("anna kow"))
	b.WaitFor("the search in the address and its end", `new URLSearchParams(location.search).get("q") === "anna kow" && !document.querySelector("[aria-busy]")`)
	b.WaitForText("output", "Showing 2 members.") // as of a part of these letters

	b.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	first := sitetest.Evaluate[string](b, "document.activeElement.value")
	assert.Equal(t, first, sitetest.Evaluate[string](b, "new FormData(document.querySelector('form[data-form]')).get('to')"))
	b.Do(chromedp.KeyEvent(kb.ArrowDown))
	second := sitetest.Evaluate[string](b, "new FormData(document.querySelector('form[data-form]')).get('to')")
	assert.NotEqual(t, first, second, "the arrow moves the choice")

	b.Do(chromedp.Click("#field-q"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("zzz"))
	b.WaitForText("output", "No active member matches “zzz”.")
	assert.Equal(t, second, sitetest.Evaluate[string](b, "new FormData(document.querySelector('form[data-form]')).get('to')"), "the choice survives a search that does not find it")
	b.Do(chromedp.KeyEvent(kb.ArrowDown))
	assert.Equal(t, second, sitetest.Evaluate[string](b, "document.activeElement.value"))
	b.Do(chromedp.KeyEvent(kb.ArrowUp))
	assert.Equal(t, "field-q", sitetest.Evaluate[string](b, "document.activeElement.id"))
}

// Enter in a picker's field searches; it never sends the form.
func TestBrowserEnterInThePickerSearches(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/groups/new")
	b.TypeInto("#field-name", "Not yet")
	b.TypeInto("#field-description", "Not to be made by Enter.")
	b.TypeInto("#field-people", "yuki")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.WaitForText("output", "0 selected · 1 match for “yuki”")
	b.Do(chromedp.Click("#field-name"), chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, "field-description", sitetest.Evaluate[string](b, "document.activeElement.id"), "Enter goes on to the next field")
	b.WaitForTitle("New group")
	assert.Equal(t, "Not yet", sitetest.Evaluate[string](b, "document.querySelector('#field-name').value"))
	_, made := s.Sandbox.GroupByName("Not yet")
	assert.False(t, made)
}

// Two quick presses send one form, and the button says what it is doing.
func TestBrowserSecondPressSendsNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/groups/new")
	b.TypeInto("#field-name", "Once")
	b.TypeInto("#field-description", "Made once.")
	label := sitetest.Evaluate[string](b, `(() => { const button = document.querySelector("button[value=create]"); button.click(); button.click(); return button.textContent.trim(); })()`)
	assert.Equal(t, "Creating…", label)
	b.WaitForTitle("Once")
	assert.Equal(t, 1, s.Calls(http.MethodPost, "/groups"))
}

// Markup in a name is text on every page that shows it.
func TestBrowserMarkupInNamesIsText(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	var id, name string
	for _, g := range s.Sandbox.Groups() {
		if strings.Contains(g.Name, "<script>") {
			id, name = g.ID, g.Name
		}
	}
	require.NotEmpty(t, id)
	for _, path := range []string{"/groups?q=script", "/groups/" + id, "/groups/" + id + "/delete"} {
		b.Open(path)
		assert.True(t, sitetest.Evaluate[bool](b, fmt.Sprintf("document.body.textContent.includes(%q)", name)), path)
		assert.Zero(t, sitetest.Evaluate[int](b, "document.querySelectorAll('script:not([src])').length"), path)
	}
}
