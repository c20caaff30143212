package tallyfy

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"5":                              5 * time.Second,
		" 30 ":                           30 * time.Second,
		"3600":                           time.Hour,
		"99999999999999999999999":        maxRetryAfter,
		"90000":                          maxRetryAfter,
		"-5":                             0,
		"1.5":                            0,
		"soon":                           0,
		"5 seconds":                      0,
		"Fri, 01 May 2026 12:00:07 GMT":  7 * time.Second,
		"Friday, 01-May-26 12:00:07 GMT": 7 * time.Second,
		"Fri May  1 12:00:07 2026":       7 * time.Second,
		"Fri, 01 May 2026 11:59:00 GMT":  0,
		"Fri, 01 May 2099 12:00:00 GMT":  maxRetryAfter,
		"2026-05-01T12:00:07Z":           0,
	} {
		h := http.Header{"Retry-After": {value}}
		assert.Equal(t, want, retryAfter(h, now), value)
	}
	assert.Zero(t, retryAfter(http.Header{}, now))
	ahead := http.Header{"Retry-After": {"Fri, 01 May 2026 13:00:07 GMT"}, "Date": {"Fri, 01 May 2026 13:00:00 GMT"}}
	assert.Equal(t, 7*time.Second, retryAfter(ahead, now), "the service's clock is an hour ahead of ours")
}
