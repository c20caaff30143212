package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

const createButton = "Create the group"

// groupForm is the form for a new group with a name and a description in it.
func (s *site) groupForm(name, description string) *form {
	s.t.Helper()
	return s.get("/groups/new").whole(http.StatusOK).groupForm().set("name", name).set("description", description)
}

func (p *page) groupForm() *form { p.site.t.Helper(); return p.form("form[data-form]") }

// search presses the Search button of a picker, as without JavaScript.
func (f *form) search(field, query string) *form {
	f.page.site.t.Helper()
	return f.set(field, query).submit("Search").whole(http.StatusOK).groupForm()
}

// typeGuests fills in the field for new guests and keeps those that are ticked.
func (f *form) typeGuests(text string) *form {
	guests := f.values["guests"]
	guests[len(guests)-1] = text
	return f
}

// created asserts that a form led to the page of the group, and gives the group as it is in the sandbox.
func (p *page) created(name string) sandbox.Group {
	t := p.site.t
	t.Helper()
	p.whole(http.StatusOK)
	g := p.site.group(name)
	assert.Equal(t, "/groups/"+g.ID, p.url)
	want := fmt.Sprintf("Done. %s was created, with %s and %s.", g.Name, plural(len(g.Members), "member"), plural(len(g.Guests), "guest"))
	assert.Equal(t, want, p.text(".notice.done"))
	assert.Equal(t, 1, p.site.calls(http.MethodPost, "/groups"))
	return g
}

// complaint asserts that one field of the form is marked, described by its message, and linked to from the summary.
func (p *page) complaint(field, message string) {
	t := p.site.t
	t.Helper()
	assert.Equal(t, "Please check: "+message, p.text("#error-"+field))
	assert.Equal(t, "The group was not created.", p.text("[role=alert] strong"))
	assert.Contains(t, p.texts("[role=alert] a[href='#field-"+field+"']"), message)
	described, _ := p.Find("#field-" + field).Attr("aria-describedby")
	assert.Contains(t, strings.Fields(described), "error-"+field)
	if field != "members" {
		assert.True(t, p.has("#field-"+field+"[aria-invalid=true]"), field)
	}
}

func TestCreateFormIsAPlainForm(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get("/groups/new").whole(http.StatusOK)
	assert.Equal(t, "New group", p.text("h1"))
	assert.True(t, p.has("input[name=name][required][data-max='200']"), "a counter")
	assert.False(t, p.has("[maxlength]"), "which never cuts a paste short")
	assert.True(t, p.has("textarea[name=description][required]"))
	first, _ := p.Find("form[data-form] button").First().Attr("value")
	assert.Equal(t, "find", first, "Enter in a field must not create")
	assert.Len(t, s.sandbox.Requests(), 2, "one for members and one for guests")
	s.get("/groups/new")
	p.groupForm().search("member_q", "anna").search("guest_q", "")
	assert.Len(t, s.sandbox.Requests(), 2, "nothing while both are known")

	// Enter presses the first button.
	f := p.groupForm().set("name", "Entered").set("description", "d").submit("").whole(http.StatusOK).groupForm()
	assert.Equal(t, "Entered", f.values.Get("name"))
	assert.Zero(t, s.writes())
}

