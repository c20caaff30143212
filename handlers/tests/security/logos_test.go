package security_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/gif"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// logoAt makes Tallyfy say that the logo of First Aiders is at that address, and gives the address of it here.
func logoAt(s *sitetest.Site, at string) string {
	s.T.Helper()
	g := s.Group("First Aiders")
	s.Sandbox.ClearFaults()
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Status: http.StatusOK, Body: marshal(map[string]any{
		"data": map[string]any{"id": g.ID, "name": g.Name, "logo": at, "members": g.Members, "guests": g.Guests},
	})})
	s.Get("/groups/" + g.ID) // the page learns of the new address
	return "/groups/" + g.ID + "/logo"
}

// assertPicture checks what a browser needs to know to take an answer for a picture and nothing else.
func assertPicture(t *testing.T, p *sitetest.Page, kind, name string) {
	t.Helper()
	assert.Equal(t, http.StatusOK, p.Status, name)
	assert.Equal(t, kind, p.Header.Get("Content-Type"), name)
	assert.Equal(t, "nosniff", p.Header.Get("X-Content-Type-Options"), name)
	assert.Equal(t, "default-src 'none'; sandbox", p.Header.Get("Content-Security-Policy"), name)
	assert.Equal(t, "same-origin", p.Header.Get("Cross-Origin-Resource-Policy"), name)
	assert.Equal(t, "DENY", p.Header.Get("X-Frame-Options"), name)
	assert.Empty(t, p.Header.Get("Set-Cookie"), name)
	assert.Regexp(t, "^(private, (no-cache|max-age=300)|no-store)$", p.Header.Get("Cache-Control"), name)
}

// assertInitials checks that the initials are shown, and nothing of what was fetched.
func assertInitials(t *testing.T, p *sitetest.Page, name string) {
	t.Helper()
	assertPicture(t, p, "image/svg+xml", name)
	assert.Contains(t, p.Body, ">FA</text></svg>", name)
	assert.NotContains(t, p.Body, "alert", name)
}

// recordingPort is a listener of this machine to which nobody may connect.
func recordingPort(t *testing.T, address string) (at string, ok bool) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", false
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Errorf("connected to %s from %s", address, conn.RemoteAddr())
			conn.Close()
		}
	}()
	return l.Addr().String(), true
}

// hosts resolves every name to an address, as an attacker's own name server would.
func hosts(t *testing.T, to net.IP) *net.Resolver {
	t.Helper()
	r := sitetest.Resolver(t, func(query []byte) []byte {
		end := bytes.IndexByte(query[12:], 0) + 12 + 5 // the question: a name, a type, a class
		kind, data := binary.BigEndian.Uint16(query[end-4:]), to.To4()
		if kind == 28 {
			data = to.To16()
		}
		answer := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0}, query[12:end]...)
		if (kind == 28) == (to.To4() != nil) || (kind != 1 && kind != 28) {
			answer[7] = 0
			return answer
		}
		answer = append(answer, 0xc0, 12, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(data)))
		return append(answer, data...)
	})
	found, err := r.LookupIPAddr(t.Context(), "logos.example")
	require.NoError(t, err, "the name server has to work for anything to be shown")
	require.True(t, len(found) == 1 && found[0].IP.Equal(to), "%v instead of %v", found, to)
	return r
}

