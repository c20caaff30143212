//go:build pictures

package browser_test

import (
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
	b.SignIn()
	s.SignIn()
	for name, people := range map[string][2]string{"Winter rota": {"yuki.tanabe", "nadia.benali"}, "Fire wardens": {"esi.mensah", "marek.dvorak"}} {
		f := s.GroupForm(name, "Who is on call.")
		f.Values["members"] = []string{s.ID(people[0]), s.ID(people[1])}
		require.Contains(t, f.Submit("Create the group").Text(".notice"), "was created")
	}
	plan := s.PlanPath("chiara.dangelo", "priya.raghunathan")
	receipt := s.Remove("soren.kjaergaard", "hanneke.dewit").URL
	for _, scheme := range []string{"light", "dark"} {
		for _, picture := range []struct {
			name, path    string
			width, height int64
		}{
			{"overview", "/", 1200, 760}, {"plan", plan, 1200, 760}, {"receipt", receipt, 1200, 760}, {"phone", "/members", 360, 740},
		} {
			b.Screen(picture.width, picture.height, scheme)
			b.Open(picture.path)
			b.Do(chromedp.WaitVisible("h1"))
			_, err := chromedp.Run(b.Context, chromedp.Evaluate[bool](`Promise.all([...document.images].filter((i) => i.checkVisibility() && i.getBoundingClientRect().top < innerHeight).map((i) => i.complete || new Promise((done) => i.onload = i.onerror = () => done(true)))).then(() => true)`, chromedp.EvalAwaitPromise))
			require.NoError(t, err)
			png, err := chromedp.Run(b.Context, chromedp.CaptureScreenshot())
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join("..", "..", "..", ".pictures", picture.name+"-"+scheme+".png"), png, 0o644))
		}
	}
}
