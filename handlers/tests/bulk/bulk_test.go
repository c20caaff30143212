// Package bulk_test tests many changes at once as whole pages: the form, the dry run, the job.
package bulk_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const groupRoute = "/organizations/{org}/groups/{group}"

// site is one whose copies are read. working says that it works at jobs.
func site(t *testing.T, working bool) *sitetest.Site {
	t.Helper()
	s := sitetest.SignedIn(t, sitetest.Options{Jobs: working})
	s.Get("/members").Whole(http.StatusOK)
	s.Get("/guests").Whole(http.StatusOK)
	s.Sandbox.ClearRequests()
	return s
}

// until loads a page until it has a text.
func until(t *testing.T, s *sitetest.Site, path, text string) (p *sitetest.Page) {
	t.Helper()
	require.Eventually(t, func() bool {
		p = s.Get(path)
		return strings.Contains(p.Find("main").Text(), text)
	}, 30*time.Second, 50*time.Millisecond, text)
	return p
}

// rows are the rows of a dry run or a job: "Noor van der Meer Legal: Done Receipt".
func rows(p *sitetest.Page) (list []string) {
	for _, text := range p.Texts("tbody tr") {
		list = append(list, strings.Join(strings.Fields(text), " "))
	}
	return list
}

func (b bulkForm) post(s *sitetest.Site) *sitetest.Page { return s.Post("/bulk", url.Values(b)) }

type bulkForm url.Values

func adding(s *sitetest.Site, text string, groups ...string) bulkForm {
	f := bulkForm{"kind": {"add-to-groups"}, "text": {text}}
	for _, g := range groups {
		f["groups"] = append(f["groups"], s.Group(g).ID)
	}
	return f
}

// Each kind says in a sentence what it does and what that costs.
func TestKindsAreDescribed(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	rows := s.Get("/bulk/new").Whole(http.StatusOK).Texts("main .rows .small")
	require.Len(t, rows, len(bulk.Kinds))
	for i, k := range bulk.Kinds {
		assert.Regexp(t, "(?i)(takes|frees|one change|mail)", rows[i], k.Name)
	}
}

func TestPasteRunAndComeBack(t *testing.T) {
	t.Parallel()
	s := site(t, true)
	p := s.Get("/members").Follow("Many at once…").Follow("Add people to groups").Whole(http.StatusOK)
	dry := p.Form("form[data-form]").Set("text", "noor.vandermeer@example.com\r\nKwame Asante\r\nnobody@x.example\r\nchiara.dangelo@example.com").
		Tick("groups", s.Group("Payroll").ID).Tick("groups", s.Group("Legal").ID).Submit("See what would happen").Whole(http.StatusOK)
	assert.Equal(t, "Add people to groups: dry run", dry.Text("h1"))
	assert.Equal(t, "5 rows will change, 1 has nothing to do, 2 can't. That is 2 changes in Tallyfy.", dry.Text("main > p.lead"))
	assert.Equal(t, []string{
		"1Noor van der Meer Legalnot in it → in itWill change", "1Noor van der Meer Payrollnot in it → in itWill change", "2Kwame Asante Legalnot in it → in itWill change", "2Kwame Asante Payrollnot in it → in itWill change",
		"3nobody@x.example LegalCan't Nobody here has the address “nobody@x.example”.", "3nobody@x.example PayrollCan't Nobody here has the address “nobody@x.example”.",
		"4Chiara D'Angelo Legalnot in it → in itWill change", "4Chiara D'Angelo PayrollNothing to do Is in the group already.",
	}, rows(dry))
	assert.Equal(t, rows(dry)[4:6], rows(dry.Follow("Can't 2")), "a tab shows those in one state")
	assert.Zero(t, s.Writes(), "a dry run changes nothing")

	job := dry.Form("form[data-form]").Submit("Add people to groups: 5 rows").Whole(http.StatusOK)
	require.Equal(t, "/jobs"+strings.TrimPrefix(dry.URL, "/bulk"), job.URL)
	done := until(t, s, job.URL, "All 5 done.")
	assert.Equal(t, 2, s.Writes(), "one for each group")
	assert.Equal(t, "1Noor van der Meer Legalnot in it → in itDone Receipt", rows(done)[0])
	receipt := done.Follow("Receipt")
	assert.Equal(t, "Receipt", receipt.Text("h1"))
	assert.Equal(t, done.URL, receipt.Link("The job"))
	assert.Contains(t, s.Get("/activity").Follow("Jobs").Text("main"), "All 5 done.")

	assert.Equal(t, job.URL, s.Get(dry.URL).URL, "a dry run that was started is a job")
	assert.Equal(t, job.URL, s.Post(dry.URL+"/run", nil).URL)
	assert.Equal(t, 2, s.Writes(), "a second press starts nothing")
	assert.Contains(t, s.Get(s.GroupPath("Legal")).Text("main"), "Kwame Asante", "the lists know of it")
}

