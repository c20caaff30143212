package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func get(t testing.TB, ctx context.Context, method string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, BaseURL+"/x?y=z", body)
	require.NoError(t, err)
	return req
}

// Each test runs in a bubble: synctest fails it when a goroutine is left blocked at the end.
func inProcess(t *testing.T, h http.HandlerFunc, test func(t *testing.T, rt http.RoundTripper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, transport{handler: h}) })
}

func TestTransportRequest(t *testing.T) {
	var seen *http.Request
	var body string
	h := func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		seen, body = r, string(b)
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "tea")
	}
	inProcess(t, h, func(t *testing.T, rt http.RoundTripper) {
		req := get(t, t.Context(), "PUT", strings.NewReader("milk"))
		res, err := rt.RoundTrip(req)
		require.NoError(t, err)
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Equal(t, "tea", string(b))
		assert.Equal(t, "418 I'm a teapot", res.Status)
		assert.Equal(t, "yes", res.Header.Get("X-Answer"))
		assert.EqualValues(t, -1, res.ContentLength)
		assert.Same(t, req, res.Request)
		assert.Equal(t, "milk", body)
		assert.Equal(t, "/api/x?y=z", seen.RequestURI)
		assert.Equal(t, "sandbox.invalid", seen.Host)
		assert.Equal(t, "HTTP/1.1", seen.Proto)
		_, err = res.Body.Read(make([]byte, 1))
		assert.ErrorIs(t, err, http.ErrBodyReadAfterClose)
	})
}

func TestTransportAnswersWithoutBody(t *testing.T) {
	for _, h := range []http.HandlerFunc{
		func(http.ResponseWriter, *http.Request) {},
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	} {
		inProcess(t, h, func(t *testing.T, rt http.RoundTripper) {
			res, err := rt.RoundTrip(get(t, t.Context(), "GET", nil))
			require.NoError(t, err)
			b, err := io.ReadAll(res.Body)
			assert.NoError(t, err)
			assert.Empty(t, b)
			assert.NoError(t, res.Body.Close())
		})
	}
	inProcess(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		_, _ = io.WriteString(w, "tea")
	}, func(t *testing.T, rt http.RoundTripper) {
		res, err := rt.RoundTrip(get(t, t.Context(), "HEAD", nil))
		require.NoError(t, err)
		b, err := io.ReadAll(res.Body)
		assert.NoError(t, err)
		assert.Empty(t, b)
		assert.EqualValues(t, 3, res.ContentLength)
		assert.NoError(t, res.Body.Close())
	})
}

func TestTransportStreams(t *testing.T) {
	next := make(chan struct{})
	h := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "one")
		<-next
		_, _ = io.WriteString(w, "two")
	}
	synctest.Test(t, func(t *testing.T) {
		next = make(chan struct{})
		res, err := transport{handler: http.HandlerFunc(h)}.RoundTrip(get(t, t.Context(), "GET", nil))
		require.NoError(t, err)
		b := make([]byte, 3)
		_, err = io.ReadFull(res.Body, b)
		require.NoError(t, err)
		assert.Equal(t, "one", string(b), "before the handler has finished")
		close(next)
		rest, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		assert.Equal(t, "two", string(rest))
		assert.NoError(t, res.Body.Close())
	})
}

func TestTransportBodyClosedEarly(t *testing.T) {
	var writeErr error
	var ctxErr error
	h := func(w http.ResponseWriter, r *http.Request) {
		for writeErr == nil {
			_, writeErr = w.Write(make([]byte, 1024))
		}
		<-r.Context().Done()
		ctxErr = r.Context().Err()
	}
	inProcess(t, h, func(t *testing.T, rt http.RoundTripper) {
		res, err := rt.RoundTrip(get(t, t.Context(), "GET", nil))
		require.NoError(t, err)
		_, err = res.Body.Read(make([]byte, 10))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		synctest.Wait()
		assert.Error(t, writeErr)
		assert.ErrorIs(t, ctxErr, context.Canceled, "the handler hears of it")
	})
}

