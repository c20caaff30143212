package handlers

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

const (
	// mostFailures is how many sign-ins in a row may be refused from one address. A whole office can share one, so it is more than
	// one person mistypes, and far fewer than guessing takes.
	mostFailures = 20
	// perFailure is the time after which one failure is forgotten.
	perFailure = 30 * time.Second
	// mostAtOnce is how many attempts of one address may be under way, of which it is not known yet how they end, while none of
	// it has been refused: it lets a whole office begin its day. After a refusal only as many may be as could still be refused.
	mostAtOnce = 100
	// keptAddresses bounds the memory; the address that has been quiet for longest is forgotten first.
	keptAddresses = 10_000
)

// attempts counts refused sign-ins by address. It is this process's own: with several replicas each allows as many.
type attempts struct {
	mu        sync.Mutex
	addresses *expirable.LRU[netip.Prefix, tries] // without a time of its own
}

// tries are an address's attempts: those under way, and the refused ones that are not forgotten at a time.
type tries struct {
	underWay int
	refused  float64
	at       time.Time
}

func (t tries) mostAtOnce() int {
	if t.refused == 0 {
		return mostAtOnce
	}
	return max(1, mostFailures-int(math.Ceil(t.refused)))
}

func newAttempts() *attempts {
	return &attempts{addresses: expirable.NewLRU[netip.Prefix, tries](keptAddresses, nil, 0)}
}

// begin notes an attempt, or says how long the address has to wait for its next one. After 0, end must follow.
func (a *attempts) begin(address string, now time.Time) (wait time.Duration) {
	key := network(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.now(key, now)
	switch {
	case t.refused > mostFailures-1:
		return time.Duration((t.refused-(mostFailures-1))*float64(perFailure)).Round(time.Second) + time.Second
	case t.underWay >= t.mostAtOnce():
		return time.Second
	}
	t.underWay++
	a.addresses.Add(key, t)
	return 0
}

// end notes how an attempt ended. One that Tallyfy could not be asked about is not refused.
func (a *attempts) end(address string, now time.Time, refused bool) {
	key := network(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.now(key, now)
	t.underWay = max(0, t.underWay-1) // the address may have been forgotten meanwhile
	if refused {
		t.refused = min(t.refused+1, mostFailures) // a burst costs the address no more than its last attempt
	}
	a.addresses.Add(key, t)
}

// now is what is left of an address's attempts, with the lock held. A clock that was set back forgets nothing.
func (a *attempts) now(key netip.Prefix, now time.Time) tries {
	t, _ := a.addresses.Get(key)
	if passed := now.Sub(t.at); passed > 0 {
		t.refused = max(0, t.refused-float64(passed)/float64(perFailure))
	}
	t.at = now
	return t
}

// network is what one visitor has: an IPv4 address, or an IPv6 network of 64 bits. What is no address, a socket's peer for
// example, counts as one visitor.
func network(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