// The button starts all rows, so each tab of a dry run says what is at stake.
func TestEveryTabOfADryRunWarns(t *testing.T) {
	t.Parallel()
	s := site(t, false)
	form := bulkForm{"kind": {"remove-from-groups"}, "text": {"chiara.dangelo@example.com\nnobody@x.example\nkwame.asante@example.com"}, "groups": {s.Group("Payroll").ID}}
	dry := form.post(s).Whole(http.StatusOK)
	warnings := dry.Texts("main .notice.warning")
	require.NotEmpty(t, warnings)
	for _, tab := range []string{"Will change 1", "Nothing to do 1", "Can't 1"} {
		assert.Equal(t, warnings, dry.Follow(tab).Whole(http.StatusOK).Texts("main .notice.warning"), tab)
	}
}

func TestAFormThatIsNotTakenKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := site(t, false)
	for name, test := range map[string]struct {
		form bulkForm
		want string
	}{
		"nothing":         {adding(s, " ", "Legal"), "Paste at least one line, or choose a file."},
		"no group":        {adding(s, "noor.vandermeer@example.com"), "Choose at least one group, or name the groups in a column of the lines."},
		"faults":          {adding(s, "Email,Email\nx,y,z", "Legal"), "“Email” and “Email” name the same column. Leave one of them. Line 2 has 1 cell more than the first line names."},
		"no successor":    {bulkForm{"kind": {"remove-members"}, "text": {"noor.vandermeer@example.com"}}, "Say who takes over the work, or “nobody” to leave it in the name of those who go."},
		"no message":      {bulkForm{"kind": {"invite"}, "text": {"Email,First name,Last name\nnew@example.com,New,Person"}, "message": {" "}}, "Write a message, or give one in a column “message”. Tallyfy requires one."},
		"no such person":  {bulkForm{"kind": {"remove-members"}, "text": {"noor.vandermeer@example.com"}, "to": {"Nobody Atall"}}, "Nobody here is called “Nobody Atall”."},
		"lines and boxes": {bulkForm{"kind": {"add-to-groups"}, "text": {"x"}, "ids": {"20565"}, "groups": {s.Group("Legal").ID}}, "Choose one: the people chosen, the lines, or the file."},
	} {
		t.Run(name, func(t *testing.T) {
			p := test.form.post(s)
			assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
			assert.Contains(t, p.Text("[role=alert]"), test.want)
			f := p.Form("form[enctype]")
			if !p.Has("input[name=ids]") {
				assert.Equal(t, test.form["text"][0], f.Values.Get("text"))
			}
			assert.Equal(t, test.form["groups"], f.Values["groups"])
			if test.form["to"] != nil {
				assert.Equal(t, test.form["to"][0], f.Values.Get("to"))
			}
		})
	}
	assert.Equal(t, "Many at once", bulkForm{"kind": {"everything"}}.post(s).Text("h1"))
}