func TestTransportContext(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	inProcess(t, hang, func(t *testing.T, rt http.RoundTripper) {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		_, err := rt.RoundTrip(get(t, ctx, "GET", nil))
		assert.Equal(t, context.Canceled, err)
		body := &closeRecorder{Reader: strings.NewReader("x")}
		_, err = rt.RoundTrip(get(t, ctx, "POST", body))
		assert.Equal(t, context.Canceled, err, "already over")
		assert.True(t, body.closed)
	})
	half := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "half")
		<-r.Context().Done()
	}
	inProcess(t, half, func(t *testing.T, rt http.RoundTripper) {
		ctx, cancel := context.WithCancel(t.Context())
		res, err := rt.RoundTrip(get(t, ctx, "GET", nil))
		require.NoError(t, err)
		_, err = io.ReadFull(res.Body, make([]byte, 4))
		require.NoError(t, err)
		cancel()
		_, err = res.Body.Read(make([]byte, 4))
		assert.Equal(t, context.Canceled, err)
		assert.NoError(t, res.Body.Close())
	})
	// A request body that never ends does not hold the handler for ever.
	read := func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }
	inProcess(t, read, func(t *testing.T, rt http.RoundTripper) {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		endless, _ := io.Pipe()
		_, err := rt.RoundTrip(get(t, ctx, "POST", endless))
		assert.Equal(t, context.Canceled, err)
	})
}

type closeRecorder struct {
	io.Reader
	closed bool
}

func (c *closeRecorder) Close() error { c.closed = true; return nil }

func TestTransportBrokenConnection(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"abort":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"panic":  func(http.ResponseWriter, *http.Request) { panic("a mistake") },
		"length": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "9") },
	} {
		inProcess(t, h, func(t *testing.T, rt http.RoundTripper) {
			res, err := rt.RoundTrip(get(t, t.Context(), "GET", nil))
			if err == nil {
				_, err = io.ReadAll(res.Body)
				assert.NoError(t, res.Body.Close())
			}
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		})
	}
}

func TestURLsFollowTheClient(t *testing.T) {
	s := start(t, Options{})
	mux := http.NewServeMux()
	mux.Handle("/some/where/", http.StripPrefix("/some/where", s))
	mux.Handle("/", s)
	plain, secure := httptest.NewServer(mux), httptest.NewTLSServer(mux)
	defer plain.Close()
	defer secure.Close()
	for _, base := range []string{plain.URL + "/api", plain.URL + "/some/where/api", secure.URL + "/some/where/api", BaseURL} {
		client := secure.Client() // knows the certificate, and speaks plain HTTP as well
		if base == BaseURL {
			client = &http.Client{Transport: s.Transport()}
		}
		do := func(url string) reply {
			req := request(t, s, AdminToken, "GET", "/me", "")
			u, err := req.URL.Parse(url)
			require.NoError(t, err)
			req.URL, req.Host = u, ""
			res, err := client.Do(req)
			require.NoError(t, err)
			b, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			return reply{res.StatusCode, res.Header, string(b)}
		}
		r := do(base + "/organizations/" + s.OrgID() + "/groups?q=Month-end")
		logo := r.list(t)[0]["logo"].(string)
		assert.True(t, strings.HasPrefix(logo, base+"/organizations/"), "%s is not below %s", logo, base)
		assert.Equal(t, 200, do(logo).status)
		next := do(base + "/organizations/" + s.OrgID() + "/groups").pagination(t)["links"].(map[string]any)["next"].(string)
		assert.True(t, strings.HasPrefix(next, base), next)
		assert.Len(t, do(next).list(t), 10)
	}
}

func TestConcurrentUse(t *testing.T) {
	s := start(t, Options{})
	m := mustMember(t, s, idleUser)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 10 {
				name := fmt.Sprintf("Team %d-%d", worker, i)
				r := admin(t, s, "POST", groupsPath, fmt.Sprintf(`{"name":%q,"description":"x","members":[%d]}`, name, m.ID))
				if !assert.Equal(t, 201, r.status) {
					return
				}
				id := r.data(t)["id"].(string)
				admin(t, s, "GET", groupsPath+"?sort_by=name&per_page=100&with=users,assets", "")
				admin(t, s, "GET", usersPath+"?with=groups", "")
				admin(t, s, "PUT", groupsPath+"/"+id, `{"description":"y","members":[]}`)
				s.Fail(Fault{Route: "/me", Times: 1, Status: 500})
				admin(t, s, "GET", "/me", "")
				if i%2 == 0 {
					admin(t, s, "DELETE", groupsPath+"/"+id, "")
				}
				_, _ = s.Requests(), s.Groups()
			}
		})
	}
	wg.Wait()
	assert.Len(t, s.Groups(), seedGroups+8*5)
	assert.Len(t, mustMember(t, s, idleUser).Groups, 1)
}
