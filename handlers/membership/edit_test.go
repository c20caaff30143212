package membership_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

const groupRoute = "/organizations/{org}/groups/{group}"

// edit is an edit of a group of the seed that does not wait for a reading that lags.
func (d *desk) edit(group string, wish membership.Edit) *membership.Edit {
	wish.Source, wish.Client, wish.Org, wish.ID, wish.RereadFor, wish.Sure = d, d.client, d.org(), d.groupID(group), time.Nanosecond, true
	return &wish
}

func adds(ids ...tallyfy.UserID) membership.Edit {
	return membership.Edit{People: membership.People{Add: ids}}
}

func removes(ids ...tallyfy.UserID) membership.Edit {
	return membership.Edit{People: membership.People{Remove: ids}}
}

// make carries an edit out, as package change does, and gives its entry with the outcome and the check.
func (d *desk) carryOut(c *membership.Edit) *journal.Entry {
	d.t.Helper()
	require.NoError(d.t, c.Look(d.t.Context()))
	p := c.Plan()
	require.False(d.t, p.Stopped)
	state := journal.Done
	_, err := c.Send(d.t.Context())
	switch {
	case tallyfy.MayHaveHappened(err):
		state = journal.NotConfirmed
	case err != nil:
		state = journal.Refused
	}
	e := entry(c, p, state)
	e.ID = "entry"
	if state != journal.Refused {
		d.check(c, e)
	}
	return e
}

func (d *desk) check(c *membership.Edit, e *journal.Entry) {
	d.t.Helper()
	findings, err := c.Check(d.t.Context(), e)
	require.NoError(d.t, err)
	require.Len(d.t, findings, len(e.Lines))
	e.Check = &journal.Check{Findings: findings}
}

// read gives the plan's sentences, each with what was found: "Lin is in Payroll. confirmed".
func read(e *journal.Entry) (list []string) {
	for i, l := range e.Lines {
		text := l.String()
		if e.Check != nil {
			f := e.Check.Findings[i]
			text = strings.TrimSpace(text + " [" + string(f.Result) + "] " + f.Detail)
		}
		list = append(list, text)
	}
	return list
}

func (d *desk) group(name string) sandbox.Group {
	d.t.Helper()
	g, ok := d.GroupByName(name)
	require.True(d.t, ok, name)
	return g
}

func (d *desk) number(name string) int {
	d.t.Helper()
	m, ok := d.MemberByEmail(name + "@example.com")
	require.True(d.t, ok, name)
	return m.ID
}

