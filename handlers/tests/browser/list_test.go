package browser_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// The list follows what is typed and chosen; the address and the announced count follow the list.
func TestBrowserListFollowsItsToolbar(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Do(chromedp.Click("#field-q"), chromedp.KeyEvent("fleet"))
	waitForAddress(b, "?q=fleet") // "flee" finds as many
	b.WaitForText(`p[@role="status"]`, "1 group")
	assert.Equal(t, "field-q", sitetest.Evaluate[string](b, "document.activeElement.id"), "the focus stays in the field")

	b.Press("Group")
	b.WaitForText("th", "Group ↑")
	waitForAddress(b, "?q=fleet&sort_by=name")
	choose(b, "size", "6-10")
	b.WaitForText("a", "Size: 6 to 10 people")
	waitForAddress(b, "?q=fleet&size=6-10&sort_by=name")

	b.Do(chromedp.Click("tbody .name"))
	b.Do(chromedp.WaitVisible("#people"))
	b.Do(chromedp.NavigateBack())
	b.WaitForTitle("Groups")
	assert.Equal(t, "fleet", sitetest.Evaluate[string](b, "document.querySelector('#field-q').value"), "Back brings the search back")
	assert.Equal(t, "6-10", sitetest.Evaluate[string](b, "document.querySelector('[name=size]').value"))
}

// A filter that is chosen before the module of a list is there is applied when it comes: with script
// there is no button for it.
func TestBrowserListTakesWhatWasChosenBeforeItsModule(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	release := hold(b, "/list.js")
	b.SignIn()
	choose(b, "size", "6-10")
	release()
	waitForAddress(b, "?size=6-10")
	b.WaitForText("a", "Size: 6 to 10 people")
}

// hold holds back the request for an address that ends so, until release is called.
func hold(b *sitetest.Tab, end string) (release func()) {
	b.T.Helper()
	answer := intercept(b, "*"+end)
	return func() {
		b.T.Helper()
		answer(func(id fetch.RequestID) (cdp.Empty, error) {
			return chromedp.Call(b.Context, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: id})
		})
	}
}

// intercept holds back the requests for addresses of a pattern. answer waits for one, which do
// answers, and lets later ones pass.
func intercept(b *sitetest.Tab, pattern string) (answer func(do func(fetch.RequestID) (cdp.Empty, error))) {
	b.T.Helper()
	held := make(chan fetch.RequestID, 10)
	require.NoError(b.T, chromedp.Listen(b.Context, func(event any) {
		if e, ok := event.(*fetch.EventRequestPaused); ok {
			held <- e.RequestID
		}
	}))
	_, err := chromedp.Call(b.Context, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: pattern}}})
	require.NoError(b.T, err)
	return func(do func(fetch.RequestID) (cdp.Empty, error)) {
		b.T.Helper()
		select {
		case id := <-held:
			_, err := do(id)
			require.NoError(b.T, err)
		case <-b.Context.Done():
			require.Fail(b.T, "nothing asks for "+pattern)
		}
		_, err := chromedp.Call(b.Context, fetch.Disable, cdp.Empty{})
		require.NoError(b.T, err)
	}
}

// choose picks an entry of a menu as a person does.
func choose(b *sitetest.Tab, menu, value string) {
	b.T.Helper()
	b.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`(() => { const menu = document.querySelector("select[name=%s]"); menu.value = %q; menu.dispatchEvent(new Event("input", {bubbles: true})); menu.dispatchEvent(new Event("change", {bubbles: true})); })()`, menu, value)))
}

func waitForAddress(b *sitetest.Tab, query string) {
	b.T.Helper()
	b.WaitFor("the address "+query, fmt.Sprintf("location.search === %q", query))
}

