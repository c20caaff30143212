package sandbox

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const oneGroup = "/organizations/{org}/groups/{group}"

func TestFaultMatching(t *testing.T) {
	s := start(t, Options{})
	g := mustGroup(t, s, "Finance")
	get := func() int { return admin(t, s, "GET", groupsPath+"/"+g.ID, "").status }
	s.Fail(Fault{Method: "GET", Route: oneGroup, Times: 2, Status: 502})
	s.Fail(Fault{Route: "/organizations/{o}/groups/{any}", Status: 503})
	assert.Equal(t, 200, admin(t, s, "GET", groupsPath, "").status, "another route")
	assert.Equal(t, 503, admin(t, s, "DELETE", groupsPath+"/"+g.ID, "").status, "another method")
	assert.Equal(t, []int{502, 502, 503, 503}, []int{get(), get(), get(), get()}, "the first is used up")
	assert.Equal(t, g, mustGroup(t, s, "Finance"), "a fault is not executed")
	s.ClearFaults()
	assert.Equal(t, 200, get())

	s.Fail(Fault{Times: 1, Status: 500})
	assert.Equal(t, 500, admin(t, s, "GET", "/no/such/route", "").status, "every request")
	assert.Panics(t, func() { s.Fail(Fault{Route: "/groups"}) })
}

func TestFaultAnswers(t *testing.T) {
	s := start(t, Options{})
	s.Fail(Fault{Times: 1, Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: `{"message":"slow"}`})
	r := admin(t, s, "GET", "/me", "")
	assert.Equal(t, 429, r.status)
	assert.Equal(t, "7", r.header.Get("Retry-After"))
	assert.Equal(t, "application/json", r.header.Get("Content-Type"))
	assert.Equal(t, "slow", r.message(t))

	s.Fail(Fault{Times: 1, Status: 502, Body: "<html><h1>Bad gateway</h1></html>"})
	r = admin(t, s, "GET", "/me", "")
	assert.Contains(t, r.header.Get("Content-Type"), "text/html")
	assert.Equal(t, 502, s.Requests()[1].Status)

	s.Fail(Fault{Times: 1, Status: 500})
	r = admin(t, s, "GET", "/me", "")
	assert.Empty(t, r.body)
	assert.Empty(t, r.header.Get("Content-Type"))

	s.Fail(Fault{Times: 1})
	assert.Equal(t, 200, admin(t, s, "GET", "/me", "").status, "no effect")
}

func TestFaultExecutes(t *testing.T) {
	s := start(t, Options{})
	s.Fail(Fault{Method: "POST", Times: 1, Execute: true, Status: 504})
	assert.Equal(t, 504, admin(t, s, "POST", groupsPath, `{"name":"Ghost","description":"x"}`).status)
	_, created := s.GroupByName("Ghost")
	assert.True(t, created)
	s.Fail(Fault{Times: 1, Execute: true})
	assert.Equal(t, 201, admin(t, s, "POST", groupsPath, `{"name":"Once","description":"x"}`).status, "executed once, answered as usual")
}

// overBoth runs a test in process and over a listener.
func overBoth(t *testing.T, test func(t *testing.T, s *Server, do func(*http.Request) (*http.Response, error))) {
	t.Helper()
	t.Run("in process", func(t *testing.T) {
		s := start(t, Options{})
		test(t, s, (&http.Client{Transport: s.Transport()}).Do)
	})
	t.Run("listener", func(t *testing.T) {
		s := start(t, Options{})
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		test(t, s, func(r *http.Request) (*http.Response, error) {
			r.URL.Host, r.Host = server.Listener.Addr().String(), ""
			return server.Client().Do(r)
		})
	})
}

