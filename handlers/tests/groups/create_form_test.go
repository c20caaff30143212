package groups_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const createButton = "Create the group"

// peopleOutput says how many people are chosen, and found.
const peopleOutput = "[data-results=people] output"

// created asserts that a form led to the page of the group, and gives the group as it is in the sandbox.
func created(p *sitetest.Page, name string) sandbox.Group {
	t := p.Site.T
	t.Helper()
	p.Whole(http.StatusOK)
	g := p.Site.Group(name)
	assert.Equal(t, "/groups/"+g.ID, p.URL)
	want := fmt.Sprintf("Done. %s was created, with %s and %s, and checked. Receipt", g.Name, sitetest.Plural(len(g.Members), "member"), sitetest.Plural(len(g.Guests), "guest"))
	assert.Equal(t, want, p.Text(".notice.done"))
	assert.Equal(t, 1, p.Site.Calls(http.MethodPost, "/groups"))
	return g
}

// complaint asserts that one field of the form is marked, described by its message, and linked to from the summary.
func complaint(p *sitetest.Page, field, message string) {
	t := p.Site.T
	t.Helper()
	assert.Equal(t, "Please check: "+message, p.Text("#error-"+field))
	assert.Equal(t, "The group was not created.", p.Text("[role=alert]:has(a) strong"))
	assert.Contains(t, p.Texts("[role=alert] a[href='#field-"+field+"']"), message)
	described, _ := p.Find("#field-" + field).Attr("aria-describedby")
	assert.Contains(t, strings.Fields(described), "error-"+field)
	if field != "members" {
		assert.True(t, p.Has("#field-"+field+"[aria-invalid=true]"), field)
	}
}

func TestCreateFormIsAPlainForm(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/groups/new").Whole(http.StatusOK)
	assert.Equal(t, "New group", p.Text("h1"))
	assert.True(t, p.Has("input[name=name][required][data-max='200']"), "a counter")
	assert.False(t, p.Has("[maxlength]"), "which never cuts a paste short")
	assert.True(t, p.Has("textarea[name=description][required]"))
	first, _ := p.Find("form[data-form] button").First().Attr("value")
	assert.Equal(t, "add", first, "Enter in a field must not create")
	assert.Len(t, s.Sandbox.Requests(), 2, "one for members and one for guests")
	s.Get("/groups/new")
	p.GroupForm().Search("anna").Search("")
	assert.Len(t, s.Sandbox.Requests(), 2, "nothing while both are known")

	// Enter presses the first button.
	f := p.GroupForm().Set("name", "Entered").Set("description", "d").Submit("").Whole(http.StatusOK).GroupForm()
	assert.Equal(t, "Entered", f.Values.Get("name"))
	assert.Zero(t, s.Writes())
}

func TestCreateChecksWhatIsTyped(t *testing.T) {
	t.Parallel()
	const noName, noDescription = "The group needs a name.", "Enter a description. Tallyfy requires one."
	for title, test := range map[string]struct {
		name, description, guests string
		want                      map[string]string
		taken                     []string
		left                      string
	}{
		"nothing":           {"", "", "", map[string]string{"name": noName, "description": noDescription}, nil, ""},
		"spaces":            {" \t\u00a0", " \n ", "", map[string]string{"name": noName, "description": noDescription}, nil, ""},
		"201 letters":       {strings.Repeat("a", 201), "d", "", map[string]string{"name": "The name has 201 characters; 200 are allowed."}, nil, ""},
		"201 of four bytes": {strings.Repeat("🦄", 201), "d", "", map[string]string{"name": "The name has 201 characters; 200 are allowed."}, nil, ""},
		"markup":            {`"><script>x</script>`, "", "", map[string]string{"description": noDescription}, nil, ""},
		"a wrong address":   {"N", "d", "a@x.example, Bo Ek <bo@x>\nb@x.example; and c", map[string]string{"people": "“Bo Ek <bo@x>”, “and c” are neither members' names nor email addresses."}, []string{"a@x.example", "b@x.example"}, "Bo Ek <bo@x>\nand c"},
		"no domain":         {"N", "</textarea><b>d", "jo@localhost", map[string]string{"people": "“jo@localhost” is neither a member's name nor an email address."}, nil, "jo@localhost"},
		"everything":        {"", "", "<script>@", map[string]string{"name": noName, "description": noDescription, "people": "“<script>@” is neither a member's name nor an email address."}, nil, "<script>@"},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before := s.State()
			maren := s.ID("maren.dahl")
			p := s.GroupForm(test.name, test.description).Tick("members", maren).Tick("guests", "mehmet@broker.example.com").TypeGuests(test.guests).
				Submit(createButton).Whole(http.StatusUnprocessableEntity)
			for field, message := range test.want {
				complaint(p, field, message)
			}
			assert.Len(t, p.Texts("[role=alert] a"), len(test.want))
			f := p.GroupForm()
			assert.Equal(t, test.name, f.Values.Get("name"))
			assert.Equal(t, test.description, f.Values.Get("description"))
			assert.Equal(t, []string{maren}, f.Values["members"])
			assert.Equal(t, append([]string{"mehmet@broker.example.com"}, test.taken...), f.Values["guests"])
			assert.Equal(t, test.left, f.Values.Get("people"))
			assert.False(t, p.Has("main script, main b"))
			assert.Zero(t, s.Writes())
			assert.Equal(t, before, s.State())

			g := created(f.Set("name", "Corrected").Set("description", "d").TypeGuests("").Submit(createButton), "Corrected")
			assert.Equal(t, []int{s.Member("maren.dahl").ID}, g.Members)
			assert.Equal(t, append([]string{"mehmet@broker.example.com"}, test.taken...), g.Guests)
		})
	}
}

