package sandbox

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// authorizePattern is the path of the authorisation endpoint, and its route for [Server.Fail].
const authorizePattern = "/oauth/authorize"

var (
	authorizeMethods  = []string{http.MethodGet, http.MethodHead, http.MethodPost}
	grantParameters   = []string{"client_id", "redirect_uri", "response_type", "state"}
	visibleCharacters = regexp.MustCompile(`^[\x20-\x7e]*$`)
)

// A grant is an authorisation request of a known client to one of its redirect URIs (RFC 6749,
// 4.2.1).
type grant struct{ Client, RedirectURI, State string }

// authorize lets a person decide what a client may do. Every mistake is a page until the redirect
// URI is known to be the client's own (RFC 6749, 4.2.2.1).
func (s *Server) authorize(r *http.Request, _ match, body []byte) answer {
	if !slices.Contains(authorizeMethods, r.Method) {
		a := refusePage(http.StatusMethodNotAllowed, "The method is not allowed here.")
		a.header.Set("Allow", strings.Join(authorizeMethods, ", "))
		return a
	}
	// Only the page's own form may decide for the person in front of the browser (RFC 6749, 10.12).
	if new(http.CrossOriginProtection).Check(r) != nil {
		return refusePage(http.StatusForbidden, "The form was sent by another site.")
	}
	p, mistake := readGrant(r, body)
	if mistake != "" {
		return refusePage(http.StatusBadRequest, mistake)
	}
	g := grant{Client: p.Get("client_id"), RedirectURI: p.Get("redirect_uri"), State: p.Get("state")}
	registered, known := s.options.OAuthClients[g.Client]
	switch {
	case !known:
		return refusePage(http.StatusBadRequest, fmt.Sprintf("There is no client with the id “%s”.", g.Client))
	case !slices.Contains(registered, g.RedirectURI):
		return refusePage(http.StatusBadRequest, fmt.Sprintf("The redirect_uri “%s” is not registered for the client “%s”.", g.RedirectURI, g.Client))
	case p.Get("response_type") != "token":
		return g.refused("unsupported_response_type")
	case r.Method == http.MethodPost:
		return s.decide(g, p)
	}
	return g.page(s.accounts())
}

// readGrant reads the parameters of the contract, each exactly once, from the query or the form. An
// empty parameter counts as absent, an unknown one is ignored (RFC 6749, 3.1). The mistake is a
// sentence for a page.
func readGrant(r *http.Request, body []byte) (p url.Values, mistake string) {
	p, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, "The query is not form-encoded."
	}
	if r.Method == http.MethodPost {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		form, err := url.ParseQuery(string(body))
		if err != nil || kind != "application/x-www-form-urlencoded" {
			return nil, "The body is not a form."
		}
		for name, values := range form {
			p[name] = append(p[name], values...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if len(p[name]) > 1 {
			return nil, fmt.Sprintf("The parameter “%s” is there more than once.", name)
		}
	}
	for _, name := range grantParameters {
		if p.Get(name) == "" {
			return nil, fmt.Sprintf("The parameter “%s” is missing.", name)
		}
	}
	if !visibleCharacters.MatchString(p.Get("state")) { // RFC 6749, A.5
		return nil, "The state may hold printable ASCII characters only."
	}
	return p, ""
}

// decide answers the page's form.
func (s *Server) decide(g grant, p url.Values) answer {
	switch p.Get("decision") {
	case "deny":
		return g.refused("access_denied")
	case "allow":
		for _, a := range s.accounts() {
			if a.Email == p.Get("person") {
				return g.allowed(s.tokens.issue(a, s.now(), s.options.TokenLife), s.options.TokenLife)
			}
		}
		return refusePage(http.StatusBadRequest, "Choose who signs in.")
	}
	return refusePage(http.StatusBadRequest, "Choose Allow or Deny.")
}

func (g grant) allowed(token string, life time.Duration) answer {
	seconds := strconv.FormatInt(int64(life/time.Second), 10)
	return g.back("access_token", token, "token_type", "Bearer", "expires_in", seconds, "state", g.State)
}

func (g grant) refused(code string) answer { return g.back("error", code, "state", g.State) }

// back sends the browser to the client. The answer is in the fragment, form-encoded, in the order
// of the contract. With 303 no browser sends the form on (RFC 9700, 4.12).
func (g grant) back(pairs ...string) answer {
	var fragment strings.Builder
	for pair := range slices.Chunk(pairs, 2) {
		if fragment.Len() > 0 {
			fragment.WriteByte('&')
		}
		fragment.WriteString(pair[0] + "=" + url.QueryEscape(pair[1]))
	}
	h := pageHeader("form-action 'none'")
	h.Set("Location", g.RedirectURI+"#"+fragment.String())
	return answer{status: http.StatusSeeOther, header: h}
}

// An account is a person who can sign in. The sandbox asks for no password.
type account struct {
	ID          int
	Name, Email string
}

// accounts are the owners of the fixed tokens, without those deleted for good (see [Server.me]).
func (s *Server) accounts() []account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []account
	for _, email := range []string{adminEmail, standardEmail} {
		if m := s.main.memberByEmail(email); m != nil {
			all = append(all, account{ID: m.id, Name: m.fullName(), Email: m.email})
		}
	}
	return all
}

// plainURI matches a URI with the characters of RFC 3986 only, and without a fragment (RFC 6749,
// 3.1.2).
var plainURI = regexp.MustCompile(`^https?://[A-Za-z0-9.:\[\]-]+(/[!$-;=?-Z_a-z~]*)?$`)

// checkClients returns a copy of the clients. It refuses URIs that no redirect could go to.
func checkClients(clients map[string][]string) (map[string][]string, error) {
	out := make(map[string][]string, len(clients))
	for id, uris := range clients {
		if id == "" || !visibleCharacters.MatchString(id) {
			return nil, fmt.Errorf("sandbox: the OAuth client id %q is not printable ASCII", id)
		}
		for _, uri := range uris {
			if _, err := url.Parse(uri); err != nil || !plainURI.MatchString(uri) {
				return nil, fmt.Errorf("sandbox: the OAuth redirect URI %q is not an http(s) address without a fragment", uri)
			}
		}
		out[id] = slices.Clone(uris)
	}
	return out, nil
}
