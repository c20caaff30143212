package site_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// One search finds members, groups and guests, by words in any order, and leads to the lists of all that match.
func TestSearchFindsMembersGroupsAndGuests(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/search").Whole(http.StatusOK)
	assert.Equal(t, 1, p.Find("main form input[name=q]").Length())
	assert.False(t, p.Has(".found") || p.Has(".empty"), "nothing was asked for yet")
	assert.Empty(t, s.Sandbox.Requests())

	s.Get("/search?q=a") // reads the copies
	s.Sandbox.ClearRequests()
	assert.Equal(t, []string{"Søren Kjærgaard"}, s.Get("/search?q=kjaergaard+soren").Texts(".found .name"))
	assert.Equal(t, []string{"Fleet and Drivers"}, s.Get("/search?q=drivers+fleet").Texts(".found .name"))
	p = s.Get("/search?q=an")
	assert.Equal(t, []string{"14 members", "21 groups", "10 guests"}, p.Texts(".found h2"))
	assert.Len(t, p.Texts(".found[aria-labelledby=members] .name"), 8)
	assert.Equal(t, "14 members", p.Follow("All 14 members that match").Text(".note"))
	assert.Equal(t, "21 groups", p.Follow("All 21 groups that match").Text(".note"))
	assert.Equal(t, "10 guests", p.Follow("All 10 guests that match").Text(".note"))
	// A row says by what it was found, if its name and address don't.
	assert.Equal(t, []string{"claudia.stemmler@lease.example.com"}, s.Get("/search?q=stemmler").Texts(".found[aria-labelledby=guests] .sub"))
	assert.Equal(t, []string{"claudia.stemmler@lease.example.com · Fuhrpark Stemmler"}, s.Get("/search?q=stemmler+fuhrpark").Texts(".found[aria-labelledby=guests] .sub"))
	assert.Empty(t, s.Get("/search?q=fleet").Texts(".found[aria-labelledby=groups] .sub"))
	p = s.Get("/search?q=tachograph")
	assert.Equal(t, []string{"Fleet and Drivers"}, p.Texts(".found .name"))
	assert.Equal(t, []string{"Vehicles, maintenance windows, tachograph checks."}, p.Texts(".found .sub"))
	p = s.Get("/search?q=" + url.QueryEscape(`"><script>`))
	assert.Contains(t, p.Text(".empty"), `Nothing matches “"><script>”`)
	assert.Contains(t, s.Get("/search?q='").Whole(http.StatusOK).Text(".empty"), "Nothing matches “'”", "no word, but a question")
	assert.Equal(t, `"><script>`, p.Find("main input[name=q]").AttrOr("value", ""))
	assert.Empty(t, s.Sandbox.Requests(), "all of it is from the copies")
}

// While the organisation is being read, the page says how far and goes on by itself.
func TestSearchWaitsForTheCopies(t *testing.T) {
	t.Parallel()
	gate := &sitetest.Gate{Method: http.MethodGet, Suffix: "/guests", Arrived: make(chan struct{}), Open: make(chan struct{})}
	s := sitetest.New(t, sitetest.Options{Transport: gate, Directory: directory.Options{Wait: 20 * time.Millisecond}})
	gate.Next = s.Sandbox.Transport()
	s.SignIn()
	p := s.Get("/search?q=kjaergaard").Whole(http.StatusOK)
	assert.Equal(t, "2", p.Header.Get("Refresh"))
	assert.Contains(t, p.Text("main"), "so far")
	close(gate.Open)
	require.Eventually(t, func() bool { return s.Get("/search?q=kjaergaard").Has(".found") }, time.Minute, time.Millisecond)
}

// Somebody who may not open a member finds the name, and no link to a refusal.
func TestSearchOffersNobodyARefusal(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	require.Equal(t, "Groups", s.SignInWith(sandbox.StandardToken).Text("h1"))
	p := s.Get("/search?q=kjaergaard").Whole(http.StatusOK)
	assert.Equal(t, []string{"Søren Kjærgaard"}, p.Texts(".found .name"))
	assert.False(t, p.Has(".found a.name"))
}
