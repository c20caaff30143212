package lifecycle_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const returner = "chiara.dangelo"

// removed removes somebody and gives the receipt.
func removed(s *sitetest.Site) *sitetest.Page {
	s.T.Helper()
	p := s.Remove(returner, "siobhan.obrien").Whole(http.StatusOK)
	s.Sandbox.ClearRequests()
	return p
}

// groupsOf are the names of the groups of somebody.
func groupsOf(s *sitetest.Site, name string) (list []string) {
	in := map[string]bool{}
	for _, id := range s.Member(name).Groups {
		in[id] = true
	}
	for _, g := range s.Sandbox.Groups() {
		if in[g.ID] {
			list = append(list, g.Name)
		}
	}
	return list
}

// plan opens the page from the receipt of the removal, and chooses.
func comebackPlan(s *sitetest.Site, groups string, chosen ...string) *sitetest.Page {
	s.T.Helper()
	f := s.Get(s.MemberPath(returner)).Follow("Bring back…").Whole(http.StatusOK).Form("main form").Set("groups", groups)
	for _, name := range chosen {
		f = f.Tick("group", s.Group(name).ID)
	}
	return f.Submit("Show the plan").Whole(http.StatusOK)
}

// The page of somebody who was removed says which groups were left, until the person is back.
func TestThePageOfARemovedPersonNamesTheGroupsBefore(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := groupsOf(s, returner)
	const named = "[aria-labelledby=groups] .names-only li"
	assert.Empty(t, s.Get(s.MemberPath(returner)).Texts(named))
	removed(s)
	p := s.Get(s.MemberPath(returner)).Whole(http.StatusOK)
	assert.ElementsMatch(t, before, p.Texts(named))
	assert.Contains(t, p.Text("[aria-labelledby=groups]"), "Was in "+strconv.Itoa(len(before))+" groups when the access ended:")
	comebackPlan(s, "none").Form("main form").Submit("").Whole(http.StatusOK)
	assert.Empty(t, s.Get(s.MemberPath(returner)).Texts(named), "who is back was not left out of anything")
}

func TestBringBackToTheSameGroups(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := groupsOf(s, returner)
	require.NotEmpty(t, before)
	p := removed(s).Follow("Bring back…").Whole(http.StatusOK)
	assert.Equal(t, "Bring Chiara D'Angelo back", p.Text("h1"))
	assert.False(t, p.Has("input[type=radio][checked], input[type=checkbox][checked]"), "nothing is chosen beforehand")
	q := p.Form("main form").Submit("Show the plan").Whole(http.StatusOK)
	assert.Empty(t, q.Texts("ol.plan li"))
	p = p.Form("main form").Set("groups", "same").Submit("Show the plan").Whole(http.StatusOK)
	lines := p.Texts("ol.plan li")
	assert.Contains(t, lines[0], "Chiara D'Angelo can open Aldermoor Logistics again, with the role ")
	assert.Len(t, lines, len(before)+2)
	for _, want := range []string{
		"The work that was given to Siobhán O'Brien stays with Siobhán O'Brien.", "Tallyfy mails Chiara D'Angelo.", "Tallyfy puts people back in groups by itself.", "seat",
	} {
		assert.Contains(t, p.Text("[aria-labelledby=plan] ul"), want)
	}
	assert.Zero(t, s.Writes(), "looking changes nothing")
	form := p.Form("main form")
	p = form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Done. Chiara D'Angelo is back in Aldermoor Logistics.", p.Text("main > .narrow > .notice"))
	assert.Equal(t, "active", s.Member(returner).Status)
	assert.ElementsMatch(t, before, groupsOf(s, returner))
	assert.Equal(t, 1, s.Writes(), "Tallyfy had put the groups back: nothing else was sent")
	for _, result := range p.Texts("ol.plan .badge") {
		assert.Equal(t, "Confirmed", result)
	}
	receipt := p.URL
	assert.Equal(t, receipt, form.Submit("").Whole(http.StatusOK).URL, "the same press")
	assert.Equal(t, 1, s.Writes())
	assert.Equal(t, receipt, p.Follow("The removal before").Whole(http.StatusOK).Link("Brought back later"))
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl brought Chiara D'Angelo back. Confirmed")
	assert.Equal(t, s.RemovePath(returner), s.Get(receipt).Link("Remove again…"), "the way to undo it")
	assert.NotContains(t, s.Get(s.MemberPath(returner)).Texts("main a"), "Bring back…")
	p = s.Get(s.MemberPath(returner) + "/enable").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Chiara D'Angelo is active already.")
}

