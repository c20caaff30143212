package faults_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A change is a form that changes something: in Tallyfy, or who is signed in and where.
type change struct {
	name, route string
	// open gives the form, filled in; button is what is pressed.
	open   func(*sitetest.Site) *sitetest.Form
	button string
	// sends says that the change is a write at Tallyfy. The others only read there.
	sends bool
	// kept checks that nothing typed is lost, on a page that is neither the end of the change nor the sign-in.
	kept func(*testing.T, *sitetest.Form, *sitetest.Page)
}

// calls is how many writes the change takes, each of another thing: one for each group where it is about several.
func (c change) calls() int {
	if strings.Contains(c.name, "several groups") {
		return 2
	}
	return 1
}

// changes is every form that calls Tallyfy.
func changes() []change {
	return []change{
		{"create group", "/groups", typedGroup, "Create the group", true, keepsGroup},
		{"delete group", "/groups/:group/delete", func(s *sitetest.Site) *sitetest.Form {
			return s.Get(s.DeletePath("Works Council")).Form("main form")
		}, "", true, nil},
		{"remove member", "/members/:member/remove", func(s *sitetest.Site) *sitetest.Form {
			return s.Get(s.PlanPath(somebody, "leave")).Form("main form")
		}, "", true, keepsChoice},
		{"remove member with handover", "/members/:member/remove", func(s *sitetest.Site) *sitetest.Form {
			return s.Get(s.PlanPath(somebody, somebodyElse)).Form("main form")
		}, "", true, keepsChoice},
		{"bring back", "/members/:member/enable", broughtBack, "", true, nil},
		{"bring back beside another", "/members/:member/enable", besideAnother(broughtBack), "", true, nil},
		{"invite", "/members/invite", func(s *sitetest.Site) *sitetest.Form {
			var p *sitetest.Page
			require.Eventually(s.T, func() bool { // the groups may still be being read
				p = s.Get("/members/invite")
				return p.Has("[name=groups]")
			}, time.Minute, 10*time.Millisecond)
			return p.Form("main form").Set("email", "ada@partner.example.com").Set("first_name", "Ada").Set("last_name", "O'Koye & Co").
				Set("role", "light").Set("message", "line 1\n\n</textarea>").Tick("groups", s.Group("Finance").ID)
		}, "Send the invitation", true, keepsTyped("email", "first_name", "last_name", "role", "message", "groups")},
		{"disable", "/members/:member/disable", func(s *sitetest.Site) *sitetest.Form {
			return s.Get(s.MemberPath(somebody) + "/disable").Form("main form")
		}, "", true, nil},
		{"delete for good", "/members/:member/delete", func(s *sitetest.Site) *sitetest.Form {
			return s.Get(s.MemberPath("gareth.pugh")+"/delete").Form("main form").Set("phrase", "Gareth.Pugh@example.com")
		}, "", true, nil},
		{"add guest", "/guests/new", func(s *sitetest.Site) *sitetest.Form {
			return s.Get("/guests/new").Form("main form").Set("email", "ada@partner.example.com").Set("first_name", "Ada").Set("company_name", "O'Koye & <b>")
		}, "", true, keepsTyped("email", "first_name", "company_name")},
		{"remove guest", "/guests/:guest/remove", func(s *sitetest.Site) *sitetest.Form {
			return s.Get("/guests/d.kavanagh@audit.example.com/remove").Form("main form")
		}, "", true, nil},
		{"who knows a guest", "/guests/:guest/known-by", func(s *sitetest.Site) *sitetest.Form {
			return s.Get("/guests/d.kavanagh@audit.example.com/known-by").Form("main form").Set("add", somebodyElse+"@example.com").Tick("remove", s.ID(somebody))
		}, "", true, keepsTyped("add", "remove")},
		{"hand guests over", "/members/:member/guests", func(s *sitetest.Site) *sitetest.Form {
			return s.Get(s.MemberPath(somebody) + "/guests?to=" + s.ID(somebodyElse)).Form("main form")
		}, "", true, nil},
		{"change role", "/members/:member/role", func(s *sitetest.Site) *sitetest.Form {
			return s.Get(s.MemberPath(somebody)+"/role?to=admin").Form("main form").Set("reason", typedName)
		}, "", true, keepsTyped("to", "reason")},
		{"edit group", "/groups/:group/edit", editedGroup, "Save", true, keepsTexts},
		{"edit group beside another", "/groups/:group/edit", besideAnother(editedGroup), "Save", true, keepsTexts},
		{"change people", "/groups/:group/people", changedPeople, "Save", true, keepsPeople},
		{"change people beside another", "/groups/:group/people", besideAnother(changedPeople), "Save", true, keepsPeople},
		{"change boxes", "/access", changedBoxes, "Change 1 group", true, keepsBoxes},
		{"change boxes beside another", "/access", besideAnother(changedBoxes), "Change 1 group", true, keepsBoxes},
		{"several groups of a member", "/members/:member/groups", changedGroups, "Save", true, keepsGroups},
		{"several groups of a member beside another", "/members/:member/groups", besideAnother(changedGroups), "Save", true, keepsGroups},
		{"apply a review of several groups", "/reviews/:review/apply", checkedReview, "", true, nil},
		{"apply a review of several groups beside another", "/reviews/:review/apply", besideAnother(checkedReview), "", true, nil},
		{"merge of several groups", "/groups/:group/merge", func(s *sitetest.Site) *sitetest.Form { return s.Get(mergePath(s)).Form("main form[method=post]") }, "", true, nil},
		{"undo", "/activity/:entry/undo", func(s *sitetest.Site) *sitetest.Form { return s.Get(editedPath(s) + "/undo").Form("main form") }, "", true, nil},
		{"undo beside another", "/activity/:entry/undo", besideAnother(func(s *sitetest.Site) *sitetest.Form {
			return s.Get(editedPath(s) + "/undo").Form("main form")
		}), "", true, nil},
		{"undo of several groups", "/activity/:entry/undo", func(s *sitetest.Site) *sitetest.Form { return s.Get(severalPath(s) + "/undo").Form("main form") }, "", true, nil},
		{"create again", "/activity/:entry/restore", func(s *sitetest.Site) *sitetest.Form { return s.Get(deletedPath(s) + "/restore").Form("main form") }, "", true, nil},
		{"repeat", "/activity/:entry/repeat", func(s *sitetest.Site) *sitetest.Form { return s.Get(overtakenPath(s) + "/repeat").Form("main form") }, "", true, nil},
		{"sign in by token", "/signin", unsentGroup, "Sign in with the token", false, keepsUnsent},
		{"switch organisation", "/organisations", func(s *sitetest.Site) *sitetest.Form {
			return s.Get("/organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID())
		}, "", false, nil},
	}
}

// broughtBack removes somebody, while all is well, and gives the plan that brings them back to the same groups, which
// Tallyfy does by itself.
func broughtBack(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	receiptPath(s)
	return s.Get(s.MemberPath(somebody) + "/enable?groups=same").Form("main form")
}

// callsNobody are the forms that have nothing to do with Tallyfy's API, but for the role of who sends them. What takes Tallyfy's answer to a sign-in goes on as
// the token does. Another administrator of the sandbox is not the one who is signed in.
// All who match on a list, and who is in a review, are those of the copies. Starting a dry run and what is done with a job make no call either: the job makes its own.
var callsNobody = []string{
	"/signout", "/help", "/activity/seen", "/sign-ins", "/signin/answer", "/sandbox", "/members/selection", "/groups/selection", "/guests/selection",
	"/reviews", "/reviews/:review/people", "/reviews/:review/people/:member", "/reviews/:review/looks", "/reviews/:review/looks/:member", "/reviews/:review/close", "/reviews/sets",
	"/bulk", "/bulk/:bulk/run", "/jobs/:job/pause", "/jobs/:job/resume", "/jobs/:job/stop", "/jobs/:job/retry",
	"/trash/:entry/keep",
}

const typedName = `Returns & "Repairs" <b>%d</b>`

func typedGroup(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	return s.GroupForm(typedName, "line 1\n\n</textarea>").Tick("members", s.ID("maren.dahl")).Tick("members", s.ID(somebody)).
		Tick("guests", "mehmet@broker.example.com").TypeGuests("new@x.example,\nOther@x.example")
}

func keepsGroup(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	f := p.GroupForm()
	for _, name := range []string{"name", "description"} {
		assert.Equal(t, sent.Values[name], f.Values[name], name)
	}
	for _, email := range []string{"mehmet@broker.example.com", "new@x.example", "Other@x.example"} {
		assert.Contains(t, strings.Join(append(f.Values["guests"], f.Values.Get("people")), "\n"), email, "chosen, or still in the field")
	}
	assert.ElementsMatch(t, sent.Values["members"], f.Values["members"])
}

// keepsChoice looks for who takes over: in the form, or in the address that leads back to it.
func keepsChoice(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	to := sent.Values.Get("to")
	kept := p.Find("main form input[name=to][value='" + to + "']").Length()
	if again, err := url.Parse(p.Link("Try again")); err == nil && again.Query().Get("to") == to {
		kept++
	}
	if p.Status != http.StatusForbidden && p.Status != http.StatusNotFound { // whoever may not, or finds nobody, has no use for it
		assert.NotZero(t, kept, "the choice is lost: %s", p.Text("main"))
	}
}

// editedGroup is the form for the texts of a group, filled in.
func editedGroup(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	return s.Get(s.GroupPath("Operations")+"/edit").Form("main form").Set("name", typedName).Set("description", "line 1\n\n</textarea>")
}

// changedPeople is the form for the people of a group, with somebody chosen on either side.
func changedPeople(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	return s.Get(s.GroupPath("Operations")+"/people?find="+somebody).Form("main form").Tick("add", s.ID(somebody)).Tick("remove", s.ID(peer))
}

// changedBoxes is the review of changed boxes of people against groups.
func changedBoxes(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	f := s.Get("/access?group=" + s.Group("Operations").ID).Form("form[data-access]")
	f.Values["add"], f.Values["remove"] = []string{s.Group("Operations").ID + " " + s.ID(somebody)}, []string{s.Group("Operations").ID + " " + s.ID(peer)}
	return f.Submit("Review changes").Form("main form")
}

func keepsBoxes(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	if gone(p) {
		return
	}
	for _, name := range []string{"add", "remove"} {
		for _, value := range sent.Values[name] {
			kept := p.Find(fmt.Sprintf("main form [name=%s][value=%q], main form .changed [name=in][value=%q]", name, value, value)).Length()
			assert.NotZero(t, kept, "the box is lost: %s", p.Text("main"))
		}
	}
}

// changedGroups is the form for the groups of a member, with one to join and one to leave.
func changedGroups(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	return s.Get(s.MemberPath(peer)+"/groups?find=finance").Form("main form").Tick("add", s.Group("Finance").ID).Tick("remove", s.Group("Operations").ID)
}

// checkedReview is the form that carries the decisions of a review out.
func checkedReview(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	return s.Get(decidedReview(s) + "/check").Form("main form")
}

// severalPath changes the groups of a member, while all is well, and gives the address of the receipt.
func severalPath(s *sitetest.Site) string {
	s.T.Helper()
	changedGroups(s).Submit("Save").Whole(http.StatusOK)
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	return href
}

func keepsGroups(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	keepsPeople(t, sent, p)
}

// peer is somebody in the group that is edited.
const peer = "soren.kjaergaard"

// theirGuest is added by the other administrator.
const theirGuest = "theirs@x.example"

// besideAnother lets another administrator change the group after the form was opened: nothing of that may be lost.
func besideAnother(open func(*sitetest.Site) *sitetest.Form) func(*sitetest.Site) *sitetest.Form {
	return func(s *sitetest.Site) *sitetest.Form {
		s.T.Helper()
		f := open(s)
		for _, name := range []string{"Operations", "Ops"} {
			if g, ok := s.Sandbox.GroupByName(name); ok {
				s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Add: []int{s.Member("noor.vandermeer").ID}, Remove: []int{s.Member("esi.mensah").ID}, AddGuests: []string{theirGuest}})
			}
		}
		return f
	}
}

