//go:build pictures

package browser_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// TestPictures takes the README's pictures: "make pictures".
func TestPictures(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Sandbox: sandbox.Options{Joiners: true}})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	s.SignIn()
	for name, people := range map[string][2]string{"Winter rota": {"yuki.tanabe", "nadia.benali"}, "Fire wardens": {"esi.mensah", "marek.dvorak"}} {
		f := s.GroupForm(name, "Who is on call.")
		f.Values["members"] = []string{s.ID(people[0]), s.ID(people[1])}
		require.Contains(t, f.Submit("Create the group").Text(".notice"), "was created")
	}
	queue := s.Get("/reviews/new").Form("main form[method=post]").Submit("Start the review")
	joiner := queue.Follow("Inês Carvalho")
	missing := joiner.Form("main form[method=post]")
	joiner.Find("input[name=add]").Each(func(_ int, box *goquery.Selection) { missing.Values.Add("add", box.AttrOr("value", "")) })
	require.Contains(t, missing.Submit("Change groups").Text(".notice"), "Saved")
	require.Contains(t, queue.Follow("Tobias Renner").Form("main form[method=post]").Submit("Looks right").Text(".notice"), "Saved")
	record := s.Get(queue.URL + "/check").Form("main form").Submit("Change 3 groups for 1 person").URL
	plan := s.PlanPath("chiara.dangelo", "priya.raghunathan")
	receipt := s.Remove("soren.kjaergaard", "hanneke.dewit").URL
	for _, scheme := range []string{"light", "dark"} {
		for _, picture := range []struct {
			name, path    string
			width, height int64
		}{
			{"overview", "/", 1200, 760},
			{"queue", queue.URL, 1200, 760},
			{"joiner", queue.Follow("Beatriz Sá").URL, 1200, 760},
			{"record", record, 1200, 760},
			{"plan", plan, 1200, 760},
			{"receipt", receipt, 1200, 760},
			{"phone", "/members", 360, 740},
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
