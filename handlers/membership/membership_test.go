package membership_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// A desk is an organisation in the sandbox that a change can be made in.
type desk struct {
	*sandbox.Server
	t      *testing.T
	client *tallyfy.Client
	copies *directory.Cache
}

func newDesk(t *testing.T, o sandbox.Options) *desk {
	t.Helper()
	s, err := sandbox.New(o)
	require.NoError(t, err)
	client, err := tallyfy.New(tallyfy.Options{BaseURL: sandbox.BaseURL, Transport: s.Transport()})
	require.NoError(t, err)
	return &desk{Server: s, t: t, client: client.WithToken(sandbox.AdminToken), copies: directory.New(directory.Options{})}
}

func (d *desk) org() tallyfy.ID { return tallyfy.ID(d.OrgID()) }

func (d *desk) Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return d.client.Groups.Get(ctx, d.org(), id)
}

func (d *desk) OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks {
	tasks, _ := d.client.Tasks.Open(ctx, d.org(), o)
	return tasks
}

func (d *desk) Members(ctx context.Context) (*directory.Members, error) {
	return d.copies.Members(ctx, d.client, cache.ScopeOf(sandbox.AdminToken, d.org()))
}

func (d *desk) CopiedGroups() *directory.Groups { return nil }

func (d *desk) id(name string) tallyfy.UserID {
	d.t.Helper()
	m, ok := d.MemberByEmail(name + "@example.com")
	require.True(d.t, ok, name)
	return tallyfy.UserID(strconv.Itoa(m.ID))
}

func (d *desk) groupID(name string) tallyfy.ID {
	d.t.Helper()
	g, ok := d.GroupByName(name)
	require.True(d.t, ok, name)
	return tallyfy.ID(g.ID)
}

func (d *desk) creation(name string) *membership.Creation {
	return &membership.Creation{Source: d, Client: d.client, Org: d.org(), Request: tallyfy.CreateGroupRequest{
		Name: name, Description: "Of the yard.", Members: []tallyfy.UserID{d.id("maren.dahl"), d.id("chiara.dangelo")}, Guests: []string{"Mehmet@broker.example.com"},
	}}
}

func (d *desk) deletion(name string) *membership.Deletion {
	return &membership.Deletion{Source: d, Client: d.client, Org: d.org(), ID: d.groupID(name)}
}

// entry is what the journal has of a change in some state, after it was looked at.
func entry(c change.Change, plan change.Plan, state journal.State, made ...journal.Subject) *journal.Entry {
	e := &journal.Entry{State: state, At: time.Now(), Intent: journal.Intent{Kind: c.Kind(), Plan: plan.Plan, Subjects: plan.Subjects}}
	if state != journal.Sent {
		e.Outcome = &journal.Outcome{State: state, Subjects: made}
	}
	return e
}

func logged(c change.Change) string {
	var b bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&b, nil))
	log.LogAttrs(context.Background(), slog.LevelInfo, "", c.Log()...)
	_, line, _ := strings.Cut(strings.TrimSpace(b.String()), `"msg":"",`)
	return "{" + line
}

