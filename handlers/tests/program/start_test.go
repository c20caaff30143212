package program_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
)

// The health check asks this machine itself, whatever proxy leads out of it.
func TestHealthCheckUsesNoProxy(t *testing.T) {
	t.Parallel()
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	outer := ""
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && n.IP.To4() != nil {
			outer = n.IP.String()
		}
	}
	if outer == "" {
		t.Skip("this machine has its loopback address only, for which no proxy is asked")
	}
	_, port, err := net.SplitHostPort(program.FreeAddress(t))
	require.NoError(t, err)
	p := start(t, program.Options{Address: net.JoinHostPort(outer, port)})
	check := exec.Command(program.Binary(t), append([]string{"healthcheck"}, p.Options.Line()...)...)
	check.Env = append(os.Environ(), "HTTP_PROXY=http://127.0.0.1:1", "http_proxy=http://127.0.0.1:1")
	out, err := check.CombinedOutput()
	assert.NoError(t, err, string(out))
}

// What an operator should know stands in the log of the start; what is not safe is refused.
func TestStartNamesWhatIsNotSafe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, port, err := net.SplitHostPort(program.FreeAddress(t))
	require.NoError(t, err)
	file := filepath.Join(folder, "url")
	require.NoError(t, os.WriteFile(file, []byte(filepath.Join(folder, "a.db")), 0o644))
	require.NoError(t, os.Chmod(file, 0o644))
	address := "0.0.0.0:" + port
	arguments := []string{"--addr", address, "--public-url", "http://tools.example.com", "--database-url-file", file, "--api-url", "http://127.0.0.1:1/api"}
	log := filepath.Join(folder, "log")
	out, err := os.Create(log)
	require.NoError(t, err)
	t.Cleanup(func() { _ = out.Close() })
	c := exec.Command(program.Binary(t), arguments...)
	c.Stderr = out
	require.NoError(t, c.Start())
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-ended
	})
	require.Eventually(t, func() bool { return program.StatusOf("http://127.0.0.1:"+port+"/healthz") == 200 }, time.Minute, 20*time.Millisecond)
	for _, want := range []string{"plain http on every interface", "ORGANISATIONS", "can be read by others"} {
		assert.Contains(t, program.LogFile(log).String(), want)
	}
	_, err = os.Stat(filepath.Join(folder, "a.db"))
	assert.NoError(t, err, "the database that the file names")

	require.NoError(t, os.Chmod(file, 0o666))
	refused, err := exec.Command(program.Binary(t), arguments...).CombinedOutput()
	assert.Error(t, err)
	assert.True(t, strings.Contains(string(refused), "can be changed by others"), string(refused))
}
