//go:build speed

package speed_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// browser measures in a real Chromium, at a sandbox that takes as long as a journey to Tallyfy.
func browser(t *testing.T, tb *table) {
	const latency = 150 * time.Millisecond
	measured := false
	defer func() {
		if !measured {
			tb.without("browser: first paint, layout shift, going back", "", "there is no Chromium here, or it failed")
		}
	}()
	p := startProgram(t, "--sandbox", "--sandbox-groups", fmt.Sprint(groupsOfCanned), "--sandbox-latency", latency.String())
	b := sitetest.OpenTab(t, &sitetest.Site{T: t, Server: &httptest.Server{URL: "http://" + p.host}})
	b.Screen(1200, 760, "light")
	b.SignIn()

	var paints []float64
	var shift float64
	group := "/groups/" + named(t, "Operations")
	for range rounds {
		b.Open(group)
		b.WaitForTitle("Operations")
		shift = max(shift, awaited[float64](b, shifted))
		b.Open("/groups")
		b.WaitForTitle("Groups")
		paints = append(paints, awaited[float64](b, painted))
		shift = max(shift, awaited[float64](b, shifted))
	}
	tb.most("browser, 150 ms to Tallyfy: first contentful paint of the list, less the 150", " ms", 60, median(paints)-milliseconds(latency), "")
	tb.most("browser: layout shift of the list and of a group", "", 0, shift, "")

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
	tb.row("browser: empty pictures from the list to a group and back", "0", fmt.Sprintf("%d of %d", blank, len(frames)), blank == 0)
	measured = true
}

// What the page says of itself. A shift counts until half a second after the page is there.
const (
	painted = `new Promise((done) => new PerformanceObserver((list) => {
		for (const e of list.getEntries()) if (e.name === "first-contentful-paint") done(e.startTime);
	}).observe({type: "paint", buffered: true}))`
	shifted = `new Promise((done) => {
		let sum = 0;
		new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; }).observe({type: "layout-shift", buffered: true});
		setTimeout(() => done(sum), 500);
	})`
)

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