func TestEditFromPlanToCheck(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	before := d.group("Finance")
	chiara, noor := d.id("chiara.dangelo"), d.id("noor.vandermeer")
	require.Contains(t, before.Members, d.number("chiara.dangelo"))
	require.NotEmpty(t, before.Guests)
	c := d.edit("Finance", membership.Edit{People: membership.People{
		Add: []tallyfy.UserID{noor}, Remove: []tallyfy.UserID{chiara}, AddGuests: []string{" New@x.example"}, RemoveGuests: []string{strings.ToUpper(before.Guests[0])},
	}})
	assert.Equal(t, membership.PeopleChanged, c.Kind())
	d.ClearRequests()
	require.NoError(t, c.Look(t.Context()))
	p := c.Plan()
	require.False(t, p.Stopped)
	assert.Equal(t, []journal.Subject{{Kind: journal.Group, ID: before.ID, Name: "Finance"}}, p.Subjects)
	assert.Equal(t, []tallyfy.UserID{noor, chiara}, p.Concerned, "the entry is on their pages")
	assert.Equal(t, "add Noor van der Meer and New@x.example to Finance and take Chiara D'Angelo and "+before.Guests[0]+" out of Finance", p.Will)
	assert.Equal(t, []journal.Difference{
		{What: "Added", After: []string{"Noor van der Meer", "New@x.example"}},
		{What: "Taken out", Before: []string{"Chiara D'Angelo", before.Guests[0]}},
	}, p.Differences)

	_, err := c.Send(t.Context())
	require.NoError(t, err)
	last := d.Requests()[len(d.Requests())-1]
	var body struct {
		Name, Description string
		Members           []int
		Guests            []string
	}
	require.NoError(t, json.Unmarshal(last.Body, &body))
	assert.Equal(t, "PUT", last.Method)
	assert.Equal(t, "Finance", body.Name, "everything is sent as it was read")
	assert.Equal(t, before.Description, body.Description)
	want := slices.DeleteFunc(slices.Clone(before.Members), func(id int) bool { return id == d.number("chiara.dangelo") })
	assert.Equal(t, append(want, d.number("noor.vandermeer")), body.Members)
	assert.Equal(t, append(slices.Clone(before.Guests[1:]), "New@x.example"), body.Guests)

	e := entry(c, p, journal.Done)
	d.check(c, e)
	assert.Equal(t, []string{
		"Noor van der Meer and New@x.example are in Finance. [confirmed]",
		"Chiara D'Angelo and " + before.Guests[0] + " are not in Finance any more. [confirmed]",
		fmt.Sprintf("Everybody else stays in the group. That is %d members. [confirmed]", len(want)),
	}, read(e))
	after := d.group("Finance")
	assert.Contains(t, after.Members, d.number("noor.vandermeer"))
	assert.NotContains(t, after.Members, d.number("chiara.dangelo"))
	assert.Subset(t, after.Members, want)
	assert.Equal(t, before.HasLogo, after.HasLogo)
	tone, text := c.Summary(e, false)
	assert.Equal(t, change.Good, tone)
	assert.Equal(t, "Noor van der Meer and New@x.example were added to Finance. Chiara D'Angelo and "+before.Guests[0]+" were taken out of Finance.", text)
	assert.Contains(t, logged(c), `"asked":{"add":[`+string(noor)+`],"remove":[`+string(chiara)+`],"guests_added":1,"guests_removed":1`)
	assert.NotContains(t, logged(c), "x.example", "no addresses of guests in the log")
}

func TestEditOfTexts(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	before := d.group("Finance")
	c := d.edit("Finance", membership.Edit{
		Name: &membership.Text{Was: "Finance", Yours: "Money"}, Description: &membership.Text{Was: before.Description, Yours: "Counts it."},
	})
	assert.Equal(t, membership.GroupEdited, c.Kind())
	e := d.carryOut(c)
	assert.Equal(t, []string{
		"The group's name is Money. [confirmed]", "The group's description is “Counts it.”. [confirmed]",
		"Who is in the group stays as it is. That is " + fmt.Sprintf("%d members and 1 guest. [confirmed]", len(before.Members)),
	}, read(e))
	after := d.group("Money")
	assert.Equal(t, [2]any{"Counts it.", before.Members}, [2]any{after.Description, after.Members})
	assert.Equal(t, before.Guests, after.Guests)
	tone, text := c.Summary(e, false)
	assert.Equal(t, change.Good, tone)
	assert.Equal(t, "Finance is called Money now. The description of Finance was changed.", text)
}

// What others have changed since the person opened the page stays, and is said.
func TestEditKeepsWhatOthersChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	base, err := d.Group(t.Context(), d.groupID("Finance"))
	require.NoError(t, err)
	require.True(t, d.ChangeGroup(string(base.ID), sandbox.GroupChange{
		Add: []int{d.number("noor.vandermeer")}, Remove: []int{d.number("esi.mensah")}, Description: "Theirs.", RemoveGuests: base.Guests[:1],
	}))
	c := d.edit("Finance", removes(d.id("chiara.dangelo")))
	c.Base = base
	e := d.carryOut(c)
	after := d.group("Finance")
	assert.Contains(t, after.Members, d.number("noor.vandermeer"))
	assert.NotContains(t, after.Members, d.number("esi.mensah"))
	assert.NotContains(t, after.Members, d.number("chiara.dangelo"))
	assert.Equal(t, "Theirs.", after.Description)
	assert.NotContains(t, after.Guests, base.Guests[0])
	assert.Equal(t, "Since you opened this page Noor van der Meer was added and Esi Mensah and "+base.Guests[0]+" were taken out. That is kept.", c.OthersText())
	assert.Contains(t, e.Differences, journal.Difference{What: "Added by others meanwhile", After: []string{"Noor van der Meer"}})
}

