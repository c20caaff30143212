//go:build speed

package speed_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// The rows of the browser, with what they are to reach.
const (
	paintRow  = "browser, 150 ms to Tallyfy: first contentful paint of the list, less the 150"
	visitRow  = "the same on a first visit, with nothing in the browser's cache"
	shiftRow  = "browser: layout shift of the list and of a group"
	blankRow  = "browser: empty pictures from the list to a group and back"
	mostPaint = 60 // ms
)

// browser measures in a real Chromium, at a sandbox that takes as long as a journey to Tallyfy.
func browser(t *testing.T, tb *table) {
	const latency = 150 * time.Millisecond
	defer func() {
		why := "no Chromium"
		if t.Failed() {
			why = "it failed"
		}
		for _, row := range [][2]string{{paintRow, fmt.Sprintf("≤ %d ms", mostPaint)}, {visitRow, fmt.Sprintf("≤ %d ms", mostPaint)}, {shiftRow, "≤ 0"}, {blankRow, "0"}} {
			if !tb.has(row[0]) {
				tb.without(row[0], row[1], why)
			}
		}
	}()
	p := startProgram(t, "--sandbox", "--sandbox-groups", fmt.Sprint(groupsOfCanned), "--sandbox-latency", latency.String())
	firstPaint(t, tb, p, latency)

	b := tab(t, p)
	var shift float64
	screens := []struct{ path, title string }{{"/groups/" + named(t, "Operations"), "Operations"}, {"/groups", "Groups"}}
	for range rounds {
		for _, screen := range screens {
			b.Open(screen.path)
			b.WaitForTitle(screen.title)
			if found := awaited[shifts](b, shifted); found.Sum > 0 {
				shift = max(shift, found.Sum)
				t.Log("shifted:", found.What)
			}
		}
	}
	tb.most(shiftRow, "", 0, shift, "")

	frames := film(b, func() {
		b.Press("Operations")
		b.WaitForTitle("Operations")
		b.Do(chromedp.NavigateBack())
		b.WaitForTitle("Groups")
	})
	blank := 0
	for _, f := range frames {
		if isBlank(f) {
			blank++
		}
	}
	require.NotEmpty(t, frames)
	require.Less(t, blank, len(frames), "every picture is blank")
	tb.row(blankRow, "0", fmt.Sprintf("%d of %d", blank, len(frames)), blank == 0)
}

// tab is a browser in which an administrator is signed in.
func tab(t *testing.T, p *program) *sitetest.Tab {
	t.Helper()
	b := sitetest.OpenTab(t, &sitetest.Site{T: t, Server: &httptest.Server{URL: "http://" + p.host}})
	b.Screen(1200, 760, "light")
	b.SignIn()
	return b
}

// firstPaint measures when there is something to see of the list. It comes from a page of one word each time, which says how much of
// that is the browser's own.
func firstPaint(t *testing.T, tb *table, p *program, latency time.Duration) {
	t.Helper()
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><p>word`)
	}))
	t.Cleanup(bare.Close)
	b := tab(t, p)
	withoutTools(b)
	paint := func(url string) float64 {
		b.Do(chromedp.Navigate(url))
		at := awaited[float64](b, painted)
		time.Sleep(200 * time.Millisecond) // what comes after the first picture is not to be in the way of the next page
		return at
	}
	var warm, cold, nothing []float64
	list := func(letter rune) string { return "http://" + p.host + "/groups?q=" + string(letter) }
	// Each time another search that finds most groups: what was shown a moment ago would come without a call. A frame takes 16 ms,
	// so a few times say little.
	for _, letter := range "aeiorntsldhcmup"[:3*rounds] {
		nothing = append(nothing, paint(bare.URL))
		warm = append(warm, paint(list(letter)))
		_, err := chromedp.Call(b.Context, network.ClearBrowserCache, cdp.Empty{})
		require.NoError(t, err)
		paint(bare.URL)
		cold = append(cold, paint(list(unicode.ToUpper(letter))))
	}
	for _, times := range [][]float64{warm, cold} {
		require.Greater(t, slices.Min(times), milliseconds(latency), "a list came without asking Tallyfy")
	}
	tb.most(paintRow, " ms", mostPaint, median(warm)-milliseconds(latency),
		fmt.Sprintf(" (a page of one word: %.0f ms)", median(nothing)))
	tb.most(visitRow, " ms", mostPaint, median(cold)-milliseconds(latency), "")
}

// withoutTools ends what chromedp is told of each request and each element: whoever uses a page has no developer tools open. Nothing
// can be found in the tab from then on.
func withoutTools(b *sitetest.Tab) {
	b.T.Helper()
	for _, step := range []cdp.Command[cdp.Empty, cdp.Empty]{css.Disable, dom.Disable, network.Disable} {
		_, err := chromedp.Call(b.Context, step, cdp.Empty{})
		require.NoError(b.T, err)
	}
}

// What the page says of itself. A shift counts until half a second after the page is there.
const (
	painted = `new Promise((done) => new PerformanceObserver((list) => {
		for (const e of list.getEntries()) if (e.name === "first-contentful-paint") done(e.startTime);
	}).observe({type: "paint", buffered: true}))`
	shifted = `new Promise((done) => {
		const all = {sum: 0, what: []};
		new PerformanceObserver((list) => { for (const e of list.getEntries()) {
			all.sum += e.value;
			for (const s of e.sources) all.what.push(s.node?.nodeName + "." + s.node?.className + " " + JSON.stringify(s.previousRect) + " " + JSON.stringify(s.currentRect));
		} }).observe({type: "layout-shift", buffered: true});
		setTimeout(() => done(all), 500);
	})`
)

// shifts is how much of a page moved after it was painted, and what did.
type shifts struct {
	Sum  float64
	What []string
}

func awaited[T any](b *sitetest.Tab, expression string) T {
	b.T.Helper()
	value, err := chromedp.Run(b.Context, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.T, err)
	return value
}

// film gives every picture that the browser shows meanwhile.
func film(b *sitetest.Tab, do func()) (frames []image.Image) {
	b.T.Helper()
	ctx, stop := context.WithCancel(b.Context)
	arrived := make(chan *page.EventScreencastFrame, 1000)
	require.NoError(b.T, chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*page.EventScreencastFrame); ok {
			select {
			case arrived <- e:
			default: // more than a thousand: the rest is more of the same
			}
		}
	}))
	_, err := chromedp.Call(b.Context, page.StartScreencast, page.StartScreencastParams{Format: page.StartScreencastFormatPng, MaxWidth: 400, MaxHeight: 300})
	require.NoError(b.T, err)
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case e := <-arrived:
				frame, err := png.Decode(bytes.NewReader(e.Data))
				if err == nil {
					frames = append(frames, frame)
				}
				_, _ = chromedp.Call(b.Context, page.ScreencastFrameAck, page.ScreencastFrameAckParams{SessionID: e.SessionID})
			case <-ctx.Done():
				return
			}
		}
	})
	do()
	_, err = chromedp.Call(b.Context, page.StopScreencast, cdp.Empty{})
	require.NoError(b.T, err)
	stop()
	wait.Wait()
	return frames
}

// isBlank reports that a picture is nothing but one colour, or nearly.
func isBlank(picture image.Image) bool {
	colours, all := map[[3]uint32]int{}, 0
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			r, g, b, _ := picture.At(x, y).RGBA()
			colours[[3]uint32{r, g, b}]++
			all++
		}
	}
	for _, n := range colours {
		if n*1000 >= all*998 {
			return true
		}
	}
	return false
}
