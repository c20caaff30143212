package sitetest

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// Routes of the API that the pages about members and groups call, for the faults of a sandbox.
const (
	UsersRoute  = "/organizations/{org}/users"
	UserRoute   = "/organizations/{org}/users/{user}"
	TasksRoute  = "/organizations/{org}/tasks"
	GroupsRoute = "/organizations/{org}/groups"
	GroupRoute  = "/organizations/{org}/groups/{group}"
	GuestsRoute = "/organizations/{org}/guests"
)

// Calls is how many requests reached the sandbox with that method and route's beginning, below the organisation.
func (s *Site) Calls(method, below string) int {
	n := 0
	for _, r := range s.Sandbox.Requests() {
		_, path, found := strings.Cut(r.Path, "/organizations/"+s.Sandbox.OrgID())
		if found && r.Method == method && strings.HasPrefix(path, below) {
			n++
		}
	}
	return n
}

// Removals are the requests that would remove somebody.
func (s *Site) Removals() []sandbox.Request {
	var list []sandbox.Request
	for _, r := range s.Sandbox.Requests() {
		if r.Method == http.MethodDelete {
			list = append(list, r)
		}
	}
	return list
}

// Writes are the requests that would change anything.
func (s *Site) Writes() int {
	n := 0
	for _, r := range s.Sandbox.Requests() {
		if r.Method != http.MethodGet {
			n++
		}
	}
	return n
}

// OrgState is everything in the sandbox that a removal could change.
type OrgState struct {
	Members []sandbox.Member
	Groups  []sandbox.Group
	Guests  []sandbox.Guest
	Tasks   map[int]int
}

// State is how the sandbox is now, to compare with how it is later.
func (s *Site) State() OrgState {
	st := OrgState{s.Sandbox.Members(), s.Sandbox.Groups(), s.Sandbox.Guests(), map[int]int{}}
	for _, m := range st.Members {
		st.Tasks[m.ID] = s.Sandbox.OpenTasks(m.ID)
	}
	return st
}

// Elsewhere carries out a change in Tallyfy itself, past the dashboard. path is below the organisation.
func (s *Site) Elsewhere(method, path, body string) {
	s.T.Helper()
	r, err := http.NewRequestWithContext(s.T.Context(), method, sandbox.BaseURL+"/organizations/"+s.Sandbox.OrgID()+path, bytes.NewReader([]byte(body)))
	require.NoError(s.T, err)
	r.Header = http.Header{"Authorization": {"Bearer " + sandbox.AdminToken}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := s.Sandbox.Transport().RoundTrip(r)
	require.NoError(s.T, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.T, err)
	require.Less(s.T, answer.StatusCode, 300, "%s", text)
}

// Disable disables somebody of the seed in Tallyfy itself, as it did before 2022: the groups keep the person.
func (s *Site) Disable(name string) {
	s.T.Helper()
	require.True(s.T, s.Sandbox.DisableInPlace(s.Member(name).ID))
}

// Remove opens the plan and presses its button.
func (s *Site) Remove(name, to string) *Page {
	s.T.Helper()
	return s.Get(s.PlanPath(name, to)).Form("main form").Submit("")
}
