package logo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

func TestFromAPI(t *testing.T) {
	picture := encoded(t, "png", 3, 2)
	client, u := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "Bearer "+token, r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(picture)
	})
	img, err := New(Options{}).Fetch(t.Context(), client, u)
	require.NoError(t, err)
	assert.Equal(t, picture, img.Data)
	assert.Equal(t, "image/png", img.ContentType, "ours, not the one that was sent")
	assert.Regexp(t, `^"[0-9a-f]{32}"$`, img.ETag)

	again, err := New(Options{}).Fetch(t.Context(), client, u)
	require.NoError(t, err)
	assert.Equal(t, img.ETag, again.ETag)
	picture = encoded(t, "png", 2, 3)
	other, err := New(Options{}).Fetch(t.Context(), client, u)
	require.NoError(t, err)
	assert.NotEqual(t, img.ETag, other.ETag)
}

func TestAPIErrors(t *testing.T) {
	for _, status := range []int{401, 403, 422, 429, 500, 302} {
		client, u := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.Header().Set("Location", "https://logos.example.com/a.png")
			w.WriteHeader(status)
		})
		img, err := New(Options{Dial: noDial(t)}).Fetch(t.Context(), client, u)
		var apiError *tallyfy.Error
		require.ErrorAs(t, err, &apiError, "%d", status)
		assert.Equal(t, status, apiError.Status)
		assert.NotErrorIs(t, err, ErrNone)
		assert.Nil(t, img)
	}

	client, u := newAPI(t, http.NotFound)
	img, err := New(Options{}).Fetch(t.Context(), client, u+"?X-Signature="+signature)
	requireNone(t, img, err, "404")
}

func TestAPIContentThatIsNoImage(t *testing.T) {
	client, u := newAPI(t, send([]byte("<svg xmlns='http://www.w3.org/2000/svg'/>")))
	img, err := New(Options{}).Fetch(t.Context(), client, u)
	requireNone(t, img, err, "not a raster image")
}

// A body that never ends holds nobody longer than the time limit, and neither does an API that does
// not answer.
func TestAPITime(t *testing.T) {
	const u = "https://api.example.com/logo"
	slow := map[string]roundTrip{
		"body": func(r *http.Request) (*http.Response, error) {
			body := io.MultiReader(bytes.NewReader(encoded(t, "png", 1, 1)), until(r.Context()))
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body), ContentLength: -1, Request: r}, nil
		},
		"answer": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
	}
	for name, transport := range slow {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, err := tallyfy.New(tallyfy.Options{BaseURL: "https://api.example.com", Transport: transport})
				require.NoError(t, err)
				start := time.Now()
				_, err = New(Options{Timeout: 2 * time.Second}).Fetch(t.Context(), client.WithToken(token), u)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 2*time.Second, time.Since(start))
			})
		})
	}
}

// The error of a stream that the client describes itself is passed on, so that a page can say what
// it says.
func TestAPIErrorWhileReading(t *testing.T) {
	f := New(Options{})
	_, err := f.read(failing{&tallyfy.Error{Status: 200, Message: "broken"}}, -1)
	var apiError *tallyfy.Error
	require.ErrorAs(t, err, &apiError)
	assert.NotErrorIs(t, err, ErrNone)

	_, err = f.read(failing{io.ErrUnexpectedEOF}, -1)
	require.ErrorIs(t, err, ErrNone)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestSize(t *testing.T) {
	picture := encoded(t, "png", 1, 1)
	size := int64(len(picture))
	for name, announced := range map[string]bool{"announced": true, "in chunks": false} {
		handler := func(w http.ResponseWriter, r *http.Request) {
			if !announced {
				w.(http.Flusher).Flush()
			}
			_, _ = w.Write(picture)
		}
		client, u := newAPI(t, handler)
		host := newStorage(t, handler)
		for from, u := range map[string]string{"API": u, "storage": storage} {
			t.Run(name+" "+from, func(t *testing.T) {
				host.options.MaxBytes = size
				img, err := New(host.options).Fetch(t.Context(), client, u)
				require.NoError(t, err)
				assert.Len(t, img.Data, int(size))

				host.options.MaxBytes = size - 1
				img, err = New(host.options).Fetch(t.Context(), client, u)
				requireNone(t, img, err, "more than")
				assert.Equal(t, announced, strings.Contains(err.Error(), "announced"))
			})
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// until is a reader that blocks until the context ends.
func until(ctx context.Context) io.Reader { return waiting{ctx} }

type waiting struct{ ctx context.Context }

func (w waiting) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, errors.Join(errors.New("connection closed"), w.ctx.Err())
}
