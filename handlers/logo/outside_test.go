package logo

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

func noDial(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		t.Errorf("a connection to %s was tried", address)
		return nil, errors.New("no dialling here")
	}
}

func TestFromStorage(t *testing.T) {
	picture := encoded(t, "jpeg", 3, 2)
	host := newStorage(t, func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1"})
		_, _ = w.Write(picture)
	})
	f := New(host.options)
	for range 2 {
		img, err := f.Fetch(t.Context(), noAPI(t), storage)
		require.NoError(t, err)
		assert.Equal(t, picture, img.Data)
		assert.Equal(t, "image/jpeg", img.ContentType)
	}
	assert.Equal(t, []string{"logos.example.com:443"}, host.dialled, "the connection is kept")
	require.Len(t, host.requests, 2)
	for _, r := range host.requests {
		assert.Equal(t, "logos.example.com", r.Host)
		assert.Equal(t, "X-Signature="+signature, r.URL.RawQuery)
		for name := range r.Header {
			assert.Contains(t, []string{"Accept", "User-Agent"}, name, "nothing else is sent: no token, cookie or referrer")
		}
	}
}

func TestRefusedURLs(t *testing.T) {
	const q = "?X-Signature=" + signature
	for raw, reason := range map[string]string{
		"":                                       "has none",
		"/organizations/o/file/f" + q:            "absolute",
		"file/f":                                 "absolute",
		"data:image/png;base64,AAAA":             "absolute",
		"https://":                               "absolute",
		"https:///a.png" + q:                     "absolute",
		"https://logos.example.com:port/" + q:    "absolute",
		"https://logos.example.com/%zz" + q:      "absolute",
		"https://[fe80::1%25eth0]/a.png" + q:     "zone",
		"https://h/" + strings.Repeat("a", 8192): "too long",
		"//logos.example.com/a.png" + q:          "only https",
		"http://logos.example.com/a.png" + q:     "only https",
		"ftp://logos.example.com/a.png" + q:      "only https",
		"https://user@logos.example.com/a" + q:   "user information",
		"https://u:p@logos.example.com/a" + q:    "user information",
		"https://logos.example.com:8443/a" + q:   "port 443",
		"https://logos.example.com:80/a" + q:     "port 443",
		"https://logos.example.com:/a" + q:       "port 443",
		"https://:443/a" + q:                     "no host",
		"https://127.0.0.1/a" + q:                "loopback",
		"https://169.254.169.254/latest" + q:     "link-local",
		"https://[::1]/a" + q:                    "loopback",
		"https://[::ffff:8.8.8.8]/a" + q:         "IPv4-mapped",
		"https://[::ffff:127.0.0.1]/a" + q:       "IPv4-mapped",
	} {
		t.Run(raw[:min(len(raw), 40)], func(t *testing.T) {
			img, err := New(Options{Dial: noDial(t)}).Fetch(t.Context(), noAPI(t), raw)
			requireNone(t, img, err, reason)
		})
	}
}

// Ports and letter case are of no matter where they change nothing.
func TestEqualURLs(t *testing.T) {
	host := newStorage(t, send(encoded(t, "gif", 1, 1)))
	for _, u := range []string{"https://logos.example.com:443/a", "HTTPS://LOGOS.EXAMPLE.COM/a", "https://logos.example.com"} {
		_, err := New(host.options).Fetch(t.Context(), noAPI(t), u)
		require.NoError(t, err, u)
	}
}

// The API's host under another scheme or port is any other host: no token goes there.
func TestAlmostAPIHost(t *testing.T) {
	client, u := newAPI(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("called: %s", r.URL) })
	img, err := New(Options{}).Fetch(t.Context(), client, strings.Replace(u, "http://", "https://", 1))
	requireNone(t, img, err, "port 443")
	img, err = New(Options{}).Fetch(t.Context(), client, strings.Replace(u, "http://", "http://user@", 1))
	requireNone(t, img, err, "only https")
}

