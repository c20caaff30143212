package handlers_test

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
	"tallyfy-admin/tallyfy/sandbox"
)

// logoAt makes Tallyfy say that the logo of First Aiders is at that address, and gives the address of it here. The group
// is not on the list's first page, so nothing is known of it before.
func (s *site) logoAt(address string) string {
	s.t.Helper()
	g := s.group("First Aiders")
	body, err := json.Marshal(map[string]any{"data": map[string]any{"id": g.ID, "name": g.Name, "logo": address, "members": g.Members, "guests": g.Guests}})
	require.NoError(s.t, err)
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: groupRoute, Status: http.StatusOK, Body: string(body)})
	return "/groups/" + g.ID + "/logo"
}

// storage serves as every host outside, whatever its address.
func (s *site) storage(handler http.HandlerFunc) *atomic.Int32 {
	s.t.Helper()
	calls := new(atomic.Int32)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		handler(w, r)
	}))
	s.t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	s.app.Logos = logo.New(logo.Options{Timeout: 300 * time.Millisecond, RootCAs: roots, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}})
	return calls
}

const (
	signedURL = "https://logos.example.com/a.png?X-Signature=secret-signature"
	once      = "private, max-age=300"
)

func TestLogoOnAnotherHostIsFetchedWithoutTheToken(t *testing.T) {
	s := signedIn(t, siteOptions{})
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 3))))
	calls := s.storage(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "logos.example.com", r.Host)
		for name, values := range r.Header {
			assert.Contains(t, []string{"Accept", "User-Agent"}, name, "no token, no cookie, no referrer")
			assert.NotContains(t, fmt.Sprint(values), sandbox.AdminToken)
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Set-Cookie", "track=1")
		_, _ = w.Write(picture.Bytes())
	})
	address := s.logoAt(signedURL)
	for range 2 {
		p := s.get(address).picture("image/png")
		assert.Equal(t, picture.String(), p.body)
		assert.Equal(t, "private, no-cache", p.header.Get("Cache-Control"))
	}
	assert.EqualValues(t, 1, calls.Load())
	assert.Len(t, s.sandbox.Requests(), 1, "where it is; the file is not Tallyfy's")
	assert.NotContains(t, s.get("/groups/"+s.group("First Aiders").ID).body, "secret-signature")
	assert.NotContains(t, s.log.String(), "secret-signature")
}

func TestLogoAtAnAddressThatIsRefused(t *testing.T) {
	for _, address := range []string{
		"https://127.0.0.1/a.png", "https://[::1]/a.png", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://localhost/a.png",
		"http://logos.example.com/a.png", "https://user@logos.example.com/a.png", "file:///etc/passwd", "javascript:alert(1)", "/etc/passwd", "data:image/png;base64,AAAA",
	} {
		t.Run(address, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			s.get(s.logoAt(address)).initials("FA", once)
			assert.Contains(t, s.log.String(), "logo not shown")
			assert.Len(t, s.sandbox.Requests(), 1)
		})
	}
	// One that the guard would be asked about, on this very machine.
	s := signedIn(t, siteOptions{})
	l := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	t.Cleanup(l.Close)
	s.get(s.logoAt(l.URL+"/a.png")).initials("FA", once)
}

func TestLogoOnAnotherHostThatHasNone(t *testing.T) {
	s := signedIn(t, siteOptions{})
	calls := s.storage(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	address := s.logoAt(signedURL)
	for range 2 {
		s.get(address).initials("FA", once)
	}
	assert.EqualValues(t, 1, calls.Load(), "kept")
}

// A host that was too slow once, or a browser that went on, is not the knowledge that there is no logo.
func TestLogoThatNobodyWaitedForIsNotMissing(t *testing.T) {
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))))
	for name, wait := range map[string]bool{"too slow": true, "the browser went on": false} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			var slow atomic.Bool
			slow.Store(true)
			arrived := make(chan struct{}, 1)
			s.storage(func(w http.ResponseWriter, r *http.Request) {
				if slow.Load() {
					arrived <- struct{}{}
					<-r.Context().Done()
					return
				}
				_, _ = w.Write(picture.Bytes())
			})
			address := s.logoAt(signedURL)
			if wait {
				s.get(address).initials("FA", "no-store")
			} else {
				ctx, cancel := context.WithCancel(t.Context())
				go func() { <-arrived; cancel() }()
				_, err := s.client.Do(s.request(http.MethodGet, address, nil).WithContext(ctx)) //nolint:bodyclose // there is none
				require.ErrorIs(t, err, context.Canceled)
				require.Eventually(t, func() bool { return bytes.Contains([]byte(s.log.String()), []byte("logo not ")) }, 5*time.Second, time.Millisecond)
			}
			slow.Store(false)
			s.get(address).picture("image/png")
		})
	}
}

// A kept logo is that of an address: a group that has another one now does not keep the old picture.
func TestLogoThatWasReplaced(t *testing.T) {
	s := signedIn(t, siteOptions{})
	calls := s.storage(func(w http.ResponseWriter, r *http.Request) {
		_ = png.Encode(w, image.NewGray(image.Rect(0, 0, len(r.URL.Path), 1)))
	})
	old := s.get(s.logoAt("https://logos.example.com/a.png")).picture("image/png")
	s.sandbox.ClearFaults()
	address := s.logoAt("https://logos.example.com/longer.png")
	s.get(s.groupPath("First Aiders")).whole(http.StatusOK) // any page that shows the group learns of it
	assert.NotEqual(t, old.body, s.get(address).picture("image/png").body)
	assert.EqualValues(t, 2, calls.Load())
}
