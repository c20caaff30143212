package sitetest

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
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A Tab is a page of a real Chromium that looks at a site. Whatever the browser complains about fails the test at its end.
type Tab struct {
	T       *testing.T
	Context context.Context
	site    *Site

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

// OpenTab starts a Chromium that looks at a site until the test ends; without one here the test is skipped.
func OpenTab(t *testing.T, s *Site) *Tab {
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
	ctx, cancel := context.WithTimeout(ctx, 9*time.Minute) // below the time of go test; a busy machine takes three
	t.Cleanup(cancel)
	b := &Tab{T: t, Context: ctx, site: s}
	b.Do(chromedp.Navigate("about:blank"))
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
			// A form that did not pass or came too late, one of an ended session, and Tallyfy's own failure, are answered with one of these on purpose.
			if !slices.ContainsFunc([]string{"401", "409", "422", "502"}, func(s string) bool { return strings.Contains(e.Entry.Text, "status of "+s) }) {
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

func (b *Tab) complain(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

// Do takes steps in the browser, each of which has to succeed.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	require.NoError(b.T, chromedp.Do(b.Context, steps...))
}

// WithoutScript switches the page's own script off.
func (b *Tab) WithoutScript() {
	b.T.Helper()
	_, err := chromedp.Call(b.Context, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(b.T, err)
}

// Screen sets the size of the window and the colour scheme.
func (b *Tab) Screen(width, height int64, scheme string) {
	b.T.Helper()
	b.Do(chromedp.EmulateViewport(width, height))
	_, err := chromedp.Call(b.Context, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	require.NoError(b.T, err)
}

// Open goes to a path below the base.
func (b *Tab) Open(path string) {
	b.T.Helper()
	b.Do(chromedp.Navigate(b.site.Server.URL + b.site.Base + path))
}

// SignIn signs in as the administrator, by the button, and opens the groups.
func (b *Tab) SignIn() {
	b.T.Helper()
	b.Open("/signin?next=/groups")
	b.Press("Sign in as the administrator")
	b.WaitForTitle("Groups")
}

// Press clicks the button or link with that text, or the label that holds it.
func (b *Tab) Press(text string) {
	b.T.Helper()
	b.Do(chromedp.Click(fmt.Sprintf(`//button[normalize-space()=%[1]q] | //a[normalize-space()=%[1]q] | //label[contains(normalize-space(), %[1]q)]`, text)))
}

// WaitForTitle waits until the page with that heading is there, its script included.
func (b *Tab) WaitForTitle(title string) {
	b.T.Helper()
	b.Do(chromedp.WaitVisible(fmt.Sprintf(`//h1[normalize-space()=%q]`, title)))
	b.waitForLoad()
}

// WaitForText waits until an element that a selector finds holds a text, and the page with it is
// there, its script included: what script does at the beginning, as giving the focus, is over then.
func (b *Tab) WaitForText(element, text string) {
	b.T.Helper()
	b.Do(chromedp.WaitVisible(fmt.Sprintf(`//%s[contains(normalize-space(), %q)]`, element, text)))
	b.waitForLoad()
}

func (b *Tab) waitForLoad() {
	b.T.Helper()
	b.WaitFor("the page to finish loading", `document.readyState === "complete"`)
}

// WaitFor waits until a condition holds in the page, or in the next one.
func (b *Tab) WaitFor(what, condition string) {
	b.T.Helper()
	require.Eventually(b.T, func() bool {
		holds, err := chromedp.Run(b.Context, chromedp.Evaluate[bool](condition))
		return err == nil && holds
	}, time.Minute, 10*time.Millisecond, "waited for %s", what)
}

// TypeInto puts a text into the field that a selector finds, all of it at once: letters that come
// one after the other are several searches where the machine is slow.
func (b *Tab) TypeInto(selector, text string) {
	b.T.Helper()
	b.Do(chromedp.Focus(selector))
	b.Type(text)
}

// Type puts a text into the field that has the focus, all of it at once.
func (b *Tab) Type(text string) {
	b.T.Helper()
	_, err := chromedp.Call(b.Context, input.InsertText, input.InsertTextParams{Text: text})
	require.NoError(b.T, err)
}

// Evaluate runs an expression in the page, as the test and not as the page.
func Evaluate[T any](b *Tab, expression string) T {
	b.T.Helper()
	value, err := chromedp.Run(b.Context, chromedp.Evaluate[T](expression))
	require.NoError(b.T, err)
	return value
}
