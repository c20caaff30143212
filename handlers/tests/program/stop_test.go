package program_test

import (
	"net/http"
	"net/url"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that is told to stop says first that it is not ready, goes on answering for the delay, takes nothing new then, and
// ends when what is under way is answered.
func TestStopping(t *testing.T) {
	t.Parallel()
	held := newGate(http.MethodPost)
	tallyfy := newAPI(t, held.wrap)
	metrics := freeAddress(t)
	p := start(t, options{api: tallyfy, arguments: []string{"--shutdown-delay", "4s", "--metrics-addr", metrics}})
	s := p.signedIn()
	assert.Equal(t, http.StatusOK, p.status("/readyz"))
	made := later(s, s.Request(http.MethodPost, "/groups", url.Values{"name": {"Made while stopping"}, "description": {"d"}, "action": {"create"}}))
	<-held.arrived

	p.signal(syscall.SIGTERM)
	require.Eventually(t, func() bool { return p.status("/readyz") == http.StatusServiceUnavailable }, 2*time.Second, 5*time.Millisecond)
	assert.Equal(t, http.StatusOK, p.status("/healthz"), "it lives")
	assert.Equal(t, http.StatusOK, p.status("/signin"), "a load balancer that does not know yet finds it working")
	s.Get("/groups").Whole(http.StatusOK)
	assert.Equal(t, http.StatusOK, statusOf("http://"+metrics+"/metrics"))

	require.Eventually(t, func() bool { return p.status("/healthz") == 0 }, 9*time.Second, 20*time.Millisecond, "it still takes connections")
	assert.False(t, p.hasEnded(), "a change is under way")
	assert.Equal(t, http.StatusOK, statusOf("http://"+metrics+"/metrics"), "what it still does can be watched")
	close(held.open)
	answer := <-made
	require.NoError(t, answer.err)
	assert.Equal(t, http.StatusSeeOther, answer.status)
	_, exists := tallyfy.GroupByName("Made while stopping")
	assert.True(t, exists)
	require.NoError(t, p.waitForEnd(), "exit status 0")
	assert.Zero(t, statusOf("http://"+metrics+"/metrics"))
	p.assertNoPanic()
}

// Somebody who does not want to wait for what is under way sends a second signal.
func TestStoppingAtOnce(t *testing.T) {
	t.Parallel()
	held := newGate(http.MethodPost)
	p := start(t, options{api: newAPI(t, held.wrap), arguments: []string{"--shutdown-delay", "1m"}})
	s := p.signedIn()
	broken := later(s, s.Request(http.MethodPost, "/groups", url.Values{"name": {"x"}, "description": {"d"}, "action": {"create"}}))
	<-held.arrived
	p.signal(syscall.SIGTERM)
	require.Eventually(t, func() bool { return p.status("/readyz") == http.StatusServiceUnavailable }, 2*time.Second, 5*time.Millisecond)
	assert.False(t, p.hasEnded())
	p.signal(syscall.SIGTERM)
	require.Error(t, (<-broken).err)
	var exit *exec.ExitError
	require.ErrorAs(t, p.waitForEnd(), &exit)
	assert.True(t, exit.Sys().(syscall.WaitStatus).Signaled(), "ended by the signal itself")
}