// The list of changes follows its filters, and a day can be typed without losing its field. Without script a button does it.
func TestBrowserChangesFollowTheirFilters(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.GroupForm("Night watch", "d").Submit("Create the group").Whole(http.StatusOK)
	s.Remove("esi.mensah", "leave").Whole(http.StatusOK)
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/activity")
	b.WaitForText(`p[@role="status"]`, "2 changes")
	b.Do(chromedp.Click("#field-q"), chromedp.KeyEvent("night"))
	b.WaitForText(`p[@role="status"]`, "1 change")
	waitForAddress(b, "?q=night")
	choose(b, "what", "member.remove")
	b.WaitForText("p", "Remove a filter, or try other words.")
	choose(b, "what", "group.create")
	waitForAddress(b, "?q=night&what=group.create")
	b.Do(chromedp.Focus("#field-from"), chromedp.KeyEvent("01022026"))
	waitForAddress(b, "?q=night&what=group.create&from=2026-01-02")
	assert.Equal(t, "field-from", sitetest.Evaluate[string](b, "document.activeElement.id"), "the field is still the one that was typed in")
	b.WaitForText(`p[@role="status"]`, "1 change")
	assert.Contains(t, sitetest.Evaluate[string](b, "document.querySelector('a[href*=\"activity.csv\"]').search"), "from=2026-01-02", "the file follows")

	b.WithoutScript()
	b.Open("/activity?q=night")
	b.Do(chromedp.SetValue("select[name=what]", "member.remove"))
	b.Press("Apply")
	b.WaitForText("p", "Remove a filter, or try other words.")
}

// Typing costs one call when the typing pauses, not one for each letter.
func TestBrowserTypingCostsOneCall(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	s.Sandbox.ClearRequests()
	// Keys may come slower than the pause on a slow machine: these come at once.
	b.Do(chromedp.Evaluate[chromedp.Void](`(() => {
		const field = document.querySelector("#field-q");
		for (const letter of "payroll") {
			field.value += letter;
			field.dispatchEvent(new Event("input", { bubbles: true }));
		}
	})()`))
	waitForAddress(b, "?q=payroll")
	assert.Equal(t, 1, s.Calls(http.MethodGet, "/groups"))
}

// "/" goes to the search, "?" shows the keys, Escape closes them, "g" and a letter go to a page; none fires while
// one types or chooses from a menu, and all do on a check box.
func TestBrowserKeys(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Do(chromedp.KeyEvent("/"))
	assert.Equal(t, "field-q", sitetest.Evaluate[string](b, "document.activeElement.id"))
	b.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("a/?"))
	assert.Equal(t, "a/?", sitetest.Evaluate[string](b, "document.querySelector('#field-q').value"))
	assert.False(t, sitetest.Evaluate[bool](b, "!!document.querySelector('dialog')"))

	b.Open("/members")
	b.Do(chromedp.KeyEvent("?"))
	b.Do(chromedp.WaitVisible("dialog[open]"))
	assert.Contains(t, sitetest.Evaluate[string](b, "document.querySelector('dialog').textContent"), "search this list")
	b.Do(chromedp.KeyEvent(kb.Escape))
	b.Do(chromedp.WaitNotVisible("dialog"))
	b.Do(chromedp.KeyEvent("?"))
	b.Do(chromedp.WaitVisible("dialog[open]"))
	b.Do(chromedp.KeyEvent("go"))
	b.Press("Close")
	assert.Equal(t, "Members", sitetest.Evaluate[string](b, "document.querySelector('h1').textContent"), "a dialog keeps keys to itself")

	for _, way := range []struct{ keys, title string }{{"go", "Overview"}, {"gm", "Members"}, {"ga", "Activity"}, {"xgg", "Groups"}} { // each to another page
		b.Do(chromedp.KeyEvent(way.keys))
		b.WaitForTitle(way.title)
	}
	b.Open("/groups/new")
	b.WaitForTitle("New group")
	b.Do(chromedp.Focus(".options input[type=checkbox]"), chromedp.KeyEvent("/"))
	assert.Equal(t, "search", sitetest.Evaluate[string](b, "document.activeElement.type"), "a check box is no text field")
	b.Open("/members")
	b.Do(chromedp.Focus("main select"), chromedp.KeyEvent("go"))
	assert.Equal(t, "SELECT", sitetest.Evaluate[string](b, "document.activeElement.tagName"))
	assert.Equal(t, "Members", sitetest.Evaluate[string](b, "document.querySelector('h1').textContent"))
}

