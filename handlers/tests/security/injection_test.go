package security_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// broken would begin a new line of a header or of a log, or steer a terminal, where it is not escaped.
const broken = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>\n{\"level\":\"ERROR\",\"msg\":\"request\"}\ntime=1 level=ERROR msg=request\x1b[2J\x1b]0;evil\x07\u2028\u0085\x00"

func TestNoHeaderCanBeAdded(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{OAuth: true})
	check := func(name string, p *sitetest.Page) {
		t.Helper()
		for _, cookie := range p.Header.Values("Set-Cookie") {
			assert.True(t, strings.HasPrefix(cookie, "ta_"), "%s: %s", name, cookie)
		}
		for header, values := range p.Header {
			assert.False(t, strings.HasPrefix(header, "Evil"), name)
			assert.NotContains(t, strings.Join(values, ""), "\n", "%s: %s", name, header)
			assert.NotContains(t, strings.Join(values, ""), "\r", "%s: %s", name, header)
		}
	}
	escaped := url.PathEscape(broken)
	for name, path := range reads(s, broken) {
		check(name, s.Once(s.Request(http.MethodGet, path, nil)))
	}
	for _, route := range s.App.Routes() {
		path := route.Path
		for _, parameter := range []string{":group", ":member", ":guest", ":record"} {
			path = strings.ReplaceAll(path, parameter, escaped)
		}
		form := url.Values{}
		for _, field := range []string{"next", "organization", "typed", "name", "description", "members", "guests", "people", "members", "to", "press", "seen", "phrase", "state", "access_token", "token_type", "error", "expires_in", "as"} {
			form.Set(field, broken)
		}
		if route.Path != "/signout" {
			check(route.Path, s.Once(s.Request(route.Method, path+"?"+form.Encode(), form)))
		}
	}
	check("sign in", s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}, "next": {"/groups?q=" + broken}})))
	for name, p := range writes(s, broken, map[string]sandbox.Fault{"422": refusals(broken)["422 at fields"]}) {
		check(name, p)
	}
	// A file's name is made of the names of the group and of the organisation.
	wire := &rewriter{text: func(_, was string) string { return was }}
	s = sitetest.New(t, sitetest.Options{Transport: wire})
	wire.next = s.Sandbox.Transport()
	wire.text = func(key, was string) string {
		if key == "name" {
			return was + broken
		}
		return was
	}
	s.SignIn()
	for _, path := range []string{"/groups.csv", "/members.csv", s.GroupPath("Operations") + "/people.csv"} {
		p := s.Get(path)
		check(path, p)
		assert.Regexp(t, `^attachment; filename="[a-z0-9-]+\.csv"$`, p.Header.Get("Content-Disposition"))
	}
}

func TestRequestIDFromATrustedProxyIsASaneOneOrOurs(t *testing.T) {
	for _, trusted := range []bool{true, false} {
		o := sitetest.Options{}
		if trusted {
			o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		}
		s := sitetest.SignedIn(t, o)
		s.Sandbox.ClearRequests()
		answered := map[string]bool{}
		for id, sane := range map[string]bool{
			"proxy-id.1_2": true, "": false, "a b": false, "a\tb": false, `"><script>`: false, "a;b": false, "id,another": false, "é": false, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
			"%0d%0aEvil: 1": false, `{"level":"ERROR"}`: false, "a=b": false,
		} {
			answer, header, body := raw(t, s, ask(s, "/groups/none", "X-Request-Id: "+id))
			got := answer.Header.Get("X-Request-Id")
			if trusted && sane {
				assert.Equal(t, id, got)
			} else {
				assert.Regexp(t, "^[0-9a-f]{32}$", got, "%q", id)
			}
			assert.Contains(t, body, got)
			assert.Contains(t, s.Log.String(), `"request_id":"`+got+`"`)
			assert.NotContains(t, header, "Evil")
			answered[got] = true
			asked := false
			for _, r := range s.Sandbox.Requests() {
				asked = asked || r.Header.Get("X-Request-Id") == got && strings.HasSuffix(r.Path, "/groups/none")
			}
			assert.True(t, asked, "one id connects both logs")
		}
		// What else a page asks may be broken off, and be seen a little after its answer.
		for _, r := range s.Sandbox.Requests() {
			assert.True(t, answered[r.Header.Get("X-Request-Id")], "%s %s went out under an id that no answer gave", r.Method, r.Path)
		}
	}
}

// A request is one access line, whatever it holds; and each line of the log is whole and holds nothing that steers a terminal.
func TestOneLineOfLogPerRequest(t *testing.T) {
	for _, text := range []bool{false, true} {
		s := sitetest.New(t, sitetest.Options{LogText: text, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
		sent := 0
		do := func(r *http.Request) *sitetest.Page {
			sent++
			return s.Once(r)
		}
		do(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		escaped := url.PathEscape(broken)
		for _, route := range s.App.Routes() {
			path := strings.NewReplacer(":group", escaped, ":member", escaped, ":guest", escaped, ":record", escaped).Replace(route.Path)
			if route.Path == "/signout" {
				continue
			}
			do(s.Request(route.Method, path+"?q="+url.QueryEscape(broken), url.Values{"name": {broken}, "organization": {broken}, "token": {broken}, "press": {broken}, "to": {broken}}))
		}
		do(s.Request(http.MethodGet, "/nowhere/"+escaped, nil))
		do(s.Request("BREW", "/groups", nil))
		// These get to Tallyfy, and from there into lines about changes and failures.
		do(s.Request(http.MethodPost, "/groups", url.Values{"name": {"x" + broken}, "description": {broken}, "guests": {`"a\nb"@example.com`}}))
		for _, f := range refusals(broken) {
			s.Sandbox.Fail(sandbox.Fault{Status: f.Status, Body: f.Body, Times: 1})
			do(s.Request(http.MethodGet, "/groups", nil))
			s.Sandbox.ClearFaults()
			do(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		}
		for _, lines := range [][]string{
			{"User-Agent: x" + `\n{"msg":"request"}` + "\tmsg=request"},
			{"X-Forwarded-For: 192.0.2.1\tmsg=request"},
			{`X-Forwarded-For: "} {"msg":"request"`},
			{"X-Forwarded-For: é\u0085"},
			{"Referer: http://x/" + escaped},
			{"X-Request-Id: a msg=request"},
			{"X-Real-Ip: msg=request"},
			{"Authorization: Bearer msg=request"},
		} {
			sent++
			raw(t, s, ask(s, "/groups?x=%0a", lines...))
		}
		s.Server.Close() // waits for the answers under way, and a line is written after its answer
		requests, lines := 0, bufio.NewScanner(strings.NewReader(s.Log.String()))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			line := lines.Text()
			assert.False(t, strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }), "%q", line)
			if text {
				assert.Regexp(t, `^time=\S+ level=(DEBUG|INFO|WARN|ERROR) msg=`, line)
				assert.False(t, strings.ContainsFunc(line, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }), "%q", line)
				if strings.Contains(line, " msg=request request_id=") {
					requests++
				}
				continue
			}
			var entry struct{ Time, Level, Msg string }
			d := json.NewDecoder(strings.NewReader(line))
			require.NoError(t, d.Decode(&entry), "%q", line)
			assert.False(t, d.More(), "%q", line)
			assert.NotEmpty(t, entry.Time)
			if entry.Msg == "request" {
				requests++
			}
		}
		require.NoError(t, lines.Err())
		assert.Equal(t, sent, requests, "text: %v", text)
		assert.Contains(t, s.Log.String(), "Set-Cookie: evil=1", "the name of the group that was made is there, in one line")
	}
}