// While the organisation can't be read, the form comes again with everything in it, whatever Tallyfy answers.
func TestADryRunNeedsAllToBeRead(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"500": {Status: 500}, "429": {Status: 429}, "403": {Answer: sandbox.Rule}, "broken off": {Abort: true}, "not JSON": {Status: 200, Body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			legal := s.Group("Legal").ID
			fault.Route = "/organizations/{org}/users"
			s.Sandbox.Fail(fault)
			p := adding(s, "noor.vandermeer@example.com", "Legal").post(s)
			assert.GreaterOrEqual(t, p.Status, 400)
			assert.Contains(t, p.Text("main"), "Nothing was changed.")
			f := p.Form("form[enctype]")
			assert.Equal(t, "noor.vandermeer@example.com", f.Values.Get("text"))
			assert.Equal(t, []string{legal}, f.Values["groups"])
			s.Sandbox.ClearFaults()
			assert.Eventually(t, func() bool { return strings.Contains(f.Submit("See what would happen").Text("h1"), "dry run") }, time.Minute, 50*time.Millisecond)
		})
	}
}

// upload posts the form as a browser does, with a file.
func upload(s *sitetest.Site, fields map[string]string, data string) *sitetest.Page {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	part, _ := w.CreateFormFile("file", "people.csv")
	_, _ = io.WriteString(part, data)
	_ = w.Close()
	r := s.Request(http.MethodPost, "/bulk", nil)
	r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.Do(r)
}

// The members of an export are taken out of a group, and the file of what failed is given again as it is.
func TestFilesGoRoundAndRound(t *testing.T) {
	t.Parallel()
	s := site(t, true)
	export := s.Get("/members.csv?q=kowalska&separator=semicolon&mark_ids=1")
	require.Equal(t, http.StatusOK, export.Status)
	p := upload(s, map[string]string{"kind": "add-to-groups", "groups": s.Group("Legal").ID}, export.Body).Whole(http.StatusOK)
	assert.Equal(t, []string{"2Anna Kowalska Legalnot in it → in itWill change", "3Anna Kowalska Legalnot in it → in itWill change"}, rows(p))

	s.Sandbox.Fail(sandbox.Fault{Route: groupRoute, Method: http.MethodPut, Times: 1, Status: 422, Body: `{"error":true,"message":"Not <now>."}`})
	job := p.Form("form[data-form]").Submit("Add people to groups: 2 rows")
	failed := until(t, s, job.URL, "None of 2 done. 2 failed.")
	assert.Contains(t, rows(failed)[0], "Failed Tallyfy says: “Not <now>.” Receipt")
	file := s.Get(failed.Link("Export 2 rows not done"))
	assert.Contains(t, file.Body, "failed,Legal: Not <now>.")
	again := upload(s, map[string]string{"kind": "add-to-groups"}, file.Body)
	assert.Equal(t, rows(p), rows(again), "with the group that was chosen on the form")

	s.Sandbox.ClearRequests()
	retried := failed.Form("form[data-form]").Submit("Retry the 2 that failed")
	done := until(t, s, retried.URL, "All 2 done.")
	assert.Equal(t, 1, s.Writes())
	assert.Contains(t, rows(done)[0], "Done Receipt")

	refused := upload(s, map[string]string{"kind": "add-to-groups", "groups": s.Group("Legal").ID}, "zoe@x.example;Legal\r\n")
	assert.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	assert.Equal(t, "zoe@x.example;Legal\n", strings.ReplaceAll(refused.Form("form[enctype]").Values.Get("text"), "\r\n", "\n"), "a file that is not taken can be mended in the form")
}

func TestPauseStopAndGoOn(t *testing.T) {
	t.Parallel()
	s := site(t, false) // nobody works at it
	job := adding(s, "noor.vandermeer@example.com", "Legal").post(s).Form("form[data-form]").Submit("Add people to groups: 1 row")
	assert.Contains(t, job.Text("main"), "Running: 0 of 1 done.")
	assert.Equal(t, "5", job.Find("noscript").First().Text()[strings.Index(job.Find("noscript").First().Text(), `content="`)+9:][:1], "a browser without script asks again")
	p := job.Form("main form").Submit("Pause")
	assert.Contains(t, p.Text("main"), "Paused: 0 of 1 done.")
	assert.Contains(t, s.Post(job.URL+"/pause", nil).Text("main"), "The job was in another state by then.")
	p = p.Form("main form").Submit("Go on")
	assert.Contains(t, p.Text("main"), "Running: 0 of 1 done.")
	p = p.Form("main form").Submit("Stop")
	assert.Contains(t, p.Text("main"), "Stopped: 0 of 1 done, 1 skipped.")
	assert.Contains(t, rows(p)[0], "Skipped")
	assert.Equal(t, "0", p.Find("progress").AttrOr("value", ""), "nothing is done")
	assert.False(t, p.Has("script[src*='js/job']"), "nothing moves")
	assert.Contains(t, p.Form("main form").Submit("Go on").Text("main"), "Running: 0 of 1 done.")
	assert.Zero(t, s.Writes())
}

