package lifecycle_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const inviteRoute = "/organizations/{org}/users/invite"

// invitation is the form, filled in.
func invitation(s *sitetest.Site, email string) *sitetest.Form {
	s.T.Helper()
	return s.Get("/members/invite").Whole(http.StatusOK).Form("main form").
		Set("email", email).Set("first_name", "Ada").Set("last_name", "Okoye").Set("role", "light").Set("groups", "finance\n"+s.Group("Legal").ID)
}

func TestSomebodyIsInvited(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members").Follow("Invite somebody").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Tallyfy sends about 10 invitations a day. 0 were sent from here in the last 24 hours.")
	assert.Equal(t, "You are invited to join Aldermoor Logistics in Tallyfy.", p.Form("main form").Values.Get("message"))
	p = invitation(s, " Ada Okoye <Ada@Partner.example.com> ").Submit("Send the invitation").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "Ada Okoye (Ada@Partner.example.com) is invited as Light.")
	ada, ok := s.Sandbox.MemberByEmail("ada@partner.example.com")
	require.True(t, ok)
	assert.Equal(t, fmt.Sprintf("/members/%d", ada.ID), p.URL)
	assert.Equal(t, "light", ada.Role)
	assert.Empty(t, ada.Groups, "planned groups are not sent")
	assert.Equal(t, 1, s.Writes())
	assert.NotContains(t, string(s.Sandbox.Requests()[len(s.Sandbox.Requests())-1].Body), "group")
	assert.Equal(t, []string{"Finance", "Legal"}, p.Texts("section[aria-labelledby=invitation] li"))
	assert.Contains(t, p.Text("section[aria-labelledby=invitation]"), "Planned by Maren Dahl on")
	assert.Equal(t, "https://go.tallyfy.com/", p.Link("Resend or withdraw in Tallyfy"))
	assert.Contains(t, s.Get("/members/invite").Text("main"), "1 was sent from here in the last 24 hours.")
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl invited Ada Okoye (Ada@Partner.example.com). Confirmed")
	assert.NotEmpty(t, latest(s).Link("Ada Okoye"))
	assert.NotContains(t, s.Log.String(), "partner.example.com", "addresses of others are not for the log")

	require.True(t, s.Sandbox.AcceptInvitation("ada@partner.example.com"))
	p = p.Follow("Check again").Whole(http.StatusOK)
	assert.Contains(t, p.Text("header"), "Active")
	assert.Empty(t, p.Link("Resend or withdraw in Tallyfy"))
	assert.Equal(t, []string{"Finance", "Legal"}, p.Texts("section[aria-labelledby=invitation] li"), "for the review of new joiners")
}

// The groups to plan are searched and ticked without script; what was typed and ticked is there afterwards, and nothing is sent.
func TestGroupsArePickedForAnInvitation(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	offered := func(p *sitetest.Page) []string { return p.Texts("#field-groups .name") }
	p := s.Get("/members/invite").Whole(http.StatusOK)
	assert.Len(t, offered(p), 20)
	assert.Contains(t, p.Text("#field-groups .picker-count"), "Showing 20 of 34 groups: search to find the others.")
	f := p.Form("main form").Set("email", "ada@partner.example.com").Set("first_name", "Ada").Set("role", "light").Set("find", "finance")
	p = f.Submit("Search").Whole(http.StatusOK)
	assert.Equal(t, []string{"Finance"}, offered(p))
	f = p.Form("main form").Tick("groups", s.Group("Finance").ID).Set("find", "legal").Set("last_name", "Okoye")
	p = f.Submit("Search").Whole(http.StatusOK)
	assert.Equal(t, []string{"Finance", "Legal"}, offered(p), "what is ticked stays, and stands first")
	f = p.Form("main form")
	assert.Equal(t, []string{s.Group("Finance").ID}, f.Values["groups"])
	for field, want := range map[string]string{"email": "ada@partner.example.com", "first_name": "Ada", "last_name": "Okoye", "role": "light", "find": "legal"} {
		assert.Equal(t, want, f.Values.Get(field))
	}
	assert.Contains(t, f.Set("find", "zzz").Submit("Search").Text("#field-groups .picker-count"), "No other group matches “zzz”.")
	assert.Zero(t, s.Writes())
	p = f.Tick("groups", s.Group("Legal").ID).Submit("Send the invitation").Whole(http.StatusOK)
	assert.ElementsMatch(t, []string{"Finance", "Legal"}, p.Texts("section[aria-labelledby=invitation] li"))
}

