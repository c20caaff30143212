package tallyfy

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Over a real transport, what kind of failure a write met decides whether it may have happened.
func TestMayHaveHappenedOverRealConnections(t *testing.T) {
	abort := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	aborting := httptest.NewServer(abort)
	defer aborting.Close()
	closed := httptest.NewServer(abort)
	closed.Close()
	untrusted := httptest.NewUnstartedServer(abort)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()

	for name, c := range map[string]struct {
		base string
		want bool
	}{
		"broken after it was sent":        {aborting.URL, true},
		"dial refused":                    {closed.URL, false},
		"certificate refused":             {untrusted.URL, false},
		"TLS to a server that does not":   {strings.Replace(aborting.URL, "http:", "https:", 1), false},
		"time-out in the TLS handshake":   {"https://" + silent.Addr().String(), false},
		"time-out waiting for the answer": {"http://" + silent.Addr().String(), true},
		"a name that cannot be resolved":  {"http://name.invalid", false},
	} {
		transport := NewTransport()
		transport.Proxy = nil
		client := newTestClient(t, Options{BaseURL: c.base, Transport: transport, AttemptTimeout: time.Second})
		err := putCall(t.Context(), client)
		require.Error(t, err, name)
		assert.Equal(t, c.want, MayHaveHappened(err), "%s: %v", name, err)
		transport.CloseIdleConnections()
	}
}

func TestAnswersAreCapped(t *testing.T) {
	body := `{"data":{"id":"g","members":[],"guests":[],"name":"` + strings.Repeat("x", 100) + `"}}`
	unknownLength := func(r *http.Request) (*http.Response, error) {
		resp, _ := answers(200, body)(r)
		resp.ContentLength = -1
		return resp, nil
	}
	for _, step := range []roundTrip{answers(200, body), unknownLength} {
		for limit, fits := range map[int64]bool{int64(len(body)): true, int64(len(body)) - 1: false} {
			s := &script{steps: []roundTrip{step}}
			client := newTestClient(t, Options{Transport: s, MaxBody: limit})
			_, err := client.Groups.Get(t.Context(), "o", "g")
			if fits {
				assert.NoError(t, err)
				continue
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.ErrorIs(t, err, errTooLarge)
			assert.Equal(t, 200, e.Status)
			assert.Equal(t, 1, s.count(), "asking again would bring the same")
		}
	}
}

func TestUnreadableAnswers(t *testing.T) {
	for _, body := range []string{``, `<html>`, `"done"`, `{"data":5}`, `{"data":`, `{"data":null}`, `{"message":"ok"}`} {
		c, _ := scripted(t, answers(201, body, "X-Request-Id", "r"))
		_, err := c.Groups.Create(t.Context(), "o", CreateGroupRequest{Name: "n"})
		var e *Error
		require.ErrorAs(t, err, &e, body)
		assert.Equal(t, 201, e.Status)
		assert.Equal(t, "r", e.RequestID)
		assert.Error(t, e.Err)
		assert.NotContains(t, e.Message, "<")
		assert.True(t, MayHaveHappened(err), body)
	}
}

func TestAnswersThatMayBeEmpty(t *testing.T) {
	for body, wantID := range map[string]UserID{
		``: "", " \n": "", `{"data":null}`: "", `{"data":[]}`: "", `{"message":"done"}`: "",
		`{"data":{"id":5,"status":"disabled"}}`: "5", `{"id":5}`: "5",
	} {
		c, _ := scripted(t, answers(200, body))
		removed, err := c.Members.Remove(t.Context(), "o", "5", RemoveOptions{})
		require.NoError(t, err, body)
		enabled, err := c.Members.Enable(t.Context(), "o", "5")
		require.NoError(t, err, body)
		for _, m := range []*Member{removed, enabled} {
			assert.Equal(t, wantID != "", m != nil, body)
			if m != nil {
				assert.Equal(t, wantID, m.ID)
			}
		}
	}
	for body, fine := range map[string]bool{
		``: true, `{}`: true, `{"data":null}`: true, `<html>`: false, `{"error":false}`: true, `{"error":true,"message":"no"}`: false,
	} {
		c, _ := scripted(t, answers(200, body))
		assert.Equal(t, fine, c.Groups.Delete(t.Context(), "o", "g") == nil, body)
	}
	c, _ := scripted(t, answers(200, `<html>`))
	_, err := c.Members.Remove(t.Context(), "o", "5", RemoveOptions{})
	assert.Error(t, err)
}

// A 2xx whose body tells of a failure is a refusal, whatever else is in it and whatever was asked.
func TestSuccessThatTellsOfAFailure(t *testing.T) {
	calls := map[string]func(c *Client) error{
		"list":   func(c *Client) error { _, err := c.Groups.List(t.Context(), "o", GroupListOptions{}); return err },
		"get":    func(c *Client) error { return getCall(t.Context(), c) },
		"create": func(c *Client) error { return postCall(t.Context(), c) },
		"delete": func(c *Client) error { return delCall(t.Context(), c) },
		"remove": func(c *Client) error {
			_, err := c.Members.Remove(t.Context(), "o", "5", RemoveOptions{})
			return err
		},
	}
	for body, want := range map[string]Error{
		`{"error":true,"message":"Quota","code":"Q","errors":{"name":"taken"}}`: {Message: "Quota", FromService: true, Code: "Q", Fields: map[string][]string{"name": {"taken"}}},
		`{"error":"Not now"}`: {Message: "Not now", FromService: true},
		`{"error":{"code":"SEAT_POOL_EXHAUSTED","message":"No seats left","details":{"pool_type":"full"}}}`: {
			Message: "No seats left", FromService: true, Code: "SEAT_POOL_EXHAUSTED", Pool: "full",
		},
		`{"data":[],"error":{"message":"Not now"}}`:         {Message: "Not now", FromService: true},
		`{"data":{"id":"g"},"error":1,"message":"Not now"}`: {Message: "Not now", FromService: true},
		`{"success":false}`:                                 {Message: "The service refused the request."},
		`{"success":"0","data":{"id":"g"}}`:                 {Message: "The service refused the request."},
		`{"error":true}`:                                    {Message: "The service refused the request."},
	} {
		for name, call := range calls {
			c, s := scripted(t, answers(200, body))
			err := call(c)
			var e *Error
			require.ErrorAs(t, err, &e, "%s: %s", name, body)
			want.Status, want.Method, want.Path, want.Err, want.refused = 200, e.Method, e.Path, errRefused, true
			assert.Equal(t, want, *e, "%s: %s", name, body)
			assert.True(t, IsRefused(err) && !MayHaveHappened(err), name)
			assert.Equal(t, 1, s.count(), "%s: %s", name, body)
		}
	}
	for _, fine := range []string{`false`, `0`, `0.0`, `"0"`, `" False "`, `""`, `null`, `{}`, `[ ]`} {
		c, _ := scripted(t, answers(200, `{"data":{"id":"g","members":[],"guests":[]},"error":`+fine+`,"success":"yes"}`))
		assert.NoError(t, getCall(t.Context(), c), fine)
		assert.NoError(t, delCall(t.Context(), c), fine)
	}
}

func TestFilesAreStreamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		var attemptCtx context.Context
		client, s := scripted(t, func(r *http.Request) (*http.Response, error) {
			attemptCtx = r.Context()
			return &http.Response{
				StatusCode: 200, Request: r, Body: reader, ContentLength: 10,
				Header: http.Header{"Content-Type": {"image/png"}, "Etag": {`"e"`}},
			}, nil
		})
		f, err := client.Files.Open(t.Context(), "o", "f")
		require.NoError(t, err)
		assert.Equal(t, "/some/prefix/api/organizations/o/file/f", s.calls[0].URL.Path)
		assert.Equal(t, [3]any{"image/png", `"e"`, int64(10)}, [3]any{f.ContentType, f.ETag, f.Size})

		time.Sleep(2 * defaultAttemptTimeout) // the attempt's limit is over: only the caller's context bounds the body
		go func() { _, _ = writer.Write([]byte("0123456789")); _ = writer.Close() }()
		body, err := io.ReadAll(f.Body)
		require.NoError(t, err)
		assert.Equal(t, "0123456789", string(body))
		require.NoError(t, attemptCtx.Err())
		require.NoError(t, f.Body.Close())
		assert.Error(t, attemptCtx.Err(), "closing ends the request")
	})
}

