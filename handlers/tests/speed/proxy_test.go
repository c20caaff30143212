//go:build speed

package speed_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// targetVariable makes this very test the bare proxy, when it starts itself again: what the program
// is compared with must not share the process of whoever asks.
const targetVariable = "SPEED_TARGET"

// startProxy starts a bare proxy in front of an API, and gives its host and its process.
func startProxy(t *testing.T, target string) (host string, process int) {
	t.Helper()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), targetVariable+"="+target)
	other.Stderr = os.Stderr
	input, err := other.StdinPipe()
	require.NoError(t, err)
	output, err := other.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	t.Cleanup(func() {
		_ = input.Close()
		_ = other.Wait()
	})
	address, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(address), other.Process.Pid
}

// serveProxy passes the API's JSON on and does nothing else: what a server in Go that has to ask
// another one can reach at best. It ends with the process that started it.
func serveProxy(target string) {
	to, err := url.Parse(target)
	if err != nil {
		panic(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			apiHeaders(r.Out.Header)
		},
		Transport:  &http.Transport{MaxIdleConns: 128, MaxIdleConnsPerHost: 128, DisableCompression: true},
		BufferPool: &buffers{sync.Pool{New: func() any { return make([]byte, 32<<10) }}},
	}
	go func() { _ = http.Serve(l, proxy) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte  { return b.pool.Get().([]byte) }
func (b *buffers) Put(p []byte) { b.pool.Put(p) } //lint:ignore SA6002 the interface has slices

func apiHeaders(h http.Header) {
	h.Set("Authorization", "Bearer "+sandbox.AdminToken)
	h.Set("Accept", "application/json")
	h.Set("X-Tallyfy-Client", "APIClient")
}