func TestCreateTakesANameOf200Characters(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for i, letter := range []string{"a", "ß", "🦄"} {
		s.Sandbox.ClearRequests()
		name := strings.Repeat(letter, 200)
		g := created(s.GroupForm(" "+name+" ", "\n d\n e ").Submit(createButton), name)
		assert.Equal(t, name, g.Name, i)
		assert.Equal(t, "d\n e", g.Description)
		assert.Empty(t, g.Members)
	}
}

// Whatever is searched for, those chosen before stay chosen, in one picker and the other.
// It runs alone: beside others, with the race detector, ten thousand members take longer than a page may.
func TestCreateKeepsWhoIsChosenOverSearches(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 10_000}, Directory: directory.Options{Wait: time.Minute}, ReadTime: time.Minute})
	f := s.GroupForm("Chosen", "line 1\nline 2")
	assert.Contains(t, f.Page.Text(peopleOutput), "0 selected · showing ")
	assert.Contains(t, f.Page.Text(peopleOutput), ": search to find the others")
	var ids []int
	for _, email := range []string{"member00001@example.com", "chiara.dangelo@example.com", "member09940@example.com", "member05000@example.com"} {
		m, ok := s.Sandbox.MemberByEmail(email)
		require.True(t, ok, email)
		ids = append(ids, m.ID)
		f = f.Search(strings.TrimSuffix(email, "@example.com")).Tick("members", fmt.Sprint(m.ID)).Search("")
		assert.Contains(t, f.Page.Text(peopleOutput), fmt.Sprintf("%d selected", len(ids)))
	}
	f = f.Search("ilze").Tick("guests", "ilze@berzina.example.com").Search("graca").Tick("guests", "graca@clean.example.com").Search("new@x.example")
	f = f.Search("nobody at all").Search("zz").Search("")
	assert.Len(t, f.Values["members"], len(ids))
	assert.Equal(t, "new@x.example", f.Values["guests"][2])
	assert.Equal(t, "Chosen", f.Values.Get("name"))
	assert.Equal(t, "line 1\nline 2", f.Values.Get("description"))
	assert.Zero(t, s.Writes())

	names := f.Page.Texts(".picks .name")
	assert.Contains(t, names, "Chiara D'Angelo", "by name, not by number")
	g := created(f.Submit(createButton), "Chosen")
	assert.ElementsMatch(t, ids, g.Members)
	assert.ElementsMatch(t, []string{"ilze@berzina.example.com", "graca@clean.example.com", "new@x.example"}, g.Guests)
	assert.Equal(t, "line 1\nline 2", g.Description)
}

func TestCreateTakesOutWhoIsUnticked(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.GroupForm("N", "d").Tick("members", s.ID("maren.dahl")).Tick("members", s.ID("isla.macleod")).Search("zoe")
	f = f.Set("members", s.ID("isla.macleod")).Search("")
	assert.Equal(t, []int{s.Member("isla.macleod").ID}, created(f.Submit(createButton), "N").Members)
}

func TestCreateDoesNotOfferDisabledMembers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.GroupForm("N", "d").Search("gareth")
	assert.Zero(t, f.Page.Find("input[name=members]").Length())
	assert.Contains(t, f.Page.Text(peopleOutput), "no other match for “gareth”")
}

func TestCreateTakesGuestsHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	for title, typed := range map[string]string{
		"commas": "a@x.example,b@x.example", "semicolons": "a@x.example; b@x.example;", "spaces": "  a@x.example \u00a0 b@x.example ",
		"lines": "a@x.example\r\nb@x.example\n", "tabs": "a@x.example\tb@x.example", "everything": ",; a@x.example,;\n,b@x.example",
		"twice": "a@x.example A@X.example b@x.example a@x.example B@x.Example",
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.GroupForm("N", "d").Tick("guests", "mehmet@broker.example.com").TypeGuests(typed + "\nMEHMET@broker.example.com")
			g := created(f.Submit(createButton), "N")
			assert.ElementsMatch(t, []string{"a@x.example", "b@x.example", "mehmet@broker.example.com"}, g.Guests)
			assert.Contains(t, creation(s), `"guests":["mehmet@broker.example.com","a@x.example","b@x.example"]`, "each sent once")
			assert.Contains(t, s.Get("/groups/new").Texts("[data-results=people] .sub"), "a@x.example", "a new guest can be picked at once")
		})
	}
}