// However an address of the own network is written in the place of a logo's, nothing connects to it.
func TestALogoReachesNothingInside(t *testing.T) {
	port, ok := recordingPort(t, "127.0.0.1:0")
	require.True(t, ok)
	var ports []string
	for _, address := range []string{"127.0.0.1:443", "[::1]:443", "127.0.0.1:80"} { // where it can be listened on
		if at, ok := recordingPort(t, address); ok {
			ports = append(ports, at)
		}
	}
	t.Logf("listening on %s and %q", port, ports)
	_, number, err := net.SplitHostPort(port)
	require.NoError(t, err)
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, to := range []string{"127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254", "0.0.0.0"} {
		s.App.Logos = logo.New(logo.Options{Resolver: hosts(t, net.ParseIP(to)), Timeout: 3 * time.Second})
		for _, host := range []string{
			"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
			"[64:ff9b::7f00:1]", "[fe80::1%25lo]", "localhost", "localhost.", "LOCALHOST", "sub.localhost", "127.0.0.1.nip.io", "rebinding.example", "１２７.０.０.１", "①②⑦.0.0.1", "169.254.169.254", "metadata.google.internal",
		} {
			for _, at := range []string{"https://" + host + "/a.png", "https://" + host + ":" + number + "/a.png", "http://" + host + ":" + number + "/a.png", "https://logos.example.com@" + host + "/a.png"} {
				if to != "127.0.0.1" && (host != "rebinding.example" || strings.Contains(at, number)) {
					continue // what is written as an address, or names a port, is not looked up
				}
				s.Sandbox.ClearRequests()
				assertInitials(t, s.Get(logoAt(s, at)), at)
				for _, r := range s.Sandbox.Requests() {
					assert.NotContains(t, r.Path, "a.png", "the API's own host is another")
				}
			}
		}
	}
	assert.Contains(t, s.Log.String(), "refused: 127.0.0.1 is loopback", "the guard on the connection itself has been asked")
}

// storage serves as the host logos.example.com; nothing else may be connected to.
func storage(s *sitetest.Site, handler http.HandlerFunc) {
	s.T.Helper()
	server := httptest.NewTLSServer(handler)
	s.T.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	s.App.Logos = logo.New(logo.Options{RootCAs: roots, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != "logos.example.com:443" {
			assert.Fail(s.T, "connected to "+address)
			return nil, errors.New("nobody is there")
		}
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}})
}

func TestALogoIsNotRedirectedInside(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	var mu sync.Mutex
	target := ""
	storage(s, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusFound)
		_, _ = w.Write([]byte("<script>alert(1)</script>"))
	})
	for _, to := range []string{
		"https://127.0.0.1/a.png", "//127.0.0.1/a.png", "https://[::1]/a.png", "https://169.254.169.254/latest/meta-data", "http://logos.example.com/a.png", "https://logos.example.com:8443/a.png",
		"file:///etc/passwd", "gopher://127.0.0.1/", "https://user@127.0.0.1/", "/loop", "javascript:alert(1)", "https://[::ffff:10.0.0.1]/", sandbox.BaseURL + "/me", "",
	} {
		mu.Lock()
		target = to
		mu.Unlock()
		s.Sandbox.ClearRequests()
		assertInitials(t, s.Get(logoAt(s, "https://logos.example.com/"+strings.NewReplacer("/", "", ":", "", "[", "", "]", "", "@", "").Replace(to))), to)
		for _, r := range s.Sandbox.Requests() {
			assert.NotContains(t, r.Path, "/me", "a redirect from outside is followed with the token")
		}
	}
}

// picture is a PNG that says that it has so many pixels, with text behind.
func picture(width, height uint32, behind string) string {
	chunk := func(kind string, data []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		b = append(append(b, kind...), data...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	var rows bytes.Buffer
	z := zlib.NewWriter(&rows)
	_, _ = z.Write(make([]byte, 64<<10))
	_ = z.Close()
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(size, 8, 0, 0, 0, 0))...)
	b = append(b, chunk("tEXt", []byte("Comment\x00<script>alert(1)</script>"))...)
	return string(append(append(b, chunk("IDAT", rows.Bytes())...), chunk("IEND", nil)...)) + behind
}