func TestTwoChangesOfOneTextAsk(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	before := d.group("Finance")
	wish := membership.Edit{Name: &membership.Text{Was: "Finance", Yours: "Money"}, Description: &membership.Text{Was: before.Description, Yours: before.Description}}
	require.True(t, d.ChangeGroup(before.ID, sandbox.GroupChange{Description: "Theirs."}))
	c := d.edit("Finance", wish)
	require.NoError(t, c.Look(t.Context()))
	assert.False(t, c.Conflict(), "each changed another text")

	require.True(t, d.ChangeGroup(before.ID, sandbox.GroupChange{Name: "Treasury"}))
	c = &membership.Edit{Source: d, Client: d.client, Org: d.org(), ID: tallyfy.ID(before.ID), Name: wish.Name, Description: wish.Description}
	require.NoError(t, c.Look(t.Context()))
	assert.True(t, c.NameConflict)
	assert.False(t, c.DescriptionConflict)
	assert.True(t, c.Plan().Stopped)
	assert.False(t, c.Nothing(), "the person has to be asked")
}

func TestNothingToChange(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	g := d.group("Finance")
	in, out := d.id("chiara.dangelo"), d.id("noor.vandermeer")
	for name, wish := range map[string]membership.Edit{
		"no wish":         {},
		"in already":      adds(in),
		"out already":     removes(out),
		"the same texts":  {Name: &membership.Text{Was: "Finance", Yours: "Finance "}, Description: &membership.Text{Was: g.Description, Yours: g.Description}},
		"renamed already": {Name: &membership.Text{Was: "Old", Yours: "Finance"}},
		"cannot be added": adds(d.id("gareth.pugh")),
	} {
		c := d.edit("Finance", wish)
		require.NoError(t, c.Look(t.Context()), name)
		assert.True(t, c.Nothing(), name)
		assert.True(t, c.Plan().Stopped, name)
	}
}

func TestWhoCannotBeAdded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	c := d.edit("Legal", membership.Edit{People: membership.People{
		Add:       []tallyfy.UserID{d.id("gareth.pugh"), d.id("ibrahim.sow"), d.id("assistant.bot"), "404", d.id("noor.vandermeer")},
		AddGuests: []string{"CHIARA.dangelo@example.com", "marisol.quispe@example.com", "ibrahim.sow@example.com"},
	}})
	require.NoError(t, c.Look(t.Context()))
	assert.Equal(t, []membership.LeftOut{
		{d.id("gareth.pugh"), "Gareth Pugh", "is disabled"},
		{d.id("ibrahim.sow"), "Ibrahim Sow", "has not accepted the invitation yet"},
		{d.id("assistant.bot"), "Aldermoor Assistant", "a bot can't be added"},
		{"404", "Member 404", "there is nobody with this id in the organisation"},
		{d.id("ibrahim.sow"), "Ibrahim Sow", "has not accepted the invitation yet"},
	}, c.LeftOut)
	assert.Equal(t, []tallyfy.UserID{d.id("noor.vandermeer"), d.id("chiara.dangelo")}, c.Did.Add, "an address of a member is the member")
	assert.Equal(t, []string{"Chiara D'Angelo"}, c.Joined)
	assert.Equal(t, []string{"marisol.quispe@example.com"}, c.Did.AddGuests, "who was disabled may come back as a guest")
	assert.Equal(t, "Not added: Gareth Pugh (is disabled); Ibrahim Sow (has not accepted the invitation yet); Aldermoor Assistant (a bot can't be added); "+
		"Member 404 (there is nobody with this id in the organisation); Ibrahim Sow (has not accepted the invitation yet).", c.LeftOutText())

	d.ChangeGroup(string(d.groupID("Legal")), sandbox.GroupChange{Add: []int{d.number("gareth.pugh"), d.number("chiara.dangelo")}})
	c = d.edit("Legal", membership.Edit{People: membership.People{AddGuests: []string{"chiara.dangelo@example.com"}}})
	require.NoError(t, c.Look(t.Context()))
	assert.Empty(t, c.Joined, "she is in already")
	e := d.carryOut(d.edit("Legal", adds(d.id("noor.vandermeer"))))
	assert.Contains(t, d.group("Legal").Members, d.number("gareth.pugh"), "who is in already stays")
	assert.Equal(t, journal.Confirmed, e.Check.Findings[0].Result)

	cold := newDesk(t, sandbox.Options{})
	cold.Fail(sandbox.Fault{Route: "/organizations/{org}/users", Status: 500})
	c = cold.edit("Legal", adds(cold.id("noor.vandermeer")))
	require.NoError(t, c.Look(t.Context()))
	assert.Equal(t, []membership.LeftOut{{cold.id("noor.vandermeer"), "Member " + string(cold.id("noor.vandermeer")), "not all members are read yet; try again in a moment"}}, c.LeftOut)
}

