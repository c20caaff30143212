package security_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// seen is all that somebody who tries to sign in can tell one answer from another by, and what Tallyfy was asked for it.
func seen(s *sitetest.Site, form url.Values) string {
	s.T.Helper()
	s.Sandbox.ClearRequests()
	p := s.Once(s.Request(http.MethodPost, "/signin", form))
	org := form.Get("organization")
	if org == "" {
		org = "none"
	}
	header := p.Header.Clone()
	for _, own := range []string{"X-Request-Id", "Date", "Set-Cookie"} {
		header.Del(own)
	}
	var calls []string
	for _, r := range s.Sandbox.Requests() {
		calls = append(calls, r.Method+" "+strings.ReplaceAll(r.Path, org, "ORG"))
	}
	body := strings.NewReplacer(p.Header.Get("X-Request-Id"), "ID", "value=\""+org+"\"", "ORG").Replace(p.Body)
	return fmt.Sprint(p.Status, header, len(p.Header.Values("Set-Cookie")), calls, body)
}

func TestSignInTellsNothingOfATokenThatItDoesNotTake(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	revoked := sitetest.New(t, sitetest.Options{})
	revoked.Sandbox.RevokeToken(sandbox.AdminToken)
	want := seen(s, url.Values{"token": {"unknown-but-plausible"}})
	require.Contains(t, want, "Tallyfy rejected this token")
	require.Contains(t, want, "[GET /me]")
	for name, token := range map[string]string{
		"expired": sandbox.ExpiredToken, "malformed": "eyJ0eXAiOiJKV1QifQ.e30.x", "almost right": sandbox.AdminToken + "x", "in other letters": strings.ToUpper(sandbox.AdminToken), "long": strings.Repeat("a", 4000), "short": "a",
	} {
		assert.Equal(t, want, seen(s, url.Values{"token": {token}}), name)
	}
	assert.Equal(t, want, seen(revoked, url.Values{"token": {sandbox.AdminToken}}), "one that was good until it was revoked")
}

func TestSignInTellsNothingOfOtherOrganisations(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	answer := func(org string) string {
		return seen(s, url.Values{"token": {sandbox.StandardToken}, "organization": {org}})
	}
	want := answer(strings.Repeat("0", 32))
	require.Contains(t, want, "does not let this token into that organisation")
	assert.Equal(t, want, answer(s.Sandbox.OtherOrgID()), "one that exists, and is somebody else's")
	assert.Equal(t, want, answer("another"))

	s.SignInWith(sandbox.StandardToken)
	requestID := regexp.MustCompile(`[0-9a-f]{32}`)
	switched := func(org string) string {
		p := s.Post("/organisations", url.Values{"organization": {org}})
		return fmt.Sprint(p.Status, requestID.ReplaceAllString(p.Body, "ID"))
	}
	assert.Equal(t, switched(strings.Repeat("0", 32)), switched(s.Sandbox.OtherOrgID()))
}

const allowed = 20 // failed sign-ins in a row

// attempt signs in with a wrong token by way of a proxy, which says for whom.
func attempt(s *sitetest.Site, forwarded string, form url.Values) *sitetest.Page {
	s.T.Helper()
	r := s.Request(http.MethodPost, "/signin", form)
	if forwarded != "" {
		r.Header.Set("X-Forwarded-For", forwarded)
	}
	return s.Once(r)
}

func TestFailedSignInsAreLimitedByAddress(t *testing.T) {
	wrong := url.Values{"token": {"wrong"}}
	good := url.Values{"token": {sandbox.StandardToken}}
	var c clock
	s := sitetest.New(t, sitetest.Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Now: stopped(&c), OAuth: true})
	for i := range allowed {
		assert.Equal(t, http.StatusUnprocessableEntity, attempt(s, "192.0.2.1", wrong).Status, "attempt %d", i)
	}
	s.Sandbox.ClearRequests()
	for name, form := range map[string]url.Values{"wrong": wrong, "good": good, "the button": {"sandbox": {"admin"}}, "with an organisation": {"token": {"x"}, "organization": {s.Sandbox.OrgID()}}} {
		p := attempt(s, "192.0.2.1", form)
		assert.Equal(t, http.StatusTooManyRequests, p.Status, name)
		wait, err := strconv.Atoi(p.Header.Get("Retry-After"))
		require.NoError(t, err)
		assert.True(t, wait > 0 && wait <= 32, "%s: wait %d s", name, wait)
		assert.Contains(t, p.Text(".notice"), "Too many sign-ins from your address have failed.", name)
		assert.Empty(t, p.Header.Values("Set-Cookie"), name)
	}
	r := s.Request(http.MethodPost, "/signin/answer", issue(s))
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	assert.Equal(t, http.StatusTooManyRequests, s.Once(r).Status, "an answer of Tallyfy's")
	for _, r := range s.Sandbox.Requests() {
		assert.Equal(t, "/oauth/authorize", r.Path, "Tallyfy is asked while the address is held back")
	}

	for name, from := range map[string]string{
		"another address": "192.0.2.2", "an IPv6 one": "2001:db8::1", "what the visitor claims is further left": "192.0.2.1, 192.0.2.3",
	} {
		assert.Equal(t, http.StatusUnprocessableEntity, attempt(s, from, wrong).Status, name)
	}
	for name, from := range map[string]string{"a claim before it": "198.51.100.7, 192.0.2.1", "many": "1.1.1.1, 8.8.8.8, 192.0.2.1", "an inner proxy behind it": "192.0.2.1, 127.0.0.9"} {
		assert.Equal(t, http.StatusTooManyRequests, attempt(s, from, wrong).Status, name)
	}
	c.pass(31 * time.Second)
	assert.Equal(t, http.StatusSeeOther, attempt(s, "192.0.2.1", good).Status, "after the time that was told")
	assert.Contains(t, s.Log.String(), `"result":"held back"`)
}

