package handlers_test

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A tab is a page of a real Chromium that looks at a site. Whatever the browser complains about fails the test at its end.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site *site

	mu         sync.Mutex
	complaints []string
}

// browserPath finds a Chromium; .ci/run installs one.
func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func openTab(t *testing.T, s *site) *tab {
	t.Helper()
	path := browserPath()
	if path == "" {
		t.Skip("there is no Chromium here: what only a browser can show is not tested")
	}
	options := append([]chromedp.ExecAllocatorOption{}, chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-features", "BackForwardCache")) // chromedp loses a page that comes back from there
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, site: s}
	b.do(chromedp.Navigate("about:blank"))
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.complain("exception: " + e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				for _, argument := range e.Args {
					b.complain("console: " + argument.Description + string(argument.Value))
				}
			}
		case *log.EventEntryAdded: // violations of the content security policy arrive here
			// A form that did not pass or came too late, and Tallyfy's own failure, are answered with one of these on purpose.
			if !slices.ContainsFunc([]string{"409", "422", "502"}, func(s string) bool { return strings.Contains(e.Entry.Text, "status of "+s) }) {
				b.complain("log: " + e.Entry.Text + " " + e.Entry.URL)
			}
		}
	}))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		assert.Empty(t, b.complaints, "the browser complained")
	})
	return b
}

func (b *tab) complain(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, steps...))
}

// withoutScript switches the page's own script off.
func (b *tab) withoutScript() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(b.t, err)
}

// screen sets the size of the window and the colour scheme.
func (b *tab) screen(width, height int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	require.NoError(b.t, err)
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.site.server.URL + b.site.base + path))
}

func (b *tab) signIn() {
	b.t.Helper()
	b.open("/signin")
	b.press("Sign in as the administrator")
	b.waitForTitle("Groups")
}

// press clicks the button or link with that text, or the label that holds it.
func (b *tab) press(text string) {
	b.t.Helper()
	b.do(chromedp.Click(fmt.Sprintf(`//button[normalize-space()=%[1]q] | //a[normalize-space()=%[1]q] | //label[contains(normalize-space(), %[1]q)]`, text)))
}

// waitForTitle waits until the page with that heading is there, its script included.
func (b *tab) waitForTitle(title string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(fmt.Sprintf(`//h1[normalize-space()=%q]`, title)))
	require.Eventually(b.t, func() bool {
		state, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.readyState"))
		return err == nil && state == "complete"
	}, 20*time.Second, 10*time.Millisecond, "the page does not finish loading")
}

// waitForText waits until an element that a selector finds holds a text.
func (b *tab) waitForText(element, text string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(fmt.Sprintf(`//%s[contains(normalize-space(), %q)]`, element, text)))
}

func (b *tab) typeInto(selector, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(selector, text))
}

// evaluate runs an expression in the page, as the test and not as the page.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	require.NoError(b.t, err)
	return value
}
