//go:build soak

package soak_test

import (
	"fmt"
	"html"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// traffic is what all visitors have in common.
type traffic struct {
	tallyfy *program.API
	base    string // the dashboard's
	groups  []sandbox.Group
	members []sandbox.Member

	mu       sync.Mutex
	statuses map[int]int
	done     map[string]int
	wrong    []string
	leavers  []sandbox.Member
}

func newTraffic(tallyfy *program.API, base string) *traffic {
	tr := &traffic{tallyfy: tallyfy, base: base, groups: tallyfy.Groups(), members: tallyfy.Members(), statuses: map[int]int{}, done: map[string]int{}}
	tr.leavers = slices.Clone(tr.members[100:])
	tr.members = tr.members[:100]
	return tr
}

// mistake notes a page that is not what it should be.
func (tr *traffic) mistake(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if len(tr.wrong) < 20 {
		tr.wrong = append(tr.wrong, fmt.Sprintf(format, args...))
	}
}

// leaver is somebody who has not been removed yet.
func (tr *traffic) leaver() (m sandbox.Member, ok bool) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if len(tr.leavers) == 0 {
		return m, false
	}
	m, tr.leavers = tr.leavers[0], tr.leavers[1:]
	return m, true
}

func (tr *traffic) report(t *testing.T, howLong time.Duration, dropped int, api *chaos) {
	t.Helper()
	total := 0
	for _, n := range tr.statuses {
		total += n
	}
	t.Logf("%s: %d requests (%.1f a second), %d calls of Tallyfy, %d of them faulty, %d turns dropped because every visitor was waiting",
		howLong, total, float64(total)/howLong.Seconds(), api.calls, api.faults, dropped)
	for _, status := range slices.Sorted(maps.Keys(tr.statuses)) {
		t.Logf("  status %d: %d", status, tr.statuses[status])
	}
	for _, name := range slices.Sorted(maps.Keys(tr.done)) {
		t.Logf("  %-12s %d", name, tr.done[name])
	}
}

// visitor is one browser. It signs in anew, with a new token, after a while.
type visitor struct {
	*traffic
	name   string
	client *http.Client
	turns  int
	inside bool
}

func newVisitor(tr *traffic, i int) *visitor {
	return &visitor{traffic: tr, name: fmt.Sprint("visitor ", i)}
}

// newToken is what Tallyfy's own sign-in gives.
func (v *visitor) newToken() string {
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.PostForm(v.tallyfy.URL+"/oauth/authorize", url.Values{
		"client_id": {"soak"}, "response_type": {"token"}, "redirect_uri": {"http://soak.example/cb"}, "state": {"x"},
		"person": {"maren.dahl@example.com"}, "decision": {"allow"},
	})
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	_, fragment, _ := strings.Cut(answer.Header.Get("Location"), "#")
	given, _ := url.ParseQuery(fragment)
	return given.Get("access_token")
}

func (v *visitor) signIn() {
	jar, _ := cookiejar.New(nil)
	v.client = &http.Client{Jar: jar, Timeout: time.Minute, Transport: v.transport()}
	page := v.send("sign in", http.MethodPost, "/signin", url.Values{"token": {v.newToken()}, "organization": {v.tallyfy.OrgID()}}, "")
	v.inside = strings.Contains(page, "Signed in as") // or Tallyfy failed just then
}

func (v *visitor) transport() http.RoundTripper {
	if v.client != nil {
		return v.client.Transport
	}
	return &http.Transport{MaxIdleConnsPerHost: 2}
}