func TestCreateChecksWhatIsTyped(t *testing.T) {
	const noName, noDescription = "The group needs a name.", "The group needs a description: Tallyfy takes none without."
	for title, test := range map[string]struct {
		name, description, guests string
		want                      map[string]string
	}{
		"nothing":           {"", "", "", map[string]string{"name": noName, "description": noDescription}},
		"spaces":            {" \t\u00a0", " \n ", "", map[string]string{"name": noName, "description": noDescription}},
		"201 letters":       {strings.Repeat("a", 201), "d", "", map[string]string{"name": "The name has 201 characters; 200 are allowed."}},
		"201 of four bytes": {strings.Repeat("🦄", 201), "d", "", map[string]string{"name": "The name has 201 characters; 200 are allowed."}},
		"markup":            {`"><script>x</script>`, "", "", map[string]string{"description": noDescription}},
		"a wrong address":   {"N", "d", "a@x.example, Bo <bo@x.example>\nb@x.example", map[string]string{"guests": "“Bo”, “<bo@x.example>” are not email addresses."}},
		"no domain":         {"N", "</textarea><b>d", "jo@localhost", map[string]string{"guests": "“jo@localhost” is not an email address."}},
		"everything":        {"", "", "<script>", map[string]string{"name": noName, "description": noDescription, "guests": "“<script>” is not an email address."}},
	} {
		t.Run(title, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			before := s.state()
			maren := s.id("maren.dahl")
			p := s.groupForm(test.name, test.description).tick("members", maren).tick("guests", "mehmet@broker.example.com").typeGuests(test.guests).
				submit(createButton).whole(http.StatusUnprocessableEntity)
			for field, message := range test.want {
				p.complaint(field, message)
			}
			assert.Len(t, p.texts("[role=alert] a"), len(test.want))
			f := p.groupForm()
			assert.Equal(t, test.name, f.values.Get("name"))
			assert.Equal(t, test.description, f.values.Get("description"))
			assert.Equal(t, []string{maren}, f.values["members"])
			assert.Equal(t, []string{"mehmet@broker.example.com", test.guests}, f.values["guests"])
			assert.False(t, p.has("main script, main b"))
			assert.Zero(t, s.writes())
			assert.Equal(t, before, s.state())

			g := f.set("name", "Corrected").set("description", "d").typeGuests("").submit(createButton).created("Corrected")
			assert.Equal(t, []int{s.member("maren.dahl").ID}, g.Members)
			assert.Equal(t, []string{"mehmet@broker.example.com"}, g.Guests)
		})
	}
}

func TestCreateTakesANameOf200Characters(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for i, letter := range []string{"a", "ß", "🦄"} {
		s.sandbox.ClearRequests()
		name := strings.Repeat(letter, 200)
		g := s.groupForm(" "+name+" ", "\n d\n e ").submit(createButton).created(name)
		assert.Equal(t, name, g.Name, i)
		assert.Equal(t, "d\n e", g.Description)
		assert.Empty(t, g.Members)
	}
}

// Whatever is searched for, those chosen before stay chosen, in one picker and the other.
func TestCreateKeepsWhoIsChosenOverSearches(t *testing.T) {
	s := signedIn(t, siteOptions{sandbox: sandbox.Options{Members: 10_000}})
	f := s.groupForm("Chosen", "line 1\nline 2").typeGuests("new@x.example")
	assert.Contains(t, f.page.text("[data-results=members] output"), "0 members chosen. Showing 50 of 9,998 members: search to find the others.")
	var ids []int
	for _, email := range []string{"member00001@example.com", "chiara.dangelo@example.com", "member09940@example.com", "member05000@example.com"} {
		m, ok := s.sandbox.MemberByEmail(email)
		require.True(t, ok, email)
		ids = append(ids, m.ID)
		f = f.search("member_q", email).tick("members", fmt.Sprint(m.ID)).search("member_q", email)
		assert.Contains(t, f.page.text("[data-results=members] output"), plural(len(ids), "member")+" chosen. Nobody else matches “"+email+"”.")
	}
	f = f.search("guest_q", "ilze").tick("guests", "ilze@berzina.example.com").search("guest_q", "graca").tick("guests", "graca@clean.example.com")
	f = f.search("member_q", "nobody at all").search("guest_q", "zz").search("member_q", "")
	assert.Len(t, f.values["members"], len(ids))
	assert.Equal(t, "new@x.example", f.values["guests"][2])
	assert.Equal(t, "Chosen", f.values.Get("name"))
	assert.Equal(t, "line 1\nline 2", f.values.Get("description"))
	assert.Zero(t, s.writes())

	names := f.page.texts("[data-results=members] li:has([checked]) .name")
	assert.Contains(t, names, "Chiara D'Angelo", "by name, not by number")
	g := f.submit(createButton).created("Chosen")
	assert.ElementsMatch(t, ids, g.Members)
	assert.ElementsMatch(t, []string{"ilze@berzina.example.com", "graca@clean.example.com", "new@x.example"}, g.Guests)
	assert.Equal(t, "line 1\nline 2", g.Description)
}

