package handlers

import (
	"cmp"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// activityRows is how many changes a page shows.
const activityRows = 50

// activity is the list of changes for one request.
type activity struct {
	*request
	state  views.ActivityState
	filter journal.Filter
	own    bool
	// elsewhere and here say which changes are listed.
	elsewhere, here bool
	errors          map[string]string
}

// activityOf reads the address. Filters that are none are dropped, but a day that is none is an error. Only
// administrators see the changes of others.
func activityOf(req *request) (activity, error) {
	q := req.QueryParams()
	a := activity{request: req, errors: map[string]string{}}
	admin, err := req.isAdmin(req.ctx())
	if err != nil {
		return a, err
	}
	a.own = !admin
	a.filter = journal.Filter{Org: req.org(), Subject: journal.ParseSubject(q.Get("about"))}
	a.state = views.ActivityState{
		What: choiceOf(q.Get("what"), kindChoices()), Outcome: choiceOf(q.Get("outcome"), outcomes),
		From: q.Get("from"), To: q.Get("to"), Query: strings.TrimSpace(q.Get("q")),
	}
	if a.filter.Subject.ID != "" {
		a.state.About = a.filter.Subject.Key()
	}
	if s := &a.filter.Subject; s.Kind == journal.Guest {
		if s.Email, err = a.app.History.Address(a.ctx(), a.org(), tallyfy.ID(s.ID)); err != nil {
			return a, err
		}
	}
	if who := q.Get("who"); admin && tallyfy.PlausibleID(who) {
		a.state.Who, a.filter.Actor = who, tallyfy.UserID(who)
	}
	if before := q.Get("before"); journal.IsID(before) {
		a.state.Before, a.filter.Before = before, before
	}
	if a.own {
		a.filter.Actor = req.who.UserID
	}
	a.filter.Kind, a.filter.State = a.state.What, journal.State(a.state.Outcome)
	if admin {
		a.state.Made = choiceOf(q.Get("made"), whereMade)
	}
	a.here = a.state.Made != "elsewhere"
	a.elsewhere = admin && a.state.Made != "here" && a.state.Who+a.state.Outcome == "" // which nobody knows of an event
	a.filter.From, _ = a.day("from", a.state.From)
	_, a.filter.To = a.day("to", a.state.To)
	if !a.filter.From.IsZero() && !a.filter.To.IsZero() && !a.filter.From.Before(a.filter.To) {
		a.errors["to"] = "This is before the day in From."
	}
	return a, nil
}

// whereMade are the entries of the filter by where a change was made.
var whereMade = []components.Choice{{Text: "Here and elsewhere"}, {Value: "here", Text: "Here"}, {Value: "elsewhere", Text: "Elsewhere"}}

// alike are the events by the kind of change that does the same here. Other changes are made only
// here.
var alike = map[string]func(e *history.Event) bool{
	removal.MemberRemoved: func(e *history.Event) bool { return e.Kind == history.MemberGone && e.Member != "" },
	lifecycle.Invited:     func(e *history.Event) bool { return e.Kind == history.MemberNew },
	lifecycle.RoleChanged: func(e *history.Event) bool { return e.Kind == history.RoleChanged },
	lifecycle.BroughtBack: func(e *history.Event) bool {
		return e.Kind == history.StatusChanged && e.Was == string(tallyfy.StatusDisabled)
	},
	lifecycle.Disabled: func(e *history.Event) bool {
		return e.Kind == history.StatusChanged && e.Is == string(tallyfy.StatusDisabled)
	},
	lifecycle.DeletedForGood: func(e *history.Event) bool { return e.Kind == history.MemberGone && e.Member == "" },
	lifecycle.GuestAdded:     func(e *history.Event) bool { return e.Kind == history.GuestNew },
	lifecycle.GuestRemoved:   func(e *history.Event) bool { return e.Kind == history.GuestGone },
	membership.GroupCreated:  func(e *history.Event) bool { return e.Kind == history.GroupNew },
	membership.GroupEdited:   func(e *history.Event) bool { return e.Kind == history.GroupRenamed },
	membership.PeopleChanged: func(e *history.Event) bool { return e.Kind == history.Joined || e.Kind == history.Left },
	membership.GroupDeleted:  func(e *history.Event) bool { return e.Kind == history.GroupGone },
}

// A listed is a change that was made here, or an event that happened elsewhere.
type listed struct {
	entry *journal.Entry
	event *history.Event
	views.ActivityRow
}

// all yields what is listed, newest first. The ids of both grow with time.
func (a activity) all() iter.Seq2[listed, error] {
	return func(yield func(listed, error) bool) {
		entries, stopEntries := iter.Pull2(a.app.Journal.List(a.ctx(), a.filter))
		defer stopEntries()
		f := history.Filter{Org: a.org(), Subject: a.filter.Subject, From: a.filter.From, To: a.filter.To, Before: a.filter.Before}
		events, stopEvents := iter.Pull2(a.app.History.List(a.ctx(), f))
		defer stopEvents()
		var entry *journal.Entry
		var event *history.Event
		var err error
		here, elsewhere := a.here, a.elsewhere
		for {
			if here && entry == nil {
				if entry, err, here = entries(); err != nil {
					yield(listed{}, err)
					return
				}
			}
			if elsewhere && event == nil {
				if event, err, elsewhere = events(); err != nil {
					yield(listed{}, err)
					return
				}
			}
			var next listed
			switch {
			case entry == nil && event == nil:
				return
			case event == nil || entry != nil && entry.ID > event.ID:
				next, entry = listed{entry, nil, a.activityRow(entry)}, nil
			default:
				next, event = listed{nil, event, a.eventRow(event, a.filter.Subject)}, nil
				next.Marked = true
			}
			if !yield(next, nil) {
				return
			}
		}
	}
}

// nameOf is the name that a subject had then, "" if it is not named.
func (l listed) nameOf(s journal.Subject) string {
	switch {
	case l.entry != nil:
		return l.entry.NameOf(s)
	case s.Kind == journal.Member && s.ID == string(l.event.Member):
		return l.event.Who
	case s.Kind == journal.Group && s.ID == string(l.event.Group):
		return l.event.In
	case s.Kind == journal.Guest:
		return l.event.Guest
	}
	return ""
}

// choiceOf is a value if it is among the choices of a menu, else "".
func choiceOf(value string, choices []components.Choice) string {
	if slices.ContainsFunc(choices, func(c components.Choice) bool { return c.Value == value }) {
		return value
	}
	return ""
}

// day is the beginning of a day in the person's zone, and that of the day after.
func (a activity) day(field, text string) (from, to time.Time) {
	if text == "" {
		return time.Time{}, time.Time{}
	}
	from, to, err := listing.Day(text, locationOf(a.who.Timezone))
	if err != nil {
		a.errors[field] = "“" + names.Isolate(text) + "” is not a day. Write it as 2026-03-04."
	}
	return from, to
}

// listActivity shows a page of the changes that were made through the dashboard.
func listActivity(req *request) error {
	a, err := activityOf(req)
	if err != nil {
		return err
	}
	return a.showList()
}

// showList shows the page. With a mistake in the filters it lists nothing, and says so at the field.
func (a activity) showList() error {
	view := views.ActivityList{
		State: a.state, Own: a.own, What: kindChoices(), Outcomes: outcomes, Errors: a.errors,
		AboutName: a.filter.Subject.ID, KeptDays: a.app.Journal.KeptDays(),
	}
	switch s := a.filter.Subject; s.Kind { // what is listed may not name it
	case journal.Member:
		view.AboutName = a.memberName(tallyfy.UserID(s.ID))
	case journal.Guest:
		view.AboutName = cmp.Or(s.Email, s.ID)
	case journal.Group:
		if groups := a.CopiedGroups(); groups != nil {
			if g, ok := groups.ByID(tallyfy.ID(s.ID)); ok {
				view.AboutName = g.DisplayName()
			}
		}
	}
	status := http.StatusUnprocessableEntity
	var err error
	if len(a.errors) == 0 {
		status = http.StatusOK
		a.app.History.WaitUntilCompared(a.ctx(), a.org(), waitForEvents)
		err = a.list(&view)
	}
	view.Here = !a.own && a.state.Made != "here" && a.state.Who+a.state.Outcome != ""
	if err == nil && !a.own {
		view.Made = whereMade
		var known bool
		if view.Since, _, known, err = a.app.History.Since(a.ctx(), a.org()); !known {
			view.Since = time.Time{}
		}
	}
	if err == nil && !a.own {
		view.Who, err = a.actors()
	}
	if err != nil {
		return err
	}
	return a.show(status, views.Activity(a.listPage("Activity", views.SectionActivity), view))
}

// list reads the rows of a page.
func (a activity) list(view *views.ActivityList) error {
	opened, last, about := 0, "", ""
	for l, err := range a.all() {
		if err != nil {
			return err
		}
		if len(view.Rows) == activityRows || opened == mostOpened {
			view.Older = last
			break
		}
		opened, last = opened+1, l.ID
		if a.fits(l) {
			view.Rows = append(view.Rows, l.ActivityRow)
			about = cmp.Or(about, l.nameOf(a.filter.Subject)) // the newest that is known
		}
	}
	view.AboutName = cmp.Or(about, view.AboutName)
	return nil
}

// kindChoices are the entries of the filter by kind.
func kindChoices() []components.Choice {
	list := []components.Choice{{Text: "Every change"}}
	for _, k := range changeKinds {
		list = append(list, components.Choice{Value: k.kind, Text: k.name})
	}
	return list
}

// outcomes are the entries of the filter by outcome.
var outcomes = []components.Choice{
	{Text: "Any outcome"},
	{Value: string(journal.Done), Text: "Done"},
	{Value: string(journal.Refused), Text: "Refused"},
	{Value: string(journal.NotSent), Text: "Not sent"},
	{Value: string(journal.NotConfirmed), Text: "Not confirmed"},
	{Value: string(journal.Sent), Text: "No outcome stored"},
}

// actors are the entries of the filter by person.
func (a activity) actors() ([]components.Choice, error) {
	people, err := a.app.Journal.Actors(a.ctx(), a.org())
	var list []components.Choice
	alike := map[string]int{}
	for _, p := range people {
		alike[names.Fold(p.Name)]++
	}
	for _, p := range people {
		text := names.Isolate(cmp.Or(p.Name, "Member "+p.ID))
		if alike[names.Fold(p.Name)] > 1 {
			text = names.Marked(p.Name, cmp.Or(p.Email, p.ID))
		}
		list = append(list, components.Choice{Value: p.ID, Text: text})
	}
	if who := a.state.Who; choiceOf(who, list) != who { // somebody without a change
		list = append(list, components.Choice{Value: who, Text: names.Isolate(a.memberName(tallyfy.UserID(who)))})
	}
	slices.SortFunc(list, func(x, y components.Choice) int {
		return cmp.Or(names.Compare(names.Plain(x.Text), names.Plain(y.Text)), strings.Compare(x.Value, y.Value))
	})
	return slices.Insert(list, 0, components.Choice{Text: "Everybody"}), err
}

// fits reports whether a change holds every word that is searched for, and an event is of the kind.
func (a activity) fits(l listed) bool {
	if what := a.state.What; what != "" && l.event != nil && (alike[what] == nil || !alike[what](l.event)) {
		return false
	}
	words := names.Words(a.state.Query)
	if len(words) == 0 {
		return true
	}
	if l.event != nil {
		return names.HasAll(names.Search(strings.Join([]string{l.Sentence, string(l.event.Member), string(l.event.Group), l.ID}, "\n")), words)
	}
	e := l.entry
	text := []string{l.Sentence, e.Actor.Email, e.ID, e.RequestID}
	for _, s := range e.AllSubjects() {
		text = append(text, s.Name, s.Email, s.ID)
	}
	for _, l := range e.Lines {
		text = append(text, l.Text)
	}
	for _, d := range e.Differences {
		text = append(append(text, d.Before...), d.After...)
	}
	return names.HasAll(names.Search(strings.Join(text, "\n")), words)
}

// exportActivity sends exactly the changes of the view, all its pages, as a file.
func exportActivity(req *request) error {
	a, err := activityOf(req)
	if err != nil {
		return err
	}
	if len(a.errors) > 0 {
		return a.showList()
	}
	a.filter.Before = ""
	var rows [][]string
	for l, err := range a.all() {
		if err != nil {
			return err
		}
		switch sentence := names.Plain(l.Sentence); {
		case !a.fits(l):
		case l.event != nil:
			rows = append(rows, eventCells(l.event, sentence))
		default:
			rows = append(rows, activityCells(l.entry, sentence))
		}
	}
	return req.sendFile("activity", []string{
		"Time (UTC)", "By", "By (email)", "By (id)", "Change", "About", "About (id)", "Sentence", "Outcome", "Reason",
		"Checked (UTC)", "Confirmed", "Not as expected", "Could not check", "Request", "Tallyfy's request", "Id",
	}, slices.Values(rows))
}

// eventCells are those of what happened elsewhere: nobody is known who did it.
func eventCells(e *history.Event, sentence string) []string {
	var about, ids []string
	who := [2]string{e.Who, string(e.Member)}
	if e.Guest != "" { // whose address is all that is known
		who = [2]string{e.Guest, ""}
	}
	for _, s := range [][2]string{who, {e.In, string(e.Group)}} {
		if s[0]+s[1] != "" {
			about, ids = append(about, names.Plain(s[0])), append(ids, s[1])
		}
	}
	return []string{
		inFile(e.By), "", "", "", "elsewhere: " + string(e.Kind), names.Cell(about), strings.Join(ids, "; "), sentence,
		"seen elsewhere", "", "", "", "", "", "", "", e.ID,
	}
}

func activityCells(e *journal.Entry, sentence string) []string {
	var about, ids []string
	for _, s := range e.AllSubjects() {
		about, ids = append(about, names.Plain(s.Name)), append(ids, s.ID)
	}
	cells := []string{
		inFile(e.At), e.Actor.Name, e.Actor.Email, e.Actor.ID, e.Kind, names.Cell(about), strings.Join(ids, "; "), sentence,
		string(e.State), "", "", "", "", "", e.RequestID, "", e.ID,
	}
	if o := e.Outcome; o != nil {
		cells[9], cells[15] = o.Words, o.UpstreamID
	}
	if c := e.Check; c != nil {
		cells[10], cells[11] = inFile(c.At), strconv.Itoa(c.Count(journal.Confirmed))
		cells[12], cells[13] = strconv.Itoa(c.Count(journal.NotAsExpected)), strconv.Itoa(c.Count(journal.NotChecked))
	}
	return cells
}