func TestEmptyingAGroup(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	c := d.edit("Payroll", removes(d.id("chiara.dangelo")))
	e := d.carryOut(c)
	cover, _ := c.Cover()
	assert.Equal(t, membership.NobodyLeft, cover)
	requests := d.Requests()
	i := slices.IndexFunc(requests, func(r sandbox.Request) bool { return r.Method == "PUT" })
	assert.Contains(t, string(requests[i].Body), `"members":[],"guests":[]`)
	assert.Equal(t, []string{"Chiara D'Angelo is not in Payroll any more. [confirmed]", "Nobody is in the group then. [confirmed]"}, read(e))
	assert.Empty(t, d.group("Payroll").Members)

	g := d.group("Data and Reporting")
	require.Greater(t, len(g.Members), 1)
	var all []tallyfy.UserID
	for _, id := range g.Members[1:] {
		all = append(all, tallyfy.UserID(fmt.Sprint(id)))
	}
	c = d.edit("Data and Reporting", membership.Edit{People: membership.People{Remove: all, RemoveGuests: g.Guests}})
	require.NoError(t, c.Look(t.Context()))
	cover, who := c.Cover()
	assert.Equal(t, membership.OneLeft, cover)
	assert.NotEmpty(t, who)
	c = d.edit("Data and Reporting", removes(all[0]))
	require.NoError(t, c.Look(t.Context()))
	if len(all) > 1 {
		cover, _ = c.Cover()
		assert.Equal(t, membership.Covered, cover)
	}
}

// What is at stake stops an edit until the person has seen it.
func TestWhatIsAtStake(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	guests := membership.Edit{People: membership.People{AddGuests: []string{"new@x.example"}}}
	for name, test := range map[string]struct {
		group string
		wish  membership.Edit
		fault string
		want  []string
	}{
		"nobody is left":             {"Payroll", removes(d.id("chiara.dangelo")), "", []string{"Nobody is left in Payroll: work that is assigned to the group reaches no one then."}},
		"a member instead":           {"Payroll", membership.Edit{People: membership.People{Add: []tallyfy.UserID{d.id("noor.vandermeer")}, Remove: []tallyfy.UserID{d.id("chiara.dangelo")}}}, "", nil},
		"guests where no work is":    {"Works Council", guests, "", nil},
		"guests where work is":       {"Operations", guests, "", []string{"Open tasks are assigned to Operations. The new guests can work on them, too."}},
		"guests, work not countable": {"Legal", guests, "/organizations/{org}/tasks", []string{"The open tasks of Legal could not be counted. If there are any, the new guests can work on them."}},
		"somebody of many":           {"Finance", removes(d.id("chiara.dangelo")), "", nil},
	} {
		if test.fault != "" {
			d.Fail(sandbox.Fault{Route: test.fault, Status: 500})
		}
		c := d.edit(test.group, test.wish)
		require.NoError(t, c.Look(t.Context()), name)
		assert.Equal(t, test.want, c.Stakes(), name)
		assert.Equal(t, test.want, c.Plan().Warnings, name)
		assert.False(t, c.Plan().Stopped, name)
		c.Sure = false
		assert.Equal(t, test.want != nil, c.Plan().Stopped, name)
		d.ClearFaults()
	}
}

