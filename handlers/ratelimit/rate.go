package ratelimit

import (
	"strconv"
	"strings"
	"time"
)

// A Rate is how many reads may begin in any stretch of time. The zero value is no limit.
type Rate struct {
	Reads int
	Per   time.Duration
}

// Published is what Tallyfy's troubleshooting page gives as a rough number: about 12 reads in 5
// seconds.
var Published = Rate{Reads: 12, Per: 5 * time.Second}

// The largest rate that can be asked for; above it a limit is none.
const (
	mostReads = 10_000
	mostPer   = time.Hour
)

// ParseRate reads a rate such as "12/5s". "off" is no limit.
func ParseRate(text string) (r Rate, ok bool) {
	if text == "off" {
		return Rate{}, true
	}
	reads, per, _ := strings.Cut(text, "/")
	n, readsErr := strconv.Atoi(reads)
	d, perErr := time.ParseDuration(per)
	if readsErr != nil || perErr != nil || n < 1 || n > mostReads || d < time.Millisecond || d > mostPer {
		return Rate{}, false
	}
	return Rate{Reads: n, Per: d}, true
}

// String is the rate as ParseRate reads it.
func (r Rate) String() string {
	if r.Reads == 0 {
		return "off"
	}
	return strconv.Itoa(r.Reads) + "/" + r.Per.String()
}

// Background is about how long so many background reads take, one after the other, while nobody clicks.
func (r Rate) Background(reads int) time.Duration {
	if r.Reads == 0 || reads <= burst {
		return 0
	}
	return time.Duration(reads) * (r.Per + r.Per/20) / time.Duration(max(1, r.Reads-r.Reads/reserve))
}
