package handlers

import (
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// mostFailures is how many sign-ins in a row may fail from one address. A whole office can share one, so it is more than one
	// person mistypes, and far fewer than guessing takes.
	mostFailures = 20
	// perFailure is the time after which one failure is forgotten.
	perFailure = 30 * time.Second
	// keptAddresses bounds the memory; the address that has been quiet for longest is forgotten first.
	keptAddresses = 10_000
)

// attempts counts failed sign-ins by address. It is this process's own: with several replicas each allows as many.
type attempts struct {
	mu        sync.Mutex
	addresses *lru.Cache[netip.Prefix, failures]
}

// failures are the failed sign-ins that are not forgotten at a time.
type failures struct {
	count float64
	at    time.Time
}

func newAttempts() *attempts {
	addresses, err := lru.New[netip.Prefix, failures](keptAddresses)
	if err != nil {
		panic(err) // only for a negative size, a mistake in our own code
	}
	return &attempts{addresses: addresses}
}

// begin counts an attempt as failed until succeeded says otherwise, so that many at once are no way around. wait is how long
// the address has to wait for its next one; 0 if this one may go on.
func (a *attempts) begin(address string, now time.Time) (wait time.Duration) {
	key := network(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.now(key, now)
	if f.count > mostFailures-1 {
		return time.Duration((f.count-(mostFailures-1))*float64(perFailure)).Round(time.Second) + time.Second
	}
	f.count++
	a.addresses.Add(key, f)
	return 0
}

// succeeded takes one failure back.
func (a *attempts) succeeded(address string, now time.Time) {
	key := network(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.now(key, now)
	f.count = max(0, f.count-1)
	a.addresses.Add(key, f)
}

// now is what is left of an address's failures, with the lock held. A clock that was set back forgets nothing.
func (a *attempts) now(key netip.Prefix, now time.Time) failures {
	f, _ := a.addresses.Get(key)
	if passed := now.Sub(f.at); passed > 0 {
		f.count = max(0, f.count-float64(passed)/float64(perFailure))
	}
	f.at = now
	return f
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
