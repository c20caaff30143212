package program_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy/sandbox"
)

// takeOver is the time within which another program goes on with a job.
const takeOver = 30 * time.Second

// A run is a job of 200 rows, each of which gives somebody another role, over one or two programs.
type run struct {
	*replicas
	t       *testing.T
	visitor *sitetest.Site
	url     string            // of the job
	roles   map[string]string // that people are to get, by id

	mu    sync.Mutex
	calls int // of the job
	// writes are the calls that change somebody, by id, whether they were carried out or not.
	writes map[string]int
	// at is asked at each call whether the program is to be killed there; nil for nowhere.
	at     func(call *http.Request) moment
	killed chan int // a program
}

// A moment is where in a call a program is killed.
type moment string

const (
	goOn     moment = ""
	before   moment = "before it is carried out"
	after    moment = "after it is carried out, before the answer"
	answered moment = "a few milliseconds after the answer"
)

// ofOne is the path of a call that is about one member.
var ofOne = regexp.MustCompile(`/users/(\d+)(/role)?$`)

// people is how many members the sandbox of a run has. others are 200 of them with a role that they can change for.
const people = 260

func others(s *sandbox.Server) (list []sandbox.Member) {
	for _, m := range s.Members() {
		if m.Status == "active" && m.Type != "bot" && m.Role != "admin" && len(list) < 200 {
			list = append(list, m)
		}
	}
	return list
}

// startRun starts the programs, and the job: 200 people get the other one of the two lower roles. alone leaves one
// program. before, if not nil, is called before the job runs.
func startRun(t *testing.T, database string, alone bool, o sandbox.Options, before func(*sandbox.Server)) *run {
	t.Helper()
	o.Members = people
	r := &run{replicas: startReplicas(t, database, o), t: t, roles: map[string]string{}, writes: map[string]int{}, killed: make(chan int, 1)}
	if alone {
		r.programs[1].Kill()
		r.alone.Store(1)
	}
	r.visitor = program.VisitorAt(t, r.replicas.url, r.api)
	program.SignIn(r.visitor, sandbox.AdminToken)
	text := "Email,Role\n"
	for _, m := range others(r.api.Server) {
		to := map[string]string{"light": "standard", "standard": "light"}[m.Role]
		text += m.Email + "," + to + "\n"
		r.roles[strconv.Itoa(m.ID)] = to
	}
	var dry *sitetest.Page
	require.Eventually(t, func() bool { // the copies are read at whichever replica answers
		dry = r.visitor.Post("/bulk", url.Values{"kind": {"role"}, "text": {text}})
		return strings.Contains(dry.Text("h1"), "dry run")
	}, time.Minute, 100*time.Millisecond)
	require.Contains(t, dry.Text("main > p.lead"), "200 rows will change.")
	if before != nil {
		before(r.api.Server)
	}
	call := r.call
	r.tallyfy.Store(&call)
	r.url = r.visitor.Post(dry.URL+"/run", nil).URL
	return r
}

// call answers a call of a program, and kills the program where that is wanted.
func (r *run) call(which int, w http.ResponseWriter, call *http.Request) {
	m := goOn
	if who := ofOne.FindStringSubmatch(call.URL.Path); who != nil {
		r.mu.Lock()
		r.calls++
		if call.Method != http.MethodGet {
			r.writes[who[1]]++
		}
		if r.at != nil {
			if m = r.at(call); m != goOn {
				r.at = nil
			}
		}
		r.mu.Unlock()
	}
	kill := func() {
		r.programs[which].Kill()
		r.killed <- which
	}
	switch m {
	case goOn:
		r.api.ServeHTTP(w, call)
	case before:
		kill()
	case after:
		r.api.ServeHTTP(httptest.NewRecorder(), call)
		kill()
	case answered:
		r.api.ServeHTTP(w, call)
		time.AfterFunc(time.Duration(rand.IntN(12))*time.Millisecond, kill)
	}
}

// kill lets the program that works at the job be killed at a call with a method, some calls from now.
func (r *run) kill(method string, m moment) (dead int) {
	r.t.Helper()
	r.mu.Lock()
	from := r.calls + 10 + rand.IntN(20)
	r.at = func(call *http.Request) moment {
		if r.calls < from || call.Method != method {
			return goOn
		}
		return m
	}
	r.mu.Unlock()
	select {
	case dead = <-r.killed:
	case <-time.After(time.Minute):
		require.Fail(r.t, "nobody works at the job", r.visitor.Get(r.url).Text("main"))
	}
	return dead
}

// goesOn waits until somebody works at the job again, and gives the time that it took.
func (r *run) goesOn() time.Duration {
	r.t.Helper()
	began, calls := time.Now(), r.count()
	require.Eventually(r.t, func() bool { return r.count() > calls }, takeOver, time.Millisecond, "nobody goes on")
	return time.Since(began)
}

