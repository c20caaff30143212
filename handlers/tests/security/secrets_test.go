package security_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// witness notes all that an application answers.
type witness struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen strings.Builder
	// cookies are the values of all cookies that were set.
	cookies []string
	answers int
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers++
	for _, c := range answer.Cookies() {
		if c.Value != "" {
			w.cookies = append(w.cookies, c.Value)
		}
	}
	header := answer.Header.Clone()
	header.Del("Set-Cookie")
	fmt.Fprintf(&w.seen, "%s %s\n%v\n%s\n", r.Method, r.URL.Path, header, body)
	return answer, err
}

// issue lets the administrator sign in at Tallyfy, and gives the token that Tallyfy issues there.
func issue(s *sitetest.Site) url.Values {
	s.T.Helper()
	return issueFor(s, "/members")
}

// issueFor is issue on the way to a page.
func issueFor(s *sitetest.Site, next string) url.Values {
	s.T.Helper()
	start := s.Once(s.Request(http.MethodGet, "/signin/tallyfy?"+url.Values{"next": {next}}.Encode(), nil))
	require.Equal(s.T, http.StatusSeeOther, start.Status)
	at, err := url.Parse(start.Header.Get("Location"))
	require.NoError(s.T, err)
	form := at.Query()
	form.Set("decision", "allow")
	form.Set("person", "maren.dahl@example.com")
	outside := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := outside.PostForm(s.Tallyfy.URL+"/oauth/authorize", form)
	require.NoError(s.T, err)
	require.NoError(s.T, answer.Body.Close())
	_, fragment, _ := strings.Cut(answer.Header.Get("Location"), "#")
	fields, err := url.ParseQuery(fragment)
	require.NoError(s.T, err)
	require.NotEmpty(s.T, fields.Get("access_token"), answer.Status)
	return fields
}

// guestLinks are the links with which guests sign in, in Tallyfy itself.
func guestLinks(s *sitetest.Site) (links []string) {
	s.T.Helper()
	r := httptest.NewRequest(http.MethodGet, sandbox.BaseURL+"/organizations/"+s.Sandbox.OrgID()+"/guests", nil)
	r.Header = http.Header{"Authorization": {"Bearer " + sandbox.AdminToken}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
	answer := httptest.NewRecorder()
	s.Sandbox.ServeHTTP(answer, r)
	var list struct{ Data []struct{ Link string } }
	require.NoError(s.T, json.Unmarshal(answer.Body.Bytes(), &list))
	for _, g := range list.Data {
		links = append(links, g.Link)
	}
	require.NotEmpty(s.T, links)
	return links
}

// forms are the ways in which a secret could be written.
func forms(secret string) []string {
	b := []byte(secret)
	list := []string{secret, url.QueryEscape(secret), hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b))}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 { // wherever in a longer text it may begin, without the characters that its neighbours change
			text := e.EncodeToString(append(make([]byte, shift), b...))
			list = append(list, text[4:len(text)-4])
		}
	}
	return list
}

