package sandbox

import (
	"mime"
	"net/http"
	"strings"
)

// bearer is the token of a request, empty without one.
func bearer(h http.Header) string {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// checkHeaders refuses a request without the documented headers with 401. A body of another type
// than JSON is a 400, because the header is there.
func checkHeaders(r *http.Request, body []byte) (answer, bool) {
	switch {
	case r.Header.Get("X-Tallyfy-Client") != "APIClient":
		return refuse(http.StatusUnauthorized, "Unauthenticated: the X-Tallyfy-Client header is missing."), false
	case !acceptsJSON(r.Header.Get("Accept")):
		return refuse(http.StatusUnauthorized, "Unauthenticated: the Accept header must be application/json."), false
	case len(body) > 0 && r.Header.Get("Content-Type") == "":
		return refuse(http.StatusUnauthorized, "Unauthenticated: the Content-Type header is missing."), false
	case len(body) > 0 && !isJSON(r.Header.Get("Content-Type")):
		return refuse(http.StatusBadRequest, "The Content-Type header must be application/json."), false
	}
	return answer{}, true
}

func acceptsJSON(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		if isJSON(part) {
			return true
		}
	}
	return false
}

func isJSON(header string) bool {
	kind, _, err := mime.ParseMediaType(header)
	return err == nil && kind == "application/json"
}

// authenticate returns the email of the token's owner, or the refusal.
func (s *Server) authenticate(r *http.Request) (string, answer, bool) {
	email, refusal := s.tokens.owner(bearer(r.Header), s.now())
	if refusal != "" {
		return "", refuse(http.StatusUnauthorized, refusal), false
	}
	return email, answer{}, true
}

// signIn finds the caller in the call's organisation. A disabled member has no access.
func (c *call) signIn() bool {
	c.caller = c.org.memberByEmail(c.email)
	return c.caller != nil && c.caller.status == statusActive
}

func (o *organisation) memberByEmail(email string) *member {
	for _, m := range o.members {
		if strings.EqualFold(m.email, email) {
			return m
		}
	}
	return nil
}
