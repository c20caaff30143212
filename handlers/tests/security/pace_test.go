package security_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/sitetest"
)

// Tokens that are worth nothing take none of the pace of people who are signed in.
func TestNonsenseTokensHoldUpNobody(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{Pace: ratelimit.Rate{Reads: 12, Per: time.Minute}})
	s.SignIn() // three reads, and one of the page
	stranger := s.As(t)
	for i := range 12 {
		stranger.Post("/signin", url.Values{"token": {fmt.Sprint("nonsense-", i)}})
	}
	for i := range 8 {
		assert.Equal(t, http.StatusOK, s.Get("/groups?q="+string(rune('a'+i))).Status, i)
	}
}
