package handlers

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestFailedSignInsAreLimitedByAddress(t *testing.T) {
	a, now := newAttempts(), time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	for i := range mostFailures {
		assert.Zero(t, a.begin("192.0.2.1", now), "attempt %d", i)
	}
	wait := a.begin("192.0.2.1", now)
	assert.InDelta(t, perFailure, wait, float64(2*time.Second))
	assert.Zero(t, a.begin("192.0.2.2", now), "another address has failures of its own")

	assert.NotZero(t, a.begin("192.0.2.1", now.Add(-time.Hour)), "a clock that was set back forgets nothing")
	now = now.Add(wait)
	assert.Zero(t, a.begin("192.0.2.1", now), "the wait that was told is long enough")
	assert.NotZero(t, a.begin("192.0.2.1", now), "and for one attempt only")
	for range 3 * mostFailures {
		now = now.Add(time.Hour)
		assert.Zero(t, a.begin("192.0.2.1", now))
	}
}

func TestSuccessfulSignInsAreNotLimited(t *testing.T) {
	a, now := newAttempts(), time.Now()
	for range 10 * mostFailures {
		assert.Zero(t, a.begin("192.0.2.1", now))
		a.succeeded("192.0.2.1", now)
	}
	a.succeeded("192.0.2.1", now)
	for i := range mostFailures {
		assert.Zero(t, a.begin("192.0.2.1", now), "attempt %d: a success earns no credit", i)
	}
	assert.NotZero(t, a.begin("192.0.2.1", now))
}

func TestVisitorsNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "::ffff:192.0.2.1": "192.0.2.1/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		assert.Equal(t, netip.MustParsePrefix(want), network(address), address)
	}
	assert.Equal(t, netip.Prefix{}, network("@"))
	assert.Equal(t, network(""), network("not an address"))
}

func TestAddressesAreBounded(t *testing.T) {
	a := newAttempts()
	for i := range keptAddresses + 10 {
		a.begin(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), time.Now())
	}
	assert.Equal(t, keptAddresses, a.addresses.Len())
}
