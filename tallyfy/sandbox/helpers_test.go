package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testNow is the clock of most tests: every date of the seed follows from it.
var testNow = time.Date(2026, time.November, 20, 9, 30, 0, 0, time.UTC)

func start(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return testNow }
	}
	s, err := New(o)
	require.NoError(t, err)
	return s
}

// reply is an answer as a client sees it.
type reply struct {
	status int
	header http.Header
	body   string
}

// object decodes the body.
func (r reply) object(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.body), &v), r.body)
	return v
}

func (r reply) data(t testing.TB) map[string]any {
	t.Helper()
	v, ok := r.object(t)["data"].(map[string]any)
	require.True(t, ok, r.body)
	return v
}

func (r reply) list(t testing.TB) []map[string]any {
	t.Helper()
	items, ok := r.object(t)["data"].([]any)
	require.True(t, ok, r.body)
	return objects(t, items)
}

func objects(t testing.TB, items []any) []map[string]any {
	t.Helper()
	out := []map[string]any{}
	for _, v := range items {
		m, ok := v.(map[string]any)
		require.True(t, ok)
		out = append(out, m)
	}
	return out
}

func (r reply) pagination(t testing.TB) map[string]any {
	t.Helper()
	meta, ok := r.object(t)["meta"].(map[string]any)
	require.True(t, ok, r.body)
	p, ok := meta["pagination"].(map[string]any)
	require.True(t, ok, r.body)
	return p
}

// problem is what the body says about a field.
func (r reply) problem(t testing.TB, field string) string {
	t.Helper()
	errs, _ := r.object(t)["errors"].(map[string]any)
	texts, _ := errs[field].([]any)
	if len(texts) == 0 {
		return ""
	}
	s, _ := texts[0].(string)
	return s
}

func (r reply) message(t testing.TB) string {
	t.Helper()
	s, _ := r.object(t)["message"].(string)
	return s
}

// ask sends a request in process. {org} in the path is the main organisation.
func ask(t testing.TB, s *Server, token, method, path, body string) reply {
	t.Helper()
	return send(t, s, request(t, s, token, method, path, body))
}

func request(t testing.TB, s *Server, token, method, path, body string) *http.Request {
	t.Helper()
	var payload io.Reader
	if body != "" {
		payload = bytes.NewReader([]byte(body))
	}
	path = strings.ReplaceAll(path, "{org}", s.OrgID())
	req, err := http.NewRequestWithContext(t.Context(), method, BaseURL+path, payload)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Tallyfy-Client", "APIClient")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func send(t testing.TB, s *Server, req *http.Request) reply {
	t.Helper()
	res, err := (&http.Client{Transport: s.Transport()}).Do(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, res.Body.Close()) }()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return reply{res.StatusCode, res.Header, string(b)}
}

func admin(t testing.TB, s *Server, method, path, body string) reply {
	t.Helper()
	return ask(t, s, AdminToken, method, path, body)
}

func mustMember(t testing.TB, s *Server, user string) Member {
	t.Helper()
	m, ok := s.MemberByEmail(user + "@example.com")
	require.True(t, ok, user)
	return m
}

func mustGroup(t testing.TB, s *Server, name string) Group {
	t.Helper()
	g, ok := s.GroupByName(name)
	require.True(t, ok, name)
	return g
}

func userPath(m Member, rest string) string {
	return "/organizations/{org}/users/" + itoa(m.ID) + rest
}
