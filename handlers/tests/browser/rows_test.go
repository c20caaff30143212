package browser_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
)

// A screen shows as many rows as it has room for, each on one line, on a phone on two.
func TestBrowserRowsAboveTheFold(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	for _, screen := range []struct {
		width, height int64
		rows, most    int // most is the height of a row
	}{{1440, 900, 17, 44}, {1024, 768, 11, 44}, {768, 1024, 11, 44}, {360, 800, 7, 60}} {
		b.Screen(screen.width, screen.height, "light")
		for _, path := range []string{"/members", "/groups"} {
			b.Open(path)
			b.Do(chromedp.WaitVisible("tbody tr"))
			where := fmt.Sprintf("%s at %d px", path, screen.width)
			assert.GreaterOrEqual(t, sitetest.Evaluate[int](b, `[...document.querySelectorAll("tbody tr")].filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length`), screen.rows, where)
			assert.LessOrEqual(t, sitetest.Evaluate[int](b, `Math.max(...[...document.querySelectorAll("tbody tr")].map((row) => Math.round(row.getBoundingClientRect().height)))`), screen.most, where)
		}
	}
}

// A list is a table down to 560 px, and loses its columns in the order in which it says so.
func TestBrowserColumnsGoOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	const heads = `[...document.querySelectorAll("thead th")].filter((th) => th.checkVisibility()).map((th) => th.textContent.trim()).join(", ")`
	for path, want := range map[string]map[int64]string{
		"/members": {
			1440: "Member, Email, Role, Groups, Joined, Last sign-in", 1200: "Member, Email, Role, Groups, Last sign-in",
			768: "Member, Email, Role, Groups, Last sign-in", 640: "Member, Email, Groups, Last sign-in", 500: "Member, Last sign-in",
		},
		"/groups": {
			1440: "Group, Description, Members, Guests, Created, Updated", 1200: "Group, Description, Members, Guests, Updated",
			768: "Group, Description, Members, Guests", 640: "Group, Description, Members", 500: "Group, Members",
		},
		"/guests": {1440: "Guest, Email, Company, Groups, Last access", 640: "Guest, Email, Groups, Last access", 500: "Guest, Last access"},
	} {
		for width, columns := range want {
			b.Screen(width, 900, "light")
			b.Open(path)
			b.Do(chromedp.WaitVisible("tbody tr"))
			assert.Equal(t, columns, sitetest.Evaluate[string](b, heads), "%s at %d px", path, width)
			if width >= 640 {
				assert.Equal(t, "table-row", sitetest.Evaluate[string](b, `getComputedStyle(document.querySelector("tbody tr")).display`), "%s at %d px", path, width)
			}
		}
	}
	b.Screen(1440, 900, "light")
	b.Open("/members")
	assert.Equal(t, "none", sitetest.Evaluate[string](b, `getComputedStyle(document.querySelector("a.name")).textDecorationLine`), "names are underlined under the pointer only")
}

// Nothing that can be pressed in a list is smaller than 24 px, and no list is wider than the screen.
func TestBrowserTargetsOfListsAreLarge(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	for _, width := range []int64{320, 768, 1440} {
		b.Screen(width, 800, "light")
		for _, path := range []string{"/members?role=light&per_page=10&status=all", "/groups?sort_by=-members", "/guests", "/members?q=fleet"} {
			b.Open(path)
			b.Do(chromedp.WaitVisible("main h1"))
			where := fmt.Sprintf("%s at %d px", path, width)
			assert.Empty(t, sitetest.Evaluate[string](b, `[...document.querySelectorAll("main :is(a, button, select, input, summary)")].filter((e) => e.checkVisibility()).filter((e) => {
				const { width, height } = (e.closest(".tick") ?? e).getBoundingClientRect(); // a box is pressed in its label
				return width < 24 || height < 24;
			}).map((e) => e.outerHTML.slice(0, 90) + " " + e.getBoundingClientRect().height).join("\n")`), where)
			assert.LessOrEqual(t, sitetest.Evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, where)
		}
	}
}

// The menu of a file's format is within the screen, and Escape closes it.
func TestBrowserFormatOfAFile(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	for _, width := range []int64{320, 768, 1440} {
		b.Screen(width, 800, "light")
		for _, path := range []string{"/groups", "/members"} {
			b.Open(path)
			waitForScript(b)
			b.Do(chromedp.Click(".export summary"), chromedp.WaitVisible(".export .panel"))
			assert.True(t, sitetest.Evaluate[bool](b, `(() => {
				const { left, right, bottom } = document.querySelector(".export .panel").getBoundingClientRect();
				return left >= 0 && right <= innerWidth && bottom <= innerHeight;
			})()`), "%s at %d px", path, width)
			b.Do(chromedp.KeyEvent(kb.Escape))
			assert.False(t, sitetest.Evaluate[bool](b, `document.querySelector(".export details").open`))
		}
	}
}

