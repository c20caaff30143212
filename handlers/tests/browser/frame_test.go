package browser_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// One menu of the header is open at a time. Escape closes it and gives the focus back; a press elsewhere closes it.
func TestBrowserMenus(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	const open = `[...document.querySelectorAll("details[open]")].map((menu) => menu.classList[1]).join(" ")`
	for _, width := range []int64{360, 800, 1440} {
		b.Screen(width, 800, "light")
		b.Open("/members")
		b.WaitForTitle("Members")
		b.Do(chromedp.Click(".organisations > summary"))
		assert.Equal(t, "organisations", sitetest.Evaluate[string](b, open))
		b.Do(chromedp.Click(".account > summary"))
		assert.Equal(t, "account", sitetest.Evaluate[string](b, open))
		b.Do(chromedp.KeyEvent(kb.Tab))
		assert.True(t, sitetest.Evaluate[bool](b, `document.activeElement.matches(".account .panel a")`))
		b.Do(chromedp.KeyEvent(kb.Escape))
		assert.Empty(t, sitetest.Evaluate[string](b, open))
		assert.True(t, sitetest.Evaluate[bool](b, `document.activeElement.matches(".account > summary")`))
		b.Do(chromedp.KeyEvent(kb.Enter))
		assert.Equal(t, "account", sitetest.Evaluate[string](b, open))
		b.Do(chromedp.MouseClickXY(float64(width)-20, 780))
		assert.Empty(t, sitetest.Evaluate[string](b, open))
		assert.Equal(t, width < 768, sitetest.Evaluate[bool](b, `document.querySelector(".nav > summary").checkVisibility()`))
		if width < 768 {
			b.Do(chromedp.Click(".nav > summary"))
		}
		b.Press("Help")
		b.WaitForTitle("Help")
	}
	b.Do(chromedp.Click(".organisations > summary"))
	b.Do(chromedp.Click(".organisations button"))
	b.WaitForText("p", "You are now in Aldermoor Training Sandpit.")

	b.WithoutScript()
	b.Screen(360, 800, "light")
	b.Open("/groups")
	b.Do(chromedp.Click(".nav > summary"))
	b.Press("Members")
	b.WaitForText("h1", "Members")
}

// "/" searches the list of the page, or everything where there is none; Ctrl and K search everything, also out of a field.
func TestBrowserSearchesEverything(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	const focused = "document.activeElement.id"
	b.Do(chromedp.KeyEvent("/"))
	assert.Equal(t, "field-q", sitetest.Evaluate[string](b, focused))
	b.Do(chromedp.KeyEvent("k", chromedp.KeyModifiers(2))) // Ctrl
	assert.Equal(t, "everywhere", sitetest.Evaluate[string](b, focused))
	b.Open("/help")
	b.WaitForTitle("Help")
	b.Do(chromedp.KeyEvent("/"))
	assert.Equal(t, "everywhere", sitetest.Evaluate[string](b, focused))
	b.Do(chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent("kjaergaard soren"+kb.Enter))
	b.WaitForTitle("Search")
	assert.Equal(t, "Søren Kjærgaard", sitetest.Evaluate[string](b, `[...document.querySelectorAll(".found a.name")].map((a) => a.textContent.trim()).join()`))
	b.Screen(360, 800, "light")
	b.Open("/help")
	b.WaitForTitle("Help")
	b.Do(chromedp.KeyEvent("k", chromedp.KeyModifiers(2)))
	b.WaitForTitle("Search")
	assert.Equal(t, "field-q", sitetest.Evaluate[string](b, focused), "where there is no room for the field its page has one")
}

// On the narrowest screens the header is one row, nothing is wider than the page, and what can be pressed is large enough.
func TestBrowserHeaderIsOneRowOnAPhone(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	for _, width := range []int64{320, 360, 560, 768, 1024, 1440} {
		b.Screen(width, 800, "light")
		for _, path := range []string{"/", "/search?q=an", "/help"} {
			b.Open(path)
			where := fmt.Sprintf("%s at %d px", path, width)
			assert.LessOrEqual(t, sitetest.Evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, where)
			assert.Empty(t, sitetest.Evaluate[string](b, `[...document.querySelectorAll("header :is(a, button, summary, input), .strip a, .rows a.name, .section-head a")].filter((e) => {
				const { width, height } = e.getBoundingClientRect();
				return e.checkVisibility() && width > 0 && (width < 24 || height < 24);
			}).map((e) => e.outerHTML).join("; ")`), where)
			if width < 768 {
				assert.Less(t, sitetest.Evaluate[float64](b, `document.querySelector(".side").getBoundingClientRect().height`), 64.0, where)
			}
		}
	}
}

// Open menus, the keys over a page, what a Standard member sees, and the ways to sign in have no fault that axe can find.
func TestBrowserFrameIsAccessible(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		t.Skip("axe is not installed (npm ci in .ci): accessibility is not tested")
	}
	s := sitetest.New(t, sitetest.Options{OAuth: true})
	b := sitetest.OpenTab(t, s)
	look := func(where string) { runAxe(b, string(axe), where) }
	b.Open("/signin")
	look("the ways to sign in")
	b.Do(chromedp.Click("details.section summary"))
	look("the token")
	b.TypeInto("#field-token", sandbox.StandardToken)
	b.Press("Sign in with the token")
	b.WaitForTitle("Overview")
	for _, width := range []int64{360, 1440} {
		for _, scheme := range []string{"light", "dark"} {
			b.Screen(width, 800, scheme)
			b.Open("/groups")
			b.WaitForTitle("Groups")
			look("a Standard member's list")
			for _, menu := range []string{".organisations", ".account", ".nav"} {
				if menu == ".nav" && width > 400 {
					continue
				}
				b.Do(chromedp.Click(menu + " > summary"))
				look(fmt.Sprintf("%s at %d px, %s", menu, width, scheme))
			}
			b.Do(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("?"), chromedp.WaitVisible("dialog[open]"))
			look("the keys")
		}
	}
}

// The second link of a list skips what stands above it.
func TestBrowserSkipsToTheList(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	for _, path := range []string{"/members", "/groups", "/guests", "/activity"} {
		b.Open("/help") // whose address has no fragment
		b.Open(path)
		b.Do(chromedp.Focus(".skip"), chromedp.KeyEvent(kb.Tab))
		assert.Equal(t, "Skip to the list", sitetest.Evaluate[string](b, "document.activeElement.textContent"), path)
		b.Do(chromedp.KeyEvent(kb.Enter))
		assert.Equal(t, "list", sitetest.Evaluate[string](b, "document.activeElement.id"), path)
	}
	assert.False(t, s.As(t).Get("/signin").Has("a[href='#list']"))
}
