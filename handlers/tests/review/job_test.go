package review_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// many are groups that Inês is not in: more than one page carries out.
var many = []string{"Fleet and Drivers", "First Aiders", "Quality", "Works Council", "Customer Care", "Peak Season Task Force", "Legal", "Finance"}

// working is a site with joiners that works at jobs.
func working(t *testing.T) *sitetest.Site {
	t.Helper()
	return sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Joiners: true}, Jobs: true})
}

// rests waits until the page of a job has a text.
func rests(s *sitetest.Site, job, text string) *sitetest.Page {
	s.T.Helper()
	var p *sitetest.Page
	if !assert.Eventually(s.T, func() bool {
		p = s.Get(job)
		return strings.Contains(p.Text("main"), text)
	}, 20*time.Second, 20*time.Millisecond) {
		require.Fail(s.T, "the job does not say "+text, p.Text("main"))
	}
	return p
}

func puts(s *sitetest.Site) map[string]int {
	n := map[string]int{}
	for _, r := range s.Sandbox.Requests() {
		if r.Method == http.MethodPut {
			n[r.Path]++
		}
	}
	return n
}

// Many groups become a job. What somebody did meanwhile is seen, nothing is applied blindly, and the receipt and its file tie out.
func TestALongApplicationIsAJob(t *testing.T) {
	t.Parallel()
	s := working(t)
	q := start(s, "ines.carvalho", "beatriz.sa", "aaliyah.rahman", "tobias.renner")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, many...)})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Quality", "Works Council"), "note": {"as the others"}})
	decided(s, q, "aaliyah.rahman", "change", url.Values{"remove": groupIDs(s, "Legal"), "note": {"moved"}})
	decided(s, q, "tobias.renner", "right", url.Values{})
	calls := s.Calls(http.MethodGet, "/groups")
	p := check(s, q)
	assert.LessOrEqual(t, s.Calls(http.MethodGet, "/groups")-calls, 1, "the groups are not read one by one")
	assert.Contains(t, p.Text("main"), "8 groups change, with one call to Tallyfy each. That takes longer than a page can wait, so it becomes a job.")

	other := asKwame(s)
	s.Sandbox.DisableInPlace(s.Member("aaliyah.rahman").ID)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Times: 1, Meanwhile: func() { // of Customer Care
		s.Sandbox.DeleteGroup(s.Group("First Aiders").ID)
		s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Add: []int{s.Member("ines.carvalho").ID, s.Member("yuki.tanabe").ID}})
		decided(other, q, "beatriz.sa", "right", url.Values{"note": {"not yet"}})
	}})
	s.Sandbox.ClearRequests()
	form := p.Form("main form[data-form]")
	job := form.Submit("Change 8 groups for 3 people").Whole(http.StatusOK)
	require.Contains(t, job.URL, "/jobs/")
	p = rests(s, job.URL, "6 of 10 done. 4 failed.")
	text := p.Text("main")
	assert.Contains(t, text, "This carries out what was decided in the review Joiners.")
	for _, why := range []string{"Tallyfy does not have it any more.", "Is disabled.", "Has been decided anew since."} {
		assert.Contains(t, text, why)
	}
	assert.True(t, in(s, "yuki.tanabe", "Finance") && in(s, "aaliyah.rahman", "Legal"))
	assert.False(t, in(s, "beatriz.sa", "Quality"))
	sent := puts(s)
	assert.Len(t, sent, 6)
	for path, n := range sent {
		assert.Equal(t, 1, n, path)
	}

	for e, err := range s.App.Journal.List(t.Context(), journal.Filter{Org: tallyfy.ID(s.Org), Kind: membership.PeopleChanged}) {
		require.NoError(t, err)
		assert.Equal(t, q.URL, s.Get("/activity/"+e.ID).Link("Review: Joiners"), "from what the job changed")
		break
	}

	r := p.Follow("Its receipt").Whole(http.StatusOK)
	text = r.Text("main")
	assert.Contains(t, text, "1 to change + 2 looks right + 1 left = 4 people, a row each.")
	assert.Contains(t, text, "Change groups, add to First Aiders.")
	assert.Contains(t, text, "“not yet”")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.Get(q.URL+"/receipt.csv").Body, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	assert.Len(t, rows, 5)
	assert.Len(t, r.Texts("li.receipt-person"), 4)

	// Applied again, only what is not in place counts; the same form starts nothing.
	again := form.Submit("Change 8 groups for 3 people")
	assert.Contains(t, again.Text("main"), "Stopped before anything was done")
	p = check(s, q)
	assert.Contains(t, p.Text("main"), "Nothing can be changed as things are.")
	assert.Len(t, puts(s), 6)
}