// keepsTyped looks for what was typed and chosen in some fields.
func keepsTyped(fields ...string) func(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	return func(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
		t.Helper()
		if gone(p) {
			return
		}
		f := p.Form("main form[data-form]")
		for _, name := range fields {
			assert.Equal(t, sent.Values[name], f.Values[name], name)
		}
	}
}

func keepsTexts(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	if gone(p) {
		return
	}
	f := p.Form("main form[data-form]")
	for _, name := range []string{"name", "description"} {
		assert.Equal(t, sent.Values[name], f.Values[name], name)
	}
}

func keepsPeople(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	if gone(p) {
		return
	}
	f := p.Form("main form[data-form]")
	for _, name := range []string{"add", "remove"} {
		assert.ElementsMatch(t, sent.Values[name], f.Values[name], name)
	}
}

// gone reports that the page says that Tallyfy does not have the group any more, or does not say whether: there is no form then.
func gone(p *sitetest.Page) bool { return !p.Has("main form[data-form]") }

// unsentGroup is the sign-in of somebody whose session has ended while a group was typed.
func unsentGroup(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	require.Equal(s.T, "Groups", s.SignInWith(sandbox.StandardToken).Text("h1"))
	f := s.GroupForm(typedName, "typed before")
	s.Client = sitetest.NewVisitor(s.T)
	s.Client.Timeout = deadline
	p := f.Submit("Create the group").Whole(http.StatusUnauthorized)
	return p.Form("form:has([name=token])").Set("token", sandbox.StandardToken)
}

