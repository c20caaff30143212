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
	synctest.Test(t, func(t *testing.T) { test(t, transportTo(h)) })
}

func TestTransportPassesRequestsOnUnchanged(t *testing.T) {
	var seen *http.Request
	h := func(w http.ResponseWriter, r *http.Request) {
		seen = r
		_, _ = io.Copy(w, r.Body)
	}
	inProcess(t, h, func(t *testing.T, rt http.RoundTripper) {
		req := get(t, t.Context(), "PUT", strings.NewReader("milk"))
		req.Header.Set("User-Agent", "test")
		res, err := rt.RoundTrip(req)
		require.NoError(t, err)
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Equal(t, "milk", string(b))
		assert.Equal(t, "/api/x?y=z", seen.RequestURI)
		assert.Equal(t, "sandbox.invalid", seen.Host)
		assert.Nil(t, seen.TLS)
		assert.Equal(t, http.Header{"User-Agent": {"test"}, "Content-Length": {"4"}, "Connection": {"close"}}, seen.Header)

		req = get(t, t.Context(), "GET", nil)
		req.URL.Scheme = "https"
		res, err = rt.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.NotNil(t, seen.TLS, "links in answers follow the scheme")
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
		assert.ErrorIs(t, err, context.Canceled)
	})
	half := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	inProcess(t, half, func(t *testing.T, rt http.RoundTripper) {
		ctx, cancel := context.WithCancel(t.Context())
		res, err := rt.RoundTrip(get(t, ctx, "GET", nil))
		require.NoError(t, err)
		_, err = io.ReadFull(res.Body, make([]byte, 4))
		require.NoError(t, err, "before the handler has finished")
		cancel()
		_, err = res.Body.Read(make([]byte, 4))
		assert.ErrorIs(t, err, context.Canceled)
		assert.NoError(t, res.Body.Close())
	})
}

func TestTransportAnswersWithoutReadingTheRequest(t *testing.T) {
	h := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) }
	inProcess(t, h, func(t *testing.T, rt http.RoundTripper) {
		for range 1000 { // without the care that is taken, one in some hundreds fails
			res, err := rt.RoundTrip(get(t, t.Context(), "PUT", strings.NewReader(strings.Repeat("x", 1<<16))))
			require.NoError(t, err)
			assert.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
			assert.NoError(t, res.Body.Close())
		}
	})
}

func TestTransportBreaksOffAsAServerDoes(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"before the answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"within the answer": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "9") },
	} {
		calls := 0
		counted := func(w http.ResponseWriter, r *http.Request) { calls++; h(w, r) }
		inProcess(t, counted, func(t *testing.T, rt http.RoundTripper) {
			res, err := rt.RoundTrip(get(t, t.Context(), "GET", nil))
			if err == nil {
				_, err = io.ReadAll(res.Body)
				assert.NoError(t, res.Body.Close())
			}
			assert.ErrorContains(t, err, "EOF", name)
			assert.Equal(t, 1, calls, "nothing is sent again behind the caller's back")
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