func TestFilesEndWithTheCallersContext(t *testing.T) {
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer endless.Close()
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	client := newTestClient(t, Options{BaseURL: endless.URL, Transport: transport})
	ctx, cancel := context.WithCancel(t.Context())
	f, err := client.Files.Open(ctx, "o", "f")
	require.NoError(t, err)
	defer f.Body.Close()
	cancel()
	_, err = f.Body.Read(make([]byte, 1))
	assert.ErrorIs(t, err, context.Canceled)
}

func TestFilesReportErrors(t *testing.T) {
	c, _ := scripted(t, answers(404, `{"message":"no file"}`))
	_, err := c.Files.Open(t.Context(), "o", "f")
	assert.True(t, IsNotFound(err))
}

func TestOpenURL(t *testing.T) {
	client, s := scripted(t, answers(200, "png"))
	own := client.shared.base.JoinPath("organizations/o/file/f/dl")
	own.RawQuery, own.Fragment = "v=2&secret=1", "x"
	f, err := client.Files.OpenURL(t.Context(), own)
	require.NoError(t, err)
	require.NoError(t, f.Body.Close())
	assert.Equal(t, "https://api.test/some/prefix/api/organizations/o/file/f/dl?v=2&secret=1", s.calls[0].URL.String())
	assert.Equal(t, "Bearer "+testToken, s.calls[0].Header.Get("Authorization"))

	foreign := *own
	foreign.Host = "storage.test"
	_, err = client.Files.OpenURL(t.Context(), &foreign)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.ErrorIs(t, err, errOtherHost)
	assert.NotContains(t, err.Error(), "secret")
	_, err = client.Files.OpenURL(t.Context(), nil)
	assert.ErrorIs(t, err, errOtherHost)
	assert.Equal(t, 1, s.count(), "no call to the other host")

	client, _ = scripted(t, answers(404, ""))
	_, err = client.Files.OpenURL(t.Context(), own)
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "/some/prefix/api/organizations/o/file/f/dl", e.Path, "without the query")
}

// A body may be read in one go by a transport; what it left open must be closed all the same, or connections leak.
func TestBodiesAreClosed(t *testing.T) {
	for _, status := range []int{200, 204, 302, 404, 429} {
		opened, closed := 0, 0
		step := func(r *http.Request) (*http.Response, error) {
			resp, _ := answers(status, `{"data":{"id":"g"},"code":"RATE_LIMIT_EXCEEDED"}`)(r)
			opened++
			resp.Body = closeCounter{resp.Body, &closed}
			return resp, nil
		}
		c, _ := scripted(t, step)
		_ = getCall(t.Context(), c)
		_ = delCall(t.Context(), c)
		assert.Equal(t, opened, closed, status)
		assert.Positive(t, opened)
	}
}

type closeCounter struct {
	io.ReadCloser
	closed *int
}

func (c closeCounter) Close() error {
	*c.closed++
	return errors.Join(c.ReadCloser.Close())
}