// Another administrator sees the job and takes it over, after saying so. A Standard member does not see it.
func TestJobsOfOthers(t *testing.T) {
	t.Parallel()
	s := site(t, false)
	dry := adding(s, "noor.vandermeer@example.com", "Legal").post(s)
	other := s.As(t)
	other.SignInWith(sandbox.ColleagueToken).Form("form:has([name=organization])").Set("organization", s.Org).Submit("Continue").Whole(http.StatusOK)
	assert.Equal(t, http.StatusForbidden, other.Post(dry.URL+"/run", nil).Status, "a dry run is started by who looked at it")
	job := dry.Form("form[data-form]").Submit("Add people to groups: 1 row")
	p := other.Get(job.URL).Whole(http.StatusOK).Form("main form").Submit("Pause")
	assert.Contains(t, p.Text("main"), "This is the job of Maren Dahl. Tick the box to act in their place.")
	assert.Contains(t, p.Text("main"), "Running: 0 of 1 done.")
	p = p.Form("main form").Tick("instead", "yes").Submit("Pause")
	assert.Contains(t, p.Text("main"), "Paused: 0 of 1 done.")
	p = p.Form("main form").Tick("instead", "yes").Submit("Go on")
	assert.Contains(t, p.Text("main"), "Running: 0 of 1 done.")
	assert.Contains(t, p.Text("main"), "In the name of Kwame Asante.")
	standard := s.As(t)
	standard.SignInWith(sandbox.StandardToken)
	assert.Equal(t, http.StatusNotFound, standard.Get(job.URL).Status)
	assert.Contains(t, standard.Get("/jobs").Text("main"), "No jobs")
	for _, action := range []string{"pause", "resume", "stop", "retry"} {
		assert.Equal(t, http.StatusNotFound, standard.Post(job.URL+"/"+action, url.Values{"instead": {"yes"}}).Status)
	}
}

// A token that ends in the middle pauses the job until its owner signs in and goes on.
func TestATokenThatEnds(t *testing.T) {
	t.Parallel()
	s := site(t, true)
	s.Sandbox.Fail(sandbox.Fault{Route: groupRoute, Method: http.MethodGet, Answer: sandbox.TokenUnknown, Times: 1})
	job := adding(s, "noor.vandermeer@example.com", "Legal").post(s).Form("form[data-form]").Submit("Add people to groups: 1 row")
	p := until(t, s, job.URL, "Paused: 0 of 1 done.")
	assert.Contains(t, p.Text("main"), "The sign-in with Tallyfy of Maren Dahl has ended. You are signed in now: press “Go on”.")
	p = p.Form("main form").Submit("Go on")
	until(t, s, p.URL, "The one row is done.")
	assert.Equal(t, 1, s.Writes())
}

// Server-sent events say how far a job is, and end with it.
func TestProgressIsSent(t *testing.T) {
	t.Parallel()
	s := site(t, true)
	job := adding(s, "noor.vandermeer@example.com", "Legal", "Quality").post(s).Form("form[data-form]").Submit("Add people to groups: 2 rows")
	p := s.Get(job.URL + "/progress")
	assert.Equal(t, "text/event-stream", p.Header.Get("Content-Type"))
	assert.Equal(t, "no", p.Header.Get("X-Accel-Buffering"))
	last := p.Body[strings.LastIndex(p.Body, "data: "):]
	assert.Equal(t, `data: {"done":2,"of":2,"moving":false,"text":"All 2 done."}`, strings.TrimSpace(last))
}

