//go:build speed

package speed_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
)

// firstPaint compares when there is something to see of the list with the same of a page of one
// word, in a real Chromium, where both wait for as long as a journey to Tallyfy takes.
func firstPaint(t *testing.T, tb *table) {
	const what, reach = "first paint of the list over a page of one word, same browser, same latency", 1.5
	defer func() {
		if t.Skipped() {
			tb.without(what, fmt.Sprintf("≤ %.2f", reach), "no Chromium")
		}
	}()
	p := program.Start(t, program.Options{Arguments: []string{"--sandbox-groups", manyGroups, "--sandbox-latency", latency.String()}})
	word := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(latency)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><p>word`)
	}))
	t.Cleanup(word.Close)
	b := sitetest.OpenTab(t, p.Site())
	b.Screen(1200, 760, "light")
	b.SignIn()
	withoutTools(b)
	paint := func(url string) float64 {
		b.Do(chromedp.Navigate(url))
		at, err := chromedp.Run(b.Context, chromedp.Evaluate[float64](painted, chromedp.EvalAwaitPromise))
		require.NoError(t, err)
		time.Sleep(200 * time.Millisecond) // what comes after the first picture is not to be in the way of the next page
		return at
	}
	var words, lists []float64
	// Each time another search that finds most groups: what was shown a moment ago would come without
	// a call. A frame takes 16 ms, so a few times say little.
	for _, letter := range "aeiorntsldhcmup"[:3*rounds] {
		words = append(words, paint(word.URL))
		lists = append(lists, paint(p.Options.Public+p.Site().Full("/groups?q="+string(letter))))
	}
	require.Greater(t, slices.Min(lists), milliseconds(latency), "a list came without asking Tallyfy")
	tb.most(what, "", reach, median(lists)/median(words), fmt.Sprintf(" (%.0f of %.0f ms)", median(lists), median(words)))
}

// withoutTools ends what chromedp is told of each request and each element: whoever uses a page has
// no developer tools open. Nothing can be found in the tab from then on.
func withoutTools(b *sitetest.Tab) {
	b.T.Helper()
	for _, step := range []cdp.Command[cdp.Empty, cdp.Empty]{css.Disable, dom.Disable, network.Disable} {
		_, err := chromedp.Call(b.Context, step, cdp.Empty{})
		require.NoError(b.T, err)
	}
}

// painted is when a page says that it was painted first.
const painted = `new Promise((done) => new PerformanceObserver((list) => {
	for (const e of list.getEntries()) if (e.name === "first-contentful-paint") done(e.startTime);
}).observe({type: "paint", buffered: true}))`
