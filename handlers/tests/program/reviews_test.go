package program_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// reviewed are two programs at which reviews are carried out, with the changes of groups that reached Tallyfy.
type reviewed struct {
	*replicas
	t *testing.T

	mu   sync.Mutex
	puts map[string]int // by path
	// dies is the number of the change, from now on, at which its program is killed before it has the answer; 0 for none.
	dies int
	dead chan int
}

func (r *reviewed) call(which int, w http.ResponseWriter, call *http.Request) {
	kill := false
	if call.Method == http.MethodPut {
		r.mu.Lock()
		r.puts[call.URL.Path]++
		kill = r.dies == 1
		r.dies = max(0, r.dies-1)
		r.mu.Unlock()
	}
	if !kill {
		r.api.ServeHTTP(w, call)
		return
	}
	r.api.ServeHTTP(httptest.NewRecorder(), call)
	r.programs[which].Kill()
	r.dead <- which
}

// sent asserts that a number of groups was changed, each by one call, and counts anew.
func (r *reviewed) sent(groups int) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	assert.Len(r.t, r.puts, groups)
	for path, n := range r.puts {
		assert.Equal(r.t, 1, n, path)
	}
	r.puts = map[string]int{}
}

// killed waits for the death of a program, lets its leases end, and starts it again; until then the other one is alone.
func (r *reviewed) killed(database string, meanwhile func()) {
	r.t.Helper()
	var which int
	select {
	case which = <-r.dead:
	case <-time.After(time.Minute):
		require.Fail(r.t, "nobody was killed")
	}
	r.alone.Store(int64(2 - which))
	pass(r.t, database)
	meanwhile()
	r.programs[which] = start(r.t, r.programs[which].Options)
	r.alone.Store(0)
}

// until loads a page until it has a text.
func until(s *sitetest.Site, path, text string) (p *sitetest.Page) {
	s.T.Helper()
	if !assert.Eventually(s.T, func() bool {
		p = s.Get(path)
		return strings.Contains(p.Text("main"), text)
	}, time.Minute, 50*time.Millisecond) {
		require.Fail(s.T, path+" does not say "+text, p.Text("main"))
	}
	return p
}

// decide posts a decision that adds somebody to groups.
func decide(s *sitetest.Site, review, who string, base string, groups ...string) *sitetest.Page {
	s.T.Helper()
	form := url.Values{"decision": {"change"}, "base": {base}}
	for _, name := range groups {
		form.Add("add", s.Group(name).ID)
	}
	return s.Post(review+"/people/"+s.ID(who), form)
}

// A program is killed after Tallyfy has changed a group and before it says so: while a page waits, and while a job runs. The
// other one goes on, no group is changed twice, and the receipt names the change that did it. Two reviewers who press at once
// change each group once.
func TestAReviewIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{
		"PostgreSQL":      ownDatabase,
		"one SQLite file": func(t *testing.T) string { return filepath.Join(t.TempDir(), "sessions.db") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := database(t)
			r := &reviewed{replicas: startReplicas(t, at, sandbox.Options{}), t: t, puts: map[string]int{}, dead: make(chan int, 1)}
			call := r.call
			r.tallyfy.Store(&call)
			maren, kwame := program.VisitorAt(t, r.url, r.api), program.VisitorAt(t, r.url, r.api)
			program.SignIn(maren, sandbox.AdminToken)
			program.SignIn(kwame, sandbox.ColleagueToken)
			for range 2 { // at either program
				until(maren, "/reviews", "No reviews yet")
				until(kwame, "/reviews", "No reviews yet")
			}
			var review string
			require.Eventually(t, func() bool {
				p := maren.Post("/reviews", url.Values{"name": {"Joiners"}, "who": {"text"}, "text": {"noor.vandermeer@example.com\nchiara.dangelo@example.com"}})
				review = p.URL
				return p.Text("h1") == "Joiners"
			}, time.Minute, 50*time.Millisecond)

			// A page.
			decide(maren, review, "noor.vandermeer", "0", "Legal", "Quality", "Finance")
			form := until(maren, review+"/check", "3 groups change").Form("main form[data-form]")
			r.dies = 2
			lost := later(maren, form.Prepare("Change 3 groups for 1 person"))
			r.killed(at, func() {
				<-lost
				p := until(maren, review+"/check", "1 group changes")
				assert.Contains(t, p.Text("main"), "as decided already.")
				p = p.Form("main form[data-form]").Submit("Change 1 group for 1 person")
				assert.Equal(t, review+"/receipt", p.URL, p.Text("main"))
			})
			r.sent(3)
			p := until(maren, review+"/receipt", "1 changed")
			assert.Len(t, p.Find("li.receipt-person a[href*='/activity/']").Nodes, 2, "that of the dead program, too: %s", p.Text("main"))
			assert.NotContains(t, p.Text("main"), "It was so already")

			// A job.
			groups := []string{"Operations", "Customer Care", "Works Council", "First Aiders", "Legal", "Quality"}
			decide(maren, review, "chiara.dangelo", "0", groups...)
			r.dies = 3
			p = until(maren, review+"/check", "it becomes a job").Form("main form[data-form]").Submit("")
			job := p.URL
			require.Contains(t, job, "/jobs/", p.Text("main"))
			r.killed(at, func() { until(maren, job, fmt.Sprintf("All %d done.", len(groups))) })
			r.sent(len(groups))
			p = until(kwame, review+"/receipt", "2 changed = 2 people")
			assert.Equal(t, len(groups)+2, strings.Count(p.Text("main"), "Receipt of the change of"), p.Text("main"))

			// Two reviewers, of whom one sees the other before saving.
			base := until(maren, review+"/people/"+maren.ID("noor.vandermeer"), "Noor").Find("main form[data-form] [name=base]").AttrOr("value", "")
			decide(maren, review, "noor.vandermeer", base, "Payroll")
			p = decide(kwame, review, "noor.vandermeer", base, "Payroll", "Works Council")
			assert.Contains(t, p.Text("main"), "Maren Dahl")
			assert.NotContains(t, until(maren, review+"/check", "1 group changes").Text("main"), "Works Council", "not before it is pressed once more")
			p.Form("main form[data-form]").Tick("add", maren.Group("Works Council").ID).Submit("Change groups")
			forms := []*http.Request{}
			for _, s := range []*sitetest.Site{maren, kwame} {
				forms = append(forms, until(s, review+"/check", "2 groups change").Form("main form[data-form]").Prepare(""))
			}
			first, second := later(maren, forms[0]), later(kwame, forms[1])
			for _, done := range []<-chan result{first, second} {
				answer := <-done
				require.NoError(t, answer.err)
				assert.Equal(t, http.StatusSeeOther, answer.status)
			}
			r.sent(2)
			text := until(maren, review+"/receipt", "2 changed = 2 people").Text("main")
			assert.Contains(t, text, "New decision after the change: Change groups, add to Payroll.")
			assert.Contains(t, text, "New decision after the change: Change groups, add to Payroll and Works Council.")
			for _, p := range r.programs {
				p.AssertNoPanic()
			}
		})
	}
}
