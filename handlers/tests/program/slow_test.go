package program_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
)

// connect opens a connection to the program, without HTTP, until the test ends.
func (p *dashboard) connect() net.Conn {
	p.T.Helper()
	c, err := net.Dial("tcp", p.Options.Address)
	require.NoError(p.T, err)
	p.T.Cleanup(func() { _ = c.Close() })
	return c
}

// Two hundred clients that send a header's byte a second keep nobody else from being served, and are sent away.
func TestHeadersSentSlowly(t *testing.T) {
	t.Parallel()
	p := start(t, program.Options{})
	s := p.SignedIn()
	stop := make(chan struct{})
	var sending, waiting sync.WaitGroup
	defer sending.Wait()
	defer close(stop)
	errs := make(chan error, 200)
	for range 200 {
		c := p.connect()
		sending.Go(func() {
			_, err := io.WriteString(c, "GET /signin HTTP/1.1\r\nHost: x\r\nX-Slow: ")
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for err == nil {
				select {
				case <-stop:
					return
				case <-tick.C:
					_, err = io.WriteString(c, "a")
				}
			}
		})
		waiting.Go(func() {
			_ = c.SetReadDeadline(time.Now().Add(time.Minute))
			_, err := io.Copy(io.Discard, c) // nil at the end
			errs <- err
		})
	}
	for range 20 {
		s.Get("/groups").Whole(http.StatusOK)
		assert.Equal(t, http.StatusOK, p.Status("/healthz"), "over a new connection")
	}
	waiting.Wait()
	close(errs)
	for err := range errs {
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "it is still connected")
	}
	s.Get("/groups").Whole(http.StatusOK)
	p.AssertNoPanic()
}

// A form may come slowly; somebody on a bad line is served like everybody.
func TestABodySentSlowly(t *testing.T) {
	t.Parallel()
	p := start(t, program.Options{})
	c := p.connect()
	body := "sandbox=admin"
	_, err := fmt.Fprintf(c, "POST /signin HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", p.Options.Address, len(body))
	require.NoError(t, err)
	for _, b := range []byte(body) {
		time.Sleep(50 * time.Millisecond) // the slowness is what is tested
		_, err := c.Write([]byte{b})
		require.NoError(t, err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusSeeOther, answer.StatusCode)
	assert.Equal(t, p.Site().Full("/"), answer.Header.Get("Location"))
}

// Clients that ask for a lot and read nothing hold up nobody but themselves.
func TestAnswersThatNobodyReads(t *testing.T) {
	t.Parallel()
	p := start(t, program.Options{})
	s := p.SignedIn()
	request := "GET /signin HTTP/1.1\r\nHost: " + p.Options.Address + "\r\n\r\n"
	for range 50 {
		c := p.connect()
		_ = c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		_, _ = io.WriteString(c, strings.Repeat(request, 5000)) // until neither side takes any more
	}
	for range 20 {
		s.Get("/groups").Whole(http.StatusOK)
	}
	p.AssertNoPanic()
}