// Tallyfy puts people back in their groups: what was not chosen is taken out, what it forgot is added.
func TestBringBackToOtherGroups(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		groups string
		chosen []string
		want   []string
	}{
		"none":   {groups: "none"},
		"chosen": {groups: "choose", chosen: []string{"Data and Reporting", "Carrier Partners"}, want: []string{"Carrier Partners", "Data and Reporting"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before := groupsOf(s, returner)
			removed(s)
			p := comebackPlan(s, test.groups, test.chosen...)
			assert.Len(t, p.Texts("ol.plan li"), len(test.want)+2)
			p = p.Form("main form").Submit("").Whole(http.StatusOK)
			assert.ElementsMatch(t, test.want, groupsOf(s, returner))
			assert.Contains(t, p.Text("main"), "Chiara D'Angelo is back in Aldermoor Logistics.")
			for _, result := range p.Texts("ol.plan .badge") {
				assert.Equal(t, "Confirmed", result)
			}
			assert.Equal(t, 1+len(before)+len(test.want), s.Writes(), "one call for each group that was not as chosen")
			q := p.Follow("The groups afterwards").Whole(http.StatusOK)
			assert.Contains(t, q.Text("main"), "Chiara D'Angelo")
			assert.Equal(t, q.URL, s.Get(p.URL).Link("The groups afterwards"))
		})
	}
}

// A missing seat is named by its pool, in either shape of the answer, and nothing else is done.
func TestBringBackWithoutASeat(t *testing.T) {
	t.Parallel()
	for answer, pool := range map[sandbox.Answer]string{sandbox.SeatsFull: "full seat", sandbox.SeatsLight: "Light seat", sandbox.SeatsFlat: "full seat"} {
		t.Run(string(answer), func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			removed(s)
			p := comebackPlan(s, "none")
			before := s.State()
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Answer: answer})
			p = p.Form("main form").Submit("").Whole(http.StatusConflict)
			assert.Contains(t, p.Text(".notice"), "No "+pool+" is free, so Chiara D'Angelo was not brought back, and no group was changed.")
			assert.Contains(t, p.Text(".notice"), "SEAT_POOL_EXHAUSTED")
			assert.Equal(t, before, s.State())
			assert.Equal(t, 1, s.Calls(http.MethodPut, "/"))
			assert.NotEmpty(t, p.Texts("ol.plan li"), "the plan is still there")
			s.Sandbox.ClearFaults()
			p.Form("main form").Submit("").Whole(http.StatusOK)
			assert.Equal(t, "active", s.Member(returner).Status)
		})
	}
}

// Whatever becomes of the groups, the receipt says what is so.
func TestBringBackWhenTheGroupsFail(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := groupsOf(s, returner)
	removed(s)
	p := comebackPlan(s, "none")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Status: http.StatusForbidden})
	p = p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.ElementsMatch(t, before, groupsOf(s, returner))
	assert.Contains(t, p.Text("main > .narrow > .notice"), "Chiara D'Angelo is back in Aldermoor Logistics. But 1 sentence about the groups is not as expected")
	assert.Equal(t, []string{"Confirmed", "Not as expected"}, p.Texts("ol.plan .badge"))
}