// A job is stopped while its process dies: as long as that may be alive the row is under way, and
// then it is not known.
func TestARowOfAProcessThatDiedIsNotKnown(t *testing.T) {
	t.Parallel()
	s := site(t, false)
	job := adding(s, "noor.vandermeer@example.com", "Legal").post(s).Form("form[data-form]").Submit("Add people to groups: 1 row")
	_, err := s.App.Jobs.DB.Write(t.Context(), `UPDATE dashboard_job_rows SET state = $1 WHERE state = $2`, string(bulk.Working), string(bulk.Waiting))
	require.NoError(t, err)
	lease, _, err := s.App.Leases.Acquire(t.Context(), "job "+path.Base(job.URL), "a process", time.Minute)
	require.NoError(t, err)
	p := s.Post(job.URL+"/stop", nil).Whole(http.StatusOK)
	assert.Contains(t, rows(p)[0], "Working")
	assert.True(t, p.Has("script[src*='js/job']"), "the page waits for the step that is under way")
	_, err = lease.Release(t.Context())
	require.NoError(t, err)
	assert.Contains(t, s.Get("/jobs").Text("main"), "Stopped: 0 of 1 done, 0 skipped. 1 not known.")
	p = s.Get(job.URL).Whole(http.StatusOK)
	assert.Contains(t, rows(p)[0], "Not known The program stopped while this was under way. It is looked at before anything is sent again.")
	p = p.Form("form[data-form]").Submit("Look at or retry the 1 not known").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Running: ")
	assert.Contains(t, p.Text(".notice"), "1 row is tried again.")
	assert.Zero(t, s.Writes())
}

// The form with a file takes more than others, and says how much.
func TestAFileThatIsTooLarge(t *testing.T) {
	t.Parallel()
	s := site(t, false)
	p := upload(s, map[string]string{"kind": "disable"}, "Email\n"+strings.Repeat("noor.vandermeer@example.com\n", 80_000)).Whole(http.StatusRequestEntityTooLarge)
	assert.Contains(t, p.Text("main"), "This form may hold 2 MB, with the file. Nothing was done.")
}

