package lifecycle_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestAGuestIsAdded(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.Get("/guests").Follow("Add a guest").Whole(http.StatusOK).Form("main form").Set("email", "Nia@Partner.example.com").Set("first_name", "Nia").Set("company_name", "Sea & Sky")
	p := form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "/guests", p.URL)
	assert.Contains(t, p.Text(".notice.done"), "Nia (nia@partner.example.com) is a guest now.")
	assert.True(t, slices.ContainsFunc(s.Sandbox.Guests(), func(g sandbox.Guest) bool {
		return g.Email == "nia@partner.example.com" && g.Company == "Sea & Sky" && g.LastName == ""
	}))
	assert.Equal(t, 1, s.Writes())
	assert.Contains(t, s.Get("/guests?q=nia").Text("tbody"), "Sea & Sky", "the copy knows at once")
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl added the guest Nia (nia@partner.example.com). Confirmed")
	assert.NotContains(t, s.Log.String(), "partner.example.com", "addresses of others are not for the log")
}

func TestWhoCannotBeAddedAsAGuest(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for email, says := range map[string]string{
		"": "Enter the email address.", "a@x.example, b@x.example": "This is not one email address", "esi.mensah@example.com": "Esi Mensah is a member.",
		"MEHMET@broker.example.com": "Mehmet Aksoy is a guest already.",
	} {
		p := s.Get("/guests/new").Form("main form").Set("email", email).Set("first_name", "Ada").Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("#error-email"), says)
		assert.Equal(t, email, p.Form("main form").Values.Get("email"))
		assert.Equal(t, "Ada", p.Form("main form").Values.Get("first_name"))
	}
	p := s.Get("/guests/new").Form("main form").Set("email", "x@y.example.com").Set("company_name", strings.Repeat("x", 201)).Submit("").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-company_name"), "This has 201 characters; 200 are allowed.")
	assert.Zero(t, s.Writes())
}

// The hour's guests are used up: Tallyfy's words, and nothing typed is lost.
func TestTheGuestsOfAnHour(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Answer: sandbox.HourlyCap})
	p := s.Get("/guests/new").Form("main form").Set("email", "nia@partner.example.com").Submit("").Whole(http.StatusTooManyRequests)
	assert.Contains(t, p.Text(".notice.problem"), "Please try again in up to an hour. Nothing was changed.")
	assert.Equal(t, "nia@partner.example.com", p.Form("main form").Values.Get("email"))
}