func keepsUnsent(t *testing.T, sent *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	kept, _ := p.Find("form [name=typed]").First().Attr("value")
	assert.Equal(t, sent.Values.Get("typed"), kept, "the form that was typed before is lost")
	assert.NotContains(t, p.Body, sandbox.StandardToken)
}

// TestEveryFormIsInTheMatrix keeps a new route from being forgotten.
func TestEveryFormIsInTheMatrix(t *testing.T) {
	inMatrix := append([]string(nil), callsNobody...)
	for _, c := range changes() {
		inMatrix = append(inMatrix, c.route)
	}
	s, _ := newSite(t, faults()[0], false)
	for _, r := range s.App.Routes() {
		if r.Method != http.MethodGet {
			assert.Contains(t, inMatrix, r.Path)
		}
	}
}

// When the fault begins and ends.
const (
	fromThePress = "from the press on"
	theWrite     = "the write alone"
	theWriteOn   = "the write and what follows"
	afterwards   = "what follows the write"
)

// TestEveryWrite presses every button that changes something, with the fault beginning at each moment that matters, and, where
// the fault leaves it open, with the write carried out and not.
func TestEveryWrite(t *testing.T) {
	t.Parallel()
	for _, f := range chosen() {
		for _, c := range changes() {
			moments := []string{fromThePress}
			if c.sends {
				moments = []string{fromThePress, theWrite, theWriteOn}
				if f.alone {
					moments = append(moments, afterwards)
				}
			} else {
				for _, last := range []string{"/me", "/organizations", "/me of the organisation"} {
					if c.route == "/signin" || last != "/me" {
						moments = append(moments, last)
					}
				}
			}
			for _, moment := range moments {
				carried := []bool{f.carries == surely}
				if moment == theWrite || moment == theWriteOn {
					carried = f.carries.cases()
				}
				for _, carry := range carried {
					t.Run(f.name+"/"+c.name+"/"+moment+map[bool]string{true: ", carried out"}[carry], func(t *testing.T) {
						t.Parallel()
						oneWrite(t, f, c, moment, carry)
					})
				}
			}
		}
	}
}