func TestCreationFromPlanToCheck(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	c := d.creation("Night watch")
	assert.Equal(t, `{"asked":{"name":"Night watch","members":2,"guests":1}}`, logged(c), "before it is sent, and after a failure")
	require.NoError(t, c.Look(t.Context()))
	p := c.Plan()
	assert.False(t, p.Stopped)
	assert.Equal(t, []journal.Subject{{Kind: journal.Group, Name: "Night watch"}}, p.Subjects)
	assert.Equal(t, c.Request.Members, p.Concerned)
	assert.Equal(t, []journal.Line{{Kind: "created", Text: "There is a group Night watch with 2 members and 1 guest."}}, p.Lines)
	assert.Equal(t, []journal.Difference{
		{What: "Name", After: []string{"Night watch"}},
		{What: "Description", After: []string{"Of the yard."}},
		{What: "Members", After: []string{"Maren Dahl", "Chiara D'Angelo"}},
		{What: "Guests", After: []string{"Mehmet@broker.example.com"}},
	}, p.Differences)

	made, err := c.Send(t.Context())
	require.NoError(t, err)
	id := d.groupID("Night watch")
	assert.Equal(t, []journal.Subject{{Kind: journal.Group, ID: string(id), Name: "Night watch"}}, made)
	assert.Equal(t, fmt.Sprintf(`{"asked":{"name":"Night watch","members":2,"guests":1},"group":%q,"after":{"name":"Night watch","members":2,"guests":1}}`, id), logged(c))
	e := entry(c, p, journal.Done, made...)
	findings, err := d.creation("").Check(t.Context(), e)
	require.NoError(t, err)
	assert.Equal(t, []journal.Finding{{Result: journal.Confirmed}}, findings, "the case and the order of guests do not matter")
	e.Check = &journal.Check{Findings: findings}
	tone, text := c.Summary(e, false)
	assert.Equal(t, change.Good, tone)
	assert.Equal(t, "Night watch was created, with 2 members and 1 guest, and checked.", text)
}

func TestTwoCreationsOfOneNameTakeTurns(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	assert.Equal(t, d.creation("Night watch").Target(), d.creation("night WATCH").Target())
	assert.NotEqual(t, d.creation("Night watch").Target(), d.creation("Day watch").Target())
	assert.NotContains(t, d.creation("Night watch").Target(), "watch", "names are not plain in the database")
}

// checked is what a check finds, as "result: detail", or the error's status.
func checked(t *testing.T, c change.Change, e *journal.Entry) string {
	t.Helper()
	findings, err := c.Check(t.Context(), e)
	if err != nil {
		require.True(t, tallyfy.IsUnauthorized(err), "%v", err)
		return "the sign-in has ended"
	}
	require.Len(t, findings, len(e.Lines))
	return string(findings[0].Result) + ": " + findings[0].Detail
}

func TestCheckOfACreation(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, test := range map[string]struct {
		arrange func(d *desk, c *membership.Creation, e *journal.Entry)
		lost    bool // the answer, so the id is not known
		want    string
	}{
		"not as asked": {func(_ *desk, c *membership.Creation, _ *journal.Entry) {
			_, err := c.Client.Groups.Update(context.Background(), c.Org, c.Group.ID, tallyfy.UpdateGroupRequest{Name: "Other", Description: "d", Members: &[]tallyfy.UserID{}, Guests: &[]string{}})
			require.NoError(t, err)
		}, false, "not as expected: Other has 0 members and 0 guests."},
		"gone": {func(_ *desk, c *membership.Creation, _ *journal.Entry) {
			require.NoError(t, c.Client.Groups.Delete(context.Background(), c.Org, c.Group.ID))
		}, false, "not as expected: Tallyfy does not list the group."},
		"not readable": {func(d *desk, _ *membership.Creation, _ *journal.Entry) {
			d.Fail(sandbox.Fault{Method: http.MethodGet, Status: 500})
		}, false, "could not check: Tallyfy could not be asked about the group."},
		"signed out": {func(d *desk, _ *membership.Creation, _ *journal.Entry) {
			d.Fail(sandbox.Fault{Method: http.MethodGet, Status: 401})
		}, false, "the sign-in has ended"},
		"answer lost, found": {func(*desk, *membership.Creation, *journal.Entry) {}, true, "could not check: There is a group with this name, most likely this one."},
		"answer lost, older": {func(_ *desk, _ *membership.Creation, e *journal.Entry) {
			e.At = now.Add(11 * time.Minute)
		}, true, "not as expected: The group with this name is older, so nothing was created."},
		"answer lost, none": {func(_ *desk, c *membership.Creation, _ *journal.Entry) {
			require.NoError(t, c.Client.Groups.Delete(context.Background(), c.Org, c.Group.ID))
		}, true, "could not check: There is no group with this name yet. It may still appear."},
		"answer lost, not searchable": {func(d *desk, _ *membership.Creation, _ *journal.Entry) {
			d.Fail(sandbox.Fault{Method: http.MethodGet, Status: 500})
		}, true, "could not check: The list of groups could not be searched."},
		"answer lost, signed out": {func(d *desk, _ *membership.Creation, _ *journal.Entry) {
			d.Fail(sandbox.Fault{Method: http.MethodGet, Status: 401})
		}, true, "the sign-in has ended"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, sandbox.Options{})
			c := d.creation("Night watch")
			made, err := c.Send(t.Context())
			require.NoError(t, err)
			e := entry(c, c.Plan(), journal.Done, made...)
			if test.lost {
				e = entry(c, c.Plan(), journal.NotConfirmed)
			}
			test.arrange(d, c, e)
			assert.Equal(t, test.want, checked(t, c, e))
		})
	}
}

