// Package security_test tests what the program promises about security, at the whole application: hostile data, secrets,
// sessions, other sites, addresses, files, shared caches, signing in.
package security_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// address is a route's path with ids of the seed in the place of its parameters.
func address(s *sitetest.Site, r handlers.Route) string {
	s.T.Helper()
	path := strings.NewReplacer(":group", s.Group("Operations").ID, ":member", s.ID("soren.kjaergaard"), ":guest", "bram@tyres.example.com", ":record", strings.Repeat("0", 32), ":entry", receipt(s), ":event", "00000000-0000-7000-8000-000000000000", ":bulk", strings.Repeat("0", 32), ":job", "1", ":review", "1").Replace(r.Path)
	require.NotContains(s.T, path, ":", "a parameter that this test does not know")
	return path
}

// receipt is the id of the latest change, of an entry that does not exist while there is none.
func receipt(s *sitetest.Site) string {
	for e, err := range s.App.Journal.List(s.T.Context(), journal.Filter{Org: tallyfy.ID(s.Sandbox.OrgID())}) {
		require.NoError(s.T, err)
		return e.ID
	}
	return "00000000-0000-7000-8000-000000000000"
}

// reads are the addresses of all pages of the table, and some of them in the forms that show more, by name. typed stands where
// a visitor can type.
func reads(s *sitetest.Site, typed string) map[string]string {
	s.T.Helper()
	q := url.QueryEscape(typed)
	plainID := strings.Map(func(r rune) rune { // as an id, without what no id may hold: that is looked at elsewhere
		if strings.ContainsRune(`/\%`, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, typed)
	id := url.PathEscape(plainID)
	someone := url.QueryEscape("x" + strings.ToValidUTF8(plainID[:min(len(plainID), 100)], "")) // short enough for an id
	paths := map[string]string{
		"groups, all": "/groups?per_page=100", "members, all": "/members?per_page=100", "groups, searched": "/groups?q=" + q + "&sort_by=" + q + "&page=" + q + "&per_page=" + q,
		"members, searched": "/members?q=" + q + "&role=" + q + "&status=" + q + "&group=" + q + "&chosen=" + q, "members, filtered": "/members?role=light", "groups, filtered": "/groups?members=none",
		"Payroll": s.GroupPath("Payroll"), "Everyone": s.GroupPath("Everyone at Aldermoor"), "delete Payroll": s.DeletePath("Payroll"),
		"Chiara": s.MemberPath("chiara.dangelo"), "remove Chiara": s.RemovePath("chiara.dangelo"), "remove Ingrid": s.RemovePath("ingrid.solheim"), "remove oneself": s.RemovePath("maren.dahl"),
		"handover, searched": s.RemovePath("soren.kjaergaard") + "/handover?q=" + q + "&to=" + q, "plan": s.PlanPath("soren.kjaergaard", "anna.kowalska"), "plan, leave": s.PlanPath("chiara.dangelo", "leave"),
		"plan, nobody": s.RemovePath("soren.kjaergaard") + "/plan?to=" + q, "sign in, next": "/signin?next=" + q, "sign in, next with a query": "/signin?next=" + url.QueryEscape("/groups?q="+typed) + "&unsent=1",
		"activity, filtered": "/activity?q=" + q + "&who=" + someone + "&what=" + q + "&outcome=" + q + "&about=group+" + someone + "&before=" + q, "activity, no days": "/activity?from=" + q + "&to=" + q,
		"activity.csv, no days": "/activity.csv?from=" + q, "no receipt": "/activity/" + id,
		"role, any": s.MemberPath("chiara.dangelo") + "/role?to=" + q + "&undoes=" + q, "erase Gareth": s.MemberPath("gareth.pugh") + "/delete", "disable Chiara": s.MemberPath("chiara.dangelo") + "/disable", "role, plan": s.MemberPath("chiara.dangelo") + "/role?to=admin",
		"access, any": "/access?q=" + q + "&like=" + q + "&find=" + q + "&group=" + q + "&page=" + q + "&show=" + q + "&refused=" + q, "people, any": s.GroupPath("Operations") + "/people?find=" + q + "&q=" + q + "&page=" + q + "&add=" + q + "&refused=" + q,
		"sandbox, any": "/sandbox?group=" + q + "&member=" + q,
		"no member":    "/members/" + id, "no group": "/groups/" + id, "no logo": "/groups/" + id + "/logo", "no page": "/nowhere/" + id + "?" + q,
		"bring back, any": s.MemberPath("chiara.dangelo") + "/enable?groups=" + q + "&group=" + q + "&q=" + q + "&find=" + q,
	}
	for _, r := range s.App.Routes() {
		if r.Method == http.MethodGet {
			paths[r.Path] = address(s, r)
		}
	}
	return paths
}

// idle is a group without open tasks, which is deleted without typing its name.
const idle = "Data and Reporting"

// writes sends every form, first so that it is refused here, then so that Tallyfy refuses it in each of these ways, and at
// last so that it is carried out.
func writes(s *sitetest.Site, typed string, refused map[string]sandbox.Fault) map[string]*sitetest.Page {
	s.T.Helper()
	pages := map[string]*sitetest.Page{}
	described := strings.Map(func(r rune) rune { // without what a field refuses
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(typed, ""))
	group := url.Values{"name": {"Harbour"}, "description": {"d " + described}, "members": {s.ID("anna.kowalska")}, "guests": {"new.guest@example.com"}}
	pages["create, nothing right"] = s.Post("/groups", url.Values{
		"name": {typed + strings.Repeat("x", 200)}, "description": {""}, "members": {described}, "guests": {typed, typed}, "people": {typed},
	})
	pages["create, find"] = s.Post("/groups", url.Values{"action": {"find"}, "name": {typed}, "description": {typed}, "members": {typed}, "people": {typed}, "guests": {typed, typed}})
	edit, people := s.GroupPath("Operations")+"/edit", s.GroupPath("Operations")+"/people"
	texts := url.Values{"name": {"Operations"}, "was_name": {"Operations"}, "description": {"d " + described}, "was_description": {s.Group("Operations").Description}}
	pages["edit, nothing right"] = s.Post(edit, url.Values{"name": {typed + strings.Repeat("x", 200)}, "was_name": {typed}, "description": {""}, "was_description": {typed}})
	pages["edit, by two"] = s.Post(edit, url.Values{"name": {"Ops"}, "was_name": {typed}, "description": {"d " + described}, "was_description": {typed}})
	pages["edit, not chosen"] = s.Post(edit, url.Values{"name": {typed}, "was_name": {typed}, "now_name": {typed}, "choice_name": {typed}})
	groups := s.MemberPath("noor.vandermeer") + "/groups"
	pages["groups of a member, nothing right"] = s.Post(groups, url.Values{"add": {"/" + typed, described}, "remove": {typed}, "find": {typed}, "who": {typed}, "like": {typed}, "leaving": {typed}, "base": {typed}})
	pages["groups of a member, searched"] = s.Post(groups, url.Values{"action": {"who"}, "find": {typed}, "who": {typed}, "like": {typed}, "leave": {typed}, "leaving": {typed}})
	pages["groups of a member, at stake"] = s.Post(s.MemberPath("chiara.dangelo")+"/groups", url.Values{"remove": {s.Group("Payroll").ID}, "base": {typed}, "like": {typed}, "leaving": {typed}})
	nobody := "nobody " + typed
	for name, action := range map[string]string{"saved": "save", "searched": "find", "back": "back"} {
		pages["people, nothing right, "+name] = s.Post(people, url.Values{
			"add": {"/" + typed}, "remove": {"/" + typed}, "paste": {nobody}, "find": {nobody}, "q": {nobody}, "page": {typed}, "base": {typed}, "description": {"d " + described},
			"press": {typed}, "seen": {typed}, "action": {action}, "step": {map[bool]string{true: "review"}[action == "back"]},
		})
	}
	box := s.Group("Operations").ID + " " + s.ID("noor.vandermeer")
	for name, action := range map[string]string{"shown": "show", "reviewed": "review", "saved": "save"} {
		pages["boxes, nothing right, "+name] = s.Post("/access", url.Values{
			"add": {"/" + typed, "/" + typed + " 1", s.Group("Operations").ID + " /" + typed}, "remove": {"/" + typed + " 1"}, "in": {typed}, "listed": {typed}, "rows": {typed}, "was": {"/" + typed, "/ " + typed},
			"q": {nobody}, "like": {nobody}, "find": {nobody}, "group": {typed}, "show": {typed}, "page": {typed}, "turn": {typed}, "press": {typed}, "seen": {typed}, "action": {action}, "step": {"review"},
		})
	}
	pages["boxes, changed"] = s.Post("/access", url.Values{"add": {box}, "q": {nobody}, "like": {nobody}, "find": {nobody}, "seen": {typed}, "action": {"save"}, "step": {"review"}})
	pages["boxes, review"] = s.Post("/access", url.Values{"add": {box}, "q": {nobody}, "action": {"review"}})
	pages["boxes, kept"] = s.Post("/access", url.Values{"add": {box}, "q": {nobody}, "action": {"show"}})
	for name, action := range map[string]string{"rename": "rename", "add": "add", "other": typed} {
		pages["sandbox, "+name] = s.Post("/sandbox", url.Values{"group": {"/" + typed}, "member": {"/" + typed}, "name": {typed}, "when": {typed}, "action": {action}})
	}
	merge := s.GroupPath("Operations") + "/merge"
	pages["merge, nothing right"] = s.Post(merge, url.Values{"into": {"/" + typed}, "phrase": {typed}})
	pages["merge, wrong phrase"] = s.Post(merge, url.Values{"into": {s.Group("Legal").ID}, "phrase": {typed}})
	pages["merge, changed"] = s.Post(merge, url.Values{"into": {s.Group("Legal").ID}, "phrase": {"Operations"}, "seen": {typed}})
	pages["switch, refused"] = s.Post("/organisations", url.Values{"organization": {typed}})
	pages["form of somebody else"] = s.Post("/groups", url.Values{"as": {typed}})
	remove, del := s.RemovePath("chiara.dangelo"), s.DeletePath("Operations")
	pages["delete, wrong phrase"] = s.Post(del, url.Values{"phrase": {typed}})
	pages["delete, changed"] = s.Post(del, url.Values{"phrase": {typed}, "seen": {typed}})
	pages["remove, no successor"] = s.Post(remove, url.Values{"to": {typed}, "press": {typed}})
	pages["remove, changed"] = s.Post(remove+"?to=leave", url.Values{"to": {"leave"}, "seen": {typed}})
	role := s.MemberPath("chiara.dangelo") + "/role"
	pages["erase, wrong phrase"] = s.Post(s.MemberPath("gareth.pugh")+"/delete", url.Values{"phrase": {typed}, "seen": {typed}})
	pages["erase, changed"] = s.Post(s.MemberPath("gareth.pugh")+"/delete", url.Values{"phrase": {"gareth.pugh@example.com"}, "seen": {typed}})
	pages["role, nothing right"] = s.Post(role, url.Values{"to": {typed}, "reason": {typed}, "undoes": {typed}, "seen": {typed}})
	pages["role, changed"] = s.Post(role, url.Values{"to": {"admin"}, "reason": {typed}, "seen": {typed}})
	invited := url.Values{
		"email": {"ada@partner.example.com"}, "first_name": {"Ada"}, "last_name": {"Okoye"}, "role": {"light"}, "message": {"m " + described}, "groups": {"Finance"},
	}
	pages["guest, nothing right"] = s.Post("/guests/new", url.Values{
		"email": {typed}, "first_name": {typed + strings.Repeat("x", 201)}, "last_name": {typed + strings.Repeat("x", 201)}, "company_name": {typed + strings.Repeat("x", 201)},
	})
	pages["invite, nothing right"] = s.Post("/members/invite", url.Values{
		"email": {typed}, "first_name": {typed + strings.Repeat("x", 33)}, "last_name": {typed + strings.Repeat("x", 33)}, "role": {typed}, "message": {typed + strings.Repeat("x", 5001)}, "groups": {typed},
	})
	for _, name := range slices.Sorted(maps.Keys(refused)) {
		f := refused[name]
		press := func(what, path string, fields url.Values) {
			plan := signedIn(s, path)
			f.Times = 1
			for _, f.Method = range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
				s.Sandbox.Fail(f)
			}
			if fields != nil {
				pages[what+", "+name] = s.Post(path, fields)
			} else {
				pages[what+", "+name] = plan.Form("main form").Submit("")
			}
			s.Sandbox.ClearFaults()
		}
		press("create", "/groups", group)
		press("edit", edit, texts)
		press("people", people, url.Values{"add": {s.ID("noor.vandermeer")}})
		press("groups of a member", groups, url.Values{"add": {s.Group("Legal").ID}})
		press("boxes", "/access", url.Values{"add": {box}, "action": {"save"}, "step": {"review"}})
		press("delete", s.DeletePath(idle), nil)
		press("role", role, url.Values{"to": {"admin"}, "reason": {described}})
		press("add guest", "/guests/new", url.Values{"email": {"new.guest@partner.example.com"}, "first_name": {"Nia"}})
		press("invite", "/members/invite", invited)
		press("disable", s.MemberPath("soren.kjaergaard")+"/disable", nil)
		press("erase", s.MemberPath("gareth.pugh")+"/delete", url.Values{"phrase": {"gareth.pugh@example.com"}})
		press("remove", s.PlanPath("soren.kjaergaard", "anna.kowalska"), nil)
		f.Method, f.Times = http.MethodGet, 0
		signedIn(s, "/groups/new") // with a fresh copy of the members, so that no page depends on how far a reading is
		for _, path := range []string{"/groups", s.GroupPath("Payroll"), s.MemberPath("soren.kjaergaard"), s.PlanPath("soren.kjaergaard", "anna.kowalska"), "/organisations", "/groups.csv", "/groups/new"} {
			if f.Status == http.StatusUnauthorized {
				signedIn(s, "/help")
			}
			s.Sandbox.Fail(f)
			pages["read "+path+", "+name] = s.Get(path)
			s.Sandbox.ClearFaults()
		}
	}
	signedIn(s, "/help")
	pages["create, done"] = s.Post("/groups", group)
	pages["invite, done"] = s.Post("/members/invite", invited)
	pages["edit, done"] = s.Post(edit, texts)
	pages["undo"] = s.Get("/activity/" + receipt(s) + "/undo")
	s.Post(people, url.Values{"add": {s.ID("noor.vandermeer")}})
	pages["create, taken"] = s.Post("/groups", url.Values{"name": {"Harbour"}, "description": {"d " + described}})
	deleted := s.Group(idle).ID
	pages["delete, done"] = s.Get(s.DeletePath(idle)).Form("main form").Submit("")
	pages["create again"] = s.Get("/activity/" + receipt(s) + "/restore")
	pages["deleted groups"] = s.Get("/trash")
	pages["deleted group"] = s.Get("/groups/" + deleted)
	pages["remove, done"] = s.Remove("chiara.dangelo", "leave")
	enable := s.MemberPath("chiara.dangelo") + "/enable"
	pages["bring back, nothing right"] = s.Post(enable, url.Values{"groups": {typed}, "group": {typed, typed}, "press": {typed}, "seen": {typed}})
	pages["bring back, changed"] = s.Post(enable, url.Values{"groups": {"none"}, "seen": {typed}})
	pages["bring back, choice"] = s.Get(enable + "?q=" + url.QueryEscape("zzzz "+typed)) // finds nothing
	pages["bring back, plan"] = s.Get(enable + "?groups=same")
	pages["list afterwards"] = s.Get("/groups")
	require.True(s.T, s.Exists("Harbour"), "what is to be carried out at last is carried out")
	require.False(s.T, s.Exists(idle))
	require.Equal(s.T, "disabled", s.Member("chiara.dangelo").Status)
	return pages
}

// signedIn opens a page, and signs in as the administrator first if that is needed.
func signedIn(s *sitetest.Site, path string) *sitetest.Page {
	s.T.Helper()
	if p := s.Get(path); p.Text("h1") != "Sign in" {
		return p
	}
	signInAgain(s)
	return s.Get(path)
}

// signInAgain signs in by the button.
func signInAgain(s *sitetest.Site) {
	s.T.Helper()
	require.Equal(s.T, "Groups", s.Get("/signin?next=/groups").Form("form:has([name=sandbox])").Submit("").Text("h1"))
}

// refusals are answers of Tallyfy that say something.
func refusals(message string) map[string]sandbox.Fault {
	fault := func(status int, body map[string]any) sandbox.Fault {
		return sandbox.Fault{Status: status, Body: marshal(body), Header: http.Header{"X-Request-Id": {visible(message)}}}
	}
	said := map[string]any{"message": message, "error": message, "code": message}
	return map[string]sandbox.Fault{
		"400": fault(400, said), "401": fault(401, said), "403": fault(403, said), "409": fault(409, said), "500": fault(500, said),
		"422 at fields": fault(422, map[string]any{"message": message, "errors": map[string]any{"name": []string{message}, "guests.0": message, message: []string{message}}}),
		"422 without":   fault(422, map[string]any{"message": message}),
		"200 with text": {Status: 200, Body: marshal(map[string]any{"data": message}), Header: http.Header{"Content-Type": {"application/json"}}},
	}
}

// visible leaves of a text what a request id may hold and still be shown.
func visible(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 128)]
}

// visitor is the same site with another browser, that holds these cookies.
func visitor(t *testing.T, s *sitetest.Site, cookies []*http.Cookie) *sitetest.Site {
	t.Helper()
	other := s.As(t)
	u, err := url.Parse(s.Server.URL + s.Base + "/")
	require.NoError(t, err)
	copies := make([]*http.Cookie, len(cookies))
	for i, c := range cookies {
		copies[i] = &http.Cookie{Name: c.Name, Value: c.Value, Path: s.Base + "/", Secure: u.Scheme == "https"}
	}
	other.Client.Jar.SetCookies(u, copies)
	return other
}

// isSignedIn asks with some cookies, as somebody who stole or kept them would.
func isSignedIn(t *testing.T, s *sitetest.Site, cookies []*http.Cookie) bool {
	t.Helper()
	other := visitor(t, s, cookies)
	return other.Once(other.Request(http.MethodGet, "/help", nil)).Status == http.StatusOK
}
