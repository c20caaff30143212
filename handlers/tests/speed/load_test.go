//go:build speed

package speed_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// An address that is asked again and again, in words that are made once.
type address struct {
	host    string
	request []byte
	holds   string // what its body holds, unpacked
}

// pageAt is a page of the program as a signed-in browser asks for it, uncompressed.
func pageAt(p *program.Program, path, cookie, holds string) address {
	// no-cache, as a reload says it: the page is to ask Tallyfy each time, and not to use what it has just read.
	host := p.Options.Address
	return address{host, []byte("GET " + p.Site().Full(path) + " HTTP/1.1\r\nHost: " + host + "\r\nCookie: " + cookie + "\r\nAccept: text/html\r\nCache-Control: no-cache\r\nUser-Agent: speed\r\n\r\n"), holds}
}

// jsonAt is a path of the API below the organisation, or of the proxy in front of it, as the program
// asks for it.
func jsonAt(a *program.API, path, holds string) address {
	host := strings.TrimPrefix(a.URL, "http://")
	return address{host, []byte("GET /api/organizations/" + a.OrgID() + path + " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + sandbox.AdminToken +
		"\r\nAccept: application/json\r\nX-Tallyfy-Client: APIClient\r\nUser-Agent: speed\r\n\r\n"), holds}
}

// A connection asks for one address. It is as lean as it can be, for it runs on the same machine as what it measures.
type connection struct {
	address
	conn net.Conn
	in   *bufio.Reader
}

func (a address) dial() (*connection, error) {
	conn, err := net.Dial("tcp", a.host)
	if err != nil {
		return nil, err
	}
	return &connection{a, conn, bufio.NewReaderSize(conn, 64<<10)}, nil
}

var errNotOK = errors.New("the answer is not 200")

// get asks once and gives the length of the body. keep, if not nil, takes the body as it came.
func (c *connection) get(keep *bytes.Buffer) (length int, err error) {
	if _, err := c.conn.Write(c.request); err != nil {
		return 0, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
		return 0, fmt.Errorf("%w but %q", errNotOK, line)
	}
	length, chunked := -1, false
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		switch {
		case hasName(line, "content-length:"):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return 0, err
			}
		case hasName(line, "transfer-encoding:"):
			chunked = true
		}
	}
	switch {
	case chunked:
		return c.chunks(keep)
	case length < 0:
		return 0, errors.New("an answer of unknown length")
	}
	return length, c.take(length, keep)
}

func hasName(line []byte, name string) bool {
	return len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name))
}

func (c *connection) take(n int, keep *bytes.Buffer) error {
	if keep != nil {
		_, err := io.CopyN(keep, c.in, int64(n))
		return err
	}
	_, err := c.in.Discard(n)
	return err
}

func (c *connection) chunks(keep *bytes.Buffer) (length int, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return 0, err
		}
		if err := c.take(int(n), keep); err != nil {
			return 0, err
		}
		if _, err := c.in.Discard(2); err != nil {
			return 0, err
		}
		if n == 0 {
			return length, nil
		}
		length += int(n)
	}
}

// check asks once and looks whether the answer is the right one. It gives the length of the body.
func (a address) check(t *testing.T) int {
	t.Helper()
	c, err := a.dial()
	require.NoError(t, err)
	defer c.conn.Close()
	var body bytes.Buffer
	length, err := c.get(&body)
	require.NoError(t, err, "%s", a.request)
	require.Contains(t, body.String(), a.holds)
	return length
}

// sway is by how many bytes answers of one address may differ: "9 hours ago" becomes "10 hours ago" while it is measured.
const sway = 64

// load keeps so many connections busy for a while, and gives the answers per second.
func (a address) load(t *testing.T, connections int, d time.Duration) float64 {
	t.Helper()
	length := a.check(t)
	var wait sync.WaitGroup
	var done atomic.Int64
	failures := make(chan error, connections)
	began := time.Now()
	for range connections {
		c, err := a.dial()
		require.NoError(t, err)
		wait.Go(func() {
			defer c.conn.Close()
			n := int64(0)
			for ; time.Since(began) < d; n++ {
				got, err := c.get(nil)
				if err == nil && (got < length-sway || got > length+sway) {
					err = fmt.Errorf("an answer of %d bytes instead of %d", got, length)
				}
				if err != nil {
					failures <- err
					return
				}
			}
			done.Add(n)
		})
	}
	wait.Wait()
	took := time.Since(began)
	close(failures)
	require.NoError(t, <-failures)
	return float64(done.Load()) / took.Seconds()
}

// A sampler asks for several addresses at once, each on a connection of its own, and takes the time until all have answered.
type sampler []*connection

func newSampler(t *testing.T, addresses ...address) (s sampler) {
	t.Helper()
	for _, a := range addresses {
		a.check(t)
		c, err := a.dial()
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.conn.Close() })
		_, err = c.get(nil) // a connection that has asked for nothing yet is soon closed
		require.NoError(t, err)
		s = append(s, c)
	}
	return s
}

func (s sampler) once(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	if len(s) == 1 {
		_, err := s[0].get(nil)
		require.NoError(t, err)
		return time.Since(began)
	}
	failures := make(chan error, len(s))
	for _, c := range s {
		go func() {
			_, err := c.get(nil)
			failures <- err
		}()
	}
	for range s {
		require.NoError(t, <-failures)
	}
	return time.Since(began)
}

// byTurns asks for a page and for the API in turn for a while, and gives the median of each.
func byTurns(t *testing.T, page, api sampler, d time.Duration) (pageTime, apiTime time.Duration) {
	t.Helper()
	var pages, apis []time.Duration
	for began := time.Now(); time.Since(began) < d || len(pages) < 5; {
		pages, apis = append(pages, page.once(t)), append(apis, api.once(t))
	}
	return median(pages), median(apis)
}

// added is by how much a page is above the API itself.
func added(t *testing.T, page, api sampler, d time.Duration) time.Duration {
	t.Helper()
	pages, apis := byTurns(t, page, api, d)
	return pages - apis
}

func median[T int | float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
