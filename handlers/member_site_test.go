package handlers_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// Routes of the API that the pages about members call.
const (
	usersRoute = "/organizations/{org}/users"
	userRoute  = "/organizations/{org}/users/{user}"
	tasksRoute = "/organizations/{org}/tasks"
	groupRoute = "/organizations/{org}/groups/{group}"
)

func (s *site) id(name string) string { s.t.Helper(); return strconv.Itoa(s.member(name).ID) }

func (s *site) memberPath(name string) string { s.t.Helper(); return "/members/" + s.id(name) }

func (s *site) removePath(name string) string { s.t.Helper(); return s.memberPath(name) + "/remove" }

// planPath is the wizard's third step; to is somebody of the seed, or "leave".
func (s *site) planPath(name, to string) string {
	s.t.Helper()
	if to != "leave" {
		to = s.id(to)
	}
	return s.removePath(name) + "/plan?to=" + to
}

// elsewhere carries out a change in Tallyfy itself, past the dashboard. path is below the organisation.
func (s *site) elsewhere(method, path, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, sandbox.BaseURL+"/organizations/"+s.sandbox.OrgID()+path, bytes.NewReader([]byte(body)))
	require.NoError(s.t, err)
	r.Header = http.Header{"Authorization": {"Bearer " + sandbox.AdminToken}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := s.sandbox.Transport().RoundTrip(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	require.Less(s.t, answer.StatusCode, 300, "%s", text)
}

func (s *site) disable(name string) {
	s.t.Helper()
	s.elsewhere(http.MethodDelete, "/users/"+s.id(name)+"/disable", "")
	s.sandbox.ClearRequests()
}

// inOther signs in to the small organisation.
func (s *site) inOther() {
	s.t.Helper()
	p := s.post("/signin", url.Values{"token": {sandbox.AdminToken}, "organization": {s.sandbox.OtherOrgID()}})
	require.Equal(s.t, "Groups", p.text("h1"))
	s.sandbox.ClearRequests()
}

// as is the same site with another browser.
func (s *site) as(t *testing.T) *site {
	other := *s
	other.client = newVisitor(t)
	return &other
}

// removals are the requests that would remove somebody.
func (s *site) removals() []sandbox.Request {
	var list []sandbox.Request
	for _, r := range s.sandbox.Requests() {
		if r.Method == http.MethodDelete {
			list = append(list, r)
		}
	}
	return list
}

// writes are the requests that would change anything.
func (s *site) writes() int {
	n := 0
	for _, r := range s.sandbox.Requests() {
		if r.Method != http.MethodGet {
			n++
		}
	}
	return n
}

// listings is how often the members were listed, by anybody.
func (s *site) listings() int {
	n := 0
	for _, r := range s.sandbox.Requests() {
		if r.Method == http.MethodGet && r.Path == "/organizations/"+s.sandbox.OrgID()+"/users" {
			n++
		}
	}
	return n
}

// orgState is everything in the sandbox that a removal could change.
type orgState struct {
	members []sandbox.Member
	groups  []sandbox.Group
	tasks   map[int]int
}

func (s *site) state() orgState {
	st := orgState{s.sandbox.Members(), s.sandbox.Groups(), map[int]int{}}
	for _, m := range st.members {
		st.tasks[m.ID] = s.sandbox.OpenTasks(m.ID)
	}
	return st
}

// whole asserts that an answer is one whole page, with its heading and nothing of the machinery on it.
func (p *page) whole(status int) *page {
	t := p.site.t
	t.Helper()
	assert.Equal(t, status, p.status, p.url)
	assert.Equal(t, 1, p.Find("h1").Length(), "headings on %s", p.url)
	assert.True(t, strings.HasSuffix(strings.TrimSpace(p.body), "</html>"), "half a page: %s", p.url)
	for _, raw := range []string{"goroutine ", "tallyfy: ", "sandbox.invalid", sandbox.AdminToken} {
		assert.NotContains(t, p.body, raw)
	}
	return p
}

// link is the address that the link with that text leads to, "" without one.
func (p *page) link(text string) string {
	href := ""
	for i, t := range p.texts("a") {
		if t == text && href == "" {
			href, _ = p.Find("a").Eq(i).Attr("href")
		}
	}
	return href
}

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