// stopped is a clock that only a test puts forward.
func stopped(c *clock) func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Add(time.Duration(c.ahead.Load())) }
}

// Who is no trusted proxy can claim what it wants.
func TestAForgedAddressIsNoWayAround(t *testing.T) {
	for name, trusted := range map[string][]netip.Prefix{"no proxy at all": nil, "another one": {netip.MustParsePrefix("10.0.0.0/8")}} {
		var c clock
		s := sitetest.New(t, sitetest.Options{TrustedProxies: trusted, Now: stopped(&c)})
		for i := range allowed + 3 {
			r := s.Request(http.MethodPost, "/signin", url.Values{"token": {"wrong"}})
			for _, header := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "Forwarded", "Cf-Connecting-Ip"} {
				r.Header.Set(header, "192.0.2."+strconv.Itoa(i))
			}
			want := http.StatusUnprocessableEntity
			if i >= allowed {
				want = http.StatusTooManyRequests
			}
			assert.Equal(t, want, s.Once(r).Status, "%s, attempt %d", name, i)
		}
	}
}

// A proxy that nobody has named is named once.
func TestAProxyThatIsNotTrustedIsNamedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		trusted []netip.Prefix
		want    int
	}{
		"no proxy at all":     {nil, 1},
		"another one":         {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, 1},
		"a proxy that is one": {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 0},
	} {
		s := sitetest.New(t, sitetest.Options{TrustedProxies: c.trusted})
		s.Get("/signin")
		assert.NotContains(t, s.Log.String(), "TRUSTED_PROXIES", "%s, and nobody says that it is one", name)
		for range 3 {
			attempt(s, "192.0.2.1", url.Values{"token": {"wrong"}})
		}
		assert.Equal(t, c.want, strings.Count(s.Log.String(), "TRUSTED_PROXIES"), name)
	}
}

// Each way in that is refused counts, and nothing else does.
func TestEveryWayInCounts(t *testing.T) {
	for name, c := range map[string]struct {
		attempt func(*sitetest.Site) *sitetest.Page
		counts  bool
	}{
		"a wrong token": {func(s *sitetest.Site) *sitetest.Page { return attempt(s, "", url.Values{"token": {"wrong"}}) }, true},
		"a wrong organisation": {func(s *sitetest.Site) *sitetest.Page {
			return attempt(s, "", url.Values{"token": {sandbox.StandardToken}, "organization": {"other"}})
		}, true},
		"the button, in vain": {func(s *sitetest.Site) *sitetest.Page {
			s.Sandbox.RevokeToken(sandbox.AdminToken)
			return attempt(s, "", url.Values{"sandbox": {"admin"}})
		}, true},
		"an answer of Tallyfy's that is none": {func(s *sitetest.Site) *sitetest.Page {
			return s.Once(s.Request(http.MethodPost, "/signin/answer", url.Values{"state": issue(s)["state"], "error": {"access_denied"}}))
		}, true},
		"an answer with a token that is none": {func(s *sitetest.Site) *sitetest.Page {
			answer := issue(s)
			answer.Set("access_token", "wrong")
			return s.Once(s.Request(http.MethodPost, "/signin/answer", answer))
		}, true},
		"Tallyfy out of order": {func(s *sitetest.Site) *sitetest.Page {
			s.Sandbox.Fail(sandbox.Fault{Status: 500})
			return attempt(s, "", url.Values{"token": {sandbox.StandardToken}})
		}, false}, // nobody's fault, and nothing is learnt from it
		"the choice of an organisation, refused": {func(s *sitetest.Site) *sitetest.Page {
			if len(s.SessionCookies()) == 0 {
				s.SignInWith(sandbox.AdminToken)
			}
			return attempt(s, "", url.Values{"organization": {"other"}})
		}, true},
		"a good token": {func(s *sitetest.Site) *sitetest.Page {
			return attempt(s, "", url.Values{"token": {sandbox.StandardToken}})
		}, false},
		"the button":     {func(s *sitetest.Site) *sitetest.Page { return attempt(s, "", url.Values{"sandbox": {"admin"}}) }, false},
		"nothing at all": {func(s *sitetest.Site) *sitetest.Page { return attempt(s, "", url.Values{"token": {""}}) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			var clock clock
			s := sitetest.New(t, sitetest.Options{Now: stopped(&clock), OAuth: true})
			held := 0
			for range allowed + 2 {
				if c.attempt(s).Status == http.StatusTooManyRequests {
					held++
				}
			}
			if c.counts {
				assert.Positive(t, held)
				assert.LessOrEqual(t, held, 3)
			} else {
				assert.Zero(t, held)
			}
		})
	}
	// A success gives one attempt back, its own, and not those that failed.
	var clock clock
	s := sitetest.New(t, sitetest.Options{Now: stopped(&clock)})
	for range allowed - 1 {
		attempt(s, "", url.Values{"token": {"wrong"}})
		assert.Equal(t, http.StatusSeeOther, attempt(s, "", url.Values{"token": {sandbox.StandardToken}}).Status)
	}
	assert.Equal(t, http.StatusUnprocessableEntity, attempt(s, "", url.Values{"token": {"wrong"}}).Status)
	assert.Equal(t, http.StatusTooManyRequests, attempt(s, "", url.Values{"token": {sandbox.StandardToken}}).Status)
}
