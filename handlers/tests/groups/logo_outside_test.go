package groups_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// logoAt makes Tallyfy say that the logo of First Aiders is at that address, and gives the address of it here. The group
// is not on the list's first page, so nothing is known of it before.
func logoAt(s *sitetest.Site, address string) string {
	s.T.Helper()
	g := s.Group("First Aiders")
	body, err := json.Marshal(map[string]any{"data": map[string]any{"id": g.ID, "name": g.Name, "logo": address, "members": g.Members, "guests": g.Guests}})
	require.NoError(s.T, err)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Status: http.StatusOK, Body: string(body)})
	return "/groups/" + g.ID + "/logo"
}

// storage serves as every host outside, whatever its address. timeout is how long it is waited for.
func storage(s *sitetest.Site, timeout time.Duration, handler http.HandlerFunc) *atomic.Int32 {
	s.T.Helper()
	calls := new(atomic.Int32)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		handler(w, r)
	}))
	s.T.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	s.App.Logos = logo.New(logo.Options{Timeout: timeout, RootCAs: roots, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}})
	return calls
}

const (
	signedURL = "https://logos.example.com/a.png?X-Signature=secret-signature"
	once      = "private, max-age=300"
)

func TestLogoOnAnotherHostIsFetchedWithoutTheToken(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 3))))
	calls := storage(s, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "logos.example.com", r.Host)
		for name, values := range r.Header {
			assert.Contains(t, []string{"Accept", "User-Agent"}, name, "no token, no cookie, no referrer")
			assert.NotContains(t, fmt.Sprint(values), sandbox.AdminToken)
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Set-Cookie", "track=1")
		_, _ = w.Write(picture.Bytes())
	})
	address := logoAt(s, signedURL)
	for range 2 {
		p := assertPicture(s.Get(address), "image/png")
		assert.Equal(t, picture.String(), p.Body)
		assert.Equal(t, "private, no-cache", p.Header.Get("Cache-Control"))
	}
	assert.EqualValues(t, 1, calls.Load())
	assert.Len(t, s.Sandbox.Requests(), 1, "where it is; the file is not Tallyfy's")
	assert.NotContains(t, s.Get("/groups/"+s.Group("First Aiders").ID).Body, "secret-signature")
	assert.NotContains(t, s.Log.String(), "secret-signature")
}

func TestLogoAtAnAddressThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://127.0.0.1/a.png", "https://[::1]/a.png", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://localhost/a.png",
		"http://logos.example.com/a.png", "https://user@logos.example.com/a.png", "file:///etc/passwd", "javascript:alert(1)", "/etc/passwd", "data:image/png;base64,AAAA",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			assertInitials(s.Get(logoAt(s, address)), "FA", once)
			assert.Contains(t, s.Log.String(), "logo not shown")
			assert.Len(t, s.Sandbox.Requests(), 1)
		})
	}
	// One that the guard would be asked about, on this very machine.
	s := sitetest.SignedIn(t, sitetest.Options{})
	l := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	t.Cleanup(l.Close)
	assertInitials(s.Get(logoAt(s, l.URL+"/a.png")), "FA", once)
}

func TestLogoOnAnotherHostThatHasNone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	calls := storage(s, time.Minute, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	address := logoAt(s, signedURL)
	for range 2 {
		assertInitials(s.Get(address), "FA", once)
	}
	assert.EqualValues(t, 1, calls.Load(), "kept")
}

// A host that was too slow once, or a browser that went on, is not the knowledge that there is no logo.
func TestLogoThatNobodyWaitedForIsNotMissing(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))))
	for name, timeout := range map[string]time.Duration{"too slow": 300 * time.Millisecond, "the browser went on": time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{ReadTime: time.Minute})
			arrived := make(chan struct{}, 1)
			storage(s, timeout, func(_ http.ResponseWriter, r *http.Request) {
				arrived <- struct{}{}
				<-r.Context().Done()
			})
			address := logoAt(s, signedURL)
			if name == "too slow" {
				assertInitials(s.Get(address), "FA", "no-store")
			} else {
				ctx, cancel := context.WithCancel(t.Context())
				go func() { <-arrived; cancel() }()
				_, err := s.Client.Do(s.Request(http.MethodGet, address, nil).WithContext(ctx)) //nolint:bodyclose // there is none
				require.ErrorIs(t, err, context.Canceled)
				require.Eventually(t, func() bool { return bytes.Contains([]byte(s.Log.String()), []byte("logo not ")) }, time.Minute, time.Millisecond)
			}
			storage(s, time.Minute, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture.Bytes()) })
			assertPicture(s.Get(address), "image/png")
		})
	}
}

// A kept logo is that of an address: a group that has another one now does not keep the old picture.
func TestLogoThatWasReplaced(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	calls := storage(s, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		_ = png.Encode(w, image.NewGray(image.Rect(0, 0, len(r.URL.Path), 1)))
	})
	old := assertPicture(s.Get(logoAt(s, "https://logos.example.com/a.png")), "image/png")
	s.Sandbox.ClearFaults()
	address := logoAt(s, "https://logos.example.com/longer.png")
	s.Get(s.GroupPath("First Aiders")).Whole(http.StatusOK) // any page that shows the group learns of it
	assert.NotEqual(t, old.Body, assertPicture(s.Get(address), "image/png").Body)
	assert.EqualValues(t, 2, calls.Load())
}