// The focus moves to the first thing that is wrong, and to the heading of a new page.
func TestBrowserFocus(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.Open("/signin")
	assert.Equal(t, "BODY", sitetest.Evaluate[string](b, "document.activeElement.tagName"), "a page opened from outside begins at its beginning")
	b.Do(chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "Skip to the content", sitetest.Evaluate[string](b, "document.activeElement.textContent"))
	b.Press("Sign in as the administrator")
	b.WaitForTitle("Overview")
	b.Press("New group")
	b.WaitForTitle("New group")
	assert.Equal(t, "H1", sitetest.Evaluate[string](b, "document.activeElement.tagName"))
	b.Press("Create the group")
	b.WaitForText("strong", "The group was not created.")
	assert.Contains(t, sitetest.Evaluate[string](b, "document.activeElement.textContent"), "The group needs a name.")
}

// The picker reaches everybody in an organisation of ten thousand, from the first letters of a name.
// It runs alone: beside others, with the race detector, ten thousand members take longer than a page may.
func TestBrowserPickerOverTenThousand(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{Sandbox: sandbox.Options{Members: 10_000}, Directory: directory.Options{Wait: time.Minute}, ReadTime: time.Minute})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/groups/new")
	b.WaitForText("output", "search to find the others")
	last := s.Sandbox.Members()[9_999]
	b.TypeInto("#field-people", last.Email)
	b.WaitForText("output", "1 match for “"+last.Email+"”")
	b.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(" "))
	b.WaitForText("output", "1 selected")
	b.Do(chromedp.Click("#field-people"), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("zzzz"))
	b.WaitForText("output", "no other match for “zzzz”")
	b.TypeInto("#field-name", "The last one")
	b.TypeInto("#field-description", "Chosen out of ten thousand.")
	b.Press("Create the group")
	b.WaitForTitle("The last one")
	assert.Equal(t, []int{last.ID}, s.Group("The last one").Members)
}

// The columns stand still from page to page, and so while the rows of one arrive; what is short in them stays on one line.
func TestBrowserColumnsStandStill(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Sandbox: sandbox.Options{Groups: 120}})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	const (
		columns = `[...document.querySelectorAll("th")].map((th) => Math.round(th.getBoundingClientRect().left)).join(" ")`
		// broken are those on more than one line, or wider than their column.
		broken = `[...document.querySelectorAll("td.drop-3, td .badge, td.number, td time, th")].filter((e) => e.checkVisibility()).filter((e) => {
			const text = document.createRange();
			text.selectNodeContents(e);
			const { height, right } = text.getBoundingClientRect();
			return height > 34 || right > e.closest("td, th").getBoundingClientRect().right - 8;
		}).map((e) => e.textContent).join(" | ")`
	)
	for _, width := range []int64{1150, 1440} {
		b.Screen(width, 800, "light")
		for _, pages := range [][]string{
			{"/groups", "/groups?page=2", "/groups?q=archive", "/groups?sort_by=name&per_page=10"},
			{"/members", "/members?page=3", "/members?role=admin", "/members?q=hsu", "/members?sort=-last_login_at"},
		} {
			b.Open(pages[0])
			still := sitetest.Evaluate[string](b, columns)
			require.NotEmpty(t, still)
			for _, path := range pages {
				b.Open(path)
				require.NotZero(t, sitetest.Evaluate[int](b, `document.querySelectorAll("td").length`), path)
				assert.Equal(t, still, sitetest.Evaluate[string](b, columns), "%s at %d px", path, width)
				assert.Empty(t, sitetest.Evaluate[string](b, broken), "%s at %d px", path, width)
			}
		}
	}
}
