package program_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// tallyfyHost resolves nowhere (RFC 6761): only through the proxy is it found.
const tallyfyHost = "tallyfy.invalid"

// privateTallyfy is a sandbox over TLS under tallyfyHost, with a certificate of an authority that only the file knows.
func privateTallyfy(t *testing.T) (a *program.API, authority string) {
	t.Helper()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "The company's own"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	require.NoError(t, err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: root.NotBefore, NotAfter: root.NotAfter, DNSNames: []string{tallyfyHost}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, &key.PublicKey, rootKey)
	require.NoError(t, err)
	authority = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), 0o600))

	s, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = nil
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leafDER}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return &program.API{Server: s, URL: server.URL, HTTP: server}, authority
}

// A tunnel is a company's outbound proxy. It connects everybody to one server, and writes down where they wanted to go.
type tunnel struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newTunnel(t *testing.T, to string) *tunnel {
	p := &tunnel{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.Host)
		p.mu.Unlock()
		server, err := net.Dial("tcp", to)
		if err != nil || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = server.Close()
			return
		}
		_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		}()
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *tunnel) connections() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// throughProxy is a program whose Tallyfy is at tallyfyHost.
func throughProxy(t *testing.T, a *program.API, env ...string) *sitetest.Site {
	p := start(t, program.Options{Arguments: []string{"--sandbox=false", "--api-url", "https://" + tallyfyHost + "/api"}, Env: append(env, "SSL_CERT_DIR="+t.TempDir())})
	return program.VisitorAt(t, "http://"+p.Options.Address, a)
}

func TestOutboundProxy(t *testing.T) {
	t.Parallel()
	tallyfy, authority := privateTallyfy(t)
	proxy := newTunnel(t, tallyfy.HTTP.Listener.Addr().String())

	s := throughProxy(t, tallyfy, "SSL_CERT_FILE="+authority, "HTTPS_PROXY="+proxy.URL)
	program.SignIn(s, sandbox.AdminToken)
	s.Get("/members").Whole(http.StatusOK)
	connections := proxy.connections()
	assert.NotEmpty(t, connections)
	for _, c := range connections {
		assert.Equal(t, "CONNECT "+tallyfyHost+":443", c, "the proxy sees a tunnel only")
	}

	s = throughProxy(t, tallyfy, "SSL_CERT_FILE="+authority, "HTTPS_PROXY="+proxy.URL, "NO_PROXY=intranet.example,.invalid")
	p := s.SignInWith(sandbox.AdminToken).Whole(http.StatusBadGateway)
	assert.Equal(t, "Tallyfy can't be reached", p.Text("h1"))
	assert.Equal(t, connections, proxy.connections(), "it is not asked for that host")
}

func TestPrivateAuthority(t *testing.T) {
	t.Parallel()
	tallyfy, authority := privateTallyfy(t)
	s := start(t, program.Options{API: tallyfy, Env: []string{"SSL_CERT_FILE=" + authority}}).Site()
	program.SignIn(s, sandbox.AdminToken)
	s.Get("/members").Whole(http.StatusOK)
	tallyfy.ClearRequests()

	untold := start(t, program.Options{API: tallyfy})
	p := untold.Site().SignInWith(sandbox.AdminToken).Whole(http.StatusBadGateway)
	assert.Equal(t, "Tallyfy can't be reached", p.Text("h1"))
	assert.Contains(t, untold.Log.String(), "x509", "the log says why")
	assert.Empty(t, tallyfy.Requests(), "the token was not sent")
}