// from is which calls a fault hits that begins at a moment.
func (w *wire) from(moment string) func(*http.Request) bool {
	first := w.writes // with the lock held when it is asked
	switch moment {
	case fromThePress:
		return every
	case theWrite:
		return isWrite
	case theWriteOn:
		return func(r *http.Request) bool { return isWrite(r) || w.writes > first }
	case afterwards:
		return func(r *http.Request) bool { return !isWrite(r) && w.writes > first }
	case "/me":
		return func(r *http.Request) bool { return r.URL.Path == "/api/me" }
	case "/organizations":
		return func(r *http.Request) bool { return r.URL.Path == "/api/me/organizations" }
	default:
		return func(r *http.Request) bool {
			return strings.HasPrefix(r.URL.Path, "/api/organizations/") && strings.HasSuffix(r.URL.Path, "/me")
		}
	}
}

// What a page says about the change.
var (
	saysNothing = regexp.MustCompile(`(?i)nothing was (changed|created|deleted|done|sent)|was not created|stopped before anything|nothing has been changed`)
	saysDone    = regexp.MustCompile(`(was|were) (added to|taken out of)|is called .* now|was created, with|was deleted\.|is gone\.|is removed(,| from| is|\.)|'s role is|is back in|is invited as|is a guest now|is no guest any more|Who knows .* was changed|is disabled\.|is deleted for good`)
	saysUnsure  = regexp.MustCompile(`may or may not|answer did not arrive|did not answer, and there is no group|didn't confirm|not known whether|could not be checked|already gone|sent and not confirmed|is not answered yet|of the change is in place|there is now a group with this name`)
)

