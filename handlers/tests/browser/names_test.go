package browser_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// longNames puts a long word and a pile of accents into names on their way here.
type longNames struct{ next http.RoundTripper }

func (l *longNames) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	long := strings.Repeat("Wm", 35)
	body = bytes.ReplaceAll(body, []byte(`"Payroll"`), []byte(`"Payroll`+long+`"`))
	body = bytes.ReplaceAll(body, []byte(`D'Angelo`), []byte("D'Angelo"+long+strings.Repeat("\u0301", 200)))
	body = bytes.ReplaceAll(body, []byte(`Aldermoor Logistics`), []byte("Aldermoor"+long))
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, nil
}

// Names without a blank wrap on every page, the buttons that name somebody included.
func TestBrowserLongNamesWrap(t *testing.T) {
	wire := &longNames{}
	s := sitetest.New(t, sitetest.Options{Transport: wire})
	wire.next = s.Sandbox.Transport()
	b := sitetest.OpenTab(t, s)
	b.SignIn()
	s.SignIn() // as another visitor, who starts a review
	review := s.Post("/reviews", url.Values{"name": {"Joiners"}, "who": {"all"}, "role": {"standard"}}).URL
	look := secondLook(s, review, "chiara.dangelo")
	elsewhere := changedElsewhere(s, "Payroll")
	pages := []string{
		elsewhere, elsewhere + "?ask=yes",
		"/groups?per_page=100", s.GroupPath("Payroll"), s.DeletePath("Payroll"), "/groups/new", "/members?q=dangelo", s.MemberPath("chiara.dangelo"), s.RemovePath("chiara.dangelo"),
		s.RemovePath("chiara.dangelo") + "/handover", s.RemovePath("soren.kjaergaard") + "/handover?q=chiara", s.PlanPath("chiara.dangelo", "leave"),
		s.PlanPath("soren.kjaergaard", "chiara.dangelo"), "/organisations", "/sandbox", "/activity", s.GroupPath("Payroll") + "?on=2026-03-04", "/trash", "/jobs", "/bulk/new?kind=add-to-groups", review, review + "/people/" + s.ID("chiara.dangelo"), "/reviews", "/reviews/new", "/reviews/sets", "/reviews/sets?for=Driver", review + "/check", review + "/receipt", look, review + "/close", "/guests", "/guests/d.kavanagh@audit.example.com", "/guests/d.kavanagh@audit.example.com/known-by", "/guests/d.kavanagh@audit.example.com/tasks", "/guests/d.kavanagh@audit.example.com/remove", s.MemberPath("chiara.dangelo") + "/guests", "/members?role=light&seen=30&status=all",
	}
	for _, width := range []int64{320, 390, 640, 1280} {
		b.Screen(width, 800, "light")
		for _, path := range pages {
			b.Open(path)
			assert.LessOrEqual(t, sitetest.Evaluate[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, "%s at %d px", path, width)
			assert.Empty(t, sitetest.Evaluate[string](b, `[...document.querySelectorAll("main .button, main h1, main li, main legend, main a:not(thead a)")]
				.filter(e => e.offsetWidth > 1 && e.getBoundingClientRect().right > innerWidth).map(e => e.textContent).join("; ")`), "%s at %d px", path, width)
		}
	}
}

// secondLook has another administrator find somebody in a review right, and gives the address of the second look.
func secondLook(s *sitetest.Site, review, who string) string {
	s.T.Helper()
	kwame := s.As(s.T)
	kwame.SignInWith(sandbox.ColleagueToken).Form("form:has([name=organization])").Set("organization", s.Org).Submit("Continue").Whole(http.StatusOK)
	kwame.Post(review+"/people/"+s.ID(who), url.Values{"decision": {"right"}, "base": {"0"}}).Whole(http.StatusOK)
	kwame.Post(review+"/looks", nil).Whole(http.StatusOK)
	return review + "/looks/" + s.ID(who)
}
