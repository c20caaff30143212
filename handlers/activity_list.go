package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
)

const (
	// activityRows is how many changes a page shows.
	activityRows = 50
	// mostOpened is how many entries one page opens to look for a text. The link to older ones goes on.
	mostOpened = 2000
)

// activity is the list of changes for one request.
type activity struct {
	*visit
	state  views.ActivityState
	filter journal.Filter
	own    bool
	errors map[string]string
}

// activityOf reads the address. Only administrators see the changes of others.
func activityOf(v *visit) (activity, error) {
	q := v.QueryParams()
	a := activity{visit: v, errors: map[string]string{}, state: views.ActivityState{
		Who: q.Get("who"), What: q.Get("what"), Outcome: q.Get("outcome"), About: q.Get("about"), From: q.Get("from"), To: q.Get("to"),
		Query: strings.TrimSpace(q.Get("q")), Before: q.Get("before"),
	}}
	admin, err := v.isAdmin(v.ctx())
	if err != nil {
		return a, err
	}
	a.own = !admin
	a.filter = journal.Filter{
		Org: v.org(), Actor: tallyfy.UserID(a.state.Who), Kind: a.state.What, State: journal.State(a.state.Outcome), Before: a.state.Before,
		Subject: journal.ParseSubject(a.state.About),
	}
	if a.own {
		a.filter.Actor = v.who.UserID
	}
	a.filter.From = a.day("from", a.state.From, 0)
	a.filter.To = a.day("to", a.state.To, 1)
	return a, nil
}

// day is the beginning of a day in the person's zone, some days on.
func (a activity) day(field, text string, on int) time.Time {
	if text == "" {
		return time.Time{}
	}
	day, err := time.ParseInLocation(time.DateOnly, text, locationOf(a.who.Timezone))
	if err != nil {
		a.errors[field] = "“" + text + "” is not a day. Write it as 2026-03-04."
		return time.Time{}
	}
	return day.AddDate(0, 0, on)
}

// listActivity shows a page of the changes that were made through the dashboard.
func listActivity(v *visit) error {
	a, err := activityOf(v)
	if err != nil {
		return err
	}
	view := views.ActivityList{State: a.state, Own: a.own, Errors: a.errors, KeptDays: v.app.Journal.KeptDays()}
	if view.Who, err = a.actors(); err != nil {
		return err
	}
	view.What = []components.Choice{{Text: "Every change"}}
	for _, k := range changeKinds {
		view.What = append(view.What, components.Choice{Value: k.kind, Text: k.name})
	}
	view.Outcomes = outcomes
	opened, last := 0, ""
	for e, err := range v.app.Journal.List(v.ctx(), a.filter) {
		if err != nil {
			return err
		}
		if len(view.Rows) == activityRows || opened == mostOpened {
			view.Older = last
			break
		}
		opened, last = opened+1, e.ID
		if row := v.activityRow(e); a.fits(e, row.Sentence) {
			view.Rows = append(view.Rows, row)
			view.AboutName = cmp.Or(view.AboutName, e.NameOf(a.filter.Subject))
		}
	}
	view.AboutName = cmp.Or(view.AboutName, a.filter.Subject.ID)
	status := http.StatusOK
	if len(a.errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return v.show(status, views.Activity(v.page("Activity", views.SectionActivity), view))
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
	list := []components.Choice{{Text: "Everybody"}}
	if a.own {
		return list[:0], nil
	}
	people, err := a.app.Journal.Actors(a.ctx(), a.org())
	for _, p := range people {
		list = append(list, components.Choice{Value: p.ID, Text: cmp.Or(p.Name, "Member "+p.ID)})
	}
	slices.SortFunc(list[1:], func(x, y components.Choice) int {
		return strings.Compare(strings.ToLower(x.Text), strings.ToLower(y.Text))
	})
	return list, err
}

// fits reports whether an entry holds every word that is searched for.
func (a activity) fits(e *journal.Entry, sentence string) bool {
	words := strings.Fields(strings.ToLower(a.state.Query))
	if len(words) == 0 {
		return true
	}
	text := []string{sentence, e.Actor.Email, e.ID, e.RequestID}
	for _, s := range e.AllSubjects() {
		text = append(text, s.Name, s.Email, s.ID)
	}
	for _, l := range e.Lines {
		text = append(text, l.Text)
	}
	for _, d := range e.Differences {
		text = append(append(text, d.Before...), d.After...)
	}
	all := strings.ToLower(strings.Join(text, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) })
}

// exportActivity sends exactly the changes of the view, all its pages, as a file.
func exportActivity(v *visit) error {
	a, err := activityOf(v)
	if err != nil {
		return err
	}
	a.filter.Before = ""
	var failed error
	columns := []string{
		"Time (UTC)", "By", "By (email)", "By (id)", "Change", "About", "About (id)", "Sentence", "Outcome", "Reason",
		"Checked (UTC)", "Confirmed", "Not as expected", "Could not check", "Request", "Tallyfy's request", "Id",
	}
	err = v.sendFile("activity", columns, func(yield func([]string) bool) {
		for e, err := range v.app.Journal.List(v.ctx(), a.filter) {
			if failed = err; err != nil {
				return
			}
			row := v.activityRow(e)
			if a.fits(e, row.Sentence) && !yield(activityCells(e, row.Sentence)) {
				return
			}
		}
	})
	return cmp.Or(failed, err)
}

func activityCells(e *journal.Entry, sentence string) []string {
	var names, ids []string
	for _, s := range e.AllSubjects() {
		names, ids = append(names, s.Name), append(ids, s.ID)
	}
	cells := []string{
		inFile(e.At), e.Actor.Name, e.Actor.Email, e.Actor.ID, e.Kind, strings.Join(names, "; "), strings.Join(ids, "; "), sentence,
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
