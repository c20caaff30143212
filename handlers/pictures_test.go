//go:build pictures

package handlers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestPictures takes the README's pictures: "make pictures".
func TestPictures(t *testing.T) {
	s := newSite(t, siteOptions{})
	b := openTab(t, s)
	b.screen(1200, 760, "light")
	b.signIn()
	leaver, successor := s.member("chiara.dangelo").ID, s.member("priya.raghunathan").ID
	for name, path := range map[string]string{
		"groups": "/groups",
		"plan":   fmt.Sprintf("/members/%d/remove/plan?to=%d", leaver, successor),
	} {
		b.open(path)
		b.do(chromedp.WaitVisible("h1"))
		_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`Promise.all([...document.images].map((i) => i.complete || new Promise((done) => i.onload = i.onerror = () => done(true)))).then(() => true)`, chromedp.EvalAwaitPromise))
		require.NoError(t, err)
		picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("..", ".pictures", name+".png"), picture, 0o644))
	}
}
