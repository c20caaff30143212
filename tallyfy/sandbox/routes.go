package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

type access int

const (
	forMembers access = iota // any active member of the organisation
	forAdmins
)

// A route is one operation of the contract. A new operation is a row here and a method in the file
// of its resource.
type route struct {
	method, pattern string
	access          access
	handle          func(*Server, *call) answer
}

var routes = []route{
	{"GET", "/me", forMembers, (*Server).me},
	{"GET", "/me/organizations", forMembers, (*Server).myOrganisations},
	{"GET", "/organizations/{org}/me", forMembers, (*Server).membership},

	{"GET", "/organizations/{org}/groups", forMembers, (*Server).listGroups},
	{"POST", "/organizations/{org}/groups", forAdmins, (*Server).createGroup},
	{"GET", "/organizations/{org}/groups/{group}", forMembers, (*Server).getGroup},
	{"PUT", "/organizations/{org}/groups/{group}", forAdmins, (*Server).updateGroup},
	{"DELETE", "/organizations/{org}/groups/{group}", forAdmins, (*Server).deleteGroup},

	{"GET", "/organizations/{org}/users", forMembers, (*Server).listMembers},
	{"GET", "/organizations/{org}/users/{user}", forAdmins, (*Server).getMember},
	{"DELETE", "/organizations/{org}/users/{user}", forAdmins, (*Server).removeMember},
	{"PUT", "/organizations/{org}/users/{user}/enable", forAdmins, (*Server).enableMember},
	{"DELETE", "/organizations/{org}/users/{user}/disable", forAdmins, (*Server).disableMember},
	{"DELETE", "/organizations/{org}/users/{user}/delete", forAdmins, (*Server).deleteMember},
	{"PUT", "/organizations/{org}/users/{user}/role", forAdmins, (*Server).changeRole},
	{"POST", "/organizations/{org}/users/invite", forAdmins, (*Server).inviteMember},

	{"GET", "/organizations/{org}/guests", forMembers, (*Server).listGuests},
	{"POST", "/organizations/{org}/guests", forAdmins, (*Server).createGuest},
	{"GET", "/organizations/{org}/guests/{email}", forMembers, (*Server).getGuest},
	{"PUT", "/organizations/{org}/guests/{email}", forAdmins, (*Server).updateGuest},
	{"DELETE", "/organizations/{org}/guests/{email}", forAdmins, (*Server).removeGuest},

	{"GET", "/organizations/{org}/tasks", forMembers, (*Server).listTasks},

	{"GET", "/organizations/{org}/activity-feeds", forMembers, (*Server).listActivity},

	{"GET", "/organizations/{org}/file/{file_id}", forMembers, (*Server).openFile},
	{"GET", "/organizations/{org}/file/{file_id}/dl", forMembers, (*Server).downloadFile},
	{"GET", "/organizations/{org}/assets/{asset_id}", forMembers, (*Server).getAsset},
}

// call is one request on its way through a handler.
type call struct {
	r      *http.Request
	body   []byte
	vars   map[string]string // by placeholder, braces included, unescaped
	base   string            // see baseURL
	email  string            // whose token it is
	org    *organisation     // nil outside organizations/{org}
	caller *member           // the token's owner in org
	now    time.Time
}

// match is what a path leads to. With route nil, allowed lists the methods the path does have.
type match struct {
	route   *route
	vars    map[string]string
	allowed []string
	pattern string // the route's, even when the method is wrong; empty for an unknown path
}

func (m match) refusal() answer {
	if len(m.allowed) == 0 {
		return refuse(http.StatusNotFound, "Endpoint not found.")
	}
	a := refuse(http.StatusMethodNotAllowed, "The method is not allowed for this endpoint.")
	a.header = http.Header{"Allow": {strings.Join(m.allowed, ", ")}}
	return a
}

// matchRoute finds the route. It is strict: no trailing slash, no empty segment, no HEAD for GET.
func matchRoute(r *http.Request) match {
	if r.URL.EscapedPath() == authorizePattern {
		return match{pattern: authorizePattern}
	}
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/")
	if !ok {
		return match{}
	}
	segments := strings.Split(path, "/")
	var m match
	for i := range routes {
		vars, ok := matchPattern(routes[i].pattern, segments)
		if !ok {
			continue
		}
		m.pattern = routes[i].pattern
		if routes[i].method == r.Method {
			return match{route: &routes[i], vars: vars, pattern: m.pattern}
		}
		m.allowed = append(m.allowed, routes[i].method)
	}
	slices.Sort(m.allowed)
	return m
}

func matchPattern(pattern string, segments []string) (map[string]string, bool) {
	parts := strings.Split(pattern[1:], "/")
	if len(parts) != len(segments) {
		return nil, false
	}
	vars := map[string]string{}
	for i, part := range parts {
		value, err := url.PathUnescape(segments[i])
		switch {
		case err != nil || value == "":
			return nil, false
		case strings.HasPrefix(part, "{"):
			vars[part] = value
		case part != value:
			return nil, false
		}
	}
	return vars, true
}

var placeholder = regexp.MustCompile(`\{[^/{}]*\}`)

// samePattern compares two patterns without the names of their placeholders.
func samePattern(a, b string) bool {
	return placeholder.ReplaceAllString(a, "{}") == placeholder.ReplaceAllString(b, "{}")
}

func knownPattern(pattern string) bool {
	return pattern == authorizePattern || slices.ContainsFunc(routes, func(r route) bool { return samePattern(r.pattern, pattern) })
}
