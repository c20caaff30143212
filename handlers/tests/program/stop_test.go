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

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// A program that is told to stop says first that it is not ready, goes on answering for the delay, takes nothing new then, and
// ends when what is under way is answered.
func TestStopping(t *testing.T) {
	t.Parallel()
	held := newGate(http.MethodPost)
	tallyfy := program.NewAPI(t, sandbox.Options{}, held.wrap)
	metrics := program.FreeAddress(t)
	p := start(t, program.Options{API: tallyfy, Arguments: []string{"--shutdown-delay", "6s", "--metrics-addr", metrics}})
	s := p.SignedIn()
	assert.Equal(t, http.StatusOK, p.Status("/readyz"))
	made := later(s, s.Request(http.MethodPost, "/groups", url.Values{"name": {"Made while stopping"}, "description": {"d"}, "action": {"create"}}))
	<-held.arrived

	p.Signal(syscall.SIGTERM)
	require.Eventually(t, func() bool { return p.Status("/readyz") == http.StatusServiceUnavailable }, time.Minute, 5*time.Millisecond)
	assert.Equal(t, http.StatusOK, p.Status("/healthz"), "it lives")
	assert.Equal(t, http.StatusOK, p.Status("/signin"), "a load balancer that does not know yet finds it working")
	s.Get("/groups").Whole(http.StatusOK)
	assert.Equal(t, http.StatusOK, program.StatusOf("http://"+metrics+"/metrics"))

	require.Eventually(t, func() bool { return p.Status("/healthz") == 0 }, time.Minute, 20*time.Millisecond, "it still takes connections")
	assert.False(t, p.HasEnded(), "a change is under way")
	assert.Equal(t, http.StatusOK, program.StatusOf("http://"+metrics+"/metrics"), "what it still does can be watched")
	close(held.open)
	answer := <-made
	require.NoError(t, answer.err)
	assert.Equal(t, http.StatusSeeOther, answer.status)
	_, exists := tallyfy.GroupByName("Made while stopping")
	assert.True(t, exists)
	require.NoError(t, p.WaitForEnd(), "exit status 0")
	assert.Zero(t, program.StatusOf("http://"+metrics+"/metrics"))
	p.AssertNoPanic()
}

// Somebody who does not want to wait for what is under way sends a second signal.
func TestStoppingAtOnce(t *testing.T) {
	t.Parallel()
	held := newGate(http.MethodPost)
	p := start(t, program.Options{API: program.NewAPI(t, sandbox.Options{}, held.wrap), Arguments: []string{"--shutdown-delay", "1m"}})
	s := p.SignedIn()
	broken := later(s, s.Request(http.MethodPost, "/groups", url.Values{"name": {"x"}, "description": {"d"}, "action": {"create"}}))
	<-held.arrived
	p.Signal(syscall.SIGTERM)
	require.Eventually(t, func() bool { return p.Status("/readyz") == http.StatusServiceUnavailable }, time.Minute, 5*time.Millisecond)
	assert.False(t, p.HasEnded())
	p.Signal(syscall.SIGTERM)
	require.Error(t, (<-broken).err)
	var exit *exec.ExitError
	require.ErrorAs(t, p.WaitForEnd(), &exit)
	assert.True(t, exit.Sys().(syscall.WaitStatus).Signaled(), "ended by the signal itself")
}