func (r *run) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls
}

// pass lets time pass in the database: the leases of a dead program end, and what it sent is not under way any more.
func pass(t *testing.T, database string) {
	t.Helper()
	write(t, database, `UPDATE dashboard_leases SET expires_at = 0`)
	arrived(t, database)
}

// arrived lets time pass in the journal: what was sent until now is not under way any more.
func arrived(t *testing.T, database string) {
	t.Helper()
	write(t, database, `UPDATE dashboard_journal SET at = at - $1`, time.Minute.Milliseconds())
}

func write(t *testing.T, database, statement string, args ...any) {
	t.Helper()
	db, err := store.Open(t.Context(), database)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Write(t.Context(), statement, args...)
	require.NoError(t, err)
}

// until loads the page of the job until it has a text, and none of others.
func (r *run) until(text string, not ...string) {
	r.t.Helper()
	said := ""
	if !assert.Eventually(r.t, func() bool {
		said = r.visitor.Get(r.url).Text("main .section")
		return strings.Contains(said, text) && !slices.ContainsFunc(not, func(other string) bool { return strings.Contains(said, other) })
	}, time.Minute, 100*time.Millisecond) {
		require.Fail(r.t, "the job does not say "+text, said)
	}
}

// settled asserts that each row is in one state, and that the state is true: who is done has the new role, and who is
// not, the old one. It gives how many are not done.
func (r *run) settled() (left int) {
	r.t.Helper()
	open := strings.Split(r.visitor.Get(r.url+"/failed.csv").Body, "\n")
	rows := 0
	for _, tab := range r.visitor.Get(r.url).Texts("nav[aria-label=Rows] a")[1:] {
		n, err := strconv.Atoi(tab[strings.LastIndex(tab, " ")+1:])
		require.NoError(r.t, err, tab)
		rows += n
	}
	assert.Equal(r.t, 200, rows, "each row is in one state")
	for _, m := range r.api.Members() {
		to, asked := r.roles[strconv.Itoa(m.ID)]
		if !asked {
			continue
		}
		isOpen := slices.ContainsFunc(open, func(line string) bool { return strings.HasPrefix(line, m.Email+",") })
		if isOpen {
			left++
		}
		assert.Equal(r.t, !isOpen, m.Role == to, "%s, who was to get %s", m.Email, to)
	}
	return left
}

// onceEach asserts that no call was sent twice.
func (r *run) onceEach() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for who, n := range r.writes {
		assert.Equal(r.t, 1, n, "calls that change %s", who)
	}
}

// The program that works at a job of 200 rows is killed again and again, before, in and after its calls. Another one
// goes on, or the same one after a restart. No call is sent twice, and each row ends in one state.
func TestKilledAtManyPointsOfAJob(t *testing.T) {
	t.Parallel()
	for name, alone := range map[string]bool{"two programs on PostgreSQL": false, "one on SQLite": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := filepath.Join(t.TempDir(), "sessions.db")
			if !alone {
				database = ownDatabase(t)
			}
			r := startRun(t, database, alone, sandbox.Options{}, nil)
			const read, write = http.MethodGet, http.MethodPut
			points := []struct {
				method string
				moment moment
			}{{write, answered}, {read, before}, {read, answered}, {write, after}, {write, before}}
			for i, p := range points {
				dead := r.kill(p.method, p.moment)
				if i < len(points)-1 { // the last one is taken over in its own time
					pass(t, r.database)
				}
				if alone {
					r.programs[dead] = start(t, r.programs[dead].Options)
				} else {
					r.alone.Store(int64(2 - dead))
				}
				t.Logf("killed at %s, %s: went on after %s", p.method, p.moment, r.goesOn().Round(time.Millisecond))
				if !alone {
					r.programs[dead] = start(t, r.programs[dead].Options)
					r.alone.Store(0)
				}
			}
			arrived(t, r.database)
			r.until(" of 200 done. ", "Running")
			left := r.settled()
			assert.GreaterOrEqual(t, left, 1, "whose call was on its way and did not arrive")
			assert.LessOrEqual(t, left, 3, "and those whose call was about to leave when the program died after an answer")
			r.onceEach()
			pass(t, r.database) // whose call did not arrive is locked for as long as it may
			r.visitor.Post(r.url+"/retry", nil)
			r.until("All 200 done.")
			assert.Zero(t, r.settled())
		})
	}
}