// A group may hold ids that nobody has: they are sent along.
func TestEditKeepsIdsThatNobodyHas(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	gone := d.number("emre.yildiz")
	require.True(t, d.DisableInPlace(gone))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, fmt.Sprintf("%s/organizations/%s/users/%d/delete", sandbox.BaseURL, d.OrgID(), gone), nil)
	require.NoError(t, err)
	r.Header = http.Header{"Authorization": {"Bearer " + sandbox.AdminToken}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
	answer, err := d.Transport().RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 200, answer.StatusCode)
	require.Contains(t, d.group("Fleet and Drivers").Members, gone)
	d.carryOut(d.edit("Fleet and Drivers", adds(d.id("noor.vandermeer"))))
	assert.Contains(t, d.group("Fleet and Drivers").Members, gone)
	e := d.carryOut(d.edit("Fleet and Drivers", removes(tallyfy.UserID(fmt.Sprint(gone)))))
	assert.Equal(t, "Member "+fmt.Sprint(gone)+" is not in Fleet and Drivers any more. [confirmed]", read(e)[0], "and one can be taken out by hand")
}

func TestGroupWithoutADescription(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	bare := &bareSource{desk: d}
	c := &membership.Edit{Source: bare, Client: d.client, Org: d.org(), ID: d.groupID("Finance"), People: membership.People{Add: []tallyfy.UserID{d.id("noor.vandermeer")}}}
	require.NoError(t, c.Look(t.Context()))
	assert.True(t, c.NeedsDescription())
	assert.True(t, c.Plan().Stopped, "Tallyfy would refuse it")
	c.Description = &membership.Text{Yours: "Counts it."}
	require.NoError(t, c.Look(t.Context()))
	assert.False(t, c.NeedsDescription())
	assert.False(t, c.Plan().Stopped)
}

// A bareSource has groups without descriptions.
type bareSource struct{ *desk }

func (s *bareSource) Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	g, err := s.desk.Group(ctx, id)
	if err == nil {
		g.Description = ""
	}
	return g, err
}

// The readings before the write are over when the group is read, and nothing is asked between that and the write.
func TestNothingIsAskedBetweenReadingAndWriting(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	d.ClearRequests()
	d.carryOut(d.edit("Finance", adds(d.id("noor.vandermeer"))))
	var made []string
	for _, r := range d.Requests() {
		made = append(made, r.Method+" "+strings.TrimPrefix(r.Path, "/organizations/"+d.OrgID()))
	}
	group := "/groups/" + d.group("Finance").ID
	assert.Equal(t, []string{"GET /users", "GET " + group, "PUT " + group, "GET " + group}, made)
	d.ClearRequests()
	d.carryOut(d.edit("Finance", removes(d.id("noor.vandermeer"))))
	assert.Len(t, d.Requests(), 3, "with the names at hand: 2 readings and 1 write")
}

