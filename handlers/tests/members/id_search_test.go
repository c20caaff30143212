package members_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestIDsCanBeSearchedAndCopied(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	chiara, payroll := s.ID("chiara.dangelo"), s.Group("Payroll").ID
	for _, path := range []string{"/members?q=" + chiara, "/members?q=+" + chiara + "+&page=3", "/members?role=standard&q=" + chiara} {
		p := s.Get(path).Whole(http.StatusOK)
		assert.Equal(t, "1 member", p.Text(".page-title .note"), path)
		assert.Equal(t, []string{"chiara.dangelo@example.com"}, p.Texts("tbody .sub"), path)
		assert.Equal(t, "4 Payroll, People and Culture +2", p.Text("tbody .groups"), path)
	}
	for _, path := range []string{"/groups?q=" + payroll, "/groups?people=one&q=" + payroll} {
		p := s.Get(path).Whole(http.StatusOK)
		assert.Equal(t, "1 group", p.Text(".page-title .note"), path)
		assert.Equal(t, []string{"Payroll"}, p.Texts("tbody .name"), path)
	}
	for _, path := range []string{"/members/" + chiara, "/groups/" + payroll} {
		copied, _ := s.Get(path).Find(".copyable:has(code) [data-copy]").Attr("data-copy")
		assert.Contains(t, path, "/"+copied)
		assert.NotEmpty(t, copied)
	}
	assert.Zero(t, total(s.Get("/members?role=admin&q="+chiara)), "the filter holds for an id, too")
	assert.Zero(t, total(s.Get("/groups?people=none&q="+payroll)))
}

func TestOnlyWhatLooksLikeAnIDCostsACallMore(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for path, calls := range map[string]int{
		"/groups?q=" + noGroupID: 2,
		"/groups?q=xyzzy":        1,
		"/groups?q=20513":        1,
		"/groups?q=payroll":      1,
	} {
		s.Sandbox.ClearRequests()
		s.Get(path).Whole(http.StatusOK)
		assert.Len(t, s.Sandbox.Requests(), calls, path)
	}
	assert.True(t, s.Get("/groups?q="+noGroupID).Has(".empty-title"))
	slow := withoutCopies(t)
	for path, calls := range map[string]int{"/members?q=nobody": 0, "/members?q=999999": 1, "/members?q=20513x": 0} {
		slow.Sandbox.ClearRequests()
		assert.True(t, slow.Get(path).Whole(http.StatusOK).Has(".empty-title"), path)
		asked := 0
		for _, r := range slow.Sandbox.Requests() {
			if strings.HasSuffix(r.Path, "/users/999999") {
				asked++
			}
		}
		assert.Equal(t, calls, asked, path)
	}
}

const noGroupID = "0123456789abcdef0123456789abcdef"

// A failure to look is not "there is none".
func TestAnIDThatCouldNotBeLookedUpIsNotCalledMissing(t *testing.T) {
	t.Parallel()
	for path, route := range map[string]string{"/groups?q=" + noGroupID: sitetest.GroupRoute} {
		for fault, status := range map[int]int{http.StatusInternalServerError: http.StatusBadGateway, http.StatusForbidden: http.StatusForbidden} {
			s := sitetest.SignedIn(t, sitetest.Options{})
			s.Sandbox.Fail(sandbox.Fault{Route: route, Status: fault})
			p := s.Get(path).Whole(status)
			assert.False(t, p.Has(".empty-title"), path)
		}
		s := sitetest.SignedIn(t, sitetest.Options{})
		s.Sandbox.Fail(sandbox.Fault{Route: route, Status: http.StatusUnauthorized})
		assert.Equal(t, "Sign in", s.Get(path).Text("h1"), path)
	}
}