// doSomething takes one turn, which may be several requests.
func (v *visitor) doSomething() {
	if v.turns++; v.inside && v.turns%150 == 0 {
		v.send("sign out", http.MethodPost, "/signout", nil, "Sign in")
		v.inside = false
	}
	if !v.inside {
		v.signIn()
		return
	}
	group, member := v.groups[rand.IntN(len(v.groups))], v.members[rand.IntN(len(v.members))]
	person := "/members/" + strconv.Itoa(member.ID)
	switch n := rand.IntN(100); {
	case n < 25:
		v.send("list", http.MethodGet, fmt.Sprintf("/groups?page=%d&per_page=25", 1+rand.IntN(8)), nil, "Groups")
	case n < 35:
		v.send("search", http.MethodGet, "/groups?q=e", nil, "Groups")
	case n < 40:
		v.send("filter", http.MethodGet, "/groups?people=none", nil, "Groups")
	case n < 55:
		v.send("group", http.MethodGet, "/groups/"+group.ID, nil, group.Name)
	case n < 60:
		v.send("logo", http.MethodGet, "/groups/"+group.ID+"/logo", nil, "")
	case n < 72:
		v.send("members", http.MethodGet, fmt.Sprintf("/members?page=%d", 1+rand.IntN(20)), nil, "Members")
	case n < 82:
		v.send("member", http.MethodGet, person, nil, member.FirstName+" "+member.LastName)
	case n < 88:
		v.send("wizard", http.MethodGet, person+"/remove/plan?to=leave", nil, "")
	case n < 90:
		v.send("file", http.MethodGet, "/groups.csv", nil, "")
	case n < 93:
		v.send("asset", http.MethodGet, "/assets/x/css/app.css", nil, "")
	case n < 95:
		v.send("nowhere", http.MethodGet, "/nowhere", nil, "Page not found")
	case n < 99:
		v.createAndDelete()
	default:
		v.remove()
	}
}

func (v *visitor) createAndDelete() {
	name := fmt.Sprintf("Soak %x", rand.Uint64())
	v.send("create", http.MethodPost, "/groups", url.Values{"name": {name}, "description": {"d"}, "action": {"create"}}, "")
	if g, ok := v.tallyfy.GroupByName(name); ok {
		v.send("delete", http.MethodPost, "/groups/"+g.ID+"/delete", url.Values{}, "")
	}
}

var hidden = regexp.MustCompile(`name="(as|to|press|seen)" value="([^"]*)"`)

// remove goes through the wizard and presses the button twice, as impatient people do.
func (v *visitor) remove() {
	m, ok := v.leaver()
	if !ok {
		return
	}
	path := "/members/" + strconv.Itoa(m.ID) + "/remove"
	form := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(v.send("plan", http.MethodGet, path+"/plan?to=leave", nil, ""), -1) {
		form.Set(field[1], field[2])
	}
	if form.Get("press") == "" {
		return // the plan could not be shown
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { v.send("remove", http.MethodPost, path, form, "") })
	}
	both.Wait()
}

var heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)

// send asks for a page and looks whether it is the one, or one that says in the usual frame what went wrong. title is the heading
// of the page; empty for any.
func (v *visitor) send(name, method, path string, form url.Values, title string) string {
	r, err := http.NewRequest(method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.mistake("%s: %v", name, err)
		return ""
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := v.client.Do(r)
	if err != nil {
		v.mistake("%s %s: %v", name, path, err)
		return ""
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	body := string(raw)
	v.mu.Lock()
	v.statuses[answer.StatusCode]++
	v.done[name]++
	v.mu.Unlock()
	switch {
	case err != nil:
		v.mistake("%s %s: the answer broke off: %v", name, path, err)
	case answer.StatusCode == http.StatusInternalServerError:
		v.mistake("%s %s: %d: %.300s", name, path, answer.StatusCode, body)
	case !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html"):
	case heading.FindString(body) == "" || !strings.HasSuffix(strings.TrimSpace(body), "</html>"):
		v.mistake("%s %s: %d: no whole page: %.300s", name, path, answer.StatusCode, body)
	case answer.StatusCode < http.StatusBadRequest && title != "" && !strings.Contains(body, html.EscapeString(title)) && !strings.Contains(body, "Reading"):
		v.mistake("%s %s: %d: %s instead of %s", name, path, answer.StatusCode, heading.FindString(body), title)
	}
	return body
}