// What is found after the call: in order, overtaken, lagging, not taken, without an answer.
func TestCheckOfAnEdit(t *testing.T) {
	t.Parallel()
	const noorIn, kept = "Noor van der Meer is in Finance.", " Everybody else stays in the group."
	for name, test := range map[string]struct {
		// arrange sets what happens during the call and afterwards.
		arrange func(d *desk, g sandbox.Group)
		in      string // the finding of the first sentence
		kept    string // and of the one about everybody else
		tone    change.Tone
		text    string
		again   bool // the lost part may be applied once more
	}{
		"in order": {
			func(*desk, sandbox.Group) {}, "confirmed: ", "confirmed: ", change.Good, "Noor van der Meer was added to Finance.", false,
		},
		"overtaken": {
			func(d *desk, g sandbox.Group) {
				d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Times: 1, Meanwhile: func() {
					d.ChangeGroup(g.ID, sandbox.GroupChange{Remove: []int{d.number("noor.vandermeer")}})
				}})
			}, "not as expected: Somebody else changed the group at the same moment. Noor van der Meer is not in it.", "confirmed: ", change.Problem,
			"Not all of the change is in place. Somebody else changed the group at the same moment. Noor van der Meer is not in it.", true,
		},
		"somebody else leaves at the same moment": {func(d *desk, g sandbox.Group) {
			d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Times: 1, Meanwhile: func() {
				d.ChangeGroup(g.ID, sandbox.GroupChange{Remove: []int{d.number("esi.mensah")}})
			}})
		}, "confirmed: ", "confirmed: Since then somebody has changed the group. Esi Mensah is not in it any more.", change.Good, "Noor van der Meer was added to Finance.", false},
		"not taken": {
			func(d *desk, g sandbox.Group) {
				d.Fail(sandbox.Fault{Method: "PUT", Route: groupRoute, Times: 1, Status: 201, Body: answerOf(g, g.Members)})
			}, "not as expected: Tallyfy did not take it. Noor van der Meer is not in it.", "confirmed: ", change.Problem,
			"Not all of the change is in place. Tallyfy did not take it. Noor van der Meer is not in it.", true,
		},
		"lagging": {func(d *desk, g sandbox.Group) {
			d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Times: 2, Status: 200, Body: answerOf(g, g.Members)})
		}, "confirmed: ", "confirmed: ", change.Good, "Noor van der Meer was added to Finance.", false},
		"lagging for long": {
			func(d *desk, g sandbox.Group) {
				d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Status: 200, Body: answerOf(g, g.Members)})
			}, "could not check: Tallyfy took it, and still shows the group as it was before.", "confirmed: ", change.Warning,
			"Noor van der Meer was added to Finance. It could not be checked.", false,
		},
		"not readable": {
			func(d *desk, _ sandbox.Group) {
				d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Status: 500})
			}, "could not check: Tallyfy's answer says so. The group could not be read again.", "could not check: Tallyfy's answer says so. The group could not be read again.",
			change.Warning, "Noor van der Meer was added to Finance. It could not be checked.", false,
		},
		"deleted at the same moment": {
			func(d *desk, g sandbox.Group) {
				d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Times: 1, Meanwhile: func() { d.DeleteGroup(g.ID) }})
			}, "not as expected: The group is not there any more.", "not as expected: The group is not there any more.", change.Problem,
			"Not all of the change is in place. The group is not there any more. The group is not there any more.", true,
		},
		"no answer, done": {func(d *desk, _ sandbox.Group) {
			d.Fail(sandbox.Fault{Method: "PUT", Execute: true, Abort: true})
		}, "confirmed: ", "confirmed: ", change.Good, "Tallyfy didn't confirm the change, but it is done. Noor van der Meer was added to Finance.", false},
		"no answer, not done": {
			func(d *desk, _ sandbox.Group) {
				d.Fail(sandbox.Fault{Method: "PUT", Abort: true})
			}, "not as expected: Noor van der Meer is not in it.", "confirmed: ", change.Problem,
			"Tallyfy didn't confirm the change, and Finance is as it was. It may still be changed: look again in a minute.", false,
		},
		"no answer, not readable": {
			func(d *desk, _ sandbox.Group) {
				d.Fail(sandbox.Fault{Method: "PUT", Abort: true})
				d.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Status: 500})
			}, "could not check: Tallyfy could not be asked about the group.", "could not check: Tallyfy could not be asked about the group.", change.Warning,
			"Tallyfy didn't confirm the change, and could not be asked about Finance afterwards. Please don't repeat it; check again in a minute.", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
			d := newDesk(t, sandbox.Options{Now: func() time.Time { return now }})
			now = now.Add(time.Hour) // the group is older than what follows
			c, g := d.edit("Finance", adds(d.id("noor.vandermeer"))), d.group("Finance")
			require.NoError(t, c.Look(t.Context()))
			e := entry(c, c.Plan(), journal.Done)
			test.arrange(d, g)
			if _, err := c.Send(t.Context()); err != nil {
				require.True(t, tallyfy.MayHaveHappened(err), "%v", err)
				e.State = journal.NotConfirmed
			}
			d.check(c, e)
			require.Equal(t, []string{noorIn, strings.TrimSpace(kept)}, []string{e.Lines[0].Text, e.Lines[1].Text})
			show := func(i int) string {
				return string(e.Check.Findings[i].Result) + ": " + e.Check.Findings[i].Detail
			}
			assert.Equal(t, test.in, show(0))
			assert.Equal(t, test.kept, show(1))
			tone, text := c.Summary(e, false)
			assert.Equal(t, test.tone, tone)
			assert.Equal(t, test.text, text)
			_, again := membership.Repeated(e)
			assert.Equal(t, test.again, again)
		})
	}
}