// A filter that is chosen with the keyboard keeps the focus, so that one can go on choosing; two arrows in a row
// are one choice.
func TestBrowserFiltersKeepTheFocus(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Directory: directory.Options{MaxAge: time.Hour}}) // nothing is read again meanwhile
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	const focus = "document.activeElement.name"
	for path, menus := range map[string]map[string]string{
		"/members": {"role": "standard", "groups": "everybody", "seen": "30", "joined": "lately"},
		"/groups":  {"size": "2-5", "holds": "one"},
		"/guests":  {"seen": "30"},
	} {
		for menu, second := range menus {
			b.Open(path)
			b.Do(chromedp.WaitVisible("select[name=" + menu + "]"))
			waitForScript(b)
			b.Do(chromedp.Focus("select[name="+menu+"]"), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
			waitForAddress(b, "?"+menu+"="+second)
			b.Do(chromedp.WaitVisible(".chips"))
			require.Equal(t, menu, sitetest.Evaluate[string](b, focus), "%s of %s", menu, path)
			assert.Equal(t, second, sitetest.Evaluate[string](b, "document.activeElement.value"))
			b.Do(chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowUp))
			waitForAddress(b, "")
			assert.Equal(t, menu, sitetest.Evaluate[string](b, focus), "%s of %s, back", menu, path)
		}
	}
	b.Open("/members")
	waitForScript(b)
	s.Sandbox.ClearRequests()
	b.Do(chromedp.Focus("select[name=role]"), chromedp.KeyEvent("l"))
	waitForAddress(b, "?role=light")
	b.Do(chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "groups", sitetest.Evaluate[string](b, focus), "Tab goes on from there")
	assert.Zero(t, s.Calls(http.MethodGet, "/users"))
}

// A link to the same list in another state keeps the focus, so that one can go on sorting and paging.
func TestBrowserLinksOfAListKeepTheFocus(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Open("/members?per_page=10")
	waitForScript(b)
	for _, step := range []struct{ link, address, then string }{
		{"th.w-groups a", "?per_page=10&sort=-groups", "Groups ↓"},
		{"th.w-groups a", "?per_page=10&sort=groups", "Groups ↑"},
		{".pager [rel=next]", "?page=2&per_page=10&sort=groups", "Next"},
		{".tabs li:nth-child(5) a", "?per_page=10&sort=groups&status=all", "All 60"},
	} {
		b.Do(chromedp.Focus(step.link), chromedp.KeyEvent(kb.Enter))
		seen := ""
		require.Eventually(t, func() bool {
			var err error
			seen, err = chromedp.Run(b.Context, chromedp.Evaluate[string]("location.search + ' ' + document.activeElement.innerText.trim().replace(/\\s+/g, ' ')"))
			return err == nil && seen == step.address+" "+step.then
		}, time.Minute, 20*time.Millisecond, "%s leads to %q", step.link, seen)
	}
	b.Open("/members")
	b.WaitForTitle("Members")
	waitForScript(b)
	assert.Equal(t, "BODY", sitetest.Evaluate[string](b, "document.activeElement.tagName"), "it is for one page")
}

// waitForScript waits until the module of the list is at work: it knows the keys.
func waitForScript(b *sitetest.Tab) {
	b.T.Helper()
	b.WaitFor("the module of the list", `performance.getEntriesByType("resource").some((r) => r.name.endsWith("/list.js") && r.responseEnd > 0)`)
	b.Do(chromedp.Evaluate[chromedp.Void]("import(performance.getEntriesByType('resource').find((r) => r.name.endsWith('/list.js')).name).then(() => undefined)", chromedp.EvalAwaitPromise))
}

// j and k go along the rows and never under the heads, which stay; o opens a row.
func TestBrowserKeysOfAList(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	const focused = `document.activeElement.closest("tr")?.querySelector(".name").textContent.trim() ?? ""`
	for _, screen := range [][2]int64{{1440, 500}, {360, 640}} {
		b.Screen(screen[0], screen[1], "light")
		b.Open("/members?per_page=50")
		waitForScript(b)
		b.Do(chromedp.KeyEvent("k"))
		assert.Empty(t, sitetest.Evaluate[string](b, focused), "there is no row before the first")
		for range 40 {
			b.Do(chromedp.KeyEvent("j"))
		}
		assert.Equal(t, sitetest.Evaluate[string](b, `document.querySelectorAll("tbody .name")[39].textContent.trim()`), sitetest.Evaluate[string](b, focused))
		require.Positive(t, sitetest.Evaluate[float64](b, "scrollY"))
		for range 30 {
			b.Do(chromedp.KeyEvent("k"))
			assert.True(t, sitetest.Evaluate[bool](b, `(() => {
				const { top, bottom } = document.activeElement.getBoundingClientRect();
				const head = document.querySelector("thead th").getBoundingClientRect();
				return head.top >= 0 && top >= head.bottom && bottom <= innerHeight;
			})()`), "the focus is in sight, at %v", screen)
		}
		name := sitetest.Evaluate[string](b, focused)
		b.Do(chromedp.KeyEvent("o"))
		b.WaitForTitle(name)
	}
	b.Open("/guests")
	waitForScript(b)
	b.Do(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("o"))
	b.WaitForTitle("Bram Verhoeven")
	b.Open("/guests")
	waitForScript(b)
	b.Do(chromedp.Focus("#field-q"), chromedp.KeyEvent("j"))
	assert.Equal(t, "j", sitetest.Evaluate[string](b, "document.querySelector('#field-q').value"), "a field takes letters")
}

// On a phone the filters wait behind a summary that says how many are on, also without script.
func TestBrowserFiltersOfAPhone(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Screen(360, 800, "light")
	b.WithoutScript()
	b.Open("/members?role=light&seen=30")
	b.WaitForText("summary", "Filters (2)")
	assert.False(t, sitetest.Evaluate[bool](b, `document.querySelector("select[name=role]").checkVisibility()`))
	b.Do(chromedp.Click("details.filters > summary"))
	b.Do(chromedp.WaitVisible("select[name=role]"), chromedp.SetValue("select[name=seen]", ""))
	b.Press("Apply")
	b.WaitForText("summary", "Filters (1)")
	assert.Contains(t, sitetest.Evaluate[string](b, "location.search"), "role=light")
}
