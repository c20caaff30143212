package members_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestMemberPageShowsTheProfile(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.MemberPath("soren.kjaergaard")).Whole(http.StatusOK)
	assert.Len(t, s.Sandbox.Requests(), 2)
	assert.Equal(t, "Søren Kjærgaard", p.Text("h1"))
	assert.Equal(t, "Active", p.Text(".headline .badge"))
	assert.True(t, p.Has(`[data-copy="soren.kjaergaard@example.com"]`))
	facts := p.Facts()
	assert.Equal(t, "soren.kjaergaard@example.com", facts["Email"])
	assert.Equal(t, "Standard", facts["Role"])
	assert.Equal(t, "Operations Manager", facts["Job title"])
	assert.Equal(t, "Europe/Copenhagen", facts["Time zone"])
	assert.Equal(t, s.ID("soren.kjaergaard"), facts["Id"])
	for _, name := range []string{"Joined", "Last sign-in"} {
		ago, day, _ := strings.Cut(facts[name], ", ")
		assert.NotEmpty(t, ago)
		_, err := time.Parse("2 Jan 2006", day)
		assert.NoError(t, err, name)
	}
	assert.Equal(t, s.RemovePath("soren.kjaergaard"), p.Link("Remove from the organisation…"))

	assert.Equal(t, "In 13 groups", p.Text("#groups"))
	links := map[string]string{}
	p.Find(".rows a").Each(func(_ int, a *goquery.Selection) { links[a.Text()], _ = a.Attr("href") })
	assert.Len(t, links, 13)
	for _, id := range s.Member("soren.kjaergaard").Groups {
		for _, g := range s.Sandbox.Groups() {
			if g.ID == id {
				assert.Equal(t, "/groups/"+id, links[g.Name])
			}
		}
	}
	names := p.Texts(".rows a")
	assert.Equal(t, "Everyone at Aldermoor", names[0])
	assert.Contains(t, names, "Night Shift <script>alert('hi')</script> & Weekend", "a name is text")
	assert.False(t, p.Has("main script"))

	open := s.Sandbox.OpenTasks(s.Member("soren.kjaergaard").ID)
	assert.Greater(t, open, 5)
	assert.Contains(t, p.Text("section[aria-labelledby=tasks] p"), strconv.Itoa(open)+" open tasks")
	assert.NotEmpty(t, p.Texts("section[aria-labelledby=tasks] li"))
}

func TestMemberPageMarksWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for name, want := range map[string]struct {
		badges             []string
		removable, canJoin bool
	}{
		"maren.dahl":       {[]string{"Active", "You"}, true, true},
		"ingrid.solheim":   {[]string{"Active", "Default administrator"}, true, true},
		"gareth.pugh":      {[]string{"Disabled"}, false, false},
		"lena.fischbacher": {[]string{"Invited"}, true, true},
		"assistant.bot":    {[]string{"Bot"}, true, false}, // the wizard says why not
	} {
		t.Run(name, func(t *testing.T) {
			p := s.Get(s.MemberPath(name)).Whole(http.StatusOK)
			assert.Equal(t, want.badges, p.Texts(".headline .badge"))
			assert.Equal(t, want.removable, p.Link("Remove from the organisation…") != "")
			assert.Equal(t, want.canJoin, p.Link("Add to groups…") != "")
			assert.Equal(t, len(s.Member(name).Groups) > 0, p.Has("#peers"), "nobody shares no group")
		})
	}
}

