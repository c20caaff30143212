package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// documentedTokenLife is the expires_in of the contract: half a year.
const documentedTokenLife = 15_778_800 * time.Second

// maxIssued bounds the table of issued tokens: with one more, the oldest is unknown again.
const maxIssued = 10_000

// token is what the sandbox knows of a bearer token.
type token struct {
	email   string    // whose it is: an account is global, so its members are found by email in each organisation
	expires time.Time // zero: never
	revoked bool
}

type tokenTable struct {
	mu     sync.Mutex
	known  map[string]*token
	issued []string // those of known that were issued, the oldest first
}

func newTokenTable() *tokenTable {
	return &tokenTable{known: map[string]*token{
		AdminToken:    {email: adminEmail},
		StandardToken: {email: standardEmail},
		ExpiredToken:  {expires: time.Time{}.Add(1)}, // before every clock
	}}
}

// owner is the email of the token's owner, or else the reason for a 401.
func (t *tokenTable) owner(value string, now time.Time) (email, refusal string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.known[value]
	switch {
	case found == nil || found.revoked:
		return "", "Unauthenticated."
	case !found.expires.IsZero() && !now.Before(found.expires):
		return "", "The access token has expired."
	}
	return found.email, ""
}

// issue makes a token that nobody can guess.
func (t *tokenTable) issue(a account, now time.Time, life time.Duration) string {
	expires := now.Add(life)
	value := newJWT(a.ID, now, expires)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.issued) >= maxIssued {
		delete(t.known, t.issued[0])
		t.issued = slices.Delete(t.issued, 0, 1)
	}
	t.known[value] = &token{email: a.Email, expires: expires}
	t.issued = append(t.issued, value)
	return value
}

// RevokeToken is what signing out of Tallyfy's web app does to a token: it is answered with 401 from now on, and
// nothing brings it back. The fixed tokens can be revoked, too; an unknown token is unknown already.
func (s *Server) RevokeToken(token string) {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if found := s.tokens.known[token]; found != nil {
		found.revoked = true
	}
}

// claims are the payload of the service's tokens as far as it is of use here.
type claims struct {
	ID      string `json:"jti"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
	Subject string `json:"sub"`
}

// The numbers of random bytes that bring a token to the 1,000 to 1,200 characters of the contract.
const (
	jwtIDBytes        = 40
	jwtSignatureBytes = 640
)

// newJWT looks like a signed token and is none: the signature is random bytes. Clients are to treat it as opaque.
func newJWT(user int, issued, expires time.Time) string {
	noise := make([]byte, jwtIDBytes+jwtSignatureBytes)
	_, _ = rand.Read(noise) // never fails: it ends the process first
	payload, err := json.Marshal(claims{
		ID: hex.EncodeToString(noise[:jwtIDBytes]), Issued: issued.Unix(), Expires: expires.Unix(), Subject: strconv.Itoa(user),
	})
	if err != nil {
		panic(fmt.Errorf("sandbox: encoding a token: %w", err)) // only a wrong struct can do that
	}
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"typ":"JWT","alg":"RS256"}`)) + "." + part(payload) + "." + part(noise[jwtIDBytes:])
}
