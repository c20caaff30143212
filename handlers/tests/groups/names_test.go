package groups_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// A name that shows nothing, and text that is none, is refused at its field. Nothing is sent.
func TestCreateRefusesWhatShowsNothing(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, text := range []string{
		"\u200b\u200b", "\u2800", "\u3164", "\u00ad", "\u0301", "\u202e", "\u2060", "\ufeff", "\u115f", "\u180e", "\ufe0f", "\U000e0041", "\uffa0\u3000",
		"a\x00b", "a\xffb", "a\x1bb",
	} {
		for _, field := range []string{"name", "description"} {
			f := s.GroupForm("N", "d").Set(field, text)
			p := f.Submit(createButton).Whole(http.StatusUnprocessableEntity)
			assert.Contains(t, p.Text("#error-"+field), "The "+field+" ", "%q", text)
		}
	}
	p := s.GroupForm("N", "d").TypeGuests("ann@example.com\x00").Submit(createButton).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-people"), "no text")
	assert.Zero(t, s.Writes())
}

// What is meant is sent: with single blanks, composed, and without what is invisible around it.
func TestCreateTidiesTheName(t *testing.T) {
	for typed, want := range map[string]string{
		"Harbour\u00a0Team": "Harbour Team", " Harbour  Team\u200b": "Harbour Team", "Harbour\nTeam": "Harbour Team", "Cafe\u0301 one": "Caf\u00e9 one",
		"Heart \u2764\ufe0f": "Heart \u2764\ufe0f", "\u202eHarbour": "Harbour",
	} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		s.GroupForm(typed, "d").Submit(createButton).Whole(http.StatusOK)
		assert.True(t, s.Exists(want), "%q", typed)
	}
}

// Of a group that looks the same the form says so before anything is sent, with its link, and lets one go on.
func TestCreateSaysThatAGroupLooksTheSame(t *testing.T) {
	for existing, typed := range map[string]string{
		"Cafe\u0301 one": "Caf\u00e9 one", "Finance\u00a0Team": "Finance  Team", "Ann\u2019s team": "Ann's team", "Ops\u200b Team": "ops team", "A\u2013B Team": "A-B Team", "\uff21\uff22 Team": "AB Team",
	} {
		for _, copied := range []bool{false, true} {
			s := sitetest.SignedIn(t, sitetest.Options{})
			body, err := json.Marshal(map[string]string{"name": existing, "description": "d"})
			require.NoError(t, err)
			s.Elsewhere(http.MethodPost, "/groups", string(body))
			s.Sandbox.ClearRequests()
			if copied {
				s.Get("/groups?people=none").Whole(http.StatusOK)
			}
			p := s.GroupForm(typed, "d").Submit(createButton).Whole(http.StatusConflict)
			assert.Contains(t, p.Text(".notice.warning"), "There is a group already whose name looks the same. Nothing was created yet", "%q", typed)
			assert.Equal(t, s.GroupPath(existing), p.Find("form[data-form] .small a").AttrOr("href", ""), "%q", typed)
			assert.Empty(t, creation(s))
			p.GroupForm().Submit(createButton).Whole(http.StatusOK)
			assert.NotEmpty(t, creation(s), "%q beside %q", typed, existing)
		}
	}
}

// Pasted addresses are cleaned, each is sent once, and what is wrong is named in full.
func TestCreateTakesAddressesAsTheyArePasted(t *testing.T) {
	for typed, want := range map[string]string{
		"ann@x.example\u200b": `["ann@x.example"]`, "\ufeffbob@x.example": `["bob@x.example"]`, "\u201cann@x.example\u201d": `["ann@x.example"]`,
		"'ann@x.example'": `["ann@x.example"]`, "mailto:ann@x.example": `["ann@x.example"]`, "ann@x.example.": `["ann@x.example"]`, "ann@x.example/": `["ann@x.example"]`,
		`Ann Example <ann@x.example>; "Beam, Bob" <bob@x.example>`: `["ann@x.example","bob@x.example"]`,
	} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		s.GroupForm("N", "d").TypeGuests(typed).Submit(createButton).Whole(http.StatusOK)
		assert.Contains(t, creation(s), `"guests":`+want, "%q", typed)
	}
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.GroupForm("N", "d").Tick("guests", "mehmet@broker.example.com").TypeGuests("Mehmet@broker.example.com\u200b").Submit(createButton).Whole(http.StatusOK)
	assert.Contains(t, creation(s), `"guests":["mehmet@broker.example.com"]`)
}

// A member's address among the guests is offered as the member.
func TestCreateOffersAMemberForTheAddress(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Post("/groups", url.Values{"name": {"N"}, "description": {"d"}, "guests": {"new@x.example", "ANNA.KOWALSKA@example.com"}}).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-people"), "Anna Kowalska (ANNA.KOWALSKA@example.com) is a member and no guest: chosen as such now.")
	f := p.GroupForm()
	assert.Equal(t, []string{s.ID("anna.kowalska")}, f.Values["members"])
	assert.Equal(t, []string{"new@x.example"}, f.Values["guests"])
	assert.Zero(t, s.Writes())
	f.Submit(createButton).Whole(http.StatusOK)
	assert.Contains(t, creation(s), `"guests":["new@x.example"]`)
	assert.Len(t, s.Group("N").Members, 1)
}

// A group that looks like another one is told from it by its id, down to the button and the receipt.
func TestDeletingOneOfTwoGroupsThatLookTheSame(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"Quiet Team","description":"d"}`)
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"quiet\u00a0team","description":"d"}`)
	s.Get("/groups?people=none")
	id, path := s.Group("Quiet Team").ID, s.DeletePath("Quiet Team")
	p := s.Get(path).Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.warning"), "Another group looks the same. This page is about the one with the id "+id)
	assert.Equal(t, []string{"Delete Quiet Team (" + id + ")"}, p.Texts("main form button"))
	p = p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "Quiet Team ("+id+") was deleted.")
	assert.Contains(t, strings.Join(s.Get("/activity").Texts(".rows a"), "\n"), "deleted the group Quiet Team ("+id+")")
	assert.False(t, s.Exists("Quiet Team"))
}

// Guests are found by their names, which Tallyfy does not search.
func TestCreateFindsGuestsByName(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.GroupForm("N", "d").Search("Aksoy Mehmet")
	assert.Equal(t, []string{"mehmet@broker.example.com"}, f.Page.Texts("[data-results=people] .sub"))
	f = s.GroupForm("N", "d").Search("mailto:MEHMET@broker.example.com.")
	assert.Equal(t, []string{"Mehmet Aksoy guest"}, f.Page.Texts(".picks li"))
}