// Whoever has the address already is told apart before anything is sent.
func TestWhoHasTheAddressAlready(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for email, test := range map[string]struct{ says, open string }{
		"esi.mensah@example.com":          {"Esi Mensah is a member already.", "Open Esi Mensah"},
		"LENA.Fischbacher@example.com":    {"Lena Fischbacher is invited already. The invitation can be sent again or withdrawn in Tallyfy.", "Open Lena Fischbacher"},
		"gareth.pugh@example.com":         {"Gareth Pugh is a member who was disabled. Bring the person back instead.", "Open Gareth Pugh"},
		"mehmet@broker.example.com":       {"Mehmet Aksoy is a guest. Make the guest a member in Tallyfy under Settings, Guests: that keeps the tasks.", ""},
		"bjorn.hallgrimsson2@example.com": {"", ""},
	} {
		s.Sandbox.ClearRequests()
		p := invitation(s, email).Submit("Send the invitation")
		if test.says == "" {
			assert.Equal(t, 1, s.Writes())
			continue
		}
		p.Whole(http.StatusUnprocessableEntity)
		assert.Equal(t, "Please check: "+test.says, p.Text("#error-email"))
		assert.Equal(t, test.open != "", p.Link(test.open) != "", email)
		f := p.Form("main form")
		for field, want := range map[string]string{"email": email, "first_name": "Ada", "role": "light"} {
			assert.Equal(t, want, f.Values.Get(field))
		}
		assert.Equal(t, []string{s.Group("Finance").ID, s.Group("Legal").ID}, f.Values["groups"])
		assert.Zero(t, s.Writes(), email)
	}
}

func TestWhatAnInvitationNeeds(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for name, test := range map[string]struct{ field, value, says string }{
		"no address":    {"email", "", "Enter the email address."},
		"two addresses": {"email", "a@x.example, b@x.example", "This is not one email address"},
		"no name":       {"first_name", " ", "Enter the first name."},
		"invisible":     {"last_name", "\u200b", "Enter the last name."},
		"long name":     {"last_name", strings.Repeat("é", 33), "The name has 33 characters; 32 are allowed."},
		"a URL":         {"first_name", "see www.evil.example", "Tallyfy takes no web address as a name."},
		"no role":       {"role", "boss", "Choose a role."},
		"no message":    {"message", "  ", "Write a message."},
		"long message":  {"message", strings.Repeat("é", 5001), "The message has 5001 characters; 5000 are allowed."},
		"no such group": {"groups", "Finance\nFin <b>", "“Fin <b>” is no group."},
		"control":       {"first_name", "A\x00da", "characters that are no text"},
	} {
		f := invitation(s, "ada@partner.example.com").Set(test.field, test.value)
		p := f.Submit("Send the invitation").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("#error-"+test.field), test.says, name)
		if name != "control" && name != "no role" && name != "no such group" {
			assert.Equal(t, test.value, p.Form("main form").Values.Get(test.field), name)
		}
		if name == "no such group" {
			assert.Equal(t, []string{s.Group("Finance").ID, "Fin <b>"}, p.Form("main form").Values["groups"])
			assert.Contains(t, p.Text("#field-groups li"), "Fin <b> Not known here")
		}
	}
	assert.Zero(t, s.Calls(http.MethodGet, "/users")+s.Writes(), "nobody is asked about what Tallyfy would refuse")
	p := invitation(s, "ada@partner.example.com").Set("first_name", strings.Repeat("é", 32)).Set("message", strings.Repeat("é", 5000)).Submit("Send the invitation").Whole(http.StatusOK)
	assert.True(t, p.Has(".notice.done"))
}

// What Tallyfy refuses comes back at the right place, with everything that was typed.
func TestRefusedInvitations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer      sandbox.Fault
		where, says string
		status      int
	}{
		"no seat":      {sandbox.Fault{Answer: sandbox.SeatsLight}, "#error-role", "“Your organization has reached its committed light seat limit.” (code SEAT_POOL_EXHAUSTED, light seats).", 422},
		"no seat flat": {sandbox.Fault{Answer: sandbox.SeatsFlat}, "#error-role", "(code SEAT_POOL_EXHAUSTED, full seats).", 422},
		"a field":      {sandbox.Fault{Status: 422, Body: `{"errors":{"first_name":["The first name is not allowed."]}}`}, "#error-first_name", "The first name is not allowed.", 422},
		"a trial":      {sandbox.Fault{Answer: sandbox.TrialMembers}, ".notice.problem", "“Trial limit reached: 10 members” (code TRIAL_LIMIT_REACHED_10_M).", 422},
		"not allowed":  {sandbox.Fault{Status: 403, Body: `{"error":true,"message":"Only SSO users can join."}`}, ".notice.problem", "“Only SSO users can join.”", 422},
		"a day's":      {sandbox.Fault{Answer: sandbox.DailyCap}, ".notice.problem", "Nothing was changed. Tallyfy sends about 10 invitations a day: if those are used up, try again tomorrow.", 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			test.answer.Method, test.answer.Route = http.MethodPost, inviteRoute
			s.Sandbox.Fail(test.answer)
			p := invitation(s, "ada@partner.example.com").Submit("Send the invitation").Whole(test.status)
			assert.Contains(t, p.Text(test.where), test.says)
			assert.Equal(t, "ada@partner.example.com", p.Form("main form").Values.Get("email"))
			assert.Equal(t, []string{s.Group("Finance").ID, s.Group("Legal").ID}, p.Form("main form").Values["groups"])
			assert.Equal(t, 1, s.Writes(), "asked once")
			s.Sandbox.ClearFaults()
			if test.status == http.StatusTooManyRequests { // after which the token waits a while
				return
			}
			p = p.Form("main form").Submit("Send the invitation").Whole(http.StatusOK)
			assert.Equal(t, []string{"Finance", "Legal"}, p.Texts("section[aria-labelledby=invitation] li"))
		})
	}
}

