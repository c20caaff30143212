package handlers

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRefusedSignInsAreLimitedByAddress(t *testing.T) {
	a, now := newAttempts(), time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	refuse := func(address string) time.Duration {
		wait := a.begin(address, now)
		if wait == 0 {
			a.end(address, now, true)
		}
		return wait
	}
	for i := range mostFailures {
		assert.Zero(t, refuse("192.0.2.1"), "attempt %d", i)
	}
	wait := refuse("192.0.2.1")
	assert.InDelta(t, perFailure, wait, float64(2*time.Second))
	assert.Zero(t, refuse("192.0.2.2"), "another address has attempts of its own")

	assert.NotZero(t, a.begin("192.0.2.1", now.Add(-time.Hour)), "a clock that was set back forgets nothing")
	now = now.Add(wait)
	assert.Zero(t, refuse("192.0.2.1"), "the wait that was told is long enough")
	assert.NotZero(t, refuse("192.0.2.1"), "and for one attempt only")
	for range 3 * mostFailures {
		now = now.Add(time.Hour)
		assert.Zero(t, refuse("192.0.2.1"))
	}
}

func TestSignInsThatAreNotRefusedAreNotLimited(t *testing.T) {
	a, now := newAttempts(), time.Now()
	for range 10 * mostFailures {
		require.Zero(t, a.begin("192.0.2.1", now))
		a.end("192.0.2.1", now, false)
	}
	for i := range mostFailures {
		require.Zero(t, a.begin("192.0.2.1", now))
		a.end("192.0.2.1", now, true)
		assert.Equal(t, i == mostFailures-1, a.begin("192.0.2.1", now) > 0, "a success earns no credit")
		a.end("192.0.2.1", now, false)
	}
}

func TestAnOfficeSignsInAtOnceAndAThousandGuessesDoNot(t *testing.T) {
	a, now := newAttempts(), time.Now()
	for i := range mostAtOnce {
		require.Zero(t, a.begin("192.0.2.1", now), "attempt %d", i)
	}
	assert.Equal(t, time.Second, a.begin("192.0.2.1", now), "as soon as one of them has ended")
	a.end("192.0.2.1", now, false)
	assert.Zero(t, a.begin("192.0.2.1", now))
	for range mostAtOnce {
		a.end("192.0.2.1", now, true)
	}
	wait := a.begin("192.0.2.1", now)
	assert.Positive(t, wait)
	assert.LessOrEqual(t, wait, time.Minute, "whoever shares the address is not locked out")
	now = now.Add(wait)
	assert.Zero(t, a.begin("192.0.2.1", now))
	assert.NotZero(t, a.begin("192.0.2.1", now), "and then there is one guess at a time, not a hundred")
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
	a.end("192.0.2.9", time.Now(), false)
	assert.Zero(t, a.begin("192.0.2.9", time.Now()), "an attempt whose beginning was forgotten")
}
