package tallyfy

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter is the longest wait that is believed; the longest documented limit is an
// hourly one.
const maxRetryAfter = 24 * time.Hour

// retryAfter returns the wait that a Retry-After header asks for: seconds, or an HTTP date. It is
// 0 when the header is missing, garbage, negative or past, and at most 24 h.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	// The service's own clock, where it tells, so that two clocks that disagree do no harm.
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return min(max(0, until.Sub(now)), maxRetryAfter)
}
