// Package speed_test holds what a page may cost. The calls to Tallyfy behind each page are a fact, and a test fails when there
// are more; everything that is a matter of time is measured by "make bench" and fails nothing (build tag speed).
package speed_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A meeting is a Tallyfy that answers calls only when as many as are awaited are under way at once.
type meeting struct {
	next http.RoundTripper

	mu      sync.Mutex
	awaited int           // how many calls have to meet; 0 lets all through
	here    int           // how many have come
	met     chan struct{} // closed when they have met, or one has waited in vain
	missed  bool
}

// await has the next n calls meet, and everything after them pass.
func (m *meeting) await(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.awaited, m.here, m.met, m.missed = n, 0, make(chan struct{}), false
	if n == 0 {
		close(m.met)
	}
}

// giveUp lets everything pass.
func (m *meeting) giveUp() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.here < m.awaited && !m.missed {
		m.missed, m.awaited = true, 0
		close(m.met)
	}
}

// haveMet reports whether that came true.
func (m *meeting) haveMet() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.missed && m.here >= m.awaited
}

// patience bounds a wait that ends at once when the calls are made side by side; it is below the time of a page.
const patience = 5 * time.Second

func (m *meeting) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	if m.here++; m.here == m.awaited {
		close(m.met)
	}
	met := m.met
	m.mu.Unlock()
	if met != nil {
		select {
		case <-met:
		case <-time.After(patience):
			m.giveUp()
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return m.next.RoundTrip(r)
}

// budget is what a page may cost when the directory is warm.
type budget struct {
	route string // as in the table of routes
	path  string
	most  int // calls
	// together is how many of the calls are under way at the same moment; 0 for a page with one call.
	together int
}

// budgets has every page that a signed-in person can open.
func budgets(s *sitetest.Site) []budget {
	group := "/groups/" + s.Group("Operations").ID
	member := s.MemberPath("soren.kjaergaard")
	return []budget{
		{"/groups", "/groups", 1, 0},
		{"/groups", "/groups?page=2", 1, 0},
		{"/groups", "/groups?q=night&sort_by=name&per_page=50", 1, 0},
		{"/groups", "/groups?people=none", 0, 0},
		{"/groups.csv", "/groups.csv", 0, 0},
		{"/groups/new", "/groups/new", 1, 0},
		{"/groups/:group", group, 2, 2},
		{"/groups/:group/people.csv", group + "/people.csv", 1, 0},
		{"/groups/:group/delete", group + "/delete", 2, 2},
		{"/members", "/members", 1, 0},
		{"/members", "/members?sort=email&page=2", 1, 0},
		{"/members", "/members?role=admin", 0, 0},
		{"/members.csv", "/members.csv", 0, 0},
		{"/members/:member", member, 2, 2},
		{"/members/:member/remove", member + "/remove", 3, 2},
		{"/members/:member/remove/handover", member + "/remove/handover?q=a", 3, 2},
		{"/members/:member/remove/plan", s.PlanPath("soren.kjaergaard", "leave"), 3, 2},
		{"/members/:member/remove/plan", s.PlanPath("soren.kjaergaard", "priya.raghunathan"), 3, 3},
		{"/organisations", "/organisations", 1, 0},
		{"/keys", "/keys", 0, 0},
		{"/kit", "/kit", 0, 0},
	}
}

// elsewhere are pages whose calls have a test of their own: the logo below, and the receipt of a removal, which checks anew what
// came true each time it is opened.
var elsewhere = []string{"/groups/:group/logo", "/members/:member/remove/receipt/:record"}

// warm is a site whose administrator has been here for a while, and the meeting between it and Tallyfy.
func warm(t *testing.T) (*sitetest.Site, *meeting) {
	t.Helper()
	m := &meeting{}
	s := sitetest.New(t, sitetest.Options{Transport: m})
	m.next = s.Sandbox.Transport()
	s.SignIn()
	for _, path := range []string{"/groups?people=none", "/members?role=admin", "/groups/new"} {
		require.Equal(t, http.StatusOK, s.Get(path).Status, path)
	}
	s.Sandbox.ClearRequests()
	return s, m
}

// No page costs more calls than it may, and those that do not need each other's answers are made at the same time: each that
// waits for another one costs the visitor a whole journey to Tallyfy.
func TestCallsBehindEachPage(t *testing.T) {
	s, m := warm(t)
	known := map[string]bool{}
	for _, route := range elsewhere {
		known[route] = true
	}
	for _, b := range budgets(s) {
		known[b.route] = true
		m.await(b.together)
		s.Sandbox.ClearRequests()
		p := s.Get(b.path)
		assert.Equal(t, http.StatusOK, p.Status, b.path)
		made := s.Sandbox.Requests()
		assert.LessOrEqual(t, len(made), b.most, "%s calls %s", b.path, paths(made))
		assert.True(t, m.haveMet(), "%s does not make %d calls at the same time, but one after the other: %s", b.path, b.together, paths(made))
	}
	for _, r := range s.App.Routes() {
		if r.SignedIn && r.Method == http.MethodGet {
			assert.True(t, known[r.Path], "say in budgets how many calls %s may cost", r.Path)
		}
	}
}

// A logo costs a call the first time, and none afterwards.
func TestCallsBehindALogo(t *testing.T) {
	s, _ := warm(t)
	src, ok := s.Get("/groups").Find("img[src*='/logo']").First().Attr("src")
	require.True(t, ok, "a group with a logo")
	for _, want := range []int{1, 0, 0} {
		s.Sandbox.ClearRequests()
		assert.Equal(t, http.StatusOK, s.Get(src).Status)
		made := s.Sandbox.Requests()
		assert.Len(t, made, want, "%s", paths(made))
	}
}

func paths(made []sandbox.Request) string {
	var list []string
	for _, r := range made {
		list = append(list, r.Method+" "+r.Path)
	}
	return strings.Join(list, ", ")
}