// What claims to be a picture is one of the five kinds, of a bearable size, or is not passed on. One that is something else
// besides is still only a picture to a browser.
func TestOnlyPicturesComeThrough(t *testing.T) {
	var small, moving bytes.Buffer
	require.NoError(t, png.Encode(&small, image.NewGray(image.Rect(0, 0, 1, 1))))
	require.NoError(t, gif.Encode(&moving, image.NewGray(image.Rect(0, 0, 2, 2)), nil))
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`
	js := "GIF89a=0;alert(1)//" + strings.Repeat(" ", 40)
	cases := map[string]struct{ said, body, kind string }{
		"a PNG":                      {"image/png", small.String(), "image/png"},
		"a PNG that says HTML":       {"text/html", small.String(), "image/png"},
		"a PNG that says SVG":        {"image/svg+xml", small.String(), "image/png"},
		"a PNG with HTML behind":     {"text/html", small.String() + "<script>alert(1)</script>", "image/png"},
		"a PNG with HTML in it":      {"image/png", picture(8, 8, "<html><script>alert(1)</script>"), "image/png"},
		"a GIF that says script":     {"text/javascript", moving.String() + "/*alert(1)*/", "image/gif"},
		"a GIF that is a script":     {"image/gif", js, ""},
		"SVG with script":            {"image/svg+xml", svg, ""},
		"SVG that says PNG":          {"image/png", svg, ""},
		"SVG behind a byte order":    {"image/png", "\ufeff<?xml version=\"1.0\"?>" + svg, ""},
		"HTML that says PNG":         {"image/png", "<html><script>alert(1)</script>", ""},
		"HTML behind a PNG's name":   {"image/png", "\x89PNG<script>alert(1)</script>", ""},
		"script that says PNG":       {"image/png", "alert(1)", ""},
		"a PDF":                      {"image/png", "%PDF-1.7\n1 0 obj<</S/JavaScript/JS(alert(1))>>", ""},
		"a ZIP":                      {"image/png", "PK\x03\x04alert", ""},
		"a bomb of 4 billion pixels": {"image/png", picture(65535, 65535, ""), ""},
		"a bomb of one line":         {"image/png", picture(1<<31-1, 1, ""), ""},
		"no size at all":             {"image/png", picture(0, 0, ""), ""},
		"too large a file":           {"image/png", small.String() + strings.Repeat("alert", 1<<20), ""},
		"nothing":                    {"image/png", "", ""},
	}
	for _, atTallyfy := range []bool{true, false} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		storage(s, func(w http.ResponseWriter, r *http.Request) {
			c := cases[strings.TrimPrefix(r.URL.Path, "/")]
			w.Header().Set("Content-Type", c.said)
			w.Header().Set("Content-Security-Policy", "default-src *")
			_, _ = w.Write([]byte(c.body))
		})
		for name, c := range cases {
			at := "https://logos.example.com/" + name
			if atTallyfy {
				at = sandbox.BaseURL + "/organizations/" + s.Sandbox.OrgID() + "/file/" + name
			}
			path := logoAt(s, at)
			s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/file/{file_id}", Status: http.StatusOK, Body: c.body, Header: http.Header{"Content-Type": {c.said}, "Set-Cookie": {"a=b"}, "X-Frame-Options": {"ALLOWALL"}}})
			p := s.Get(path)
			if c.kind == "" {
				assertInitials(t, p, name)
				continue
			}
			assertPicture(t, p, c.kind, name)
			assert.Equal(t, c.body, p.Body, name)
		}
	}
}

// The initials are drawn from a name that anybody may have chosen.
func TestInitialsAreText(t *testing.T) {
	for _, attack := range hostile {
		wire := &rewriter{text: func(key, was string) string {
			switch key {
			case "name":
				return attack
			case "logo":
				return ""
			}
			return was
		}}
		s := sitetest.New(t, sitetest.Options{Transport: wire})
		wire.next = s.Sandbox.Transport()
		s.SignIn()
		p := s.Get(s.GroupPath("First Aiders") + "/logo")
		assertPicture(t, p, "image/svg+xml", attack)
		assert.Equal(t, 3, strings.Count(p.Body, "<")-strings.Count(p.Body, "</"), p.Body)
	}
}