func TestCreateTakesOutWhoIsUnticked(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.groupForm("N", "d").tick("members", s.id("maren.dahl")).tick("members", s.id("isla.macleod")).search("member_q", "zoe")
	f = f.set("members", s.id("isla.macleod")).search("member_q", "")
	assert.Equal(t, []int{s.member("isla.macleod").ID}, f.submit(createButton).created("N").Members)
}

func TestCreateDoesNotOfferDisabledMembers(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.groupForm("N", "d").search("member_q", "gareth")
	assert.Zero(t, f.page.Find("input[name=members]").Length())
	assert.Contains(t, f.page.text("[data-results=members] output"), "No match for “gareth”.")
}

func TestCreateTakesGuestsHoweverTheyAreTyped(t *testing.T) {
	for title, typed := range map[string]string{
		"commas": "a@x.example,b@x.example", "semicolons": "a@x.example; b@x.example;", "spaces": "  a@x.example \u00a0 b@x.example ",
		"lines": "a@x.example\r\nb@x.example\n", "tabs": "a@x.example\tb@x.example", "everything": ",; a@x.example,;\n,b@x.example",
		"twice": "a@x.example A@X.example b@x.example a@x.example B@x.Example",
	} {
		t.Run(title, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			f := s.groupForm("N", "d").tick("guests", "mehmet@broker.example.com").typeGuests(typed + "\nMEHMET@broker.example.com")
			g := f.submit(createButton).created("N")
			assert.ElementsMatch(t, []string{"a@x.example", "b@x.example", "mehmet@broker.example.com"}, g.Guests)
			assert.Contains(t, s.creation(), `"guests":["mehmet@broker.example.com","a@x.example","b@x.example"]`, "each sent once")
			assert.Contains(t, s.get("/groups/new").texts("[data-results=guests] .sub"), "a@x.example", "a new guest can be picked at once")
		})
	}
}

// creation is the body of the request that creates a group.
func (s *site) creation() string {
	for _, r := range s.sandbox.Requests() {
		if r.Method == http.MethodPost {
			return string(r.Body)
		}
	}
	return ""
}

func TestCreateByAPlainClient(t *testing.T) {
	s := signedIn(t, siteOptions{})
	maren, isla := s.member("maren.dahl"), s.member("isla.macleod")
	g := s.post("/groups", url.Values{
		"name": {"Plain"}, "description": {"d"}, "members": {fmt.Sprint(maren.ID), fmt.Sprint(isla.ID), fmt.Sprint(maren.ID)}, "guests": {"a@x.example b@x.example"},
	}).created("Plain")
	assert.Equal(t, sandbox.Group{ID: g.ID, Name: "Plain", Description: "d", Members: []int{maren.ID, isla.ID}, Guests: []string{"a@x.example", "b@x.example"}}, g)
	s.sandbox.ClearRequests()
	assert.Empty(t, s.post("/groups", url.Values{"name": {"Bare"}, "description": {"d"}}).created("Bare").Guests)
}

func TestCreateIsInTheListsAtOnce(t *testing.T) {
	s := signedIn(t, siteOptions{})
	other := s.as(t)
	require.Equal(t, "Groups", other.signInWith(sandbox.StandardToken).text("h1"))
	lists := []string{"/groups?sort_by=name&per_page=100", "/groups?q=Aardvark", "/groups?people=none&per_page=100"}
	for _, path := range lists {
		for _, who := range []*site{s, other} {
			assert.NotContains(t, who.get(path).whole(http.StatusOK).texts("tbody .name"), "Aardvark")
		}
	}
	s.sandbox.ClearRequests()
	s.groupForm("Aardvark", "d").submit(createButton).created("Aardvark")
	for _, path := range lists {
		for _, who := range []*site{s, other} {
			assert.Contains(t, who.get(path).texts("tbody .name"), "Aardvark", path)
		}
	}
}