// offered are the guests that a page of the form offers.
func offered(p *sitetest.Page) []string {
	return p.Whole(http.StatusOK).Texts("[data-results=people] .sub")
}

func TestCreateOffersNewGuestsAfterAReload(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get("/groups/new").GroupForm()
	s.Elsewhere(http.MethodPut, s.GroupPath("Legal"), `{"description":"d","guests":["elsewhere@x.example"]}`)
	s.Sandbox.ClearRequests()
	assert.NotContains(t, offered(s.Get("/groups/new")), "elsewhere@x.example")
	find := f.Prepare("") // as a browser without script sends it
	find.Header.Set("Cache-Control", "max-age=0")
	assert.NotContains(t, offered(s.Do(find)), "elsewhere@x.example")
	assert.Empty(t, s.Sandbox.Requests())
	reload := s.Request(http.MethodGet, "/groups/new", nil)
	reload.Header.Set("Cache-Control", "max-age=0")
	assert.Contains(t, offered(s.Do(reload)), "elsewhere@x.example")
	assert.Contains(t, offered(s.Get("/groups/new")), "elsewhere@x.example")
	assert.Equal(t, 1, s.Calls(http.MethodGet, "/guests"))
}

// lateGuests keeps the first answer about guests back until it is opened.
type lateGuests struct {
	next    http.RoundTripper
	asked   atomic.Bool
	arrived chan struct{}
	open    chan struct{}
}

func (l *lateGuests) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	if strings.HasSuffix(r.URL.Path, "/guests") && l.asked.CompareAndSwap(false, true) {
		close(l.arrived)
		<-l.open
	}
	return answer, err
}

func TestCreateDoesNotKeepWhatWasReadBeforeIt(t *testing.T) {
	t.Parallel()
	l := &lateGuests{arrived: make(chan struct{}), open: make(chan struct{})}
	s := sitetest.New(t, sitetest.Options{Transport: l})
	l.next = s.Sandbox.Transport()
	s.SignIn()
	s.Sandbox.ClearRequests()
	slow := make(chan *sitetest.Page)
	go func() { slow <- s.Get("/groups/new") }()
	<-l.arrived
	created(s.Post("/groups", url.Values{"name": {"Quick"}, "description": {"d"}, "guests": {"quick@x.example"}}), "Quick")
	close(l.open)
	assert.NotContains(t, offered(<-slow), "quick@x.example", "it was asked before")
	assert.Contains(t, offered(s.Get("/groups/new")), "quick@x.example")
}

// Whoever else has the form open finds the new guests in it, too.
func TestCreateOffersNewGuestsToOthers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	other := s.As(t)
	other.SignInWith(sandbox.StandardToken)
	assert.NotContains(t, offered(other.Get("/groups/new")), "new@x.example")
	s.Sandbox.ClearRequests()
	created(s.GroupForm("N", "d").TypeGuests("new@x.example").Submit(createButton), "N")
	assert.Contains(t, offered(other.Get("/groups/new")), "new@x.example")
}

// creation is the body of the request that creates a group.
func creation(s *sitetest.Site) string {
	for _, r := range s.Sandbox.Requests() {
		if r.Method == http.MethodPost {
			return string(r.Body)
		}
	}
	return ""
}

func TestCreateByAPlainClient(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	maren, isla := s.Member("maren.dahl"), s.Member("isla.macleod")
	g := created(s.Post("/groups", url.Values{
		"name": {"Plain"}, "description": {"d"}, "members": {fmt.Sprint(maren.ID), fmt.Sprint(isla.ID), fmt.Sprint(maren.ID)}, "guests": {"a@x.example b@x.example"},
	}), "Plain")
	assert.Equal(t, sandbox.Group{ID: g.ID, Name: "Plain", Description: "d", Members: []int{maren.ID, isla.ID}, Guests: []string{"a@x.example", "b@x.example"}}, g)
	s.Sandbox.ClearRequests()
	assert.Empty(t, created(s.Post("/groups", url.Values{"name": {"Bare"}, "description": {"d"}}), "Bare").Guests)
}

func TestCreateIsInTheListsAtOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	other := s.As(t)
	require.Equal(t, "Groups", other.SignInWith(sandbox.StandardToken).Text("h1"))
	lists := []string{"/groups?sort_by=name&per_page=100", "/groups?q=Aardvark", "/groups?people=none&per_page=100"}
	for _, path := range lists {
		for _, who := range []*sitetest.Site{s, other} {
			assert.NotContains(t, who.Get(path).Whole(http.StatusOK).Texts("tbody .name"), "Aardvark")
		}
	}
	s.Sandbox.ClearRequests()
	created(s.GroupForm("Aardvark", "d").Submit(createButton), "Aardvark")
	for _, path := range lists {
		for _, who := range []*sitetest.Site{s, other} {
			assert.Contains(t, who.Get(path).Texts("tbody .name"), "Aardvark", path)
		}
	}
}
