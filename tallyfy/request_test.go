package tallyfy

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeadersAndAddress(t *testing.T) {
	c, s := scripted(t, answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
	ctx := WithRequestID(t.Context(), "req-1")

	_, err := c.Groups.Get(ctx, "o", "g", "assets", "users")
	require.NoError(t, err)
	r := s.calls[0]
	assert.Equal(t, "https://api.test/some/prefix/api/organizations/o/groups/g?with=assets%2Cusers", r.URL.String())
	assert.Equal(t, http.Header{
		"Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}, "User-Agent": {"tallyfy-admin"},
		"Authorization": {"Bearer " + testToken}, "X-Request-Id": {"req-1"},
	}, r.Header)
	assert.Nil(t, r.Body)

	_, err = c.Groups.Create(t.Context(), "o", CreateGroupRequest{Name: "N", Description: "D"})
	require.NoError(t, err)
	r = s.calls[1]
	assert.Equal(t, http.MethodPost, r.Method)
	assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
	assert.Empty(t, r.Header.Get("X-Request-Id"))
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"N","description":"D","members":[],"guests":[]}`, string(body))
	assert.EqualValues(t, len(body), r.ContentLength)
}

func TestBaseURLForms(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.test":                 "https://api.test/me",
		"https://api.test/":                "https://api.test/me",
		"http://api.test:8081/api//":       "http://api.test:8081/api/me",
		"https://api.test/a%2Fb/api":       "https://api.test/a%2Fb/api/me",
		"https://api.test/with%20space/é/": "https://api.test/with%20space/%C3%A9/me",
	} {
		s := &script{steps: []roundTrip{answers(200, `{"data":{"id":1}}`)}}
		_, err := newTestClient(t, Options{BaseURL: base, Transport: s}).Organizations.Me(t.Context())
		require.NoError(t, err, base)
		assert.Equal(t, want, s.calls[0].URL.String())
	}
}

func TestIDsAreEscaped(t *testing.T) {
	for id, want := range map[ID]string{
		"a b":        "a%20b",
		"a/../b":     "a%2F..%2Fb",
		"a?x=1#f":    "a%3Fx=1%23f",
		"a%2Fb":      "a%252Fb",
		"é\n":        "%C3%A9%0A",
		"...":        "...",
		"g@x.test+1": "g@x.test+1",
		"\xff":       "%FF",
	} {
		c, s := scripted(t, answers(204, ""))
		require.NoError(t, c.Groups.Delete(t.Context(), "o", id), id)
		assert.Equal(t, "/some/prefix/api/organizations/o/groups/"+want, s.calls[0].URL.EscapedPath())
		assert.Equal(t, "/some/prefix/api/organizations/o/groups/"+string(id), s.calls[0].URL.Path)
	}
}

// Each of these would reach another route than the one meant.
func TestUnusableIDsAreRefusedBeforeACall(t *testing.T) {
	for _, id := range []ID{"", ".", ".."} {
		c, s := scripted(t, answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
		_, getErr := c.Groups.Get(t.Context(), "o", id)
		_, orgErr := c.Members.List(t.Context(), id, MemberListOptions{})
		_, removeErr := c.Members.Remove(t.Context(), "o", UserID(id), RemoveOptions{})
		_, fileErr := c.Files.Open(t.Context(), "o", id)
		for _, err := range []error{getErr, orgErr, removeErr, fileErr, c.Groups.Delete(t.Context(), "o", id)} {
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.ErrorIs(t, err, errSegment)
			assert.Zero(t, e.Status)
			assert.False(t, MayHaveHappened(err))
		}
		assert.Zero(t, s.count())
	}
}

func TestQueriesLeaveZeroValuesOut(t *testing.T) {
	c, s := scripted(t, answers(200, `{"data":[]}`))
	ctx := t.Context()
	for want, call := range map[string]func() error{
		"": func() error { _, err := c.Groups.List(ctx, "o", GroupListOptions{}); return err },
		"page=2&per_page=25&q=a+%26+b&sort_by=name&with=assets%2Cguests": func() error {
			_, err := c.Groups.List(ctx, "o", GroupListOptions{Query: "a & b", SortBy: "name", Page: 2, PerPage: 25, With: []string{"assets", "guests"}})
			return err
		},
		"page=3&per_page=50&q=x&sort=-created_at&with=groups": func() error {
			_, err := c.Members.List(ctx, "o", MemberListOptions{Query: "x", Sort: "-created_at", Page: 3, PerPage: 50, With: []string{"groups"}})
			return err
		},
		"page=1&per_page=5&q=g%40x.test&sort=email": func() error {
			_, err := c.Guests.List(ctx, "o", GuestListOptions{Query: "g@x.test", Sort: "email", Page: 1, PerPage: 5})
			return err
		},
		"groups=g1&owners=5&page=1&per_page=3&status=active": func() error {
			_, err := c.Tasks.List(ctx, "o", TaskListOptions{Owner: "5", Group: "g1", Status: "active", Page: 1, PerPage: 3})
			return err
		},
		"to=7&with_reassignment=true": func() error {
			_, err := c.Members.Remove(ctx, "o", "5", RemoveOptions{ReassignTo: "7"})
			return err
		},
	} {
		require.NoError(t, call(), want)
		assert.Equal(t, want, s.calls[len(s.calls)-1].URL.RawQuery)
	}
	_, err := c.Members.Remove(ctx, "o", "5", RemoveOptions{})
	require.NoError(t, err)
	assert.Empty(t, s.calls[len(s.calls)-1].URL.RawQuery)
}

func TestRequestIDsThatAreNotSent(t *testing.T) {
	for _, id := range []string{"", "two words", "line\nbreak", "é", strings.Repeat("x", 129)} {
		assert.Nil(t, WithRequestID(context.Background(), id).Value(requestIDKey{}), id)
	}
}

func TestTokenThatCannotBeSentCountsAsRefused(t *testing.T) {
	c, s := scripted(t, answers(200, `{"data":{"id":1}}`))
	for _, token := range []string{"two words", "line\nbreak", "tökén", "\x00"} {
		_, err := c.WithToken(token).Organizations.Me(t.Context())
		assert.True(t, IsUnauthorized(err), token)
		assert.NotContains(t, err.Error(), token)
	}
	assert.Zero(t, s.count())
	_, err := c.WithToken("").Organizations.Me(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, s.calls[0].Header, "Authorization")
}
