package program_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// mostMemory is what the program may take at its peak, in MB, however many ask for files of 10,000 members.
const mostMemory = 150

// Three hundred connections ask for the file of all members at the same time and are slow to read it. Two files of each person are
// made, the others are asked to come back, and the memory stays small.
func TestManyFilesAtOnceTakeLittleMemory(t *testing.T) {
	p := start(t, program.Options{API: program.NewAPI(t, sandbox.Options{Members: 10_000})})
	if _, err := os.Stat(fmt.Sprintf("/proc/%d/status", p.Process.Pid)); err != nil {
		t.Skip("there is no /proc here to read the memory from")
	}
	var cookies []string
	for _, token := range []string{sandbox.AdminToken, sandbox.StandardToken} {
		visitor := p.Site()
		program.SignIn(visitor, token)
		require.Eventually(t, func() bool {
			return strings.HasPrefix(visitor.Get("/members.csv").Header.Get("Content-Type"), "text/csv")
		}, 3*time.Minute, 50*time.Millisecond, "the members are read")
		cookie := visitor.SessionCookies()[0]
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	host, path := p.Options.Address, "/o/"+p.Options.API.OrgID()+"/members.csv"

	const connections = 300
	var all sync.WaitGroup
	statuses := make([]int, connections)
	for i := range connections {
		c, err := net.Dial("tcp", host)
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		require.NoError(t, c.SetDeadline(time.Now().Add(5*time.Minute)))
		all.Go(func() {
			fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", path, host, cookies[i%len(cookies)])
			answer, err := http.ReadResponse(bufio.NewReaderSize(c, 16), nil) // and not the body
			if assert.NoError(t, err) {
				statuses[i] = answer.StatusCode
				if answer.StatusCode == http.StatusTooManyRequests {
					assert.Equal(t, "5", answer.Header.Get("Retry-After"))
				}
			}
		})
	}
	all.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	peak := peakMemory(t, p.Process.Pid)
	t.Logf("answers by status: %v; peak memory %d MB", count, peak)
	assert.Less(t, peak, mostMemory)
	assert.GreaterOrEqual(t, count[http.StatusOK], 2)
	assert.Equal(t, connections, count[http.StatusOK]+count[http.StatusTooManyRequests])
}

// peakMemory is the most resident memory that a process has had, in MB.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(status), "VmHWM:")
	require.True(t, found)
	kB, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(t, err)
	return kB / 1024
}