// oneWrite is one cell of the matrix.
func oneWrite(t *testing.T, f fault, c change, moment string, carry bool) {
	s, w := newSite(t, f, carry)
	if c.route != "/signin" {
		signIn(s)
	}
	form := c.open(s)
	before := s.State()
	s.Sandbox.ClearRequests()
	_, earlier, _, _ := w.count() // opening the form of an undoing takes a change
	w.hitting(w.from(moment))
	p := form.Submit(c.button)
	w.hitting(nil)
	hits, writes, handed, strays := w.count()
	writes -= earlier
	after := s.State()
	executed := s.Writes()
	text := p.Text("main")
	changed := !assert.ObjectsAreEqual(before, after)

	if hits == 0 {
		assert.Contains(t, []string{afterwards, "/organizations"}, moment, "the fault hit nothing")
	}
	assert.Empty(t, strays, "the token went elsewhere")
	assert.NotContains(t, s.Log.String(), "panic")
	for _, raw := range []string{"secret.php", "Sign in to the proxy", "tallyfy: ", apiHost} {
		assert.NotContains(t, p.Body, raw)
	}
	if f.huge {
		assert.LessOrEqual(t, handed, mostHanded(t, hits))
	}
	assert.Less(t, hits, mostCalls, "no end of calls")
	require.Equal(t, 1, p.Find("h1").Length())
	require.True(t, strings.HasSuffix(strings.TrimSpace(p.Body), "</html>"), "half a page")

	// Never twice; a 429 was never executed and may be repeated.
	calls := c.calls()
	assert.LessOrEqual(t, executed, calls)
	if !strings.HasPrefix(f.name, "429") {
		assert.LessOrEqual(t, writes, calls, "sent twice")
	}
	switch {
	case !c.sends:
		assert.Zero(t, writes)
	case (moment == afterwards || carry && moment != fromThePress) && calls > 1: // what follows the first write may hit the others
		assert.Positive(t, executed)
		assert.True(t, changed)
	case moment == afterwards || (carry && moment != fromThePress):
		assert.Equal(t, 1, executed, "the write was carried out")
		assert.True(t, changed)
	case moment != fromThePress:
		assert.Zero(t, executed, "the write was not carried out")
		assert.False(t, changed)
	default:
		assert.Equal(t, executed > 0, changed)
	}

	if strings.HasSuffix(c.name, "beside another") { // whatever became of ours, theirs is kept
		g := after.Groups[slices.IndexFunc(before.Groups, func(g sandbox.Group) bool { return slices.Contains(g.Guests, theirGuest) })]
		assert.Contains(t, g.Members, s.Member("noor.vandermeer").ID)
		assert.NotContains(t, g.Members, s.Member("esi.mensah").ID)
		assert.Contains(t, g.Guests, theirGuest)
	}

	// What is said is true.
	claims := saysNothing.FindString(text)
	if claims != "" {
		assert.False(t, changed, "“%s”: %s", claims, text)
	}
	if saysDone.MatchString(p.Text(".notice.done")) {
		assert.True(t, changed, text)
	}
	ended := p.Text("h1") == "Sign in" && strings.Contains(p.Text(".notice"), sitetest.EndedNotice)
	if changed && moment != afterwards {
		assert.True(t, saysDone.MatchString(text) || saysUnsure.MatchString(text) || p.Text("h1") == typedName, "it happened, and nothing says so: %s", text)
	}

	if f.name == slowHandOver && c.name == "remove member with handover" {
		assert.Contains(t, text, fmt.Sprintf("0 of %d moved so far, look again.", before.Tasks[s.Member(somebody).ID]))
		assert.NotContains(t, text, "ot as expected")
	}

	got := strconv.Itoa(p.Status)
	switch {
	case ended:
		got = "sign-in"
		assert.Contains(t, []string{"401"}, f.name)
		signedInAgain(t, s, c, form, p)
	case p.Status == http.StatusOK && c.route == "/signin" && p.URL == "/signin":
		assert.True(t, moment == "/organizations" || f.endless != "" || f.name == "total_pages lies", "Tallyfy does not list the organisations, so it is asked for")
		c.kept(t, form, p)
		got = "200 asking"
	case p.Status == http.StatusOK && !c.sends:
		got = "done"
		// It was done; of what was asked beside nothing was needed.
		assert.Contains(t, []string{"/groups", "/groups/new", "/o/" + p.Site.Sandbox.OtherOrgID() + "/"}, p.URL)
		if c.route == "/signin" { // what was typed before is there again
			assert.Equal(t, typedName, p.GroupForm().Values.Get("name"))
			assert.Equal(t, "typed before", p.GroupForm().Values.Get("description"))
		}
	case p.Status == http.StatusOK && strings.HasPrefix(p.Text("h1"), "Receipt"):
		got = "receipt"
		assert.Regexp(t, `answer did not arrive|but it is done|Not all of the change|Not all of it could be checked|could not be checked|is removed|was removed already|may or may not|didn't confirm|said that|is disabled|is deleted for good|is back in|was added to|is no guest any more|Who knows .* was changed`, p.Text("main .notice"))
	case p.Status == http.StatusOK:
		got = "done"
		assert.True(t, changed || strings.Contains(text, "already gone. Nothing was done now."), "shown as done: %s", text)
	default:
		judgeFailure(t, s, f, c, form, p, changed, moment)
	}
	results.write(f.name, got, writes, executed)
}

