// Package speed_test holds what a page may cost. The calls to Tallyfy behind each page are a fact, and a test fails when there
// are others; everything that is a matter of time is measured by "make bench" and fails nothing (build tag speed).
package speed_test

import (
	"fmt"
	"net/http"
	"net/url"
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

// patience bounds a wait that ends at once when the calls are made side by side; it is below the
// time that a page has here.
const patience = 30 * time.Second

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

// A budget is what a request costs when the directory is warm.
type budget struct {
	route   string // as in the table of routes, after its method
	request func(*sitetest.Site) *http.Request
	status  int
	calls   int
	// together is how many of the calls are under way at the same moment; 0 where one needs the answer of another, or is alone.
	together int
}

// leaver is whom the wizard removes, and heir who takes over.
const leaver, heir = "chiara.dangelo", "siobhan.obrien"

// budgets has every route. What a form changes is looked at by the page that it leads to, which has a row of its own.
func budgets() []budget {
	get := func(path func(*sitetest.Site) string) func(*sitetest.Site) *http.Request {
		return func(s *sitetest.Site) *http.Request { return s.Request(http.MethodGet, path(s), nil) }
	}
	at := func(path string) func(*sitetest.Site) *http.Request {
		return get(func(*sitetest.Site) string { return path })
	}
	group := func(rest string) func(*sitetest.Site) *http.Request {
		return get(func(s *sitetest.Site) string { return s.GroupPath("Operations") + rest })
	}
	wizard := func(rest string) func(*sitetest.Site) *http.Request {
		return get(func(s *sitetest.Site) string { return s.RemovePath(leaver) + rest })
	}
	plan := func(to string) func(*sitetest.Site) string {
		return func(s *sitetest.Site) string { return s.PlanPath(leaver, to) }
	}
	press := func(page func(*sitetest.Site) string) func(*sitetest.Site) *http.Request {
		return func(s *sitetest.Site) *http.Request { return s.Get(page(s)).Form("main form").Prepare("") }
	}
	receipt := func(to string) func(*sitetest.Site) *http.Request {
		return get(func(s *sitetest.Site) string { return s.Remove(leaver, to).URL })
	}
	send := func(path string, form url.Values) func(*sitetest.Site) *http.Request {
		return func(s *sitetest.Site) *http.Request { return s.Request(http.MethodPost, path, form) }
	}
	return []budget{
		{"GET /", at("/"), 200, 0, 0},
		{"GET /healthz", at("/healthz"), 200, 0, 0},
		{"GET /readyz", at("/readyz"), 200, 0, 0},
		{"GET /sign-ins", at("/sign-ins"), 200, 1, 0}, // is the visitor an administrator?
		{"POST /sign-ins", send("/sign-ins", url.Values{"end": {"own"}}), 303, 1, 0},
		{"GET /help", at("/help"), 200, 0, 0},
		{"POST /help", send("/help", url.Values{"groups": {"yes"}}), 303, 0, 0},
		{"GET /search", at("/search"), 200, 0, 0},
		{"GET /search", at("/search?q=finance"), 200, 0, 0},
		{"GET /kit", at("/kit"), 200, 0, 0},
		{"GET /sandbox", at("/sandbox"), 200, 1, 0},
		{"POST /sandbox", func(s *sitetest.Site) *http.Request { // as somebody else
			return s.Get("/sandbox").Form("main form").Set("group", s.Group("Finance").ID).Set("member", s.ID(leaver)).Prepare("Add the person to the group")
		}, 303, 2, 0},

		// Whose token it is, which organisations there are, and who that is in the one chosen.
		{"GET /signin", at("/signin"), 200, 0, 0},
		{"POST /signin", send("/signin", url.Values{"sandbox": {"1"}}), 303, 3, 0},
		{"POST /signin", send("/signin", url.Values{"token": {sandbox.AdminToken}}), 200, 2, 0},
		{"GET /signin/tallyfy", at("/signin/tallyfy"), 303, 0, 0},
		{"GET /signin/answer", at("/signin/answer"), 200, 0, 0},
		{"POST /signin/answer", tallyfysAnswer, 200, 2, 0},
		{"POST /signout", send("/signout", nil), 303, 0, 0},
		{"GET /organisations", at("/organisations"), 200, 1, 0},
		{"POST /organisations", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodPost, "/organisations", url.Values{"organization": {s.Sandbox.OtherOrgID()}})
		}, 303, 2, 0},

		{"GET /access", at("/access"), 200, 0, 0},
		{"GET /access", at("/access?like=" + heir + "@example.com&q=a&show=everybody"), 200, 0, 0},
		{"POST /access", func(s *sitetest.Site) *http.Request { return boxesToReview(s).Prepare("Review changes") }, 303, 0, 0},
		{"POST /access", func(s *sitetest.Site) *http.Request { // one of each group before the call, the call, and one of each after it
			return boxesToReview(s).Submit("Review changes").Form("main form").Prepare("Change 2 groups")
		}, 303, 6, 2},
		{"GET /access.csv", at("/access.csv"), 200, 1, 0},

		{"GET /groups", at("/groups"), 200, 1, 0},
		{"GET /groups", at("/groups?page=2"), 200, 1, 0},
		{"GET /groups", at("/groups?q=night&sort_by=name&per_page=50"), 200, 0, 0},
		{"GET /groups", at("/groups?people=none"), 200, 0, 0},
		{"GET /groups", at("/groups?sort_by=-members"), 200, 0, 0},
		// Before a file comes from memory Tallyfy is asked whether the token still works.
		{"GET /groups.csv", at("/groups.csv"), 200, 1, 0},
		{"GET /groups/new", at("/groups/new"), 200, 1, 0},
		{"GET /groups/new", get(func(s *sitetest.Site) string { return "/groups/new?from=" + s.Group("Operations").ID }), 200, 2, 0},
		{"POST /groups", send("/groups", url.Values{"name": {"Night watch"}, "description": {"Of the yard."}}), 303, 2, 0},
		{"POST /groups", send("/groups", url.Values{"action": {"add"}, "people": {"a"}}), 303, 0, 0},
		{"GET /groups/:group", group(""), 200, 2, 2},
		{"GET /groups/:group", get(func(s *sitetest.Site) string {
			return s.GroupPath("Finance") + "?on=" + time.Now().Format(time.DateOnly)
		}), 200, 0, 0}, // what is remembered
		{"GET /groups/:group/logo", get(func(s *sitetest.Site) string { return s.GroupPath("Finance") + "/logo" }), 200, 1, 0}, // the list has told where
		{"GET /groups/:group/logo", get(func(s *sitetest.Site) string { return s.GroupPath("First Aiders") + "/logo" }), 200, 2, 0},
		{"GET /groups/:group/tasks", group("/tasks"), 200, 2, 2},
		{"GET /groups/:group/tasks", group("/tasks?page=2"), 200, 3, 0}, // past the end: the first page
		{"GET /groups/:group/people.csv", group("/people.csv"), 200, 2, 0},
		{"GET /groups/:group/edit", group("/edit"), 200, 1, 0},
		// An edit reads the group, writes it, and looks at what became of it.
		{"POST /groups/:group/edit", renamed, 303, 3, 0},
		{"POST /groups/:group/edit", press(func(s *sitetest.Site) string { return s.GroupPath("Operations") + "/edit" }), 303, 1, 0}, // nothing to change
		{"POST /groups/:group/edit", renamedByTwo, 303, 1, 0},
		{"GET /groups/:group/people", group("/people"), 200, 1, 0},
		{"POST /groups/:group/people", takenOut("Finance"), 303, 3, 0},
		{"POST /groups/:group/people", takenOut("Payroll"), 303, 1, 0}, // nobody would be left: the page asks first
		{"GET /groups/:group/merge", group("/merge"), 200, 0, 0},
		{"GET /groups/:group/merge", merged, 200, 3, 0},
		// The people are put into the other group, as by an edit, and the group is deleted, as by a deletion; before both it is read.
		{"POST /groups/:group/merge", func(s *sitetest.Site) *http.Request {
			return s.Do(merged(s)).Form("main form[method=post]").Prepare("")
		}, 303, 10, 0},
		{"GET /groups/:group/delete", group("/delete"), 200, 3, 2},                                                               // the logo, which the page shows and the deletion stores
		{"POST /groups/:group/delete", press(func(s *sitetest.Site) string { return s.DeletePath("Works Council") }), 303, 5, 2}, // the last two look whether it is gone, and for its tasks

		{"GET /members", at("/members"), 200, 0, 0},
		{"GET /members", at("/members?sort=email&page=2"), 200, 0, 0},
		{"GET /members", at("/members?role=admin"), 200, 0, 0},
		{"GET /members.csv", at("/members.csv"), 200, 1, 0},
		{"GET /members/invite", at("/members/invite"), 200, 0, 0},
		// Who has the address, among members and guests; the invitation; and whether it is there.
		{"POST /members/invite", send("/members/invite", url.Values{
			"email": {"ada@partner.example.com"}, "first_name": {"Ada"}, "last_name": {"Okoye"}, "role": {"light"}, "message": {"Hello"}, "groups": {"Finance"},
		}), 303, 4, 2},
		{"GET /members/:member", get(func(s *sitetest.Site) string { return s.MemberPath(leaver) }), 200, 2, 2},
		{"GET /members/:member/groups", get(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/groups" }), 200, 0, 0},
		// Two reads and one write for each group.
		{"POST /members/:member/groups", func(s *sitetest.Site) *http.Request {
			return s.Get(s.MemberPath(leaver)+"/groups?find=operations").Form("main form").Tick("add", s.Group("Operations").ID).Tick("remove", s.Group("Finance").ID).Prepare("Save")
		}, 303, 6, 2},
		{"POST /members/:member/groups", func(s *sitetest.Site) *http.Request { // nobody would be left: the page asks first
			return s.Get(s.MemberPath(leaver)+"/groups").Form("main form").Tick("remove", s.Group("Payroll").ID).Prepare("Save")
		}, 303, 0, 0},
		{"GET /members/:member/tasks", get(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/tasks" }), 200, 2, 2},
		{"GET /members/:member/enable", get(func(s *sitetest.Site) string { s.Remove(leaver, "leave"); return s.MemberPath(leaver) + "/enable" }), 200, 2, 0},
		{"GET /members/:member/enable", get(func(s *sitetest.Site) string {
			s.Remove(leaver, "leave")
			s.Get("/groups?people=none")
			return s.MemberPath(leaver) + "/enable?groups=same"
		}), 200, 1, 0},
		// The member is enabled and looked at, once before the groups, and once after.
		{"POST /members/:member/enable", press(func(s *sitetest.Site) string {
			s.Remove(leaver, "leave")
			s.Get("/groups?people=none")
			return s.MemberPath(leaver) + "/enable?groups=same"
		}), 303, 5, 0},
		{"GET /members/:member/role", get(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/role" }), 200, 1, 0},
		// A change of one person reads the person, writes, and looks at what became of it.
		{"POST /members/:member/role", press(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/role?to=light" }), 303, 3, 0},
		{"GET /members/:member/disable", get(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/disable" }), 200, 2, 2},
		{"POST /members/:member/disable", press(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/disable" }), 303, 5, 2},
		{"GET /members/:member/delete", get(func(s *sitetest.Site) string { return s.MemberPath("gareth.pugh") + "/delete" }), 200, 1, 0},
		{"POST /members/:member/delete", func(s *sitetest.Site) *http.Request {
			return s.Get(s.MemberPath("gareth.pugh")+"/delete").Form("main form").Set("phrase", "gareth.pugh@example.com").Prepare("")
		}, 303, 3, 0},
		{"GET /members/:member/remove", wizard(""), 200, 2, 2},
		{"GET /members/:member/remove/handover", wizard("/handover?q=a"), 200, 2, 2},
		{"GET /members/:member/remove/plan", get(plan("leave")), 200, 2, 2},
		{"GET /members/:member/remove/plan", get(plan(heir)), 200, 3, 3},
		// What was sent is checked, as its receipt does later; that opens with the same check.
		{"POST /members/:member/remove", press(plan("leave")), 303, 6, 2},
		{"POST /members/:member/remove", press(plan(heir)), 303, 10, 4},
		{"GET /members/:member/remove/receipt/:record", at("/members/1/remove/receipt/" + strings.Repeat("0", 32)), 404, 0, 0},

		{"POST /members/selection", send("/members/selection", url.Values{"do": {"all"}, "list": {"?role=light"}}), 303, 0, 0},
		{"POST /groups/selection", send("/groups/selection", url.Values{"do": {"all"}, "list": {"?people=one"}}), 303, 0, 0},
		{"POST /guests/selection", send("/guests/selection", url.Values{"do": {"all"}, "list": {"?groups=none"}}), 303, 0, 0},
		{"GET /bulk/new", at("/bulk/new?kind=add-to-groups"), 200, 0, 0},
		{"POST /bulk", send("/bulk", url.Values{"kind": {"create-groups"}, "text": {"Name;Description\nDepot;x"}}), 303, 0, 0},
		{"GET /bulk/:bulk", get(dryRun), 200, 0, 0},
		{"POST /bulk/:bulk/run", func(s *sitetest.Site) *http.Request { return s.Request(http.MethodPost, dryRun(s)+"/run", nil) }, 303, 0, 0},
		{"GET /jobs", at("/jobs"), 200, 1, 0}, // is the visitor an administrator?
		{"GET /jobs/:job", get(started), 200, 0, 0},
		{"GET /jobs/:job/progress", get(func(s *sitetest.Site) string { return jobOf(dryRun(s)) + "/progress" }), 200, 0, 0},
		{"GET /jobs/:job/failed.csv", get(func(s *sitetest.Site) string { return jobOf(dryRun(s)) + "/failed.csv" }), 200, 1, 0},
		{"POST /jobs/:job/pause", after(started, "/pause"), 303, 0, 0},
		{"POST /jobs/:job/resume", after(started, "/resume"), 303, 0, 0},
		{"POST /jobs/:job/stop", after(started, "/stop"), 303, 0, 0},
		{"POST /jobs/:job/retry", after(started, "/retry"), 303, 0, 0},

		{"GET /reviews", at("/reviews"), 200, 0, 0},
		{"GET /reviews/new", at("/reviews/new"), 200, 0, 0},
		{"POST /reviews", send("/reviews", url.Values{"name": {"Joiners"}, "who": {"text"}, "text": {leaver + "@example.com"}}), 303, 0, 0},
		{"GET /reviews/:review", get(startedReview), 200, 0, 0},
		{"POST /reviews/:review/people", after(startedReview, "/people"), 303, 0, 0},
		{"GET /reviews/:review/people/:member", get(reviewStep), 200, 0, 0},
		{"GET /reviews/:review/people/:member", func(s *sitetest.Site) *http.Request {
			r := s.Request(http.MethodGet, reviewStep(s)+"?check=again", nil)
			r.Header.Set("Sec-Fetch-Site", "same-origin") // a link on another site reads nothing
			return r
		}, 200, 1, 0},
		{"POST /reviews/:review/people/:member", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodPost, reviewStep(s), url.Values{"decision": {"right"}, "base": {"0"}})
		}, 303, 0, 0},
		{"GET /reviews/:review/close", get(func(s *sitetest.Site) string { return startedReview(s) + "/close" }), 200, 0, 0},
		{"POST /reviews/:review/close", after(startedReview, "/close"), 303, 0, 0},
		{"POST /reviews/:review/looks", after(startedReview, "/looks"), 303, 0, 0},
		{"GET /reviews/:review/looks/:member", get(lookStep), 200, 0, 0},
		{"POST /reviews/:review/looks/:member", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodPost, lookStep(s), url.Values{"answer": {"agrees"}})
		}, 303, 0, 0},
		{"GET /reviews/sets", at("/reviews/sets"), 200, 0, 0},
		{"POST /reviews/sets", send("/reviews/sets", url.Values{"for": {"Driver"}, "action": {"save"}}), 303, 0, 0},
		// Each group is read for the check, once more and again before it is changed, and after it; and each person before.
		{"GET /reviews/:review/check", get(func(s *sitetest.Site) string { return decidedReview(s) + "/check" }), 200, 2, 0},
		{"POST /reviews/:review/apply", press(func(s *sitetest.Site) string { return decidedReview(s) + "/check" }), 303, 9, 0},
		{"GET /reviews/:review/receipt", get(func(s *sitetest.Site) string { return decidedReview(s) + "/receipt" }), 200, 0, 0},
		{"GET /reviews/:review/receipt.csv", get(func(s *sitetest.Site) string { return decidedReview(s) + "/receipt.csv" }), 200, 1, 0},

		{"GET /guests", at("/guests"), 200, 0, 0},
		{"GET /guests", at("/guests?groups=none&q=a&sort=-groups"), 200, 0, 0},
		{"GET /guests/new", at("/guests/new"), 200, 0, 0},
		{"POST /guests/new", send("/guests/new", url.Values{"email": {"ada@partner.example.com"}}), 303, 4, 2},
		{"GET /guests/:guest", at("/guests/bram@tyres.example.com"), 200, 2, 2},
		{"GET /guests/:guest/tasks", at("/guests/bram@tyres.example.com/tasks"), 200, 2, 2},
		{"GET /guests/:guest/known-by", at("/guests/bram@tyres.example.com/known-by"), 200, 1, 0},
		// The guest is read for the plan, before the call, and after it.
		{"POST /guests/:guest/known-by", send("/guests/bram@tyres.example.com/known-by", url.Values{"add": {"anna.kowalska@example.com"}}), 303, 4, 0},
		{"GET /guests/:guest/remove", at("/guests/bram@tyres.example.com/remove"), 200, 2, 2},
		{"POST /guests/:guest/remove", send("/guests/bram@tyres.example.com/remove", url.Values{}), 303, 5, 2},
		{"GET /members/:member/guests", get(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/guests" }), 200, 1, 0},
		// For each guest as above, and the leaver: one guest is known.
		{"GET /members/:member/guests", get(func(s *sitetest.Site) string { return s.MemberPath(leaver) + "/guests?to=" + s.ID(heir) }), 200, 2, 0},
		{"POST /members/:member/guests", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodPost, s.MemberPath(leaver)+"/guests?to="+s.ID(heir), url.Values{})
		}, 303, 5, 0},
		{"GET /guests.csv", at("/guests.csv"), 200, 1, 0},

		{"POST /activity/seen", send("/activity/seen", url.Values{"upto": {"019adfcf-7c00-7000-8000-000000000000"}}), 303, 0, 0},
		{"GET /activity", at("/activity"), 200, 1, 0}, // is the visitor an administrator?
		{"GET /activity", at("/activity?q=chiara&what=member.remove"), 200, 1, 0},
		{"GET /activity.csv", at("/activity.csv"), 200, 1, 0},
		// A group that the leaver was alone in is looked at, too; of more than four no more.
		{"GET /activity/:entry", receipt("leave"), 200, 3, 3},
		{"GET /activity/elsewhere/:event", get(renamedElsewhere), 200, 0, 0},
		{"GET /activity/elsewhere/:event", get(func(s *sitetest.Site) string { return renamedElsewhere(s) + "?ask=yes" }), 200, 1, 0}, // when the button is pressed
		{"GET /activity/:entry/undo", get(func(s *sitetest.Site) string { return edited(s) + "/undo" }), 200, 1, 0},
		{"POST /activity/:entry/undo", press(func(s *sitetest.Site) string { return edited(s) + "/undo" }), 303, 3, 0},
		{"GET /activity/:entry/restore", get(func(s *sitetest.Site) string { return deletedGroup(s) + "/restore" }), 200, 0, 0},
		// As for a new group: it is created, and looked at.
		{"POST /activity/:entry/restore", press(func(s *sitetest.Site) string { return deletedGroup(s) + "/restore" }), 303, 2, 0},
		{"GET /trash", at("/trash"), 200, 1, 0}, // as for the changes
		{"GET /trash.csv", at("/trash.csv"), 200, 1, 0},
		{"POST /trash/:entry/keep", func(s *sitetest.Site) *http.Request {
			return s.Request(http.MethodPost, strings.Replace(deletedGroup(s), "/activity/", "/trash/", 1)+"/keep", url.Values{"added": {"0"}})
		}, 303, 1, 0},
		{"GET /trash/:entry/picture", get(func(s *sitetest.Site) string {
			return strings.Replace(deletedGroup(s), "/activity/", "/trash/", 1) + "/picture"
		}), 404, 0, 0},
		{"GET /activity/:entry/repeat", get(func(s *sitetest.Site) string { return overtaken(s) + "/repeat" }), 200, 1, 0},
		{"POST /activity/:entry/repeat", press(func(s *sitetest.Site) string { return overtaken(s) + "/repeat" }), 303, 3, 0},
		{"GET /activity/:entry", receipt(heir), 200, 5, 5},
		{"GET /activity/:entry", receiptOfMany, 200, 8, 8},
	}
}

// dryRun makes a dry run and gives its address.
func dryRun(s *sitetest.Site) string {
	return s.Post("/bulk", url.Values{"kind": {"create-groups"}, "text": {"Name;Description\nDepot;x\nYard;"}}).URL
}

// startedReview starts a review of one person and gives its address.
func startedReview(s *sitetest.Site) string {
	return s.Post("/reviews", url.Values{"name": {"Joiners"}, "who": {"text"}, "text": {leaver + "@example.com"}}).URL
}

// decidedReview is a review in which somebody is to come into two groups.
func decidedReview(s *sitetest.Site) string {
	at := startedReview(s)
	s.Post(at+"/people/"+s.ID(leaver), url.Values{"decision": {"change"}, "base": {"0"}, "add": {s.Group("Legal").ID, s.Group("Customer Care").ID}})
	return at
}

func reviewStep(s *sitetest.Site) string { return startedReview(s) + "/people/" + s.ID(leaver) }

// jobOf is the address of a dry run once it is started.
func jobOf(dryRun string) string { return "/jobs" + strings.TrimPrefix(dryRun, "/bulk") }

// started starts a dry run and gives the address of the job.
func started(s *sitetest.Site) string {
	at := dryRun(s)
	return s.Post(at+"/run", nil).URL
}

// after is a form without a field at an address below another one.
func after(at func(*sitetest.Site) string, rest string) func(*sitetest.Site) *http.Request {
	return func(s *sitetest.Site) *http.Request { return s.Request(http.MethodPost, at(s)+rest, nil) }
}

// merged is the page that merges a group without open tasks into another one.
func merged(s *sitetest.Site) *http.Request {
	return s.Request(http.MethodGet, s.GroupPath("Works Council")+"/merge?into="+s.Group("Legal").ID, nil)
}

// renamed is the form that renames a group.
func renamed(s *sitetest.Site) *http.Request {
	return s.Get(s.GroupPath("Operations")+"/edit").Form("main form").Set("name", "Ops").Prepare("Save")
}

// renamedByTwo is the same while somebody else has renamed the group, too.
func renamedByTwo(s *sitetest.Site) *http.Request {
	r := renamed(s)
	s.Sandbox.ChangeGroup(s.Group("Operations").ID, sandbox.GroupChange{Name: "Works"})
	return r
}

// lookStep is a second look for the one who is signed in: somebody else has decided.
func lookStep(s *sitetest.Site) string {
	other := s.As(s.T)
	other.SignInWith(sandbox.ColleagueToken).Form("form:has([name=organization])").Set("organization", s.Org).Submit("Continue").Whole(http.StatusOK)
	step := reviewStep(s)
	other.Post(step, url.Values{"decision": {"right"}, "base": {"0"}}).Whole(http.StatusOK)
	other.Post(strings.Split(step, "/people")[0]+"/looks", nil)
	return strings.Replace(step, "/people/", "/looks/", 1)
}

// boxesToReview adds somebody to two groups by the boxes of the access page.
func boxesToReview(s *sitetest.Site) *sitetest.Form {
	f := s.Get("/access").Form("form[data-access]")
	for _, group := range []string{"Operations", "Fleet and Drivers"} {
		f.Values.Add("add", s.Group(group).ID+" "+s.ID("noor.vandermeer"))
	}
	return f
}

// takenOut is the form that takes somebody out of a group.
func takenOut(group string) func(*sitetest.Site) *http.Request {
	return func(s *sitetest.Site) *http.Request {
		return s.Get(s.GroupPath(group)+"/people").Form("main form").Tick("remove", s.ID(leaver)).Prepare("Save")
	}
}

// edited renames a group and gives the address of the receipt.
func edited(s *sitetest.Site) string {
	s.Do(renamed(s))
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	return href
}

// renamedElsewhere renames a group in Tallyfy itself, has it seen, and gives the address of what
// was seen.
func renamedElsewhere(s *sitetest.Site) string {
	s.Sandbox.ChangeGroup(s.Group("Operations").ID, sandbox.GroupChange{Name: "Ops"})
	s.ReadAnew()
	href, _ := s.Get("/activity").Find("main ul.rows a[href*='/elsewhere/']").Attr("href")
	return href
}

// deletedGroup deletes a group and gives the address of the receipt.
func deletedGroup(s *sitetest.Site) string {
	s.Get(s.DeletePath("Works Council")).Form("main form").Submit("")
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	return href
}

// overtaken renames a group while somebody else does, too, a moment later, and gives the address of the receipt.
func overtaken(s *sitetest.Site) string {
	id := s.Group("Operations").ID
	s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(id, sandbox.GroupChange{Name: "Operations"}) })
	return edited(s)
}

// tallyfysAnswer is what a browser hands over that comes back from Tallyfy.
func tallyfysAnswer(s *sitetest.Site) *http.Request {
	start, err := url.Parse(s.Once(s.Request(http.MethodGet, "/signin/tallyfy", nil)).Header.Get("Location"))
	require.NoError(s.T, err)
	return s.Request(http.MethodPost, "/signin/answer", url.Values{
		"state": {start.Query().Get("state")}, "access_token": {sandbox.AdminToken}, "token_type": {"bearer"},
	})
}

// receiptOfMany opens the receipt of somebody who was alone in more groups than are read back.
func receiptOfMany(s *sitetest.Site) *http.Request {
	for i := range 6 {
		s.Elsewhere(http.MethodPost, "/groups", fmt.Sprintf(`{"name":"Alone %d","description":"x","members":[%s]}`, i, s.ID(leaver)))
	}
	return s.Request(http.MethodGet, s.Remove(leaver, heir).URL, nil)
}

// warm is a site whose administrator has been here for a while, and the meeting between it and Tallyfy.
func warm(t *testing.T) (*sitetest.Site, *meeting) {
	t.Helper()
	m := &meeting{}
	s := sitetest.New(t, sitetest.Options{Transport: m, OAuth: true, ReadTime: 2 * patience})
	m.next = s.Sandbox.Transport()
	s.SignIn()
	for _, path := range []string{"/groups?people=none", "/members?role=admin", "/guests"} {
		require.Equal(t, http.StatusOK, s.Get(path).Status, path)
	}
	s.Sandbox.ClearRequests()
	return s, m
}

// measure says in what a request differs from its row; empty if in nothing.
func (b budget) measure(t *testing.T) string {
	t.Helper()
	s, m := warm(t)
	r := b.request(s)
	s.Sandbox.ClearRequests()
	m.await(b.together)
	p := s.Once(r)
	made := s.Sandbox.Requests()
	switch {
	case p.Status != b.status:
		return fmt.Sprintf("%s answers %d", r.URL, p.Status)
	case len(made) != b.calls:
		return fmt.Sprintf("%s calls %s", r.URL, paths(made))
	case !m.haveMet():
		return fmt.Sprintf("%s does not make %d calls at the same time, but one after the other: %s", r.URL, b.together, paths(made))
	}
	return ""
}

// Nothing costs more calls than it must, and those that do not need each other's answers are made at the same time: each that waits
// for another one costs the visitor a whole journey to Tallyfy.
func TestCallsBehindEachRoute(t *testing.T) {
	known := map[string]bool{}
	for _, b := range budgets() {
		known[b.route] = true
		t.Run(b.route, func(t *testing.T) { assert.Empty(t, b.measure(t)) })
	}
	for _, r := range sitetest.New(t, sitetest.Options{}).App.Routes() {
		assert.True(t, known[r.Method+" "+r.Path], "say in budgets how many calls %s %s costs", r.Method, r.Path)
	}
}

// A logo costs a call the first time that anybody sees it, and none afterwards.
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
