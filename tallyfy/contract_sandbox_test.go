package tallyfy_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// startSandbox serves a sandbox over a listener, under a path prefix as behind a reverse proxy.
func startSandbox(t *testing.T, o tallyfy.Options) *service {
	t.Helper()
	server, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	listener := httptest.NewServer(http.StripPrefix("/some/prefix", server))
	t.Cleanup(listener.Close)
	transport := tallyfy.NewTransport()
	transport.Proxy = nil
	t.Cleanup(transport.CloseIdleConnections)
	o.BaseURL, o.Transport = listener.URL+"/some/prefix/api/", transport
	client, err := tallyfy.New(o)
	require.NoError(t, err)
	return &service{
		client: client.WithToken(sandbox.AdminToken), server: server, org: tallyfy.ID(server.OrgID()),
		removable: memberID(t, server, "soren.kjaergaard@example.com"),
	}
}

func memberID(t *testing.T, server *sandbox.Server, email string) tallyfy.UserID {
	t.Helper()
	m, ok := server.MemberByEmail(email)
	require.True(t, ok, email)
	return tallyfy.UserID(strconv.Itoa(m.ID))
}

func TestContract(t *testing.T) { runContract(t, startSandbox(t, tallyfy.Options{})) }

// What the client reads is what the store holds, member for member and group for group.
func TestSandboxListsAgreeWithItsStore(t *testing.T) {
	s := startSandbox(t, tallyfy.Options{})
	wantGroups := map[tallyfy.ID]sandbox.Group{}
	for _, g := range s.server.Groups() {
		wantGroups[tallyfy.ID(g.ID)] = g
	}
	for g, err := range s.client.Groups.All(t.Context(), s.org, tallyfy.GroupListOptions{With: []string{"users", "guests"}}) {
		require.NoError(t, err)
		want, ok := wantGroups[g.ID]
		require.True(t, ok)
		delete(wantGroups, g.ID)
		assert.Equal(t, want.Name, g.Name)
		assert.Equal(t, want.Description, g.Description)
		assert.Equal(t, fmt.Sprint(want.Members), fmt.Sprint(g.Members), g.Name)
		assert.Equal(t, fmt.Sprint(want.Guests), fmt.Sprint(g.Guests), g.Name)
		assert.Len(t, g.Users, len(want.Members), g.Name)
		assert.Equal(t, want.HasLogo, g.Logo != "", g.Name)
	}
	assert.Empty(t, wantGroups)

	wantMembers := map[tallyfy.UserID]sandbox.Member{}
	for _, m := range s.server.Members() {
		wantMembers[tallyfy.UserID(strconv.Itoa(m.ID))] = m
	}
	for m, err := range s.client.Members.All(t.Context(), s.org, tallyfy.MemberListOptions{With: []string{"groups", "stats"}}) {
		require.NoError(t, err)
		want, ok := wantMembers[m.ID]
		require.True(t, ok)
		delete(wantMembers, m.ID)
		assert.Equal(t, want.Email, m.Email)
		assert.Equal(t, want.FirstName, m.FirstName)
		assert.Equal(t, want.LastName, m.LastName)
		assert.EqualValues(t, want.Role, m.Role)
		assert.EqualValues(t, want.Status, m.Status)
		assert.Equal(t, want.Type, m.Type)
		assert.Equal(t, want.DefaultAdmin, m.IsDefaultAdmin)
		assert.NotNil(t, m.Stats)
		var groups []string
		for _, g := range m.Groups {
			groups = append(groups, string(g.ID))
			assert.Contains(t, g.Members, m.ID)
		}
		assert.ElementsMatch(t, want.Groups, groups, m.Email)
	}
	assert.Empty(t, wantMembers)
}

func TestSandboxRemovalMovesTheWork(t *testing.T) {
	s := startSandbox(t, tallyfy.Options{})
	before, _ := s.server.MemberByEmail("soren.kjaergaard@example.com")
	successor, _ := s.server.MemberByEmail("noor.vandermeer@example.com")
	open := s.server.OpenTasks(before.ID)
	require.Positive(t, open)
	had := s.server.OpenTasks(successor.ID)

	page, err := s.client.Tasks.List(t.Context(), s.org, tallyfy.TaskListOptions{Owner: s.removable, Status: "active", PerPage: 3})
	require.NoError(t, err)
	assert.Equal(t, open, page.Pagination.Total)
	assert.Len(t, page.Items, 3)

	removed, err := s.client.Members.Remove(t.Context(), s.org, s.removable,
		tallyfy.RemoveOptions{ReassignTo: tallyfy.UserID(strconv.Itoa(successor.ID))})
	require.NoError(t, err)
	assert.Equal(t, before.Email, removed.Email)
	assert.False(t, removed.IsActive)
	after, _ := s.server.MemberByEmail(before.Email)
	assert.Equal(t, "disabled", after.Status)
	assert.Empty(t, after.Groups)
	assert.Zero(t, s.server.OpenTasks(before.ID))
	assert.Equal(t, had+open, s.server.OpenTasks(successor.ID))
}

