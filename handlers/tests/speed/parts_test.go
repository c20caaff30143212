//go:build speed

package speed_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// What the program is compared with must not share its process, nor that of the load generator: this very test starts itself
// again, and these variables say which part it plays.
const (
	partVariable     = "SPEED_PART"
	targetVariable   = "SPEED_TARGET"   // of the proxy: the API's base
	compressVariable = "SPEED_COMPRESS" // of the proxy: not empty to compress
)

// groupsOfCanned is how many groups the canned API's organisation has: enough for a page of 50 rows and a next one.
const groupsOfCanned = 120

func TestMain(m *testing.M) {
	part := map[string]func() http.HandlerFunc{"proxy": proxy}
	switch name := os.Getenv(partVariable); {
	case name == "":
		os.Exit(m.Run())
	case name == "canned":
		l := listen()
		go (&canned{answers: map[string][]byte{}, sandbox: must(sandbox.New(sandbox.Options{Groups: groupsOfCanned}))}).accept(l)
	default:
		l := listen()
		go func() { _ = http.Serve(l, part[name]()) }()
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the measuring process ends, however it ends
}

// listen tells the measuring process where this one is.
func listen() net.Listener {
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	fmt.Println(l.Addr())
	return l
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// startPart starts this test as another part, and gives its address and its process.
func startPart(t *testing.T, part string, variables ...string) (host string, process int) {
	t.Helper()
	other := exec.Command(os.Args[0])
	other.Env = append(append(os.Environ(), partVariable+"="+part), variables...)
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

// canned is an API that costs next to nothing, so that the share of the program is not made smaller, nor the difference hidden,
// by what the sandbox takes to write an answer. It asks the sandbox once for each address and repeats its bytes from then on,
// without net/http. Whatever is no GET goes to the sandbox each time. It knows one token only.
type canned struct {
	sandbox *sandbox.Server

	mu      sync.RWMutex
	answers map[string][]byte // by the first line of the request
}

func (c *canned) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go c.serve(conn)
	}
}

func (c *canned) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 32<<10)
	for {
		head, err := peekHead(in)
		if err != nil {
			return
		}
		line, _, _ := bytes.Cut(head, []byte("\r\n"))
		c.mu.RLock()
		answer := c.answers[string(line)]
		c.mu.RUnlock()
		if answer == nil {
			if answer, err = c.ask(in); err != nil {
				return
			}
		} else if _, err = in.Discard(len(head)); err != nil {
			return
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

// peekHead waits for the whole head of a request, which is read only once it is known what to do with it.
func peekHead(in *bufio.Reader) ([]byte, error) {
	for n := 1; ; n = in.Buffered() + 1 {
		if _, err := in.Peek(n); err != nil {
			return nil, err
		}
		all, _ := in.Peek(in.Buffered())
		if end := bytes.Index(all, []byte("\r\n\r\n")); end >= 0 {
			return all[:end+4], nil
		}
	}
}

func (c *canned) ask(in *bufio.Reader) ([]byte, error) {
	r, err := http.ReadRequest(in)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	c.sandbox.ServeHTTP(w, r)
	answer := w.Result()
	answer.ContentLength = int64(w.Body.Len())
	var out bytes.Buffer
	if err := answer.Write(&out); err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && answer.StatusCode == http.StatusOK {
		c.mu.Lock()
		c.answers[r.Method+" "+r.RequestURI+" "+r.Proto] = out.Bytes()
		c.mu.Unlock()
	}
	return out.Bytes(), nil
}

// pageLevel is how the program compresses its pages (handlers.New). The proxy that the compressed page is compared with does the
// same, so that what differs is the page and not the compression.
const pageLevel = gzip.BestSpeed

// proxy passes the API's JSON on and does nothing else: what a server in Go that has to ask another one can reach at best.
func proxy() http.HandlerFunc {
	target := must(url.Parse(os.Getenv(targetVariable)))
	passing := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			apiHeaders(r.Out.Header)
		},
		Transport:  &http.Transport{MaxIdleConns: 128, MaxIdleConnsPerHost: 128, DisableCompression: true},
		BufferPool: &buffers{sync.Pool{New: func() any { return make([]byte, 32<<10) }}},
	}
	if os.Getenv(compressVariable) == "" {
		return passing.ServeHTTP
	}
	return must(gzhttp.NewWrapper(gzhttp.MinSize(512), gzhttp.CompressionLevel(pageLevel)))(passing)
}

type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte  { return b.pool.Get().([]byte) }
func (b *buffers) Put(p []byte) { b.pool.Put(p) } //lint:ignore SA6002 the interface has slices

func apiHeaders(h http.Header) {
	h.Set("Authorization", "Bearer "+sandbox.AdminToken)
	h.Set("Accept", "application/json")
	h.Set("X-Tallyfy-Client", "APIClient")
}
