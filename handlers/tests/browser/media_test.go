package browser_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// prefer makes the browser of somebody who has set that up.
func prefer(t *testing.T, b *sitetest.Tab, feature, value string) {
	t.Helper()
	_, err := chromedp.Call(b.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}})
	require.NoError(t, err)
}

// everyKindOfPage has a list, a matrix, charts, a form and a plan among its pages.
func everyKindOfPage(s *sitetest.Site) []string {
	return []string{changedElsewhere(s, "Finance") + "?ask=yes", "/", "/members", "/groups", "/guests", "/access", "/activity", "/trash", "/search?q=an", "/groups/new", s.MemberPath("soren.kjaergaard"), s.PlanPath("soren.kjaergaard", "leave"), "/kit", "/sandbox", "/bulk/new?kind=add-to-groups", "/jobs", "/reviews", "/reviews/new", "/reviews/sets", "/reviews/sets?for=Driver", "/guests/bram@tyres.example.com", s.MemberPath("soren.kjaergaard") + "/guests"}
}

// With forced colours whatever is told by a colour can still be told: it has a border, a mark or a weight of
// its own.
func TestBrowserForcedColours(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	prefer(t, b, "forced-colors", "active")
	for _, path := range everyKindOfPage(s) {
		b.Open(path)
		b.Do(chromedp.WaitVisible("h1"))
		assert.Empty(t, sitetest.Evaluate[string](b, `(() => {
			const faults = [], paper = getComputedStyle(document.body).backgroundColor;
			for (const e of document.querySelectorAll("[aria-current]")) {
				const other = e.closest("ul, ol, p")?.querySelector("a:not([aria-current]), li:not([aria-current])");
				const look = (x) => { const c = getComputedStyle(x); return [c.fontWeight, c.textDecorationLine, c.outlineStyle, c.outlineWidth, c.borderInlineStartWidth, c.borderBlockEndWidth, c.borderBlockEndColor, c.borderBlockStartWidth, c.backgroundColor].join(); };
				if (other && e.checkVisibility() && look(e) === look(other)) faults.push("current: " + e.textContent.trim());
			}
			for (const e of document.querySelectorAll("svg.chart rect, svg.size rect, .swatch")) {
				const c = getComputedStyle(e);
				if (e.checkVisibility() && (e.tagName === "rect" ? c.fill : c.backgroundColor) === paper) faults.push("chart: " + e.outerHTML);
			}
			for (const e of document.querySelectorAll("main .button, main input, main select, .badge, .notice, .chip")) {
				const c = getComputedStyle(e);
				if (e.checkVisibility() && e.type !== "checkbox" && e.type !== "radio" && !e.classList.contains("quiet") && c.borderBlockStartStyle === "none" && c.borderInlineStartStyle === "none") faults.push("no border: " + e.outerHTML);
			}
			return faults.join("\n");
		})()`), path)
	}
}

// Nothing moves for those who do not want it.
func TestBrowserReducedMotion(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	prefer(t, b, "prefers-reduced-motion", "reduce")
	for _, path := range everyKindOfPage(s) {
		b.Open(path)
		b.Do(chromedp.WaitVisible("h1"))
		assert.Empty(t, sitetest.Evaluate[string](b, `(() => {
			document.documentElement.dataset.loading = "yes";
			const moves = (style) => style.animationName !== "none" || style.transitionDuration.split(", ").some((s) => parseFloat(s) > 0);
			const found = [...document.querySelectorAll("*")].filter((e) => [null, "::before", "::after"].some((part) => moves(getComputedStyle(e, part))));
			return found.map((e) => e.outerHTML.slice(0, 100)).join("\n");
		})()`), path)
		assert.Equal(t, "auto", sitetest.Evaluate[string](b, "getComputedStyle(document.documentElement).scrollBehavior"), path)
	}
}

// A review's receipt on paper: nothing of the console around it, all of it within the width of a
// sheet of A4, nobody on two sheets, and letters that can be read.
func TestBrowserPrintedReceipt(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignIn()
	emails := s.Member("noor.vandermeer").Email + "\n" + s.Member("chiara.dangelo").Email
	review := s.Post("/reviews", url.Values{"name": {"Two"}, "who": {"text"}, "text": {emails}}).Whole(http.StatusOK)
	note := strings.Repeat("Holds the keys of the depot. ", 15)
	s.Post(review.URL+"/people/"+s.ID("noor.vandermeer"), url.Values{"decision": {"right"}, "base": {"0"}, "note": {note}}).Whole(http.StatusOK)
	s.Post(review.URL+"/people/"+s.ID("chiara.dangelo"), url.Values{"decision": {"change"}, "base": {"0"}, "remove": {s.Group("Finance").ID}, "note": {"moved"}}).Whole(http.StatusOK)
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Screen(718, 1000, "light") // the width of A4 without its margins
	_, err := chromedp.Call(b.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(t, err)
	b.Open(review.URL + "/receipt")
	b.WaitForTitle("Receipt: Two")
	assert.Empty(t, sitetest.Evaluate[string](b, `(() => {
		const faults = [], seen = (e) => e.checkVisibility() && e.getClientRects().length > 0;
		for (const e of document.querySelectorAll("button, .button, nav, form, input, select, .side, .skip")) if (seen(e)) faults.push("on paper: " + e.outerHTML.slice(0, 100));
		for (const e of document.querySelectorAll("main *")) {
			const box = e.getBoundingClientRect();
			if (seen(e) && !e.closest(".visually-hidden") && (box.left < 0 || box.right > innerWidth || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible")) faults.push("cut: " + e.outerHTML.slice(0, 100));
			if (seen(e) && parseFloat(getComputedStyle(e).fontSize) < 10) faults.push("small: " + e.outerHTML.slice(0, 100));
		}
		for (const e of document.querySelectorAll(".receipt-person")) if (getComputedStyle(e).breakInside !== "avoid") faults.push("on two sheets: " + e.textContent);
		return faults.join("\n");
	})()`))
	text := sitetest.Evaluate[string](b, "document.querySelector('main').innerText")
	for _, want := range []string{"Noor van der Meer", strings.TrimSpace(note), "take out of Finance", "1 to change + 1 looks right = 2 people", "What was not checked", "A record of Aldermoor"} {
		assert.Contains(t, text, want)
	}
}

// The boxes of Access are printed whole: on paper nobody can scroll.
func TestBrowserPrintedAccess(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	b.Screen(718, 500, "light")
	_, err := chromedp.Call(b.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(t, err)
	b.Open("/access")
	b.WaitForTitle("Access")
	assert.Empty(t, sitetest.Evaluate[string](b, `[...document.querySelectorAll(".matrix-box, .matrix :is(th, td)")].filter((e) => {
		const style = getComputedStyle(e);
		return e.matches(".matrix-box") ? e.clientHeight < e.firstElementChild.offsetHeight || style.overflow !== "visible" : style.position === "sticky";
	}).map((e) => e.outerHTML.slice(0, 100)).join("\n")`))
}