func TestSandboxRefusals(t *testing.T) {
	s := startSandbox(t, tallyfy.Options{})
	ctx := t.Context()
	for _, m := range s.server.Members() {
		if m.Type == "bot" {
			_, err := s.client.Members.Remove(ctx, s.org, tallyfy.UserID(strconv.Itoa(m.ID)), tallyfy.RemoveOptions{})
			var e *tallyfy.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, 400, e.Status)
			assert.Equal(t, "You can't remove a bot user from this organization!", e.Message)
			assert.False(t, tallyfy.MayHaveHappened(err))
		}
	}
	_, err := s.client.Members.Remove(ctx, s.org, s.removable, tallyfy.RemoveOptions{ReassignTo: s.removable})
	assert.NotEmpty(t, tallyfy.FieldErrors(err)["to"], "%v", err)

	standard := s.client.WithToken(sandbox.StandardToken)
	_, err = standard.Groups.List(ctx, s.org, tallyfy.GroupListOptions{})
	require.NoError(t, err)
	_, err = standard.Groups.Create(ctx, s.org, tallyfy.CreateGroupRequest{Name: "n", Description: "d"})
	assert.True(t, tallyfy.IsForbidden(err), "%v", err)
	_, err = s.client.WithToken(sandbox.ExpiredToken).Organizations.Me(ctx)
	assert.True(t, tallyfy.IsUnauthorized(err), "%v", err)
	_, err = s.client.WithToken("").Organizations.Me(ctx)
	assert.True(t, tallyfy.IsUnauthorized(err), "%v", err)
}

// Faults over a real connection: how often a call is sent, and what is said of it.
func TestSandboxFaults(t *testing.T) {
	const route = "/organizations/{org}/groups/{group}"
	html := http.Header{"Content-Type": {"text/html"}}
	for name, c := range map[string]struct {
		fault           sandbox.Fault
		gets, deletes   int
		mayHaveHappened bool
	}{
		"429":             {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}}, 1, 1, false},
		"502 from proxy":  {sandbox.Fault{Status: 502, Header: html, Body: "<html><h1>Bad gateway</h1></html>"}, 3, 1, true},
		"500 after all":   {sandbox.Fault{Status: 500, Execute: true}, 1, 1, true},
		"garbage":         {sandbox.Fault{Status: 200, Header: html, Body: "<html>"}, 1, 1, true},
		"tells failure":   {sandbox.Fault{Status: 200, Body: `{"error":true,"message":"no"}`}, 1, 1, false},
		"connection gone": {sandbox.Fault{Abort: true}, 3, 1, true},
		"hangs":           {sandbox.Fault{Hang: true}, 3, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // the waits between attempts are real here
			s := startSandbox(t, tallyfy.Options{AttemptTimeout: 500 * time.Millisecond})
			id := tallyfy.ID(s.server.Groups()[0].ID)
			s.server.Fail(sandbox.Fault{
				Method: "", Route: route, Status: c.fault.Status, Header: c.fault.Header, Body: c.fault.Body,
				Execute: c.fault.Execute, Abort: c.fault.Abort, Hang: c.fault.Hang,
			})

			err := s.client.Groups.Delete(t.Context(), s.org, id)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "<")
			assert.Equal(t, c.mayHaveHappened, tallyfy.MayHaveHappened(err), "%v", err)
			assert.Len(t, s.server.Requests(), c.deletes)

			s.server.ClearRequests()
			_, err = s.client.WithToken(sandbox.StandardToken).Groups.Get(t.Context(), s.org, id)
			require.Error(t, err)
			assert.Equal(t, name == "hangs", errors.Is(err, context.DeadlineExceeded), "%v", err)
			assert.Len(t, s.server.Requests(), c.gets)
		})
	}
}

func TestSandboxBrokenBodyIsReadAgain(t *testing.T) {
	s := startSandbox(t, tallyfy.Options{})
	s.server.Fail(sandbox.Fault{Abort: true, AbortAfter: 20, Times: 1})
	s.server.Fail(sandbox.Fault{Status: 503, Times: 1})
	me, err := s.client.Organizations.Me(tallyfy.WithRequestID(t.Context(), "req-7"))
	require.NoError(t, err)
	assert.Equal(t, "maren.dahl@example.com", me.Email)
	requests := s.server.Requests()
	require.Len(t, requests, 3)
	assert.Equal(t, "req-7", requests[2].Header.Get("X-Request-Id"))
}

func TestSandboxFilesAndTheirFaults(t *testing.T) {
	s := startSandbox(t, tallyfy.Options{})
	missing := 0
	for _, g := range s.server.Groups() {
		if !g.HasLogo {
			continue
		}
		got, err := s.client.Groups.Get(t.Context(), s.org, tallyfy.ID(g.ID), "assets")
		require.NoError(t, err)
		logo, err := url.Parse(got.Logo)
		require.NoError(t, err)
		require.True(t, s.client.IsAPIHost(logo), got.Logo)
		require.Len(t, got.Assets, 1)
		require.Len(t, got.Assets[0].Subject, 1)
		assert.Equal(t, got.ID, got.Assets[0].Subject[0].ID)
		f, err := s.client.Files.OpenURL(t.Context(), logo)
		if tallyfy.IsNotFound(err) {
			missing++
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, "image/png", f.ContentType)
		assert.Contains(t, readAll(t, f), "\x89PNG")
	}
	assert.Equal(t, 1, missing)

	s.server.Fail(sandbox.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"http://storage.invalid/x"}}})
	_, err := s.client.Files.Open(t.Context(), s.org, "f")
	var e *tallyfy.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, http.StatusFound, e.Status)
}

