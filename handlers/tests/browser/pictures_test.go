//go:build pictures

package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// TestPictures takes the README's pictures: "make pictures".
func TestPictures(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	b := sitetest.OpenTab(t, s)
	b.Screen(1200, 760, "light")
	b.SignIn()
	leaver, successor := s.Member("chiara.dangelo").ID, s.Member("priya.raghunathan").ID
	for name, path := range map[string]string{
		"groups": "/groups",
		"plan":   fmt.Sprintf("/members/%d/remove/plan?to=%d", leaver, successor),
	} {
		b.Open(path)
		b.Do(chromedp.WaitVisible("h1"))
		_, err := chromedp.Run(b.Context, chromedp.Evaluate[bool](`Promise.all([...document.images].map((i) => i.complete || new Promise((done) => i.onload = i.onerror = () => done(true)))).then(() => true)`, chromedp.EvalAwaitPromise))
		require.NoError(t, err)
		picture, err := chromedp.Run(b.Context, chromedp.CaptureScreenshot())
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("..", "..", "..", ".pictures", name+".png"), picture, 0o644))
	}
}
