package site_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A page that only reads says why Tallyfy did not answer it, where Tallyfy says why.
func TestPagesSayTallyfysOwnReason(t *testing.T) {
	t.Parallel()
	for answer, want := range map[sandbox.Answer]struct {
		status      int
		title, text string
	}{
		sandbox.Rule:         {403, "Tallyfy does not allow this", "Tallyfy refused: “Groups that own a running process cannot be changed.”"},
		sandbox.NoReason:     {403, "Tallyfy does not allow this for your account", "Your role in Tallyfy, or your organisation's plan, does not include this. Ask an administrator."},
		sandbox.RuleInHTML:   {502, "Tallyfy refused this", "Tallyfy refused: “Groups that own a running process cannot be changed.”"},
		sandbox.PlanLimit:    {402, "Your Tallyfy plan does not include this", "Tallyfy refused: “Your plan allows 5 groups.” (code TRIAL_LIMIT_REACHED_5_G)."},
		sandbox.PlanLimitIn:  {402, "Your Tallyfy plan does not include this", "Tallyfy refused: “Your plan allows 5 groups.” (code TRIAL_LIMIT_REACHED_5_G)."},
		sandbox.SeatsFull:    {502, "Tallyfy refused this", "Tallyfy refused: “Your organization has reached its committed full seat limit.” (code SEAT_POOL_EXHAUSTED, full seats)."},
		sandbox.FieldsOnly:   {502, "Tallyfy refused this", "Tallyfy refused: “The description is too long. Member 9 is unknown.”"},
		sandbox.OKButRefused: {502, "Tallyfy refused this", "Tallyfy refused: “This cannot be done now.” (code NOT_NOW)."},
		sandbox.OKButText:    {502, "Tallyfy refused this", "Tallyfy refused: “Not now”."},
		sandbox.OKButNoSuccess: {
			502, "Tallyfy refused this", "Tallyfy refused this and gave no reason.",
		},
		sandbox.OKButData: {502, "Tallyfy refused this", "Tallyfy refused: “This cannot be done now.” (code NOT_NOW)."},
	} {
		t.Run(string(answer), func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupsRoute, Answer: answer})
			p := s.Get("/groups")
			assertWholePage(s, p)
			assert.Equal(t, want.status, p.Status)
			assert.Equal(t, want.title, p.Text("h1"))
			assert.Equal(t, want.text, p.Text(".lead"))
			calls := 1
			if want.status == http.StatusForbidden {
				calls = 2 // and whether the person is still in the organisation
			}
			assert.Len(t, s.Sandbox.Requests(), calls)
			file := s.Get("/groups.csv")
			assert.Equal(t, want.title, file.Text("h1"), "never a file of nothing")
		})
	}
}

// An empty list beside an error is no empty list.
func TestRefusedTasksAreNotNoTasks(t *testing.T) {
	t.Parallel()
	for _, answer := range []sandbox.Answer{sandbox.OKButData, sandbox.OKButNoSuccess, sandbox.Rule} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Answer: answer})
		for _, path := range []string{s.GroupPath("Payroll"), s.DeletePath("Payroll"), s.MemberPath("chiara.dangelo"), s.RemovePath("chiara.dangelo"), s.PlanPath("chiara.dangelo", "leave")} {
			p := s.Get(path).Whole(http.StatusOK)
			assert.Regexp(t, regexp.MustCompile(`(?i)not (be )?(checked|counted)`), p.Text("main"), path)
			assert.NotContains(t, p.Text("main"), "has no open tasks", path)
		}
	}
}

// The next page is not asked for, and says the same.
func TestALongWaitIsTheSameOnEveryPage(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Answer: sandbox.ComeTomorrow})
	for range 3 {
		p := s.Get("/groups").Whole(http.StatusTooManyRequests)
		assert.Equal(t, "Please try again in 24 hours. Tallyfy's limit is shared by everybody behind your office's address. Nothing was changed.", p.Text(".lead"))
		assert.Regexp(t, `^(86400|863\d\d)$`, p.Header.Get("Retry-After"))
	}
	assert.Len(t, s.Sandbox.Requests(), 1)
}

// An hourly cap is asked once, says so on the next page too, and is nobody else's.
func TestAnHourlyCapIsSaidTheSameOnEveryPage(t *testing.T) {
	t.Parallel()
	for _, answer := range []sandbox.Answer{sandbox.HourlyCap, sandbox.HourlyCapIn} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		s.Sandbox.Fail(sandbox.Fault{Answer: answer})
		for range 2 {
			s.Sandbox.ClearRequests()
			p := s.Get("/groups").Whole(http.StatusTooManyRequests)
			assert.Equal(t, "Tallyfy says: “You've reached the limit for group creation. Please try again later.” Please try again in up to an hour. Nothing was changed.", p.Text(".lead"))
			assert.Empty(t, p.Header.Get("Retry-After"))
			assert.LessOrEqual(t, len(s.Sandbox.Requests()), 1)
		}
		s.Sandbox.ClearFaults()
		s.Client = sitetest.NewVisitor(t)
		assert.Equal(t, "Groups", s.SignInWith(sandbox.StandardToken).Text("h1"))
	}
}
