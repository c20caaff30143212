package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIssuedTokensWork(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	maren, tomas := issued(t, s, adminEmail), issued(t, s, standardEmail)
	assert.Equal(t, adminEmail, ask(t, s, maren, "GET", "/me", "").data(t)["email"])
	assert.Equal(t, standardEmail, ask(t, s, tomas, "GET", "/me", "").data(t)["email"])
	assert.Len(t, ask(t, s, maren, "GET", "/me/organizations", "").list(t), 2)
	assert.Len(t, ask(t, s, tomas, "GET", "/me/organizations", "").list(t), 1)
	assert.Equal(t, 200, ask(t, s, tomas, "GET", groupsPath, "").status)
	assert.Equal(t, 403, ask(t, s, tomas, "POST", groupsPath, `{"name":"A","description":"x"}`).status, "a standard member's token")
	assert.Equal(t, 201, ask(t, s, maren, "POST", groupsPath, `{"name":"A","description":"x"}`).status)

	req := request(t, s, maren, "GET", "/me", "")
	req.Header.Del("X-Tallyfy-Client")
	assert.Equal(t, 401, send(t, s, req).status, "the headers are needed as ever")
	assert.Equal(t, 401, ask(t, start(t, Options{OAuthClients: testClients}), maren, "GET", "/me", "").status, "another sandbox")
	assert.Equal(t, 401, ask(t, s, maren[:len(maren)-1], "GET", "/me", "").status)
}

func TestIssuedTokensExpire(t *testing.T) {
	for name, c := range map[string]struct {
		life    time.Duration
		seconds string
	}{"documented": {0, "15778800"}, "chosen": {90 * time.Minute, "5400"}} {
		t.Run(name, func(t *testing.T) {
			var ahead atomic.Int64
			s := start(t, Options{
				OAuthClients: testClients, TokenLife: c.life,
				Now: func() time.Time { return testNow.Add(time.Duration(ahead.Load())) },
			})
			f := submit(t, s, decision("allow")).fragment(t, testRedirect)
			require.Equal(t, c.seconds, f.Get("expires_in"))
			life, err := time.ParseDuration(c.seconds + "s")
			require.NoError(t, err)
			ahead.Store(int64(life - time.Nanosecond))
			assert.Equal(t, 200, ask(t, s, f.Get("access_token"), "GET", "/me", "").status)
			ahead.Store(int64(life))
			r := ask(t, s, f.Get("access_token"), "GET", "/me", "")
			assert.Equal(t, 401, r.status)
			assert.Equal(t, "The access token has expired.", r.message(t))
			assert.Equal(t, 200, admin(t, s, "GET", "/me", "").status, "the fixed ones do not expire")
			assert.Equal(t, 200, ask(t, s, issued(t, s, adminEmail), "GET", "/me", "").status, "a new one works")
		})
	}
}

func TestRevokedTokens(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	token, kept := issued(t, s, adminEmail), issued(t, s, adminEmail)
	s.RevokeToken("unknown")
	for _, revoked := range []string{token, AdminToken, StandardToken} {
		require.Equal(t, 200, ask(t, s, revoked, "GET", "/me", "").status)
		s.RevokeToken(revoked)
		s.RevokeToken(revoked)
		r := ask(t, s, revoked, "GET", "/me", "")
		assert.Equal(t, 401, r.status)
		assert.Equal(t, "Unauthenticated.", r.message(t))
	}
	assert.Equal(t, 200, ask(t, s, kept, "GET", "/me", "").status, "the person's other tokens stay")
	assert.Equal(t, 200, ask(t, s, issued(t, s, standardEmail), "GET", "/me", "").status, "and new ones work")
	assert.Equal(t, 401, ask(t, s, token, "GET", "/me", "").status)
}

func TestTokensLookLikeTheServices(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients, TokenLife: time.Hour})
	seen := map[string]bool{}
	for _, user := range []string{"maren.dahl", "tomas.herrera", "maren.dahl"} {
		m := mustMember(t, s, user)
		token := issued(t, s, m.Email)
		assert.False(t, seen[token])
		seen[token] = true
		assert.GreaterOrEqual(t, len(token), 1000)
		assert.LessOrEqual(t, len(token), 1200)
		parts := strings.Split(token, ".")
		require.Len(t, parts, 3)
		decoded := make([][]byte, len(parts))
		for i, part := range parts {
			var err error
			decoded[i], err = base64.RawURLEncoding.DecodeString(part)
			require.NoError(t, err)
		}
		assert.JSONEq(t, `{"typ":"JWT","alg":"RS256"}`, string(decoded[0]))
		var payload map[string]any
		require.NoError(t, json.Unmarshal(decoded[1], &payload))
		assert.Equal(t, itoa(m.ID), payload["sub"])
		assert.EqualValues(t, testNow.Unix(), payload["iat"])
		assert.EqualValues(t, testNow.Unix()+3600, payload["exp"])
	}
}

func TestIssuedTokensAreBounded(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	first, second := issued(t, s, adminEmail), issued(t, s, adminEmail)
	for range maxIssued - 2 {
		s.tokens.issue(account{ID: 1, Email: standardEmail}, testNow, time.Hour)
	}
	assert.Equal(t, 200, ask(t, s, first, "GET", "/me", "").status)
	last := issued(t, s, adminEmail)
	assert.Equal(t, 401, ask(t, s, first, "GET", "/me", "").status, "the oldest goes")
	assert.Equal(t, 200, ask(t, s, second, "GET", "/me", "").status)
	assert.Equal(t, 200, ask(t, s, last, "GET", "/me", "").status)
	assert.Equal(t, 200, admin(t, s, "GET", "/me", "").status, "the fixed ones stay")
	assert.Len(t, s.tokens.issued, maxIssued)
	assert.Len(t, s.tokens.known, maxIssued+5)
}

func TestConcurrentSigningIn(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if !assert.Equal(t, 200, open(t, s, grantQuery()).status) {
					return
				}
				r := submit(t, s, decision("allow"))
				_, rest, _ := strings.Cut(r.header.Get("Location"), "#access_token=")
				token, _, _ := strings.Cut(rest, "&")
				assert.Equal(t, 200, ask(t, s, token, "GET", groupsPath, "").status)
				s.RevokeToken(token)
				assert.Equal(t, 401, ask(t, s, token, "GET", "/me", "").status)
				_ = s.Requests()
			}
		})
	}
	wg.Wait()
	assert.Len(t, s.tokens.issued, 80)
}
