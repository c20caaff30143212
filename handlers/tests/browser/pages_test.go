package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// everyPage are the pages of every flow in the states that look different. They belong to an organisation in which
// some changes were made.
func everyPage(s *sitetest.Site) []string {
	s.T.Helper()
	created := s.GroupForm("Night watch", "d").Tick("members", s.ID("esi.mensah")).Submit("Create the group").Follow("Receipt").URL
	removed := s.Remove("tomas.herrera", "soren.kjaergaard").URL
	s.Get(s.GroupPath("Finance")+"/edit").Form("main form[method=post]").Set("description", "d").Submit("Save")
	edited, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	leaver := s.MemberPath("soren.kjaergaard")
	return []string{
		"/", "/members?role=light&status=all", "/members?q=zzz", "/groups?sort_by=-members", "/guests", "/guests/bram@tyres.example.com", "/access", "/access?like=" + s.ID("soren.kjaergaard"),
		"/activity?what=group.create&outcome=done", "/activity?from=yesterday", "/search?q=an", "/help", "/organisations", "/sign-ins",
		s.GroupPath("Finance"), s.GroupPath("Operations") + "/people?find=an", s.GroupPath("Finance") + "/edit", s.GroupPath("Operations") + "/tasks", s.DeletePath("Operations"), "/groups/new",
		leaver, leaver + "/tasks", leaver + "/remove", leaver + "/remove/handover", s.PlanPath("soren.kjaergaard", "hanneke.dewit"), s.MemberPath("ingrid.solheim") + "/remove",
		created, removed, edited, edited + "/undo",
	}
}

// mostMoved is what a line of which the end arrives a moment later may move, as the browser scores it. A line that script
// adds above others scores twice as much at least, and 0.1 is what everybody calls bad.
const mostMoved = 0.005

// No page is wider than the screen, nothing on it that stands by itself is smaller to press than 24 px, and nothing
// moves while it arrives. Links within a sentence may be as small as its letters.
func TestBrowserEveryPageFitsTheScreen(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	s.SignIn()
	pages := everyPage(s)
	for _, width := range []int64{320, 768, 1440} {
		b.Screen(width, 800, "light")
		for _, path := range pages {
			b.Open(path)
			b.Do(chromedp.WaitVisible("h1"))
			where := fmt.Sprintf("%s at %d px", path, width)
			assert.LessOrEqual(t, sitetest.Evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, where)
			assert.Empty(t, sitetest.Evaluate[string](b, `[...document.querySelectorAll(":is(a, button, select, input, textarea, summary)")].filter((e) => {
				const { width, height } = (e.closest("label") ?? e).getBoundingClientRect();
				const sentence = e.tagName === "A" && [...e.parentNode.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim().length > 2);
				return e.checkVisibility() && !e.matches(".skip, .visually-hidden, .visually-hidden *") && !sentence && width > 1 && (width < 24 || height < 24);
			}).map((e) => e.outerHTML.slice(0, 120) + " " + e.getBoundingClientRect().height).join("\n")`), where)
			assert.Empty(t, sitetest.Evaluate[string](b, `[...document.querySelectorAll("main :is(.name, .sub, td, dd)")].filter((e) => {
				const { width, height } = e.getBoundingClientRect();
				return width > 1 && width < 48 && height > 100;
			}).map((e) => e.outerHTML.slice(0, 120)).join("\n")`), "%s: squeezed to a letter a line", where)
			assert.Less(t, moved(b, path), mostMoved, "%s: what was there moved", where)
		}
	}
}

// moved is how much moves while a page arrives, the least of three times: what script or style moves does so each
// time, and a row of buttons that wraps when the rest of the page arrives a moment later does not.
func moved(b *sitetest.Tab, path string) (least float64) {
	b.T.Helper()
	least = 1
	for try := 0; try < 3 && least >= mostMoved; try++ {
		if try > 0 {
			b.Open(path)
			b.Do(chromedp.WaitVisible("h1"))
		}
		now, err := chromedp.Run(b.Context, chromedp.Evaluate[float64](`new Promise((done) => {
			let moved = 0;
			const add = (entries) => entries.forEach((e) => moved += e.value);
			const watch = new PerformanceObserver((list) => add(list.getEntries()));
			watch.observe({ type: "layout-shift", buffered: true });
			requestAnimationFrame(() => requestAnimationFrame(() => { add(watch.takeRecords()); done(moved); }));
		})`, chromedp.EvalAwaitPromise))
		require.NoError(b.T, err)
		least = min(least, now)
	}
	return least
}

// What has the focus is never under a bar that stays where it is while the page moves.
func TestBrowserFocusIsNeverCovered(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	for _, screen := range [][2]int64{{1440, 500}, {360, 640}} {
		b.Screen(screen[0], screen[1], "light")
		for _, path := range []string{"/members?per_page=50", "/groups?per_page=50", "/access", s.MemberPath("soren.kjaergaard"), s.GroupPath("Operations") + "/people"} {
			b.Open(path)
			b.Do(chromedp.WaitVisible("h1"))
			for _, back := range []bool{false, true} {
				for range 45 {
					if back {
						b.Do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
					} else {
						b.Do(chromedp.KeyEvent(kb.Tab))
					}
					assert.Empty(t, sitetest.Evaluate[string](b, `(() => {
						const e = document.activeElement;
						if (e === document.body || e.matches(".skip") || !e.closest("main")) return "";
						const { left, right, top, height } = e.getBoundingClientRect();
						const over = document.elementFromPoint((left + right) / 2, top + Math.min(height, 24) / 2); // of a long field the first line
						return over && (e.contains(over) || over.contains(e)) ? "" : e.outerHTML.slice(0, 120) + " under " + (over?.outerHTML.slice(0, 80) ?? "the edge");
					})()`), "%s at %d px", path, screen[0])
				}
			}
		}
	}
}
