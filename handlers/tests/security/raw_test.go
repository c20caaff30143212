package security_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// raw sends what no HTTP client would, and gives the answer with its header as it was sent.
func raw(t *testing.T, s *sitetest.Site, request string) (answer *http.Response, header, body string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.Server.Listener.Addr().String(), 5*time.Second)
	require.NoError(t, err)
	if s.Server.TLS != nil {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the certificate is the test server's own
	}
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = io.WriteString(conn, request)
	require.NoError(t, err)
	var sent strings.Builder
	answer, err = http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &sent)), nil)
	require.NoError(t, err, "%.200q", request)
	defer answer.Body.Close()
	whole, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	header, _, _ = strings.Cut(sent.String(), "\r\n\r\n")
	return answer, header, string(whole)
}

// ask is a GET for exactly that target, with the cookies of the visitor and more lines of header.
func ask(s *sitetest.Site, target string, lines ...string) string {
	var cookies []string
	for _, c := range s.SessionCookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	host := "Host: " + s.Server.Listener.Addr().String()
	for _, l := range lines {
		if strings.HasPrefix(l, "Host:") {
			host = ""
		}
	}
	all := append([]string{"GET " + s.Full(target) + " HTTP/1.1", host, "Cookie: " + strings.Join(cookies, "; "), "Connection: close"}, lines...)
	var b strings.Builder
	for _, l := range all {
		if l != "" {
			b.WriteString(l + "\r\n")
		}
	}
	return b.String() + "\r\n"
}