// A job that cannot be opened says so wherever it stands, and nothing starts it.
func TestAJobThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]string{
		"the secret is gone":    `UPDATE dashboard_jobs SET plan = 'x', note = 'x'`,
		"the kind is not known": `UPDATE dashboard_jobs SET kind = 'of another version'`,
		"both":                  `UPDATE dashboard_jobs SET plan = 'x', note = 'x', kind = 'of another version'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site(t, false)
			dry := adding(s, "noor.vandermeer@example.com\nnobody@x.example", "Legal").post(s).Whole(http.StatusOK)
			job := adding(s, "noor.vandermeer@example.com\nnobody@x.example", "Legal").post(s).Form("form[data-form]").Submit("Add people to groups: 1 row").Whole(http.StatusOK)
			for _, query := range []string{spoil, `UPDATE dashboard_job_rows SET what = 'x'`} {
				_, err := s.App.Jobs.DB.Write(t.Context(), query)
				require.NoError(t, err)
			}
			for _, url := range []string{dry.URL, job.URL} {
				p := s.Get(url).Whole(http.StatusOK)
				assert.Contains(t, p.Text("main"), "This job was sealed with a secret that the dashboard does not have any more, or is of another version. Nothing of it can be shown.")
				assert.Empty(t, rows(p))
				assert.Zero(t, p.Find("main form").Length(), "nothing can be done with it")
				assert.NotContains(t, p.Text("main"), "Export")
				file := "/jobs" + url[strings.LastIndex(url, "/"):] + "/failed.csv"
				assert.Contains(t, s.Get(file).Whole(http.StatusConflict).Text("main"), "This job can't be opened")
			}
			for _, path := range []string{dry.URL + "/run", job.URL + "/pause", job.URL + "/stop"} {
				assert.Contains(t, s.Post(path, nil).Whole(http.StatusConflict).Text("main"), "Nothing was changed.", path)
			}
			s.Get("/jobs").Whole(http.StatusOK)
			assert.Zero(t, s.Writes())
		})
	}
}

// A dry run leads back to its lines, each with why it can't be done, and with what was chosen for
// all of them.
func TestLinesOfADryRunAreCorrected(t *testing.T) {
	t.Parallel()
	s := site(t, false)
	dry := adding(s, "noor.vandermeer@example.com\nnobody@x.example", "Legal").post(s).Whole(http.StatusOK)
	p := dry.Follow("Correct the lines").Whole(http.StatusOK)
	f := p.Form("form[enctype]")
	text := f.Values.Get("text")
	assert.Contains(t, text, "nobody@x.example")
	assert.Contains(t, text, "Nobody here has the address")
	again := f.Submit("See what would happen").Whole(http.StatusOK)
	for i, row := range rows(dry) { // the first line names the columns now
		assert.Equal(t, row[1:], rows(again)[i][1:])
	}
	f.Values.Set("text", strings.ReplaceAll(text, "nobody@x.example", "kwame.asante@example.com"))
	assert.Contains(t, f.Submit("See what would happen").Text("p.lead"), "2 rows will change.")
	s.Get("/bulk/new?kind=add-to-groups&lines=01a22e21-9439-7a96-9d92-45b2901476e5").Whole(http.StatusNotFound)
}

// Somebody who was disabled between the dry run and the job is not added: the copy of the members
// may be older.
func TestNobodyIsAddedWhoWasDisabledSince(t *testing.T) {
	t.Parallel()
	s := site(t, true)
	dry := adding(s, "noor.vandermeer@example.com\nkwame.asante@example.com", "Legal").post(s).Whole(http.StatusOK)
	s.Disable("noor.vandermeer")
	job := dry.Form("form[data-form]").Submit("Add people to groups: 2 rows")
	p := until(t, s, job.URL, "1 of 2 done. 1 failed.")
	assert.ElementsMatch(t, []string{"1Noor van der Meer Legalnot in it → in itFailed Is disabled.", "2Kwame Asante Legalnot in it → in itDone Receipt"}, rows(p))
	assert.NotContains(t, s.Group("Legal").Members, s.Member("noor.vandermeer").ID)
	assert.Equal(t, 1, s.Writes())
}

// Whoever may change groups and is no administrator can't read single members: the list says who
// was disabled.
func TestAMemberWhoMayChangeGroupsAddsPeople(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Jobs: true})
	s.SignInWith(sandbox.StandardToken)
	s.Get("/help").Form("main form").Submit("I can manage groups").Whole(http.StatusOK)
	s.Get("/guests").Whole(http.StatusOK)
	dry := adding(s, "noor.vandermeer@example.com\nkwame.asante@example.com", "Legal").post(s).Whole(http.StatusOK)
	s.Disable("noor.vandermeer")
	s.Sandbox.ClearRequests()
	job := dry.Form("form[data-form]").Submit("Add people to groups: 2 rows")
	until(t, s, job.URL, "failed.")
	assert.NotContains(t, s.Group("Legal").Members, s.Member("noor.vandermeer").ID)
	assert.Equal(t, 1, s.Writes(), "the other one is tried, and Tallyfy says what that is worth")
}

// While the list cannot be read, nothing is said of people whom it lacks.
func TestNobodyIsTakenForDisabledWhoWasNotRead(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Jobs: true})
	s.SignInWith(sandbox.StandardToken)
	s.Get("/help").Form("main form").Submit("I can manage groups").Whole(http.StatusOK)
	s.Get("/guests").Whole(http.StatusOK)
	dry := adding(s, "noor.vandermeer@example.com\nkwame.asante@example.com", "Legal").post(s).Whole(http.StatusOK)
	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/users", Method: http.MethodGet, Status: http.StatusBadRequest})
	job := dry.Form("form[data-form]").Submit("Add people to groups: 2 rows")
	until(t, s, job.URL, "failed.")
	assert.NotContains(t, s.Get(job.URL).Text("main"), "s disabled")
}