// Tallyfy answers "too many" in the middle, ends the token, and has ten seats for those who need one, which it says in
// either shape. The job waits or pauses, and goes on. No change is carried out twice.
func TestAJobThatIsRefusedInTheMiddle(t *testing.T) {
	t.Parallel()
	s, err := sandbox.New(sandbox.Options{Members: people})
	require.NoError(t, err)
	full, light := 0, 0 // seats when all who give one back have done so; who needs one
	for _, m := range s.Members() {
		if m.Status != "disabled" && m.Type != "bot" && m.Role != "light" {
			full++
		}
	}
	for _, m := range others(s) {
		if m.Role == "light" {
			light++
		} else {
			full--
		}
	}
	for name, flat := range map[string]bool{"two programs on PostgreSQL": false, "one on SQLite": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := filepath.Join(t.TempDir(), "sessions.db")
			if !flat {
				database = ownDatabase(t)
			}
			r := startRun(t, database, flat, sandbox.Options{FullSeats: full + 10, FlatErrors: flat}, func(s *sandbox.Server) {
				s.ClearRequests()
				s.Fail(sandbox.Fault{Route: sitetest.UserRoute, Method: http.MethodGet, Skip: 50, Times: 1, Status: http.StatusTooManyRequests})
				s.Fail(sandbox.Fault{Route: sitetest.UserRoute + "/role", Method: http.MethodPut, Skip: 40, Times: 1, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}})
				s.Fail(sandbox.Fault{Route: sitetest.UserRoute, Method: http.MethodGet, Skip: 200, Times: 1, Answer: sandbox.TokenUnknown})
			})
			r.until("The sign-in with Tallyfy of Maren Dahl has ended.")
			r.visitor.Post(r.url+"/resume", nil)
			r.until("Tallyfy has no free seat for the rest.")
			assert.Equal(t, light-10, r.settled(), "who wait for a seat")
			refused, made := 0, map[string]int{}
			for _, request := range r.api.Requests() {
				switch {
				case request.Method == http.MethodPut && request.Status == http.StatusOK:
					made[request.Path]++
				case request.Method == http.MethodPut && request.Status == http.StatusConflict:
					refused++
				}
			}
			assert.Equal(t, 1, refused, "the first one without a seat; the others are not tried")
			assert.Len(t, made, 200-(light-10))
			for path, n := range made {
				assert.Equal(t, 1, n, path)
			}

			for _, m := range r.api.Members()[people-3:] {
				require.True(t, r.api.DisableInPlace(m.ID))
			}
			r.visitor.Post(r.url+"/resume", nil)
			r.until(fmt.Sprintf("Paused: %d of 200 done.", 200-(light-13)))
			r.until("Tallyfy has no free seat for the rest.")
			assert.Equal(t, light-13, r.settled())
		})
	}
}

// The program that works at a job is killed in the middle. The other one goes on within half a minute, and no
// group is created twice.
func TestKilledInTheMiddleOfAJob(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, r *replicas) {
		const rows = 16
		s := program.VisitorAt(t, r.url, r.api)
		program.SignIn(s, sandbox.AdminToken)
		s.Get("/members").Whole(http.StatusOK)
		lines := "Name;Description\n"
		for i := range rows {
			lines += fmt.Sprintf("Depot %d;x\n", i)
		}
		var dry *sitetest.Page
		require.Eventually(t, func() bool { // the copies are read at whichever replica answers
			dry = s.Post("/bulk", url.Values{"kind": {"create-groups"}, "text": {lines}})
			return strings.Contains(dry.Text("h1"), "dry run")
		}, time.Minute, 100*time.Millisecond)
		s.Sandbox.ClearRequests()
		r.api.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Delay: 30 * time.Millisecond})
		job := s.Post(dry.URL+"/run", nil)

		after := 3 + rand.IntN(rows-8)
		require.Eventually(t, func() bool { return s.Writes() >= after }, time.Minute, time.Millisecond)
		worker, other := r.programs[0], int64(2)
		if !strings.Contains(worker.Log.String(), `"request_id":"job `) {
			worker, other = r.programs[1], 1
		}
		require.Contains(t, worker.Log.String(), `"request_id":"job `)
		r.alone.Store(other)
		worker.Kill()
		killed, writes := time.Now(), s.Writes()
		require.Eventually(t, func() bool { return s.Writes() > writes+1 }, takeOver, 10*time.Millisecond, "nobody goes on")
		t.Logf("killed after %d writes; the other one went on after %s", writes, time.Since(killed).Round(time.Second))

		arrived(t, r.database)
		var p *sitetest.Page
		require.Eventually(t, func() bool {
			p = s.Get(job.URL)
			return strings.Contains(p.Text("main"), "All 16 done.") || strings.Contains(p.Text("main"), "Progress15 of 16 done. 1 not known.")
		}, 2*time.Minute, 100*time.Millisecond)
		made := map[string]int{}
		for _, request := range s.Sandbox.Requests() {
			if request.Method == http.MethodPost {
				made[string(request.Body)]++
			}
		}
		for body, n := range made {
			assert.Equal(t, 1, n, body)
		}
		assert.GreaterOrEqual(t, len(made), rows-1, "one may have been killed before it left")
	})
}
