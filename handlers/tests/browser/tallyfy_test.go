package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// Signing in at Tallyfy as a person does it. What the browser remembers of the way holds no token.
func TestBrowserSignsInWithTallyfy(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.New(t, sitetest.Options{Base: base, OAuth: true, NoButton: true})
		b := sitetest.OpenTab(t, s)
		b.Open("/members?q=dahl")
		b.Press("Sign in with Tallyfy")
		b.Do(chromedp.WaitVisible(`input[name=person]`), chromedp.Click(`input[name=person][value="maren.dahl@example.com"]`), chromedp.Click(`button[value=allow]`))
		b.WaitForTitle("Choose an organisation")
		b.Do(chromedp.Click(`input[value="` + s.Sandbox.OrgID() + `"]`))
		b.Press("Continue")
		b.WaitForTitle("Members")
		b.Do(chromedp.Click(".account > summary"))
		b.WaitForText("p", "Tallyfy sign-in ends")
		assert.Equal(t, s.Server.URL+base+s.Full("/members?q=dahl"), sitetest.Evaluate[string](b, "location.href"))

		var token string
		for _, r := range s.Sandbox.Requests() {
			if r.Token != "" {
				token = r.Token
			}
		}
		require.NotEmpty(t, token)
		history, err := chromedp.Call(b.Context, page.GetNavigationHistory, cdp.Empty{})
		require.NoError(t, err)
		require.NotEmpty(t, history.Entries)
		for _, e := range history.Entries {
			assert.NotContains(t, e.URL, "access_token")
			assert.NotContains(t, e.URL, token)
		}
	}
}

func TestBrowserSaysWhatTheAnswerPageNeeds(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{OAuth: true})
	b := sitetest.OpenTab(t, s)
	b.Open("/signin/answer")
	b.WaitForText("p", "There is no answer of Tallyfy's in this address")
	b.Open("/signin/answer#access_token=secret&token_type=Bearer") // the page stays, and says so already
	b.WaitFor("the address to be cleared, whatever it holds", fmt.Sprintf("location.href === %q", s.Server.URL+"/signin/answer"))
	b.Open("/signin/answer#access_token=secret&token_type=Bearer&state=made-up")
	b.WaitForTitle("Sign in")
	b.WaitForText("p", "This sign-in was not started in this browser")
	assert.Equal(t, "Sign in", s.Get("/groups").Text("h1"))

	const offered = `[...document.querySelectorAll("main a")].some((a) => a.textContent.includes("Tallyfy") && a.checkVisibility())`
	b.Open("/signin")
	assert.True(t, sitetest.Evaluate[bool](b, offered))
	assert.False(t, sitetest.Evaluate[bool](b, `document.querySelector("#field-token").checkVisibility()`), "the token comes second")
	b.WithoutScript()
	b.Open("/signin?unsent=1") // another document: a fragment alone would load nothing
	assert.False(t, sitetest.Evaluate[bool](b, offered), "it would end with the token in the address bar")
	b.Do(chromedp.Click("details.section summary"))
	assert.True(t, sitetest.Evaluate[bool](b, `document.querySelector("#field-token").checkVisibility()`))
	b.Open("/signin/answer#access_token=secret&state=x")
	b.WaitForTitle("Signing in")
	b.WaitForText("p", "The address of this page holds your Tallyfy token. Close this tab now")
	assert.Contains(t, s.Get("/signin/answer").Find("noscript").Text(), "sign in with a personal access token instead.")
	assert.Equal(t, http.StatusOK, s.Get("/signin/answer").Status)
}

// What was typed when the session had ended waits in the tab while its owner is at Tallyfy, and nowhere else.
func TestBrowserKeepsWhatWasTypedOnTheWayToTallyfy(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{OAuth: true})
	b := sitetest.OpenTab(t, s)
	b.Open("/signin")
	b.Press("Sign in as the administrator")
	b.WaitForTitle("Overview")
	b.Open("/groups/new")
	b.Do(chromedp.SendKeys("#field-name", "Night watch"), chromedp.SendKeys("#field-description", "Of the yard"))
	_, err := chromedp.Call(b.Context, network.ClearBrowserCookies, cdp.Empty{})
	require.NoError(t, err)
	b.Press("Create the group")
	b.WaitForTitle("Sign in")
	b.Press("Sign in with Tallyfy")
	b.Do(chromedp.WaitVisible(`input[name=person]`), chromedp.Click(`input[name=person][value="maren.dahl@example.com"]`), chromedp.Click(`button[value=allow]`))
	b.WaitForTitle("New group")
	assert.Equal(t, "Night watch", sitetest.Evaluate[string](b, "document.querySelector('#field-name').value"))
	assert.Zero(t, sitetest.Evaluate[int](b, "sessionStorage.length"), "it is taken once")
	assert.False(t, s.Exists("Night watch"), "it waits for the button")
}
