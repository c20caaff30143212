package sandbox

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A limit counts the reads of a sliding window. That is the strictest way to count: a client that
// passes here passes with every other window.
type limit struct {
	mu    sync.Mutex
	begun []time.Time // of the last reads that were answered, in order
}

// take counts a read, or returns how long to wait for the next one.
func (l *limit) take(method string, o Options) (retryAfter time.Duration) {
	if o.Reads == 0 || method != http.MethodGet {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := o.Now()
	for len(l.begun) > 0 && now.Sub(l.begun[0]) >= o.Per {
		l.begun = l.begun[1:]
	}
	if len(l.begun) >= o.Reads {
		return l.begun[0].Add(o.Per).Sub(now)
	}
	l.begun = append(l.begun, now)
	return 0
}

func tooMany(after time.Duration) answer {
	a := refuse(http.StatusTooManyRequests, "Too Many Attempts.")
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	return a
}