func TestSummaryOfACreation(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	c := d.creation("Night watch")
	for name, test := range map[string]struct {
		state    journal.State
		found    *journal.Finding
		underWay bool
		tone     change.Tone
		want     string
	}{
		"under way":                        {journal.Sent, nil, true, change.Info, "The creation of Night watch has been sent and is not answered yet. Check again in a moment."},
		"confirmed":                        {journal.Done, &journal.Finding{Result: journal.Confirmed}, false, change.Good, "Night watch was created, with 2 members and 1 guest, and checked."},
		"not as asked":                     {journal.Done, &journal.Finding{Result: journal.NotAsExpected, Detail: "It has 1 member."}, false, change.Warning, "Night watch was created, but not as asked. It has 1 member."},
		"not checked":                      {journal.Done, &journal.Finding{Result: journal.NotChecked}, false, change.Warning, "Night watch was created, with 2 members and 1 guest. It could not be read again to check that."},
		"no check":                         {journal.Done, nil, false, change.Warning, "Night watch was created, with 2 members and 1 guest. It could not be read again to check that."},
		"answer lost":                      {journal.NotConfirmed, &journal.Finding{Result: journal.NotChecked, Detail: "Look there."}, false, change.Warning, "Tallyfy's answer did not arrive. Look there."},
		"crashed":                          {journal.Sent, &journal.Finding{Result: journal.NotAsExpected, Detail: "It is older."}, false, change.Warning, "Tallyfy's answer did not arrive. It is older."},
		"crashed, not looked":              {journal.Sent, nil, false, change.Warning, "Tallyfy's answer did not arrive. The group may or may not be created. Please don't repeat it; check again in a minute."},
		"refused, in an answer of success": {journal.Refused, &journal.Finding{Result: journal.NotChecked, Detail: "There is none yet."}, false, change.Warning, "Tallyfy didn't confirm the creation of Night watch. There is none yet."},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry(c, c.Plan(), test.state)
			if test.found != nil {
				e.Check = &journal.Check{Findings: []journal.Finding{*test.found}}
			}
			tone, text := (&membership.Creation{}).Summary(e, test.underWay)
			assert.Equal(t, test.tone, tone)
			assert.Equal(t, test.want, text)
		})
	}
}

