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

// maxIssued is the most issued tokens that are known. One more makes the oldest unknown again.
const maxIssued = 10_000

// A token is the record of a bearer token.
type token struct {
	email   string    // the owner's: an account is global, and its members are found by email
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
		AdminToken:     {email: adminEmail},
		ColleagueToken: {email: colleagueEmail},
		StandardToken:  {email: standardEmail},
		LightToken:     {email: lightEmail},
		ExpiredToken:   {expires: time.Time{}.Add(1)}, // before every clock
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

// issue makes a random token.
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

// RevokeToken ends a token for good, as signing out of Tallyfy's web app does: it is answered with
// 401 from then on. The fixed tokens can be revoked, too.
func (s *Server) RevokeToken(token string) {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if found := s.tokens.known[token]; found != nil {
		found.revoked = true
	}
}

// claims are the part of the service's token payload that is of use here.
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

// newJWT makes a token that looks signed. The signature is random bytes: clients must treat a token
// as opaque.
func newJWT(user int, issued, expires time.Time) string {
	noise := make([]byte, jwtIDBytes+jwtSignatureBytes)
	_, _ = rand.Read(noise) // never fails
	payload, err := json.Marshal(claims{
		ID: hex.EncodeToString(noise[:jwtIDBytes]), Issued: issued.Unix(), Expires: expires.Unix(), Subject: strconv.Itoa(user),
	})
	if err != nil {
		panic(fmt.Errorf("sandbox: encoding a token: %w", err)) // only a wrong struct can do that
	}
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"typ":"JWT","alg":"RS256"}`)) + "." + part(payload) + "." + part(noise[jwtIDBytes:])
}