// Each way to say no, as the client tells it to its callers.
func TestSandboxSaysNo(t *testing.T) {
	const rule, later = "Groups that own a running process cannot be changed.", "You've reached the limit for group creation. Please try again later."
	type told struct {
		status        int
		message, code string
		pool          string
		fields        map[string][]string
	}
	for answer, want := range map[sandbox.Answer]told{
		sandbox.SeatsFull:  {409, "Your organization has reached its committed full seat limit.", "SEAT_POOL_EXHAUSTED", "full", nil},
		sandbox.SeatsLight: {409, "Your organization has reached its committed light seat limit.", "SEAT_POOL_EXHAUSTED", "light", nil},
		sandbox.SeatsFlat:  {409, "Your organization has reached its committed full seat limit.", "SEAT_POOL_EXHAUSTED", "full", nil},
		sandbox.MemberUnknown: {422, "The given data was invalid.", "", "", map[string][]string{
			"members.0": {"The selected members.0 is invalid."},
		}},
		sandbox.PlanLimit:   {402, "Your plan allows 5 groups.", "TRIAL_LIMIT_REACHED_5_G", "", nil},
		sandbox.PlanLimitIn: {402, "Your plan allows 5 groups.", "TRIAL_LIMIT_REACHED_5_G", "", nil},
		sandbox.FieldsOnly: {422, "", "", "", map[string][]string{
			"description": {"The description is too long."}, "members.0": {"Member 9 is unknown."},
		}},
		sandbox.OtherField:     {422, "", "", "", map[string][]string{"organization": {"This organization cannot have more groups."}}},
		sandbox.Rule:           {403, rule, "", "", nil},
		sandbox.NoReason:       {403, "", "", "", nil},
		sandbox.RuleInHTML:     {409, rule, "", "", nil},
		sandbox.TokenUnknown:   {401, "Unauthenticated.", "", "", nil},
		sandbox.TokenAtEdge:    {401, "Permission denied. Error code: APSH213.", "", "", nil},
		sandbox.SAMLOff:        {401, "Saml Is Not Enabled In this Organization", "", "", nil},
		sandbox.HourlyCap:      {429, later, "RATE_LIMIT_EXCEEDED", "", nil},
		sandbox.HourlyCapIn:    {429, later, "RATE_LIMIT_EXCEEDED", "", nil},
		sandbox.DailyCap:       {429, "You've reached the limit for member invitations. Please try again later.", "RATE_LIMIT_EXCEEDED", "", nil},
		sandbox.TrialMembers:   {402, "Trial limit reached: 10 members", "TRIAL_LIMIT_REACHED_10_M", "", nil},
		sandbox.ComeTomorrow:   {429, "Too Many Attempts.", "", "", nil},
		sandbox.OKButRefused:   {200, "This cannot be done now.", "NOT_NOW", "", nil},
		sandbox.OKButText:      {200, "Not now", "", "", nil},
		sandbox.OKButNoSuccess: {200, "", "", "", nil},
		sandbox.OKButData:      {200, "This cannot be done now.", "NOT_NOW", "", nil},
	} {
		s := startSandbox(t, tallyfy.Options{})
		s.server.Fail(sandbox.Fault{Answer: answer})
		err := s.client.Groups.Delete(t.Context(), s.org, tallyfy.ID(s.server.Groups()[0].ID))
		if want.pool != "" { // refusals of what takes a seat
			s.server.ClearRequests()
			_, err = s.client.Members.Enable(t.Context(), s.org, tallyfy.UserID(strconv.Itoa(s.server.Members()[0].ID)))
		}
		var e *tallyfy.Error
		require.ErrorAs(t, err, &e, answer)
		got := told{e.Status, e.Message, e.Code, e.Pool, e.Fields}
		if !e.FromService {
			got.message = ""
		}
		assert.Equal(t, want, got, answer)
		assert.True(t, tallyfy.IsRefused(err) && !tallyfy.MayHaveHappened(err), answer)
		assert.Equal(t, answer == sandbox.TokenUnknown || answer == sandbox.TokenAtEdge, tallyfy.IsUnauthorized(err), answer)
		assert.Equal(t, answer == sandbox.SAMLOff, tallyfy.IsDenied(err), answer)
		assert.Equal(t, answer == sandbox.HourlyCap || answer == sandbox.HourlyCapIn || answer == sandbox.DailyCap, tallyfy.IsHourlyCap(err), answer)
		assert.Len(t, s.server.Requests(), 1, "%s: asked once", answer)
	}
}