func TestDeletionFromPlanToCheck(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	del := d.deletion("Payroll")
	before, _ := d.GroupByName("Payroll")
	require.NoError(t, del.Look(t.Context()))
	assert.True(t, del.Plan().Stopped, "it has open tasks, so its name has to be typed")
	assert.Equal(t, "Type the group's name to go on. Nothing was deleted.", del.PhraseError())
	del.Typed = "Payrol"
	assert.Equal(t, "That is not the group's name. Nothing was deleted.", del.PhraseError())
	del.Typed = "  payroll "
	p := del.Plan()
	assert.False(t, p.Stopped)
	require.Len(t, before.Members, 1)
	assert.Equal(t, []journal.Subject{{Kind: journal.Group, ID: before.ID, Name: "Payroll"}}, p.Subjects)
	assert.Equal(t, []tallyfy.UserID{d.id("chiara.dangelo")}, p.Concerned)
	assert.Equal(t, []journal.Difference{
		{What: "Name", Before: []string{"Payroll"}},
		{What: "Description", Before: []string{before.Description}},
		{What: "Members", Before: []string{"Chiara D'Angelo"}},
		{What: "Guests", Before: []string{}},
	}, p.Differences)
	assert.JSONEq(t, fmt.Sprintf(`{"Tasks":%d,"Kept":true,"MemberCount":1,"GuestCount":0,"HadLogo":false,"LogoKept":false}`, del.Tasks.Total), string(p.Facts))
	assert.JSONEq(t, fmt.Sprintf(`{"Name":"Payroll","Description":%q,"Members":[%s],"Guests":[]}`, before.Description, d.id("chiara.dangelo")), string(p.Contents.Data), "and the ids")
	assert.Equal(t, fmt.Sprintf(`{"group":%q,"before":{"name":"Payroll","members":1,"guests":0},"open_tasks":%d}`, before.ID, del.Tasks.Total), logged(del))

	_, err := del.Send(t.Context())
	require.NoError(t, err)
	e := entry(del, p, journal.Done)
	assert.Equal(t, "confirmed: ", checked(t, del, e))
}

// Who is in the group counts for the fingerprint; what is known of their names, and open work, do not.
func TestFingerprintOfADeletion(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	look := func() string {
		del := d.deletion("Finance")
		require.NoError(t, del.Look(t.Context()))
		return del.Plan().Fingerprint()
	}
	shown := look()
	assert.Equal(t, shown, look())
	g, err := d.client.Groups.Get(t.Context(), d.org(), d.groupID("Finance"))
	require.NoError(t, err)
	update := func(members []tallyfy.UserID, guests []string) {
		_, err := d.client.Groups.Update(t.Context(), d.org(), g.ID, tallyfy.UpdateGroupRequest{Name: g.Name, Description: "Another.", Members: &members, Guests: &guests})
		require.NoError(t, err)
	}
	update(g.Members, g.Guests)
	assert.Equal(t, shown, look(), "the description is nothing that is lost")
	update(append([]tallyfy.UserID{d.id("esi.mensah")}, g.Members[1:]...), g.Guests)
	assert.NotEqual(t, shown, look(), "as many members, but others")
	update(g.Members, append(g.Guests, "new@x.example"))
	assert.NotEqual(t, shown, look())
}

// Tallyfy leaves the ids of people in a group who were deleted for good.
func TestADeletionCountsPeopleWhoAreThere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		others  []string // beside the one who is gone
		guests  []string
		failing bool // the list of members
		want    string
	}{
		"nobody else":             {want: "Nobody is in the group, so nobody leaves it."},
		"a guest":                 {guests: []string{"a@x.example"}, want: "1 guest leaves the group; their account stays as it is."},
		"a member":                {others: []string{"maren.dahl"}, want: "1 member leaves the group; their account stays as it is."},
		"a member, and not known": {others: []string{"maren.dahl"}, failing: true, want: "2 members leave the group; their accounts stay as they are."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, sandbox.Options{})
			ids := []tallyfy.UserID{d.id("gareth.pugh")}
			for _, name := range test.others {
				ids = append(ids, d.id(name))
			}
			_, err := d.client.Groups.Create(t.Context(), d.org(), tallyfy.CreateGroupRequest{Name: "Some", Description: "x", Members: ids, Guests: test.guests})
			require.NoError(t, err)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, sandbox.BaseURL+"/organizations/"+d.OrgID()+"/users/"+string(ids[0])+"/delete", nil)
			require.NoError(t, err)
			r.Header = http.Header{"Authorization": {"Bearer " + sandbox.AdminToken}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
			answer, err := d.Transport().RoundTrip(r)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, answer.StatusCode)
			require.NoError(t, answer.Body.Close())
			if test.failing {
				d.Fail(sandbox.Fault{Route: "/organizations/{org}/users", Status: 500})
			}
			del := d.deletion("Some")
			require.NoError(t, del.Look(t.Context()))
			assert.Equal(t, test.want, del.Plan().Lines[0].Text)
		})
	}
}

