package program_test

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
)

// talk sends raw bytes and gives the status of each answer until the program closes the connection, or has nothing more to say.
func (p *dashboard) talk(raw string) []int {
	p.T.Helper()
	c := p.connect()
	defer c.Close()
	go func() { _, _ = io.WriteString(c, raw) }() // the program may answer, and close, before it has read it all
	_ = c.SetReadDeadline(time.Now().Add(3 * time.Second))
	var statuses []int
	for reader := bufio.NewReader(c); ; {
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			return statuses
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		statuses = append(statuses, answer.StatusCode)
		if answer.Close {
			return statuses
		}
	}
}

// What no browser sends is refused, each connection for itself. "Connection: close" ends the well-formed ones.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	p := start(t, program.Options{})
	host := "Host: " + p.Options.Address + "\r\n"
	const end = "Connection: close\r\n\r\n"
	const form = "Content-Type: application/x-www-form-urlencoded\r\n"
	none := []int(nil)
	for name, test := range map[string]struct {
		raw  string
		want []int
	}{
		"garbage":                             {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
		"nothing but line ends":               {"\r\n\r\n\r\n\r\n", []int{400}},
		"garbage behind a request":            {"GET /healthz HTTP/1.1\r\n" + host + "\r\nGARBAGE\x00\r\n\r\n", []int{200, 400}},
		"HTTP/1.0":                            {"GET /healthz HTTP/1.0\r\n\r\n", []int{200}},
		"HTTP/0.9":                            {"GET /healthz\r\n\r\n", []int{400}},
		"HTTP/2 without TLS":                  {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{421}},
		"HTTP/9.9":                            {"GET / HTTP/9.9\r\n" + host + end, []int{505}},
		"absolute form":                       {"GET http://evil.example/healthz HTTP/1.1\r\n" + host + end, []int{200}},
		"absolute form of a page":             {"GET http://evil.example/groups HTTP/1.1\r\n" + host + end, []int{421}},
		"CONNECT":                             {"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n" + end, []int{421}},
		"CONNECT to a page":                   {"CONNECT /groups HTTP/1.1\r\n" + host + end, []int{405}},
		"asterisk":                            {"OPTIONS * HTTP/1.1\r\n" + host + end, []int{200}},
		"TRACE":                               {"TRACE /signin HTTP/1.1\r\n" + host + end, []int{405}},
		"an invented method":                  {"GET2 /signin HTTP/1.1\r\n" + host + end, []int{405}},
		"a method that is none":               {"GE<T /signin HTTP/1.1\r\n" + host + end, []int{400}},
		"no Host":                             {"GET /healthz HTTP/1.1\r\n" + end, []int{400}},
		"two Hosts":                           {"GET /healthz HTTP/1.1\r\n" + host + "Host: y\r\n" + end, []int{400}},
		"an invalid Host":                     {"GET /healthz HTTP/1.1\r\nHost: a b<c\r\n" + end, []int{400}},
		"a header's name with a space":        {"GET /healthz HTTP/1.1\r\n" + host + "X : y\r\n" + end, []int{400}},
		"a folded header":                     {"GET /healthz HTTP/1.1\r\n" + host + "X: a\r\n b\r\n" + end, []int{200}},
		"a header with a zero":                {"GET /healthz HTTP/1.1\r\n" + host + "X: a\x00b\r\n" + end, []int{400}},
		"a huge header":                       {"GET /healthz HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 80<<10) + "\r\n" + end, []int{431}},
		"thousands of headers":                {"GET /healthz HTTP/1.1\r\n" + host + strings.Repeat("X: aaaaaaaaaa\r\n", 6000) + end, []int{431}},
		"a huge address":                      {"GET /" + strings.Repeat("a", 80<<10) + " HTTP/1.1\r\n" + host + end, []int{431}},
		"an address with a raw zero":          {"GET /\x00 HTTP/1.1\r\n" + host + end, []int{400}},
		"30,001 fields in the address":        {"GET /signin?" + strings.Repeat("a&", 30_001) + " HTTP/1.1\r\n" + host + end, []int{200}},
		"a chunk's size that is none":         {"POST /signin HTTP/1.1\r\n" + host + form + "Transfer-Encoding: chunked\r\n\r\nzz\r\na\r\n0\r\n\r\n", []int{400}},
		"a chunk's size that overflows":       {"POST /signin HTTP/1.1\r\n" + host + form + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n", []int{400}},
		"a chunk's size below zero":           {"POST /signin HTTP/1.1\r\n" + host + form + "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n", []int{400}},
		"an unknown transfer coding":          {"POST /signin HTTP/1.1\r\n" + host + form + "Transfer-Encoding: gzip\r\n" + end, []int{501}},
		"a length that is none":               {"POST /signin HTTP/1.1\r\n" + host + form + "Content-Length: a\r\n" + end, []int{400}},
		"a length below zero":                 {"POST /signin HTTP/1.1\r\n" + host + form + "Content-Length: -1\r\n" + end, []int{400}},
		"two lengths":                         {"POST /signin HTTP/1.1\r\n" + host + form + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", []int{400}},
		"smuggling: two codings":              {"POST /signin HTTP/1.1\r\n" + host + form + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", []int{501}},
		"smuggling: a coding that looks like": {"POST /signin HTTP/1.1\r\n" + host + form + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", []int{400}},
		// Both a length and chunks: the chunks count (RFC 9112, 6.3). What follows them is the next request, not a part of this one.
		"smuggling: chunks and a length": {"POST /signin HTTP/1.1\r\n" + host + form + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n" + host + end, []int{422, 200}},
		"a body that ends early":         {"POST /signin HTTP/1.1\r\n" + host + form + "Content-Length: 10\r\n\r\nabc", none},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, p.talk(test.raw))
		})
	}
	assert.Equal(t, http.StatusOK, p.Status("/signin"), "it still serves")
	p.AssertNoPanic()
}

// Forms that no page of ours sends get a page, with the reason.
func TestOversizedForms(t *testing.T) {
	t.Parallel()
	p := start(t, program.Options{})
	s := p.SignedIn()
	for name, test := range map[string]struct {
		body   string
		status int
		title  string
	}{
		"more than a megabyte": {"name=" + strings.Repeat("a", 1<<20), http.StatusRequestEntityTooLarge, "The form is too large"},
		"30,001 fields":        {strings.Repeat("m=1&", 30_000) + "m=1", http.StatusBadRequest, "The form could not be read"},
		"broken escapes":       {"name=%zz", http.StatusBadRequest, "The form could not be read"},
	} {
		for _, chunked := range []bool{false, true} {
			var body io.Reader = strings.NewReader(test.body)
			if chunked {
				body = io.MultiReader(body) // whose length is not known
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Server.URL+s.Full("/groups"), body)
			require.NoError(t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := s.Client.Do(r)
			require.NoError(t, err, name)
			page, err := goquery.NewDocumentFromReader(answer.Body)
			require.NoError(t, err)
			_ = answer.Body.Close()
			assert.Equal(t, test.status, answer.StatusCode, name)
			assert.Equal(t, test.title, page.Find("h1").Text(), name)
		}
	}
	assert.Contains(t, s.Post("/groups", url.Values{"name": {"One more"}, "description": {"d"}, "action": {"create"}}).Text(".notice"), "was created")
	p.AssertNoPanic()
}