// judgeFailure checks a page that says that a change did not work, or perhaps not.
func judgeFailure(t *testing.T, s *sitetest.Site, f fault, c change, form *sitetest.Form, p *sitetest.Page, changed bool, moment string) {
	t.Helper()
	text := p.Text("main")
	if moment == fromThePress || moment == theWrite {
		assert.Contains(t, text, f.says)
	}
	if p.Status >= http.StatusTooManyRequests {
		assertRequestID(t, s, p)
	}
	if p.Status == http.StatusTooManyRequests {
		judgeRetryAfter(t, f, p)
	}
	next, link := p.Find("main .form-actions a").First().Attr("href")
	assert.True(t, link || p.Has("main form[method=post]"), "no next step")
	if outcome(p) == shutOut && c.route == "/groups" { // the form waits for the same person
		p = s.Get("/groups/new").Whole(http.StatusOK)
	}
	if c.kept != nil && moment != afterwards && !(changed && !p.Has("main form")) {
		c.kept(t, form, p)
	}
	if link && p.Status != http.StatusTooManyRequests {
		require.Eventually(t, func() bool { return s.Get(next).Status == http.StatusOK }, deadline, 50*time.Millisecond, "the next step works: %s", next)
	}
}

// signedInAgain goes on after a sign-in that had ended in the middle.
func signedInAgain(t *testing.T, s *sitetest.Site, c change, form *sitetest.Form, p *sitetest.Page) {
	t.Helper()
	p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
	if c.kept != nil && p.Has("main form[data-form]") {
		c.kept(t, form, p)
	}
}

// signIn signs in as the administrator, without looking at the groups afterwards.
func signIn(s *sitetest.Site) {
	s.T.Helper()
	p := s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
	require.Equal(s.T, http.StatusSeeOther, p.Status, strconv.Itoa(p.Status))
}

// TestNobodyWaitsForEver meets a Tallyfy that never answers with the program's own time for an attempt.
func TestNobodyWaitsForEver(t *testing.T) {
	t.Parallel()
	f := fault{name: "never answers", far: server(silent), carries: surely}
	for name, ask := range map[string]func(*sitetest.Site) func() *sitetest.Page{
		"a list": func(s *sitetest.Site) func() *sitetest.Page { return func() *sitetest.Page { return s.Get("/groups") } },
		"a group": func(s *sitetest.Site) func() *sitetest.Page {
			return func() *sitetest.Page { return s.Get(s.GroupPath("Operations")) }
		},
		"a write": func(s *sitetest.Site) func() *sitetest.Page {
			form := typedGroup(s)
			return func() *sitetest.Page { return form.Submit("Create the group") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, w := newSite(t, f, true)
			s.Client.Timeout = time.Minute // what the program's server gives an answer
			signIn(s)
			send := ask(s)
			w.hitting(every)
			began := time.Now()
			p := send()
			if name != "a write" {
				assert.Less(t, time.Since(began), 25*time.Second, "one attempt has 10 s, and there would be three")
			}
			assert.GreaterOrEqual(t, p.Status, http.StatusBadGateway)
			assert.Equal(t, 1, p.Find("h1").Length())
			assertRequestID(t, s, p)
		})
	}
}

// assertRequestID checks that a page names a request that the log knows: its own, or that of the form that led to it.
func assertRequestID(t *testing.T, s *sitetest.Site, p *sitetest.Page) {
	t.Helper()
	for _, id := range p.Texts("main code") {
		if strings.Contains(s.Log.String(), id) {
			return
		}
	}
	assert.Fail(t, "no request's number on the page", p.Text("main"))
}
