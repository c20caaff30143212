package sandbox

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadsAreLimitedInASlidingWindow(t *testing.T) {
	now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	o := Options{Reads: 3, Per: 5 * time.Second, Now: func() time.Time { return now }}
	var l limit
	for range 3 {
		assert.Zero(t, l.take(http.MethodGet, o))
		now = now.Add(time.Second)
	}
	assert.Equal(t, 2*time.Second, l.take(http.MethodGet, o))
	assert.Zero(t, l.take(http.MethodPost, o), "only reads")
	now = now.Add(2*time.Second - 1)
	assert.Equal(t, time.Duration(1), l.take(http.MethodGet, o))
	now = now.Add(1)
	assert.Zero(t, l.take(http.MethodGet, o), "the first one has left the window")
	assert.NotZero(t, l.take(http.MethodGet, o), "and only that")
	assert.Zero(t, l.take(http.MethodGet, Options{}), "no limit unless asked for")
}

func TestALimitedReadSaysHowLong(t *testing.T) {
	s, err := New(Options{Reads: 1, Per: 5 * time.Second})
	require.NoError(t, err)
	get := func() *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, BaseURL+"/me", nil)
		require.NoError(t, err)
		r.Header = http.Header{"Authorization": {"Bearer " + AdminToken}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
		answer, err := s.Transport().RoundTrip(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	assert.Equal(t, http.StatusOK, get().StatusCode)
	refused := get()
	assert.Equal(t, http.StatusTooManyRequests, refused.StatusCode)
	assert.Contains(t, []string{"5", "4"}, refused.Header.Get("Retry-After"))

	for _, o := range []Options{{Reads: -1}, {Reads: 1}, {Reads: 1, Per: -1}} {
		_, err := New(o)
		assert.Error(t, err)
	}
}