func TestRedirects(t *testing.T) {
	picture := encoded(t, "png", 1, 1)
	client, apiURL := newAPI(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the API was called: %s", r.URL) })
	const q = "?X-Signature=" + signature
	host := newStorage(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", map[string]string{
			"/1":         "/2" + q,
			"/2":         "https://other.example.com/3" + q,
			"/3":         "//third.example.com:443/picture",
			"/0":         "/1",
			"/loop":      "/loop" + q,
			"/downgrade": "http://logos.example.com/picture" + q,
			"/private":   "https://169.254.169.254/latest/meta-data" + q,
			"/port":      "https://logos.example.com:8443/picture" + q,
			"/user":      "https://u:p@logos.example.com/picture" + q,
			"/api":       apiURL + q,
			"/broken":    "https://logos.example.com:port/" + q,
			"/long":      "/picture" + q + strings.Repeat("a", 8192),
		}[r.URL.Path])
		if r.URL.Path == "/picture" {
			_, _ = w.Write(picture)
			return
		}
		status, ok := map[string]int{"/1": 301, "/2": 303, "/3": 308, "/0": 307, "/choices": 300}[r.URL.Path]
		if !ok {
			status = 302
		}
		w.WriteHeader(status)
	})
	f := New(host.options)

	img, err := f.Fetch(t.Context(), client, "https://logos.example.com/1")
	require.NoError(t, err)
	assert.Equal(t, picture, img.Data)
	require.Len(t, host.requests, 4)
	for _, r := range host.requests {
		assert.Empty(t, r.Header.Get("Referer"))
		assert.Empty(t, r.Header.Get("Authorization"))
	}

	for path, reason := range map[string]string{
		"/0":         "more than 3 redirects",
		"/loop":      "more than 3 redirects",
		"/downgrade": "only https",
		"/private":   "link-local",
		"/port":      "port 443",
		"/user":      "user information",
		"/api":       "only https",
		"/broken":    "usable target",
		"/long":      "usable target",
		"/nowhere":   "usable target",
		"/choices":   "answered 300",
	} {
		t.Run(path, func(t *testing.T) {
			img, err := f.Fetch(t.Context(), client, "https://logos.example.com"+path+q)
			requireNone(t, img, err, reason)
		})
	}
}

func TestStorageAnswers(t *testing.T) {
	for _, status := range []int{201, 204, 206, 304, 401, 403, 404, 429, 500, 503} {
		host := newStorage(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		img, err := New(host.options).Fetch(t.Context(), noAPI(t), storage)
		requireNone(t, img, err, fmt.Sprintf("answered %d", status))
		assert.Len(t, host.requests, 1)
	}
}

func TestStorageCertificate(t *testing.T) {
	host := newStorage(t, send(encoded(t, "png", 1, 1)))
	img, err := New(host.options).Fetch(t.Context(), noAPI(t), "https://logos.example.org/a.png?X-Signature="+signature)
	requireNone(t, img, err, "certificate")
	host.options.RootCAs = nil
	img, err = New(host.options).Fetch(t.Context(), noAPI(t), storage)
	requireNone(t, img, err, "certificate")
	assert.Empty(t, host.requests)
}

func TestCompressedBodyIsNoImage(t *testing.T) {
	host := newStorage(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Empty(t, r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write([]byte("\x1f\x8b\x08"))
	})
	img, err := New(host.options).Fetch(t.Context(), noAPI(t), storage)
	requireNone(t, img, err, "not a raster image")
}

// An answer that repeats the request would carry the secret query into the error.
func TestBrokenAnswer(t *testing.T) {
	options, _ := pipeHost(func(conn net.Conn, r *http.Request) {
		_, _ = fmt.Fprintf(conn, "%s\r\n\r\n", r.RequestURI)
		_ = conn.Close()
	})
	img, err := New(options).Fetch(t.Context(), noAPI(t), storage)
	requireNone(t, img, err, "could be read")
}

func TestStorageTime(t *testing.T) {
	slow := map[string]string{
		"body":   "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\x89PNG",
		"header": "HTTP/1.1 200 OK\r\n",
		"answer": "",
	}
	for name, beginning := range slow {
		t.Run(name, func(t *testing.T) {
			client := noAPI(t)
			synctest.Test(t, func(t *testing.T) {
				options, gone := pipeHost(func(conn net.Conn, _ *http.Request) {
					_, _ = conn.Write([]byte(beginning))
					_, _ = conn.Read(make([]byte, 1)) // until the other side gives up
				})
				start := time.Now()
				img, err := New(options).Fetch(t.Context(), client, storage)
				requireNone(t, img, err, "")
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 5*time.Second, time.Since(start))
				<-gone
			})
		})
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	host := newStorage(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	img, err := New(host.options).Fetch(ctx, noAPI(t), storage)
	requireNone(t, img, err, "")
	require.ErrorIs(t, err, context.Canceled)
}

// A host that notices that the other side hangs up may answer all the same, and the answer may
// arrive. It says nothing about the logo.
func TestAnsweredAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	transport := roundTripper(func(*http.Request) (*http.Response, error) {
		cancel()
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
	})
	client, err := tallyfy.New(tallyfy.Options{BaseURL: "https://tallyfy.example/api", Transport: transport})
	require.NoError(t, err)
	img, err := New(Options{}).Fetch(ctx, client.WithToken(token), "https://tallyfy.example/api/organizations/o/file/f")
	requireNone(t, img, err, "not a raster image")
	require.ErrorIs(t, err, context.Canceled)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// pipeHost is a storage host without a socket, so that time in its test can be made: serve gets the
// connection after the request is read; gone is closed when it has returned.
func pipeHost(serve func(net.Conn, *http.Request)) (options Options, gone chan struct{}) {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	certificates := server.TLS.Certificates
	options.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	server.Close()
	gone = make(chan struct{})
	options.Dial = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer close(gone)
			conn := tls.Server(far, &tls.Config{Certificates: certificates})
			defer func() { _ = conn.Close() }()
			if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				serve(conn, r)
			}
		}()
		return near, nil
	}
	return options, gone
}