// While a job of a review runs or rests, nothing else of it is started. It goes on where the sign-in ended.
func TestAJobOfAReviewRestsAndGoesOn(t *testing.T) {
	t.Parallel()
	s := working(t)
	q := start(s, "ines.carvalho", "beatriz.sa")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, many...)})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Operations")})
	form := check(s, q).Form("main form[data-form]")
	other := check(s, q).Form("main form[data-form]")
	s.Sandbox.ClearRequests()
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Skip: 3, Times: 1, Answer: sandbox.TokenUnknown})
	job := form.Submit("Change 9 groups for 2 people").Whole(http.StatusOK)
	rests(s, job.URL, "The sign-in with Tallyfy of Maren Dahl has ended.")
	assert.Equal(t, 3, sum(puts(s))-1, "and one that Tallyfy refused")

	const rest = "This review is carried out in part, in the name of Maren Dahl, and rests. Paused: 3 of 9 done."
	assert.Contains(t, s.Get(q.URL).Text("main"), rest)
	p := check(s, q)
	assert.Contains(t, p.Text("main"), rest)
	assert.False(t, p.Has("main form[method=post]"))
	p = s.Get(q.URL + "/close").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), rest)
	assert.False(t, p.Has("main form[method=post]"))
	assert.Equal(t, job.URL, other.Submit("Change 9 groups for 2 people").URL)
	text := receipt(s, q).Text("main")
	assert.Contains(t, text, "2 to change = 2 people, a row each.")
	assert.Contains(t, text, "Changed, added to Customer Care, Finance and First Aiders.")
	assert.Contains(t, text, "rests. Paused: 3 of 9 done.")

	s.Post(job.URL+"/resume", nil)
	rests(s, job.URL, "All 9 done.")
	refused := 0
	for path, n := range puts(s) {
		if n == 2 {
			refused++
			continue
		}
		assert.Equal(t, 1, n, path)
	}
	assert.Equal(t, 1, refused, "it goes on with the one that was refused")
	text = receipt(s, q).Text("main")
	assert.Contains(t, text, "2 changed = 2 people, a row each.")
	assert.Equal(t, 9, strings.Count(text, "Receipt of the change of"), "each group has a proof")
	assert.Equal(t, 9, len(slices.DeleteFunc(s.Get("/activity").Texts("main .rows a"), func(row string) bool { return !strings.Contains(row, "added") })))
	assert.Contains(t, check(s, q).Text("main"), "No decision waits to be carried out.")
}

func sum(of map[string]int) (n int) {
	for _, one := range of {
		n += one
	}
	return n
}

// A job takes minutes, and who is in it may be disabled meanwhile.
func TestALongJobReadsThePeopleAgain(t *testing.T) {
	t.Parallel()
	var late atomic.Int64
	s := sitetest.SignedIn(t, sitetest.Options{
		Sandbox: sandbox.Options{Joiners: true}, Jobs: true, Now: func() time.Time { return time.Now().Add(time.Duration(late.Load())) },
	})
	q := start(s, "ines.carvalho", "beatriz.sa")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, many[:6]...)})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, many[:6]...)})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Skip: 2, Times: 1, Meanwhile: func() {
		s.Sandbox.DisableInPlace(s.Member("beatriz.sa").ID)
		late.Store(int64(6 * time.Minute))
	}})
	job := check(s, q).Form("main form[data-form]").Submit("Change 6 groups for 2 people").Whole(http.StatusOK)
	p := rests(s, job.URL, "9 of 12 done. 3 failed.")
	assert.Contains(t, p.Text("main"), "Is disabled.")
}

// A leaver-out is Tallyfy with lists of members in which somebody is missing.
type leaverOut struct {
	sandbox http.RoundTripper
	mu      sync.Mutex
	email   string // "" for nobody
}

func (l *leaverOut) leaveOut(email string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.email = email
}

func (l *leaverOut) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.sandbox.RoundTrip(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || l.email == "" || r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/users") {
		return answer, err
	}
	var list map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		return nil, err
	}
	list["data"] = slices.DeleteFunc(list["data"].([]any), func(m any) bool { return m.(map[string]any)["email"] == l.email })
	text, err := json.Marshal(list)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	answer.Header.Del("Content-Length")
	return answer, err
}

// Somebody whom the copies lack has the role that the job finds.
func TestAJobTakesSomebodyWhoseRoleWasNotKnown(t *testing.T) {
	t.Parallel()
	u := &leaverOut{}
	s := sitetest.New(t, sitetest.Options{Sandbox: sandbox.Options{Joiners: true}, Jobs: true, Transport: u})
	u.sandbox = s.Sandbox.Transport()
	s.SignIn()
	q := start(s, "aaliyah.rahman")
	var out []string
	for _, g := range s.Sandbox.Groups() {
		if slices.Contains(g.Members, s.Member("aaliyah.rahman").ID) {
			out = append(out, g.ID)
		}
	}
	decided(s, q, "aaliyah.rahman", "change", url.Values{"remove": out, "note": {"does not work here"}})
	u.leaveOut(s.Member("aaliyah.rahman").Email)
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	require.Contains(t, s.Get("/").Text("main"), "members could be read.")
	p := check(s, q)
	f := p.Form("main form[data-form]")
	if p.Has("main [name=sure]") {
		f.Tick("sure", "yes")
	}
	job := f.Submit("Change " + strconv.Itoa(len(out)) + " groups for 1 person").Whole(http.StatusOK)
	rests(s, job.URL, "All "+strconv.Itoa(len(out))+" done.")
}