func answerOf(g sandbox.Group, members []int) string {
	b, _ := json.Marshal(map[string]any{"data": map[string]any{
		"id": g.ID, "name": g.Name, "description": g.Description, "members": members, "guests": g.Guests, "last_updated": "2026-11-20T08:00:00+00:00",
	}})
	return string(b)
}

// The receipt stays true when people go on changing the group.
func TestWhatWasFoundDoneStaysDone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	e := d.carryOut(d.edit("Finance", adds(d.id("noor.vandermeer"))))
	later := func() []string {
		d.check(&membership.Edit{Client: d.client, Org: d.org()}, e)
		return read(e)
	}
	first := read(e)
	assert.Equal(t, first, later())
	d.ChangeGroup(d.group("Finance").ID, sandbox.GroupChange{Remove: []int{d.number("noor.vandermeer")}})
	assert.Equal(t, "Noor van der Meer is in Finance. [confirmed] Since then somebody has changed the group. Noor van der Meer is not in it.", later()[0])
	d.Fail(sandbox.Fault{Method: "GET", Times: 1, Status: 500})
	assert.Contains(t, later()[0], "[confirmed]")
	d.DeleteGroup(d.group("Finance").ID)
	assert.Equal(t, "Noor van der Meer is in Finance. [confirmed] The group has been deleted since.", later()[0])

	d.Fail(sandbox.Fault{Method: "GET", Status: 401})
	_, err := (&membership.Edit{Client: d.client, Org: d.org()}).Check(t.Context(), e)
	assert.True(t, tallyfy.IsUnauthorized(err))
}

// Undoing is a change of its own, merged with what others have done since.
func TestUndoingAnEdit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	before := d.group("Finance")
	e := d.carryOut(d.edit("Finance", membership.Edit{
		People: membership.People{
			Add: []tallyfy.UserID{d.id("noor.vandermeer"), d.id("esi.mensah")}, Remove: []tallyfy.UserID{d.id("chiara.dangelo")}, AddGuests: []string{"new@x.example"},
		},
		Description: &membership.Text{Was: before.Description, Yours: "Ours."},
	}))
	d.ChangeGroup(before.ID, sandbox.GroupChange{Add: []int{d.number("maren.dahl")}, Name: "Money"})
	undo, ok := membership.Undone(e)
	require.True(t, ok)
	assert.Equal(t, "entry", undo.Undoes)
	c := d.edit("Money", undo)
	u := d.carryOut(c)
	after := d.group("Money")
	assert.ElementsMatch(t, append(slices.Clone(before.Members), d.number("maren.dahl")), after.Members, "who was in already, Esi, stays in; who came since stays, too")
	assert.Equal(t, before.Guests, after.Guests)
	assert.Equal(t, before.Description, after.Description)
	assert.Equal(t, "undid a change: changed the description of Money, added Chiara D'Angelo to Money and took Noor van der Meer and new@x.example out of Money", u.Did)
	undoes, _ := membership.Relation(u)
	assert.Equal(t, "entry", undoes)

	redo, ok := membership.Undone(u)
	require.True(t, ok)
	d.carryOut(d.edit("Money", redo))
	assert.Equal(t, "Ours.", d.group("Money").Description)
	assert.Contains(t, d.group("Money").Members, d.number("noor.vandermeer"))

	d.ChangeGroup(before.ID, sandbox.GroupChange{Description: "Theirs."})
	c = d.edit("Money", undo)
	require.NoError(t, c.Look(t.Context()))
	assert.True(t, c.DescriptionConflict, "somebody wrote another one since")
	assert.False(t, c.Conflict(), "and that one stays")
	assert.False(t, c.Plan().Stopped)

	_, ok = membership.Undone(&journal.Entry{Intent: journal.Intent{Kind: membership.GroupDeleted, Plan: journal.Plan{Facts: json.RawMessage(`{}`)}}})
	assert.False(t, ok)
}