func TestMemberPageTellsNoneFromNotChecked(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.MemberPath("noor.vandermeer"))
	assert.Equal(t, "In 1 group", p.Text("#groups"))
	assert.Equal(t, "Open tasksNo open tasks.", p.Text("section[aria-labelledby=tasks]"))

	for name, fault := range map[string]sandbox.Fault{
		"refused":   {Status: http.StatusForbidden},
		"a failure": {Status: http.StatusInternalServerError},
		"garbage":   {Status: http.StatusOK, Body: "<html>Please sign in to the proxy</html>"},
		// Without meta a full page of samples may be all, or not.
		"no count": {Status: http.StatusOK, Body: `{"data":[{"id":"a","title":"x"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Route = sitetest.TasksRoute
			s.Sandbox.Fail(fault)
			defer s.Sandbox.ClearFaults()
			p := s.Get(s.MemberPath("noor.vandermeer")).Whole(http.StatusOK)
			assert.Contains(t, p.Text("section[aria-labelledby=tasks]"), "Not checked")
			assert.NotContains(t, p.Text("section[aria-labelledby=tasks]"), "No open")
		})
	}
	t.Run("groups left out", func(t *testing.T) {
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UserRoute, Status: http.StatusOK, Body: `{"data":{"id":"7","email":"x@example.com","status":"active"}}`})
		defer s.Sandbox.ClearFaults()
		p := s.Get("/members/7").Whole(http.StatusOK)
		assert.Equal(t, "x@example.com", p.Text("h1"))
		assert.Contains(t, p.Text("section[aria-labelledby=groups]"), "Not checked")
	})
}

func TestMemberPageOfNobody(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, id := range []string{"1", "999999", "abc", "%3Cscript%3E"} {
		t.Run(id, func(t *testing.T) {
			p := s.Get("/members/" + id).Whole(http.StatusNotFound)
			assert.NotEmpty(t, p.Link("All members"))
			s.Get("/members/" + id + "/remove").Whole(http.StatusNotFound)
		})
	}
	assert.Zero(t, s.Writes())
}

// A standard member may see the list, and is told what it takes to see more.
func TestMemberPagesNameTheMissingPermission(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	s.Sandbox.ClearRequests()
	for _, path := range []string{
		s.MemberPath("chiara.dangelo"), s.RemovePath("chiara.dangelo"), s.RemovePath("chiara.dangelo") + "/handover", s.PlanPath("chiara.dangelo", "leave"),
	} {
		p := s.Get(path).Whole(http.StatusForbidden)
		assert.Equal(t, "Tallyfy does not allow this for your account", p.Text("h1"))
		assert.Contains(t, p.Text(".lead"), "Only administrators can")
		assert.Equal(t, p.Header.Get("X-Request-Id"), p.Texts("main code")[0])
	}
	p := s.Post(s.RemovePath("chiara.dangelo"), map[string][]string{"to": {"leave"}}).Whole(http.StatusForbidden)
	assert.Contains(t, p.Text(".lead"), "Only administrators can")
	assert.Zero(t, s.Writes())
}

// What stands beside a name that Tallyfy gives stands apart from it.
func TestTasksAndTheirDaysStandApart(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, task := range s.Get(s.MemberPath("chiara.dangelo")).Texts(".tasks li") {
		assert.Regexp(t, `\S (in \d+ days?|\d+ days? late|today|tomorrow|late since \S+) due \d|no deadline$`, task)
	}
	for _, who := range s.Get(s.RemovePath("chiara.dangelo") + "/handover?q=a").Texts(".aside") {
		assert.NotRegexp(t, `[a-z]·`, who)
	}
}

// The people who share the rarest groups stand on a member's page, as soon as that costs no call.
func TestMemberPageNamesThePeers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.MemberPath("soren.kjaergaard")
	cold := s.Get(path)
	assert.Empty(t, cold.Texts("#peers ~ ul a, section[aria-labelledby=peers] .name"))
	alike := cold.Follow("Compare").Whole(http.StatusOK)
	s.Sandbox.ClearRequests()
	p := s.Get(path)
	assert.Equal(t, 2, s.Calls(http.MethodGet, "")-s.Calls(http.MethodGet, "/groups"), "the member and the tasks")
	var names []string
	for _, name := range alike.Texts(".matrix th .name")[1:9] {
		names = append(names, strings.TrimSpace(name))
	}
	assert.Equal(t, names, p.Texts("section[aria-labelledby=peers] .name"), "in the same order")
	where := p.Texts("section[aria-labelledby=peers] .sub")[0]
	named := 0
	for _, g := range s.Sandbox.Groups() {
		if strings.Contains(where, g.Name) {
			named++
			assert.Contains(t, s.Member("soren.kjaergaard").Groups, g.ID, g.Name)
			assert.Contains(t, s.Member("hanneke.dewit").Groups, g.ID, g.Name)
			assert.NotEqual(t, "Everyone at Aldermoor", g.Name)
		}
	}
	assert.Equal(t, 3, named, where)
	assert.Contains(t, where, "and 2 more")
}
