package security_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

// climbing are ids that would lead to another address of Tallyfy's if they were put into one as they are, as the browser sends
// them.
func climbing(s *sitetest.Site) []string {
	payroll := s.Group("Payroll").ID
	return []string{
		"..", ".", "%2e%2e", "%2E.", "%2e", "..%2f..", "%2e%2e%2f%2e%2e%2fme", "..%2fgroups%2f" + payroll, "20552%2f..%2f..%2fgroups%2f" + payroll, "%2f", "%2f%2fevil.example%2fx",
		"..%252f..%252fme", "%252e%252e", "%252e%252e%252fgroups", `..\..`, "..%5c..%5cgroups%5c" + payroll, "%5c", "．．", "%ef%bc%8e%ef%bc%8e%ef%bc%8f%ef%bc%8e%ef%bc%8e", "․․", "%c0%ae%c0%ae%c0%af", "%c0%af",
		"x%3fwith=users", "x%23y", "x;y", "x&y", "x%00y", "%00", "%0a", "x%0d%0aHost:%20evil.example", "x%20y", "%20", "%ff", "%u002e%u002e", strings.Repeat("a", 5000), strings.Repeat("..%2f", 500) + "me",
		"https:%2f%2fevil.example", "@evil.example", "*", "20552,20565", "-1", "0x5048", "+", "%2b",
	}
}

// separators are what a server on the way could take for the end of a part of an address, or for a step up, also when it
// unescapes too early.
var separators = regexp.MustCompile(`(?i)\\|%2f|%5c|%25|%0|%c0|%ff|(^|/)\.+$`)

func TestAnIDStaysOnePartOfTheAddress(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	org, before := s.Sandbox.OrgID(), s.State()
	// The one address that each route may ask about the id, and what it may ask besides.
	besides := regexp.MustCompile(`^/organizations/` + org + `/(users|tasks|groups|guests|me)$`)
	for _, route := range s.App.Routes() {
		part, own := ":group", "/organizations/"+org+"/groups/"
		if strings.Contains(route.Path, ":member") {
			part, own = ":member", "/organizations/"+org+"/users/"
		} else if strings.Contains(route.Path, ":guest") {
			part, own = ":guest", "/organizations/"+org+"/guests/"
		} else if !strings.Contains(route.Path, ":group") {
			continue
		}
		for _, id := range climbing(s) {
			s.Sandbox.ClearRequests()
			path := strings.NewReplacer(part, id, ":record", "..%2f..").Replace(route.Path)
			target := ask(s, path)
			if route.Method == http.MethodPost {
				target = strings.Replace(target, "GET ", "POST ", 1)
				target = strings.TrimSuffix(target, "\r\n") + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nto=leave"
			}
			answer, _, body := raw(t, s, target)
			assert.Contains(t, []int{200, 303, 307, 400, 404, 422}, answer.StatusCode, "%s %s: %.300s", route.Method, path, body)
			for _, r := range s.Sandbox.Requests() {
				if besides.MatchString(r.Path) {
					continue
				}
				plain, err := url.PathUnescape(id)
				assert.NoError(t, err)
				assert.Equal(t, own+url.PathEscape(plain), r.Path, "%s %s asked", route.Path, id)
				assert.Equal(t, http.MethodGet, r.Method, "%s %s", route.Path, id)
				assert.NotRegexp(t, separators, strings.TrimPrefix(r.Path, own), "%s %s", route.Path, id)
				assert.Less(t, len(r.Path), 1000)
			}
		}
	}
	assert.Equal(t, before, s.State())
}

// Ids in forms and queries: of a successor, of members, of an organisation.
func TestAnIDInAFormStaysOnePartOfTheAddress(t *testing.T) {
	t.Parallel()
	var c clock
	s := sitetest.SignedIn(t, sitetest.Options{Now: c.now})
	before := s.State()
	known := regexp.MustCompile(`^/(me|me/organizations|organizations/[0-9a-f]{32}/(me|users|tasks|groups|guests|users/[0-9]+|groups/[0-9a-f]{32}))$`)
	for _, id := range climbing(s) {
		c.pass(time.Minute) // so that failing to sign in does not keep from it
		plain, err := url.PathUnescape(id)
		if err != nil {
			plain = id
		}
		for path, form := range map[string]url.Values{
			s.RemovePath("chiara.dangelo") + "?to=" + url.QueryEscape(plain): {"to": {plain}, "press": {plain}},
			"/organisations":                   {"organization": {plain}},
			"/signin":                          {"token": {"sandbox-standard"}, "organization": {plain}},
			"/groups":                          {"name": {""}, "description": {"x"}, "members": {plain}},
			"/access":                          {"add": {plain + " " + plain, s.Group("Payroll").ID + " " + plain, plain + " 1"}, "remove": {plain + " 1"}, "action": {"save"}, "step": {"review"}},
			"/sandbox":                         {"group": {plain}, "member": {plain}, "name": {"x"}, "action": {"delete"}},
			s.GroupPath("Payroll") + "/people": {"add": {plain}, "remove": {plain}, "base": {plain}, "action": {"save"}},
		} {
			p := s.Once(s.Request(http.MethodPost, path, form))
			assert.Contains(t, []int{200, 303, 404, 422}, p.Status, "%s %q", path, plain)
			if path == "/signin" { // that may have signed somebody else in
				s.Once(s.Request(http.MethodPost, path, url.Values{"sandbox": {"admin"}}))
			}
		}
		s.Get(s.RemovePath("soren.kjaergaard") + "/plan?to=" + url.QueryEscape(plain))
		s.Post("/access", url.Values{"add": {plain + " 1", s.Group("Payroll").ID + " " + plain}, "action": {"review"}}) // looks the group up
		s.Get("/members?q=" + url.QueryEscape(plain))
		s.Get("/groups?q=" + url.QueryEscape(plain))
		for _, r := range s.Sandbox.Requests() {
			if path, found := strings.CutPrefix(r.Path, "/organizations/"); found && strings.HasSuffix(path, "/me") && r.Status == http.StatusForbidden {
				assert.Regexp(t, `^[A-Za-z0-9_-]{1,100}/me$`, path) // an organisation that was typed
				continue
			}
			if path, found := strings.CutPrefix(r.Path, "/organizations/"+s.Sandbox.OrgID()+"/"); found && r.Status == http.StatusNotFound {
				assert.Equal(t, 1, strings.Count(path, "/"), "an id that was searched for: %s", r.Path)
				assert.NotRegexp(t, separators, path)
				continue
			}
			assert.Regexp(t, known, r.Path, "%q", plain)
		}
		s.Sandbox.ClearRequests()
	}
	assert.Equal(t, before, s.State())
}
