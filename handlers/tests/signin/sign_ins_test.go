package signin_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestOwnOtherDevicesAreSignedOut(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	phone, tablet, tomas := s.As(t), s.As(t), s.As(t)
	phone.SignIn()
	tablet.SignIn()
	tomas.SignInWith(sandbox.StandardToken)
	p := s.Get("/groups").Follow("Sign-ins on other devices").Whole(http.StatusOK)
	assert.Len(t, p.Texts(".rows > li"), 4)
	assert.Len(t, p.Texts(".rows .badge"), 1, "this one")
	assert.Contains(t, p.Text(".rows"), "127.0.0.1")
	assert.Contains(t, p.Text("main"), "You are signed in on 2 other devices.")

	p = p.Form("form:has([value=own])").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Done. 2 sign-ins were ended.", p.Text(".notice.done"))
	assert.Len(t, p.Texts(".rows > li"), 2)
	assert.Equal(t, "Sign in", phone.Get("/groups").Text("h1"))
	assert.Equal(t, "Sign in", tablet.Get("/groups").Text("h1"))
	assert.Equal(t, "Groups", tomas.Get("/groups").Text("h1"))
	assert.Equal(t, "Groups", s.Get("/groups").Text("h1"))
	assert.Contains(t, s.Log.String(), `"result":"ended by another"`)
}

func TestAdministratorsEndEverybodysSignIns(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	tomas, elsewhere := s.As(t), s.As(t)
	tomas.SignInWith(sandbox.StandardToken)
	elsewhere.Post("/signin", url.Values{"token": {sandbox.AdminToken}, "organization": {s.Sandbox.OtherOrgID()}})
	elsewhere.Org = s.Sandbox.OtherOrgID()

	own := tomas.Get("/sign-ins").Whole(http.StatusOK)
	assert.Len(t, own.Texts(".rows > li"), 1, "others see their own")
	key := s.Get("/sign-ins").Find(".rows [name=end]").AttrOr("value", "")
	require.NotEmpty(t, key)
	p := tomas.Post("/sign-ins", url.Values{"end": {"everybody"}})
	assert.Contains(t, p.Text(".notice"), "Nothing was ended")
	assert.Equal(t, "Groups", s.Get("/groups").Text("h1"))

	p = s.Get("/sign-ins").Form("form:has([value=everybody])").Submit("")
	assert.Equal(t, "Done. 1 sign-in was ended.", p.Text(".notice.done"))
	assert.Equal(t, "Sign in", tomas.Get("/groups").Text("h1"))
	assert.Equal(t, "Groups", elsewhere.Get("/groups").Text("h1"), "another organisation's")
	assert.Contains(t, s.Post("/sign-ins", url.Values{"end": {key}}).Text(".notice"), "Nothing was ended: it had ended already.")
}

// Who is signed out while a page or a change is under way sees nothing, and changes nothing.
func TestSignedOutWhileItIsUnderWay(t *testing.T) {
	for name, test := range map[string]struct {
		method, suffix string
		request        func(*sitetest.Site) *http.Request
		location       string
	}{
		"a page": {http.MethodGet, "/groups", func(s *sitetest.Site) *http.Request { return s.Request(http.MethodGet, "/groups?q=x", nil) }, "/signin?next=%2Fgroups%3Fq%3Dx"},
		"a file": {http.MethodGet, "/groups", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodGet, s.GroupPath("Payroll")+"/people.csv", nil)
		}, "/signin?next="},
		"a deletion": {http.MethodGet, "/tasks", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodPost, s.DeletePath("Works Council"), url.Values{})
		}, "/signin?next="},
		"a removal": {http.MethodGet, "/tasks", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodPost, s.RemovePath("chiara.dangelo"), url.Values{"to": {"leave"}})
		}, "/signin?next="},
	} {
		t.Run(name, func(t *testing.T) {
			gate := &sitetest.Gate{Method: "none", Suffix: test.suffix, Arrived: make(chan struct{}), Open: make(chan struct{})}
			s := sitetest.New(t, sitetest.Options{Transport: gate})
			gate.Next = s.Sandbox.Transport()
			s.SignIn()
			request := test.request(s)
			if name == "a file" {
				gate.Suffix = "/groups/" + s.Group("Payroll").ID
			}
			gate.Method = test.method
			done := make(chan *sitetest.Page)
			go func() { done <- s.Once(request) }()
			<-gate.Arrived
			cookies := s.Once(s.Request(http.MethodPost, "/signout", nil))
			require.Equal(t, http.StatusSeeOther, cookies.Status)
			time.Sleep(150 * time.Millisecond) // a page that is made at once is shown
			close(gate.Open)
			p := <-done
			assert.Equal(t, http.StatusSeeOther, p.Status)
			assert.Contains(t, p.Header.Get("Location"), test.location)
			assert.NotContains(t, p.Body, "Payroll")
			assert.Zero(t, s.Writes())
		})
	}
}
