package removal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// lenient is a service that takes 0020513 for 20513.
type lenient struct{ next http.RoundTripper }

func (l lenient) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Path = strings.Replace(r.URL.Path, "/users/00", "/users/", 1)
	r.URL.RawPath = ""
	return l.next.RoundTrip(r)
}

// Nobody is shown, locked or removed under another way to write the id: two locks would be two removals.
func TestAMemberHasOneID(t *testing.T) {
	demo, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	s := sitetest.SignedIn(t, sitetest.Options{Transport: lenient{demo.Transport()}})
	s.Sandbox = demo
	other := "00" + s.ID("chiara.dangelo")
	for _, path := range []string{"/members/" + other, "/members/" + other + "/remove", "/members/" + other + "/remove/plan?to=leave"} {
		p := s.Get(path)
		assert.Equal(t, http.StatusBadGateway, p.Status, path)
		assert.NotContains(t, p.Body, "Chiara", path)
	}
	s.Post("/members/"+other+"/remove", url.Values{"to": {"leave"}})
	assert.Empty(t, s.Removals())
	assert.Equal(t, "active", s.Member("chiara.dangelo").Status)
	assert.Equal(t, http.StatusOK, s.Get("/members?q="+other).Status, "a search finds nobody")
}
