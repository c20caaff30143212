package tallyfy

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// redirecting serves /api/… with a redirect to where, except /api/end, and counts what reaches the other host.
func redirecting(t *testing.T, status int, where func(self, other string) string) (c *Client, self, elsewhere *atomic.Int32) {
	t.Helper()
	self, elsewhere = &atomic.Int32{}, &atomic.Int32{}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere.Add(1)
		assert.Empty(t, r.Header.Get("Authorization"))
	}))
	t.Cleanup(other.Close)
	var api *httptest.Server
	api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		self.Add(1)
		if r.URL.Path == "/api/end" {
			assert.Equal(t, "Bearer "+testToken, r.Header.Get("Authorization"))
			assert.Equal(t, "APIClient", r.Header.Get("X-Tallyfy-Client"))
			_, _ = w.Write([]byte(`{"data":{"id":"end","members":[],"guests":[]}}`))
			return
		}
		http.Redirect(w, r, where(api.URL, other.URL), status)
	}))
	t.Cleanup(api.Close)
	transport := NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	return newTestClient(t, Options{BaseURL: api.URL + "/api", Transport: transport}), self, elsewhere
}

func TestRedirectToAnotherHostIsAnError(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		c, self, elsewhere := redirecting(t, status, func(_, other string) string { return other + "/api/end" })
		_, getErr := c.Groups.Get(t.Context(), "o", "g")
		_, putErr := c.Groups.Update(t.Context(), "o", "g", UpdateGroupRequest{Description: "d"})
		_, openErr := c.Files.Open(t.Context(), "o", "f")
		_, urlErr := c.Files.OpenURL(t.Context(), c.shared.base.JoinPath("logo.png"))
		for _, err := range []error{getErr, putErr, openErr, urlErr} {
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, status, e.Status)
			assert.Contains(t, e.Message, "redirect")
		}
		assert.True(t, MayHaveHappened(putErr))
		assert.EqualValues(t, 4, self.Load())
		assert.Zero(t, elsewhere.Load())
	}
}

func TestRedirectWithinTheHost(t *testing.T) {
	c, self, _ := redirecting(t, http.StatusFound, func(self, _ string) string { return self + "/api/end" })
	g, err := c.Groups.Get(t.Context(), "o", "end")
	require.NoError(t, err)
	assert.Equal(t, ID("end"), g.ID)
	assert.EqualValues(t, 2, self.Load())

	_, err = c.Groups.Create(t.Context(), "o", CreateGroupRequest{Name: "n", Description: "d"})
	assert.Error(t, err, "a redirected write is not repeated")
	assert.EqualValues(t, 3, self.Load())
}

func TestRedirectsEnd(t *testing.T) {
	c, self, _ := redirecting(t, http.StatusFound, func(self, _ string) string { return self + "/api/again" })
	_, err := c.Groups.Get(t.Context(), "o", "g")
	assert.Error(t, err)
	assert.EqualValues(t, 1+maxRedirects, self.Load())

	c, self, _ = redirecting(t, http.StatusFound, func(self, _ string) string {
		u, err := url.Parse(self)
		require.NoError(t, err)
		u.User = url.User("somebody")
		return u.String() + "/api/end"
	})
	_, err = c.Groups.Get(t.Context(), "o", "g")
	assert.Error(t, err, "user information would replace the token")
	assert.EqualValues(t, 1, self.Load())
}

func TestTransportKeepsConnections(t *testing.T) {
	assert.GreaterOrEqual(t, NewTransport().MaxIdleConnsPerHost, 100)
	assert.NotNil(t, NewTransport().Proxy)
}