// A refused invitation leaves no planned groups behind. One whose answer did not arrive keeps them: it may have been sent.
func TestPlannedGroupsOfInvitationsThatFail(t *testing.T) {
	t.Parallel()
	const email = "ada@partner.example.com"
	invited := fmt.Sprintf(`{"email":%q,"first_name":"Ada","last_name":"Okoye","role":"light","message":"Hello"}`, email)
	planned := func(s *sitetest.Site) []string {
		s.Elsewhere(http.MethodPost, "/users/invite", invited)
		s.Get("/members?refresh=1")
		m, ok := s.Sandbox.MemberByEmail(email)
		require.True(t, ok)
		return s.Get(fmt.Sprintf("/members/%d", m.ID)).Whole(http.StatusOK).Texts("section[aria-labelledby=invitation] li")
	}
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: inviteRoute, Times: 1, Answer: sandbox.SeatsLight})
	invitation(s, email).Submit("Send the invitation").Whole(http.StatusUnprocessableEntity)
	assert.Empty(t, planned(s), "nothing is left of it")

	s = sitetest.SignedIn(t, sitetest.Options{Attempt: time.Second})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: inviteRoute, Times: 1, Abort: true})
	invitation(s, email).Submit("Send the invitation").Whole(http.StatusOK)
	assert.Equal(t, []string{"Finance", "Legal"}, planned(s))
}

// The sandbox keeps to the day's invitations, too; it is said how many are gone.
func TestTheInvitationsOfADay(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{InvitesADay: 2}})
	for i := range 2 {
		invitation(s, fmt.Sprintf("ada%d@partner.example.com", i)).Submit("Send the invitation").Whole(http.StatusOK)
	}
	p := invitation(s, "third@partner.example.com").Submit("Send the invitation").Whole(http.StatusTooManyRequests)
	assert.Contains(t, p.Text(".notice.problem"), "You've reached the limit for member invitations.")
	assert.Contains(t, p.Text("main"), "2 were sent from here in the last 24 hours.", "a refused one is not counted")
}

// An answer that does not arrive: the person is looked for, and nobody is invited twice.
func TestAnInvitationWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, sent := range []bool{true, false} {
		s := sitetest.SignedIn(t, sitetest.Options{Attempt: time.Second})
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: inviteRoute, Times: 1, Abort: true, Execute: sent})
		form := invitation(s, "ada@partner.example.com")
		p := form.Submit("Send the invitation").Whole(http.StatusOK)
		assert.Equal(t, "Receipt", p.Text("h1"))
		says := "Ada Okoye (ada@partner.example.com) is invited as Light"
		if !sent {
			says = "ada@partner.example.com is not listed in Tallyfy. It may still be under way"
		}
		assert.Contains(t, p.Text(".notice"), "Tallyfy didn't confirm the invitation of Ada Okoye (ada@partner.example.com)")
		assert.Contains(t, p.Text(".notice"), says)
		assert.Equal(t, p.URL, form.Submit("Send the invitation").URL, "the same press")
		assert.Equal(t, 1, s.Writes())
	}
}

// Somebody who is no administrator may try, but for making one.
func TestOthersMayTryToInvite(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get("/members/invite").Whole(http.StatusOK)
	assert.False(t, p.Has("input[value=admin]"))
	assert.Contains(t, p.Text(".notice"), "Tallyfy lets others do it only if the organisation allows it.")
	p = invitation(s, "ada@partner.example.com").Submit("Send the invitation").Whole(http.StatusForbidden)
	assert.Contains(t, p.Text(".notice.problem"), "Nothing was changed.")
	assert.Equal(t, "ada@partner.example.com", p.Form("main form").Values.Get("email"))
	assert.True(t, s.Get("/members").Has("button.off[aria-describedby]"))
}
