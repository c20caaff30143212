package browser_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A proxy answers in place of the program while that starts anew. The browser does not ask again
// after such an answer, and the page does.
func TestBrowserJobIsFollowedAfterAnErrorOnTheWay(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Jobs: true})
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	open := make(chan struct{})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupRoute, Method: http.MethodPut, Times: 1, Meanwhile: func() { <-open }})
	s.SignIn()
	job := s.Post("/bulk", url.Values{"kind": {"add-to-groups"}, "text": {"Email,Groups\nnoor.vandermeer@example.com,Legal"}}).Form("main form").Submit("Add people to groups: 1 row").Whole(http.StatusOK).URL
	answer := intercept(b, "*/progress*")
	b.Open(job)
	b.WaitForText("p", "Running: 0 of 1 done.")
	answer(func(id fetch.RequestID) (cdp.Empty, error) {
		return chromedp.Call(b.Context, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: id, ResponseCode: http.StatusBadGateway})
	})
	close(open)
	b.WaitForText("p", "The one row is done.")
}

// Lines are pasted, looked at and started. The person leaves, comes back on another device while the job runs, sees its
// end, and uploads the file of what failed again.
func TestBrowserManyAtOnce(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		s := u.site
		u.Open("/members")
		u.WaitForTitle("Members")
		s.Get("/guests").Whole(http.StatusOK)
		u.press("Many at once…")
		u.WaitForTitle("Many at once")
		u.press("Add people to groups")
		u.WaitForTitle("Add people to groups")
		u.check("the form for many")
		u.write("#field-text", "Email,Groups\nnoor.vandermeer@example.com,Legal\nkwame.asante@example.com,Payroll\nchiara.dangelo@example.com,Quality\nnobody@x.example,Quality")
		u.press("See what would happen")
		u.WaitForTitle("Add people to groups: dry run")
		u.WaitForText("p", "3 rows will change, 1 can't.")
		u.check("the dry run")
		assert.Zero(t, s.Writes(), "a dry run changes nothing")

		open := make(chan struct{})
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupRoute, Method: http.MethodPut, Times: 1, Status: http.StatusUnprocessableEntity, Body: `{"error":true,"message":"Not now."}`})
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupRoute, Method: http.MethodPut, Times: 1, Meanwhile: func() { <-open }})
		u.press("Add people to groups: 3 rows")
		u.WaitForText("p", "Running: 0 of 3 done. 1 failed.")
		u.check("a job that runs")
		job := sitetest.Evaluate[string](u.Tab, "location.pathname")
		u.press("Jobs")
		u.WaitForTitle("Jobs")
		u.check("the list of jobs")
		device := s.As(t)
		device.SignIn()
		assert.Equal(t, "Running: 0 of 3 done. 1 failed.", device.Get(strings.TrimPrefix(job, device.Full(""))).Text("[data-progress]"), "on another device")
		u.press("Add people to groups, 4 rows")
		u.WaitForText("p", "Running: 0 of 3 done. 1 failed.")
		close(open)
		u.WaitForText("button", "Retry the 1 that failed") // by itself: script follows, and without script the page asks again
		u.WaitForText("p", "2 of 3 done. 1 failed.")
		u.WaitForText("td", "Tallyfy says: “Not now.”")
		u.check("a job that is over")

		folder := t.TempDir()
		_, err := chromedp.Call(u.Context, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder})
		require.NoError(t, err)
		u.press("Export 2 rows not done")
		var files []string
		var text []byte
		require.Eventually(t, func() bool { // Chromium reserves the name with an empty file
			if files, _ = filepath.Glob(filepath.Join(folder, "*.csv")); len(files) == 1 {
				text, err = os.ReadFile(files[0])
			}
			return len(text) > 0
		}, time.Minute, 10*time.Millisecond)
		require.NoError(t, err)
		assert.Contains(t, string(text), "Not now.")

		u.Open("/bulk/new?kind=add-to-groups")
		u.WaitForTitle("Add people to groups")
		if u.keyboard {
			tabUntil(u.Tab, "the field for a file", `document.activeElement.id === "field-file"`)
		}
		u.Do(chromedp.SetUploadFiles("#field-file", files))
		u.press("See what would happen")
		u.WaitForTitle("Add people to groups: dry run")
		u.WaitForText("p", "1 row will change, 1 can't.")
		u.press("Add people to groups: 1 row")
		u.WaitForText("p", "The one row is done.")
		for group, member := range map[string]string{"Legal": "noor.vandermeer", "Payroll": "kwame.asante", "Quality": "chiara.dangelo"} {
			assert.Contains(t, s.Group(group).Members, s.Member(member).ID, group)
		}
		assert.Equal(t, 4, s.Writes(), "the one that failed, the others, and the first one again")
	})
}