// The lost part is applied once more, merged again, and not a second time.
func TestRepeatingTheLostPart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	g := d.group("Finance")
	overtake := func() {
		d.AfterUpdate(func() {
			d.ChangeGroup(g.ID, sandbox.GroupChange{Remove: []int{d.number("noor.vandermeer")}, Add: []int{d.number("maren.dahl")}})
		})
	}
	c := d.edit("Finance", membership.Edit{People: membership.People{Add: []tallyfy.UserID{d.id("noor.vandermeer")}, Remove: []tallyfy.UserID{d.id("chiara.dangelo")}}})
	overtake()
	e := d.carryOut(c)
	require.True(t, membership.Overtaken(e))
	again, ok := membership.Repeated(e)
	require.True(t, ok)
	c = d.edit("Finance", again)
	overtake()
	second := d.carryOut(c)
	assert.Equal(t, membership.People{Add: []tallyfy.UserID{d.id("noor.vandermeer")}, Remove: []tallyfy.UserID{}, AddGuests: []string{}, RemoveGuests: []string{}}, c.Did, "only the lost part")
	assert.Equal(t, "added Noor van der Meer to Finance once more", second.Did)
	assert.True(t, membership.Overtaken(second))
	_, ok = membership.Repeated(second)
	assert.False(t, ok, "once")
	assert.Contains(t, d.group("Finance").Members, d.number("maren.dahl"))
}

// Names of people stand in sentences so that nobody else is meant.
func TestEditNamesPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	c := d.edit("Payroll", adds(d.id("anna.kowalska"), d.id("noor.vandermeer")))
	require.NoError(t, c.Look(t.Context()))
	assert.Contains(t, c.Plan().Lines[0].Text, "(anna.kowalska@example.com)")
	var many []tallyfy.UserID
	for _, m := range d.Server.Members() {
		if m.Status == "active" && m.Type != "bot" && m.Email != "chiara.dangelo@example.com" {
			many = append(many, tallyfy.UserID(fmt.Sprint(m.ID)))
		}
	}
	c = d.edit("Payroll", adds(many...))
	e := d.carryOut(c)
	assert.Contains(t, e.Lines[0].Text, fmt.Sprintf(" and %d others are in Payroll.", len(many)-5))
	assert.Len(t, e.Differences[0].After, len(many), "the journal names all")
	assert.Equal(t, journal.Confirmed, e.Check.Findings[0].Result)
}

// Tallyfy replaces a group's lists as a whole: where one was not read, a mere rename would empty
// it.
func TestAGroupWithoutItsListsIsNotEdited(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	for _, lists := range []string{"", `,"members":[]`, `,"guests":[]`} {
		d.Fail(sandbox.Fault{Method: http.MethodGet, Route: "/organizations/{org}/groups/{group}", Status: http.StatusOK, Body: `{"data":{"id":"` + string(d.groupID("Legal")) + `","name":"Legal","description":"d"` + lists + `}}`})
		c := d.edit("Legal", membership.Edit{Name: &membership.Text{Was: "Legal", Yours: "Law"}})
		assert.Error(t, c.Look(t.Context()), lists)
		d.ClearFaults()
	}
}