// Everything is done that can be done, with a token as long as Tallyfy's, and every failure repeats it, together with the link
// of a guest. Neither is anywhere but where it has to be.
func TestNoSecretIsAnywhere(t *testing.T) {
	t.Parallel()
	var c clock
	s := sitetest.New(t, sitetest.Options{OAuth: true, Now: c.now})
	enter := func(token, organisation string) {
		c.pass(5 * time.Minute) // so that none of the failures is one too many
		s.SignInWith(token).Form("main form:has([name=organization])").Set("organization", organisation).Submit("")
	}
	links := guestLinks(s)
	w := &witness{next: http.DefaultTransport}
	s.Client.Transport = w

	// In by every way, and failing at each.
	fields := issue(s)
	token := fields.Get("access_token")
	require.Greater(t, len(token), 900)
	leak := "The token " + token + " of guest " + links[0] + " is wrong."
	refused := url.Values{"error": {leak}, "state": fields["state"], "access_token": fields["access_token"]}
	s.Post("/signin/answer", url.Values{"access_token": {token}, "token_type": {"Bearer"}, "state": {"forged"}})
	s.Once(s.Request(http.MethodGet, "/signin/answer?"+fields.Encode(), nil)) // a browser never sends it there
	issue(s)
	s.Post("/signin/answer", refused)
	for _, wrong := range []string{token + "x", "Bearer " + token[1:], token + " " + token} {
		s.SignInWith(wrong)
	}
	for name, f := range refusals(leak) {
		c.pass(5 * time.Minute)
		s.Sandbox.Fail(f)
		assert.NotContains(t, s.SignInWith(token).Body, token, name)
		s.Sandbox.ClearFaults()
	}
	fields = issue(s)
	require.Equal(t, http.StatusOK, s.Post("/signin/answer", fields).Status)
	tokens := []string{token, fields.Get("access_token"), sandbox.AdminToken}
	enter(token, s.Sandbox.OtherOrgID())
	s.Post("/o/"+s.Sandbox.OtherOrgID()+"/organisations", url.Values{"organization": {s.Sandbox.OrgID()}})
	require.Contains(t, s.Get("/groups").Text(".organisation"), "Aldermoor Logistics")

	everything := func() {
		for _, path := range reads(s, "needle") {
			s.Get(path)
		}
	}
	everything()
	// The session of the button would end the use of the long token, so failures come first, each with it.
	faults := refusals(leak)
	for _, name := range []string{"401", "500", "200 with text"} { // the pages that only read take the others like these
		f := faults[name]
		s.Sandbox.Fail(f)
		for _, path := range reads(s, "needle") {
			if strings.Contains(path, "/signin") {
				continue
			}
			if f.Status == http.StatusUnauthorized {
				s.Sandbox.ClearFaults()
				enter(token, s.Sandbox.OrgID())
				s.Sandbox.Fail(f)
			}
			s.Get(path)
		}
		s.Sandbox.ClearFaults()
	}
	for _, f := range []sandbox.Fault{{Abort: true}, {Abort: true, AbortAfter: 30}, {Status: 302, Header: http.Header{"Location": {"https://" + token + "@elsewhere.example/" + token}}}} {
		s.Sandbox.Fail(f)
		s.Get("/groups/new")
		s.Sandbox.ClearFaults()
	}
	enter(token, s.Sandbox.OrgID())
	writes(s, "needle", refusals(leak))
	everything()
	s.Post("/signout", url.Values{})

	metrics := httptest.NewRecorder()
	s.Metrics.ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	places := map[string]string{"the log": s.Log.String(), "the answers": w.seen.String(), "the metrics": metrics.Body.String()}
	require.Contains(t, places["the metrics"], "tallyfy_admin_")
	for _, line := range []string{`"msg":"request"`, `"msg":"change"`, `"msg":"sign-in"`, `"msg":"request failed"`} {
		require.Contains(t, places["the log"], line)
	}
	require.Greater(t, w.answers, 500)
	var asked strings.Builder // where the token goes is the header and nothing else
	for _, r := range s.Sandbox.Requests() {
		if r.Path == "/oauth/authorize" { // the browser's, which sends its cookie to every port of this machine
			continue
		}
		fmt.Fprintf(&asked, "%s?%s %v %s\n", r.Path, r.RawQuery, r.Header, r.Body)
	}
	places["what Tallyfy was asked"] = asked.String()

	secrets := map[string]string{"the server's secret": sitetest.Secret, "half a token": token[:len(token)/2], "the other half": token[len(token)/2:], "a token's signature": token[strings.LastIndex(token, ".")+1:]}
	for i, value := range tokens {
		secrets[fmt.Sprint("token ", i)] = value
	}
	for i, link := range links {
		secrets[fmt.Sprint("the link of guest ", i)] = link
		secrets[fmt.Sprint("the end of the link of guest ", i)] = link[strings.LastIndex(link, "/")+1:]
	}
	for i, value := range w.cookies {
		secrets[fmt.Sprint("cookie ", i)] = value
		if signed, err := base64.URLEncoding.DecodeString(value); err == nil {
			secrets[fmt.Sprint("the signed id of cookie ", i)] = string(signed)
		}
	}
	require.Greater(t, len(w.cookies), 10)
	sought := map[string][]string{} // by how they begin, so that one look through a place finds them all
	names := map[string]string{}
	for name, secret := range secrets {
		for _, form := range forms(secret) {
			require.GreaterOrEqual(t, len(form), startLength, name)
			sought[form[:startLength]] = append(sought[form[:startLength]], form)
			names[form] = name
		}
	}
	for place, text := range places {
		for i := range len(text) - startLength + 1 {
			for _, form := range sought[text[i:i+startLength]] {
				if strings.HasPrefix(text[i:], form) {
					t.Errorf("%s is in %s: …%s…", names[form], place, text[max(0, i-200):min(len(text), i+60)])
				}
			}
		}
	}
}

// startLength is how many bytes of a text are enough to look closer. No secret is as short in any form.
const startLength = 10
