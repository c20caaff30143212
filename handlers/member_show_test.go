package handlers_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"

	"tallyfy-admin/tallyfy/sandbox"
)

// facts are what a page lists about somebody.
func (p *page) facts() map[string]string {
	facts := map[string]string{}
	p.Find(".facts dt").Each(func(_ int, dt *goquery.Selection) {
		dd := dt.Next()
		dd.Find("button").Remove()
		facts[dt.Text()] = strings.Join(strings.Fields(dd.Text()), " ")
	})
	return facts
}

func TestMemberPageShowsTheProfile(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get(s.memberPath("soren.kjaergaard")).whole(http.StatusOK)
	assert.Len(t, s.sandbox.Requests(), 2)
	assert.Equal(t, "Søren Kjærgaard", p.text("h1"))
	assert.Equal(t, "Active", p.text(".headline .badge"))
	facts := p.facts()
	assert.Equal(t, "soren.kjaergaard@example.com", facts["Email"])
	assert.Equal(t, "Standard", facts["Role"])
	assert.Equal(t, "Operations Manager", facts["Job title"])
	assert.Equal(t, "Europe/Copenhagen", facts["Time zone"])
	assert.Equal(t, s.id("soren.kjaergaard"), facts["Id"])
	for _, name := range []string{"Joined", "Last sign-in"} {
		_, err := time.Parse("2 Jan 2006", facts[name])
		assert.NoError(t, err, name)
	}
	assert.Equal(t, s.removePath("soren.kjaergaard"), p.link("Remove from the organisation…"))

	assert.Equal(t, "In 13 groups", p.text("#groups"))
	links := map[string]string{}
	p.Find(".rows a").Each(func(_ int, a *goquery.Selection) { links[a.Text()], _ = a.Attr("href") })
	assert.Len(t, links, 13)
	for _, id := range s.member("soren.kjaergaard").Groups {
		for _, g := range s.sandbox.Groups() {
			if g.ID == id {
				assert.Equal(t, "/groups/"+id, links[g.Name])
			}
		}
	}
	names := p.texts(".rows a")
	assert.Equal(t, "Everyone at Aldermoor", names[0])
	assert.Contains(t, names, "Night Shift <script>alert('hi')</script> & Weekend", "a name is text")
	assert.False(t, p.has("main script"))

	open := s.sandbox.OpenTasks(s.member("soren.kjaergaard").ID)
	assert.Greater(t, open, 5)
	assert.Contains(t, p.text("section[aria-labelledby=tasks]"), "Found")
	assert.Contains(t, p.text("section[aria-labelledby=tasks] p"), strconv.Itoa(open)+" open tasks")
	assert.NotEmpty(t, p.texts("section[aria-labelledby=tasks] li"))
}

func TestMemberPageMarksWhoSomebodyIs(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for name, want := range map[string]struct {
		badges    []string
		removable bool
	}{
		"maren.dahl":       {[]string{"Active", "You"}, true},
		"ingrid.solheim":   {[]string{"Active", "Default administrator"}, true},
		"gareth.pugh":      {[]string{"Disabled"}, false},
		"lena.fischbacher": {[]string{"Invited"}, true},
		"assistant.bot":    {[]string{"Bot"}, true}, // the wizard says why not
	} {
		t.Run(name, func(t *testing.T) {
			p := s.get(s.memberPath(name)).whole(http.StatusOK)
			assert.Equal(t, want.badges, p.texts(".headline .badge"))
			assert.Equal(t, want.removable, p.link("Remove from the organisation…") != "")
		})
	}
}

func TestMemberPageTellsNoneFromNotChecked(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get(s.memberPath("noor.vandermeer"))
	assert.Equal(t, "In 1 group", p.text("#groups"))
	assert.Equal(t, "Open tasksNone", p.text("section[aria-labelledby=tasks]"))

	for name, fault := range map[string]sandbox.Fault{
		"refused":   {Status: http.StatusForbidden},
		"a failure": {Status: http.StatusInternalServerError},
		"garbage":   {Status: http.StatusOK, Body: "<html>Please sign in to the proxy</html>"},
		// Without meta a full page of samples may be all, or not.
		"no count": {Status: http.StatusOK, Body: `{"data":[` + strings.Repeat(`{"id":"a","title":"x"},`, 4) + `{"id":"b"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Route = tasksRoute
			s.sandbox.Fail(fault)
			defer s.sandbox.ClearFaults()
			p := s.get(s.memberPath("noor.vandermeer")).whole(http.StatusOK)
			assert.Contains(t, p.text("section[aria-labelledby=tasks]"), "Not checked")
			assert.NotContains(t, p.text("section[aria-labelledby=tasks]"), "None")
		})
	}
	t.Run("groups left out", func(t *testing.T) {
		s.sandbox.Fail(sandbox.Fault{Route: userRoute, Status: http.StatusOK, Body: `{"data":{"id":"7","email":"x@example.com","status":"active"}}`})
		defer s.sandbox.ClearFaults()
		p := s.get("/members/7").whole(http.StatusOK)
		assert.Equal(t, "x@example.com", p.text("h1"))
		assert.Contains(t, p.text("section[aria-labelledby=groups]"), "Not checked")
	})
}

func TestMemberPageOfNobody(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for _, id := range []string{"1", "999999", "abc", "%3Cscript%3E", "..%2Fgroups"} {
		t.Run(id, func(t *testing.T) {
			p := s.get("/members/" + id).whole(http.StatusNotFound)
			assert.NotEmpty(t, p.link("All members"))
			s.get("/members/" + id + "/remove").whole(http.StatusNotFound)
		})
	}
	assert.Zero(t, s.writes())
}

// A standard member may see the list, and is told what it takes to see more.
func TestMemberPagesNameTheMissingPermission(t *testing.T) {
	s := newSite(t, siteOptions{})
	s.signInWith(sandbox.StandardToken)
	s.sandbox.ClearRequests()
	for _, path := range []string{
		s.memberPath("chiara.dangelo"), s.removePath("chiara.dangelo"), s.removePath("chiara.dangelo") + "/handover", s.planPath("chiara.dangelo", "leave"),
	} {
		p := s.get(path).whole(http.StatusForbidden)
		assert.Equal(t, "Tallyfy does not allow this for your account", p.text("h1"))
		assert.Contains(t, p.text(".lead"), "takes an administrator")
		assert.Equal(t, p.header.Get("X-Request-Id"), p.texts("main code")[0])
	}
	p := s.post(s.removePath("chiara.dangelo"), map[string][]string{"to": {"leave"}}).whole(http.StatusForbidden)
	assert.Contains(t, p.text(".lead"), "takes an administrator")
	assert.Zero(t, s.writes())
}