func TestAbort(t *testing.T) {
	overBoth(t, func(t *testing.T, s *Server, do func(*http.Request) (*http.Response, error)) {
		s.Fail(Fault{Method: "POST", Times: 1, Abort: true})
		res, err := do(request(t, s, AdminToken, "POST", groupsPath, `{"name":"A","description":"x"}`))
		if err == nil {
			require.NoError(t, res.Body.Close())
		}
		require.Error(t, err)
		_, created := s.GroupByName("A")
		assert.False(t, created)

		s.Fail(Fault{Method: "POST", Times: 1, Abort: true, Execute: true})
		res, err = do(request(t, s, AdminToken, "POST", groupsPath, `{"name":"B","description":"x"}`))
		if err == nil {
			require.NoError(t, res.Body.Close())
		}
		require.Error(t, err)
		_, created = s.GroupByName("B")
		assert.True(t, created)
		assert.Zero(t, s.Requests()[1].Status)

		s.Fail(Fault{Times: 1, Abort: true, AbortAfter: 100})
		res, err = do(request(t, s, AdminToken, "GET", usersPath, ""))
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		assert.Len(t, body, 100)
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.NoError(t, res.Body.Close())

		res, err = do(request(t, s, AdminToken, "GET", "/me", ""))
		require.NoError(t, err, "the next one works")
		assert.NoError(t, res.Body.Close())
	})
}

func TestHang(t *testing.T) {
	overBoth(t, func(t *testing.T, s *Server, do func(*http.Request) (*http.Response, error)) {
		s.Fail(Fault{Times: 1, Hang: true, Execute: true})
		ctx, cancel := context.WithCancel(t.Context())
		req := request(t, s, AdminToken, "POST", groupsPath, `{"name":"Hung","description":"x"}`).WithContext(ctx)
		done := make(chan error, 1)
		go func() {
			res, err := do(req)
			if err == nil {
				_ = res.Body.Close()
			}
			done <- err
		}()
		require.Eventually(t, func() bool { _, ok := s.GroupByName("Hung"); return ok }, time.Minute, time.Millisecond)
		cancel()
		assert.ErrorIs(t, <-done, context.Canceled)
	})
}

func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, Options{Latency: 150 * time.Millisecond})
		began := time.Now()
		assert.Equal(t, 200, admin(t, s, "GET", "/me", "").status)
		assert.Equal(t, 150*time.Millisecond, time.Since(began))

		s.Fail(Fault{Times: 1, Delay: time.Minute})
		began = time.Now()
		assert.Equal(t, 200, admin(t, s, "GET", "/me", "").status)
		assert.Equal(t, time.Minute+150*time.Millisecond, time.Since(began))

		// Who goes away during the wait is not served: a write does not happen, unless it was
		// executed first.
		for name, execute := range map[string]bool{"Late": false, "Early": true} {
			s.Fail(Fault{Times: 1, Delay: time.Hour, Execute: execute})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			began = time.Now()
			req := request(t, s, AdminToken, "POST", groupsPath, `{"name":"`+name+`","description":"x"}`)
			_, err := s.Transport().RoundTrip(req.WithContext(ctx))
			cancel()
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, time.Second, time.Since(began))
			synctest.Wait()
			_, created := s.GroupByName(name)
			assert.Equal(t, execute, created, name)
		}
	})
}

func TestNamedAnswers(t *testing.T) {
	s := start(t, Options{})
	for name, want := range namedAnswers {
		s.Fail(Fault{Method: "DELETE", Route: oneGroup, Times: 1, Answer: name})
		r := admin(t, s, "DELETE", groupsPath+"/"+mustGroup(t, s, "Finance").ID, "")
		assert.Equal(t, want.status, r.status, name)
		assert.Equal(t, "application/json", r.header.Get("Content-Type"), name)
		assert.JSONEq(t, want.body, string(r.body), name)
		assert.Equal(t, strconv.Itoa(want.status), string(name)[:3], "its name says so")
	}
	s.Fail(Fault{Times: 1, Answer: ComeTomorrow, Header: http.Header{"X-More": {"1"}}})
	r := admin(t, s, "GET", "/me", "")
	assert.Equal(t, [2]string{"86400", "1"}, [2]string{r.header.Get("Retry-After"), r.header.Get("X-More")})
	assert.Panics(t, func() { s.Fail(Fault{Answer: "no such answer"}) })
	assert.Panics(t, func() { s.Fail(Fault{Answer: Rule, Status: 500}) }, "which of the two?")
}
