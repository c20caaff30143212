package security_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

// A link on another site does not make the organisation be read anew.
func TestOnlyOurOwnLinksReadAnew(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		reads  bool
	}{
		"our own link":                      {http.Header{"Sec-Fetch-Site": {"same-origin"}}, true},
		"typed":                             {http.Header{"Sec-Fetch-Site": {"none"}}, true},
		"another site":                      {http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
		"a neighbour":                       {http.Header{"Sec-Fetch-Site": {"same-site"}}, false},
		"our own link on plain http":        {http.Header{"Referer": {"OWN/groups?people=one"}}, true},
		"another site on plain http":        {http.Header{"Referer": {"http://evil.example/groups"}}, false},
		"another site that does not say so": {http.Header{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.SignedIn(t, sitetest.Options{Recall: time.Minute})
			for _, path := range []string{"/members?role=admin", "/groups?people=one"} {
				s.Get(path)
				s.Sandbox.ClearRequests()
				r := s.Request(http.MethodGet, path+"&refresh=1", nil)
				for field := range c.header {
					r.Header.Set(field, c.header.Get(field))
				}
				if c.header.Get("Referer") == "OWN/groups?people=one" {
					r.Header.Set("Referer", s.Server.URL+"/groups?people=one")
				}
				p := s.Do(r)
				assert.Equal(t, http.StatusOK, p.Status)
				assert.Equal(t, path, p.URL)
				assert.Equal(t, c.reads, len(s.Sandbox.Requests()) > 0, path)
			}
		})
	}
}
