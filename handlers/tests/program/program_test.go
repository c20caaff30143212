package program_test

import (
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
)

// The program serves a sub-path and the sandbox's own API, answers its own health check, and keeps sessions over a restart.
func TestProgram(t *testing.T) {
	t.Parallel()
	address, tallyfy := program.FreeAddress(t), program.FreeAddress(t)
	o := program.Options{
		Address: address, Public: "http://" + address + "/tools/tallyfy", Database: filepath.Join(t.TempDir(), "sessions.db"),
		Arguments: []string{"--sandbox-listen", tallyfy},
	}
	first := start(t, o)
	require.NoError(t, exec.Command(program.Binary(t), append([]string{"healthcheck"}, first.Options.Line()...)...).Run())

	r, err := http.NewRequest(http.MethodGet, "http://"+tallyfy+"/api/me", nil)
	require.NoError(t, err)
	r.Header = http.Header{"Authorization": {"Bearer sandbox-admin"}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	me, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Contains(t, string(me), "maren.dahl@example.com")

	s := first.SignedIn()
	require.Contains(t, s.Get("/groups").Body, "Aldermoor Logistics")
	p := s.Post("/groups", url.Values{"name": {"Made before stopping"}, "description": {"d"}, "action": {"create"}})
	assert.Contains(t, p.URL, "/groups/", "the group has a page")
	first.Signal(syscall.SIGTERM)
	require.NoError(t, first.WaitForEnd())

	second := start(t, o)
	assert.Contains(t, s.Get("/members").Whole(http.StatusOK).Body, "Maren Dahl", "the session outlives a restart")
	second.Signal(syscall.SIGINT)
	require.NoError(t, second.WaitForEnd())
}

// All mistakes of the configuration are told at once, and the program ends.
func TestProgramTellsMistakes(t *testing.T) {
	t.Parallel()
	out, status := program.RunToTheEnd(t, nil, "--public-url", "ftp://x", "--log-level", "loud", "--sandbox-groups", "5")
	assert.Equal(t, 1, status)
	for _, flag := range []string{"--public-url", "--log-level", "--sandbox-groups"} {
		assert.True(t, strings.Contains(out, flag), "%s is not named in:\n%s", flag, out)
	}
}
