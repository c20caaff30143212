package handlers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/tallyfy/sandbox"
)

func TestIDsCanBeSearchedAndCopied(t *testing.T) {
	s := signedIn(t, siteOptions{})
	chiara, payroll := s.id("chiara.dangelo"), s.group("Payroll").ID
	for _, path := range []string{"/members?q=" + chiara, "/members?q=+" + chiara + "+&page=3", "/members?role=standard&q=" + chiara} {
		p := s.get(path).whole(http.StatusOK)
		assert.Equal(t, "1 member", p.text(".page-title .note"), path)
		assert.Equal(t, []string{"chiara.dangelo@example.com"}, p.texts("tbody .sub"), path)
		assert.Equal(t, "Everyone at Aldermoor, Finance, Payroll and 1 more", p.text("tbody [data-label=Groups]"), path)
	}
	for _, path := range []string{"/groups?q=" + payroll, "/groups?people=one&q=" + payroll} {
		p := s.get(path).whole(http.StatusOK)
		assert.Equal(t, "1 group", p.text(".page-title .note"), path)
		assert.Equal(t, []string{"Payroll"}, p.texts("tbody .name"), path)
	}
	for _, path := range []string{"/members/" + chiara, "/groups/" + payroll} {
		copied, _ := s.get(path).Find("[data-copy]").Attr("data-copy")
		assert.Contains(t, path, "/"+copied)
		assert.NotEmpty(t, copied)
	}
	assert.Zero(t, s.get("/members?role=admin&q="+chiara).total(), "the filter holds for an id, too")
	assert.Zero(t, s.get("/groups?people=none&q="+payroll).total())
}

func TestOnlyWhatLooksLikeAnIDCostsACallMore(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for path, calls := range map[string]int{
		"/members?q=nobody":      1,
		"/members?q=999999":      2,
		"/members?q=20513x":      1,
		"/members?q=anna":        1,
		"/groups?q=" + noGroupID: 2,
		"/groups?q=xyzzy":        1,
		"/groups?q=20513":        1,
		"/groups?q=payroll":      1,
	} {
		s.sandbox.ClearRequests()
		s.get(path).whole(http.StatusOK)
		assert.Len(t, s.sandbox.Requests(), calls, path)
	}
	for _, path := range []string{"/members?q=999999", "/groups?q=" + noGroupID} {
		assert.True(t, s.get(path).has(".empty-title"), path)
	}
}

const noGroupID = "0123456789abcdef0123456789abcdef"

// A failure to look is not "there is none".
func TestAnIDThatCouldNotBeLookedUpIsNotCalledMissing(t *testing.T) {
	for path, route := range map[string]string{"/members?q=999999": userRoute, "/groups?q=" + noGroupID: groupRoute} {
		for fault, status := range map[int]int{http.StatusInternalServerError: http.StatusBadGateway, http.StatusForbidden: http.StatusForbidden} {
			s := signedIn(t, siteOptions{})
			s.sandbox.Fail(sandbox.Fault{Route: route, Status: fault})
			p := s.get(path).whole(status)
			assert.False(t, p.has(".empty-title"), path)
		}
		s := signedIn(t, siteOptions{})
		s.sandbox.Fail(sandbox.Fault{Route: route, Status: http.StatusUnauthorized})
		assert.Equal(t, "Sign in", s.get(path).text("h1"), path)
	}
}
