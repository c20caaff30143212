package site_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html"

	"tallyfy-admin/handlers/sitetest"
)

// A template's "else" that stands among attributes becomes one; so does a class that is given twice, or a name that is none. And a
// class that the style sheet does not know does nothing.
func TestEveryAttributeIsOneOfHTML(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{OAuth: true})
	known := map[string]bool{}
	for _, name := range regexp.MustCompile(`[.][a-z][a-z0-9-]*`).FindAllString(s.Get(s.Get("/groups").Find("link[rel=stylesheet]").AttrOr("href", "")).Body, -1) {
		known[name[1:]] = true
	}
	attribute := regexp.MustCompile(`^(data-[a-z-]+|aria-[a-z]+|[a-z]+)$`)
	for _, path := range []string{
		"/groups", "/groups?sort_by=name", "/groups/new", s.GroupPath("Operations"), s.DeletePath("Operations"), "/members", "/members?seen=30&status=all", "/guests", "/search?q=a", s.MemberPath("soren.kjaergaard"),
		s.RemovePath("soren.kjaergaard"), s.RemovePath("soren.kjaergaard") + "/handover", s.PlanPath("soren.kjaergaard", "leave"), "/organisations", "/access", "/access?like=" + s.ID("soren.kjaergaard"), "/help", "/kit", "/sandbox", "/trash", "/signin", "/signin/answer",
	} {
		p := s.Get(path).Whole(http.StatusOK)
		for z := html.NewTokenizer(strings.NewReader(p.Body)); z.Next() != html.ErrorToken; {
			seen := map[string]bool{}
			token := z.Token()
			if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
				continue
			}
			for _, a := range token.Attr {
				assert.Regexp(t, attribute, a.Key, "%s: %s", path, token)
				assert.False(t, seen[a.Key] || a.Key == "else" || a.Key == "if", "%s: %s", path, token)
				seen[a.Key] = true
				if a.Key == "class" {
					for class := range strings.FieldsSeq(a.Val) {
						assert.True(t, known[class], "%s: %s", path, token)
					}
				}
			}
		}
	}
}
