package logo

import (
	"bytes"
	"context"
	"crypto/x509"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

const (
	token     = "secret-token"
	signature = "secret-signature" // the query of a pre-signed URL
	storage   = "https://logos.example.com/a.png?X-Signature=" + signature
)

// newAPI serves as the API and returns a client with a token for it.
func newAPI(t *testing.T, handler http.HandlerFunc) (*tallyfy.Client, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := tallyfy.New(tallyfy.Options{BaseURL: server.URL + "/api"})
	require.NoError(t, err)
	return client.WithToken(token), server.URL + "/api/organizations/o/file/f"
}

// noAPI is a client whose API must not be called.
func noAPI(t *testing.T) *tallyfy.Client {
	t.Helper()
	client, _ := newAPI(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the API was called: %s", r.URL) })
	return client
}

// storageHost serves as every host under example.com, whatever its address, and says what it was
// asked.
type storageHost struct {
	options  Options
	requests []*http.Request
	dialled  []string
}

func newStorage(t *testing.T, handler http.HandlerFunc) *storageHost {
	t.Helper()
	s := &storageHost{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests = append(s.requests, r)
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	s.options.RootCAs = x509.NewCertPool()
	s.options.RootCAs.AddCert(server.Certificate())
	s.options.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		s.dialled = append(s.dialled, address)
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return s
}

func send(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }
}

func requireNone(t *testing.T, img *Image, err error, reason string) {
	t.Helper()
	require.ErrorIs(t, err, ErrNone)
	assert.ErrorContains(t, err, reason)
	assert.Nil(t, img)
	assert.NotContains(t, err.Error(), signature)
	assert.NotContains(t, err.Error(), token)
}

func encoded(t testing.TB, format string, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch img := image.NewGray(image.Rect(0, 0, width, height)); format {
	case "png":
		err = png.Encode(&b, img)
	case "jpeg":
		err = jpeg.Encode(&b, img, nil)
	case "gif":
		err = gif.Encode(&b, img, nil)
	}
	require.NoError(t, err)
	return b.Bytes()
}