func TestBringBackAsks(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Disable(returner) // in Tallyfy itself
	path := s.MemberPath(returner) + "/enable"
	p := s.Get(path).Whole(http.StatusOK)
	assert.False(t, p.Has("input[value=same]"), "the groups from before are not known")
	for query, says := range map[string]string{
		"?groups=same": "It is not known here in which groups Chiara D'Angelo was.", "?groups=choose": "Tick the groups, or choose none.", "?groups=x": "Choose what becomes of the groups.",
	} {
		p := s.Get(path + query).Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("#error-groups"), says)
	}
	p = p.Form("main form").Set("q", "carrier").Submit("Search").Whole(http.StatusOK)
	assert.Equal(t, []string{"Carrier Partners", "Peak Season Task Force"}, p.Texts("ul.options .name"))
	p = p.Form("main form").Set("groups", "choose").Tick("group", s.Group("Carrier Partners").ID).Set("q", "data").Submit("Search").Whole(http.StatusOK)
	assert.Equal(t, "Carrier Partners", p.Texts("ul.options .name")[0], "what is ticked stays")
	p = p.Form("main form").Submit("Show the plan").Whole(http.StatusOK)
	assert.Contains(t, p.Texts("ol.plan li"), "Chiara D'Angelo is in Carrier Partners.")
	assert.Contains(t, p.Text("[aria-labelledby=plan] ul"), "If work was given to somebody else, it stays there.")

	s.Post(path, map[string][]string{"groups": {"choose"}}).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, s.Get(s.MemberPath("ibrahim.sow")+"/enable").Text("main"), "has not accepted the invitation yet")
	assert.Contains(t, s.Get(s.MemberPath("assistant.bot")+"/enable").Text("main"), "is a bot.")
	gone := s.Get(path + "?groups=choose&group=0123456789abcdef0123456789abcdef").Whole(http.StatusOK)
	assert.Contains(t, gone.Text("main"), "is not there any more, so it is left out.")
	assert.Zero(t, s.Writes(), "nothing was changed here")
}

// The same groups are those from before the access ended last, by a removal or a disabling, and not
// those of an older one.
func TestTheSameGroupsAreTheLatest(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.MemberPath(returner)
	removed(s)
	comebackPlan(s, "choose", "Data and Reporting", "Carrier Partners").Form("main form").Submit("").Whole(http.StatusOK)
	now := groupsOf(s, returner)
	require.ElementsMatch(t, []string{"Data and Reporting", "Carrier Partners"}, now)

	s.Get(path + "/disable").Form("main form").Submit("").Whole(http.StatusOK)
	p := s.Get(path + "/enable").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main form"), "2 groups: Carrier Partners and “Data and Reporting”.")
	p = p.Form("main form").Set("groups", "same").Submit("Show the plan").Whole(http.StatusOK)
	assert.NotContains(t, p.Text("main"), "Siobhán O'Brien", "who took over at the removal")
	assert.Contains(t, p.Text("main"), "name is there as it was.", "disabling gives no work away")
	p = p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.Empty(t, p.Link("The removal before"))
	assert.ElementsMatch(t, now, groupsOf(s, returner))

	comebackWasLast := func(why string) {
		t.Helper()
		p := s.Get(path + "/enable").Whole(http.StatusOK)
		assert.False(t, p.Has("input[value=same]"), why)
		s.Get(path + "/enable?groups=same").Whole(http.StatusUnprocessableEntity)
	}
	s.Disable(returner) // in Tallyfy itself
	comebackWasLast("what was changed since the comeback is not known")

	p = s.Get(path + "/enable?groups=none").Whole(http.StatusOK)
	p.Form("main form").Submit("").Whole(http.StatusOK)
	s.Get(path + "/disable").Form("main form").Submit("").Whole(http.StatusOK)
	p = s.Get(path + "/enable").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main form"), "The same groups as before. There were none.")

	form := s.Get(path + "/enable?groups=same").Whole(http.StatusOK).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Status: http.StatusForbidden})
	form.Submit("")
	s.Sandbox.ClearFaults()
	assert.True(t, s.Get(path+"/enable").Has("input[value=same]"), "a comeback that Tallyfy refused is none")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Abort: true})
	s.Get(path + "/enable?groups=same").Form("main form").Submit("")
	s.Sandbox.ClearFaults()
	assert.True(t, s.Get(path+"/enable").Has("input[value=same]"), "one that was found not to have been made is none")
}