func TestCheckOfADeletion(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  string
	}{
		"still there":  {sandbox.Fault{}, "not as expected: Data and Reporting is still there."},
		"not readable": {sandbox.Fault{Status: 500}, "could not check: Tallyfy could not be asked about the group."},
		"signed out":   {sandbox.Fault{Status: 401}, "the sign-in has ended"},
		"gone":         {sandbox.Fault{Status: 404, Body: `{"message":"Group not found"}`}, "confirmed: "},
		"a proxy's":    {sandbox.Fault{Status: 404, Body: `<html><h1>404 Not Found</h1></html>`}, "could not check: Tallyfy could not be asked about the group."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, sandbox.Options{})
			del := d.deletion("Data and Reporting")
			require.NoError(t, del.Look(t.Context()))
			if test.fault.Status != 0 {
				d.Fail(test.fault)
			}
			assert.Equal(t, test.want, checked(t, &membership.Deletion{Client: d.client, Org: d.org()}, entry(del, del.Plan(), journal.NotConfirmed)))
		})
	}
}

func TestSummaryOfADeletion(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	del := d.deletion("Data and Reporting")
	require.NoError(t, del.Look(t.Context()))
	const yes, no, open = journal.Confirmed, journal.NotAsExpected, journal.NotChecked
	for name, test := range map[string]struct {
		state    journal.State
		gone     journal.Result
		underWay bool
		tone     change.Tone
		want     string
	}{
		"under way":               {journal.Sent, open, true, change.Info, "The deletion of Data and Reporting has been sent and is not answered yet. Check again in a moment."},
		"done":                    {journal.Done, yes, false, change.Good, "Data and Reporting was deleted."},
		"done, not answered":      {journal.NotConfirmed, yes, false, change.Good, "Tallyfy didn't confirm the deletion, but Data and Reporting is gone."},
		"done, still there":       {journal.Done, no, false, change.Problem, "Tallyfy said that Data and Reporting is deleted, but still has it. Check again in a minute."},
		"still there":             {journal.NotConfirmed, no, false, change.Problem, "Tallyfy didn't confirm the deletion, and Data and Reporting is still there. It may still be deleted: look again in a minute."},
		"done, not checked":       {journal.Done, open, false, change.Warning, "Tallyfy said that Data and Reporting is deleted. It could not be checked."},
		"not answered and open":   {journal.NotConfirmed, open, false, change.Warning, "Tallyfy didn't confirm the deletion, and could not be asked about Data and Reporting afterwards. Please don't repeat it; check again in a minute."},
		"crashed, but it is gone": {journal.Sent, yes, false, change.Good, "Tallyfy didn't confirm the deletion, but Data and Reporting is gone."},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry(del, del.Plan(), test.state)
			e.Check = &journal.Check{Findings: []journal.Finding{{Result: open}, {Result: test.gone}}}
			tone, text := (&membership.Deletion{}).Summary(e, test.underWay)
			assert.Equal(t, test.tone, tone)
			assert.Equal(t, test.want, text)
		})
	}
}

// The members are looked up without the groups, and once.
func TestNamesOfMembersAreReadWhenNeeded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	del := d.deletion("Payroll")
	d.ClearRequests()
	require.NoError(t, del.Look(t.Context()))
	assert.Len(t, d.Requests(), 3, "the group, its tasks, and the members")
	require.NoError(t, del.Look(t.Context()))
	assert.Len(t, d.Requests(), 5, "the copy is there now")
	require.NoError(t, d.creation("Night watch").Look(t.Context()))
	assert.Len(t, d.Requests(), 5)

	cold := newDesk(t, sandbox.Options{})
	cold.Fail(sandbox.Fault{Route: "/organizations/{org}/users", Status: 500})
	c := cold.creation("Night watch")
	require.NoError(t, c.Look(t.Context()), "it goes on without")
	assert.Equal(t, []string{"Member " + string(c.Request.Members[0]), "Member " + string(c.Request.Members[1])}, c.Plan().Differences[2].After)
}
