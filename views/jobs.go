package views

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// JobHead is how far a job is. The counts are of its rows.
type JobHead struct {
	ID, Title, By string
	// State is "planned", "running", "paused", "stopped" or "ended". Why says why it is paused, SignIn that its owner
	// has to sign in.
	State, Why              string
	SignIn, Own, Unreadable bool
	// Moving says that a step is under way, or the next one comes by itself.
	Moving, Stalled           bool
	At, Begun, Over, Changed  time.Time
	Rows, Left, Done, Nothing int
	// Review is the review that it carries out, "" for other jobs.
	Review                string
	Failed, Unknown, Held int
	Cant, Skipped         int
}

// Planned reports that it is a dry run that nobody has started.
func (h JobHead) Planned() bool { return h.State == "planned" }

// Works is how many rows there was something to do for, Ended how many of them are over.
func (h JobHead) Works() int { return h.Rows - h.Nothing - h.Cant }

// Ended is how many of the rows are over.
func (h JobHead) Ended() int { return h.Works() - h.Left }

// bar is how far the bar of the progress goes: as far as the rows are over, and at the end as far
// as they are done.
func (h JobHead) bar() int {
	if h.Moving || h.State == "paused" {
		return h.Ended()
	}
	return h.Done
}

// broken is how many rows were asked for and are not done, as far as that can be shown.
func (h JobHead) broken() int {
	switch {
	case h.Unreadable:
		return 0
	case h.Planned():
		return h.Cant
	}
	return h.Failed + h.Unknown + h.Cant + h.Held + h.Skipped
}

// retries is how many rows can be tried again now.
func (h JobHead) retries() int {
	if h.State == "running" || h.Planned() {
		return 0
	}
	return h.Failed + h.Unknown
}

// retryText is the button that tries those rows again.
func (h JobHead) retryText() string {
	switch n := words.Number(h.retries()); {
	case h.Unknown == 0:
		return "Retry the " + n + " that failed"
	case h.Failed == 0:
		return "Look at or retry the " + n + " not known"
	default:
		return "Retry the " + n + " that failed or are not known"
	}
}

func (h JobHead) canAct() bool {
	return h.State == "running" || h.State == "paused" || h.retries() > 0 || h.Skipped > 0
}

// Progress is the state of a job in a sentence. A job that is over has one of three: all, some, none.
func (h JobHead) Progress() string {
	of := words.Number(h.Works())
	switch {
	case h.Unreadable:
		return "It can't be opened."
	case h.Planned():
		return "Not started."
	case h.State == "running":
		return h.extras("Running: " + words.Number(h.Done) + " of " + of + " done.")
	case h.State == "paused":
		return h.extras("Paused: " + words.Number(h.Done) + " of " + of + " done.")
	case h.State == "stopped":
		return h.extras("Stopped: " + words.Number(h.Done) + " of " + of + " done, " + words.Number(h.Skipped) + " skipped.")
	case h.Failed+h.Unknown == 0 && h.Works() == 1:
		return "The one row is done."
	case h.Failed+h.Unknown == 0:
		return "All " + of + " done."
	case h.Done == 0:
		return h.extras("None of " + of + " done.")
	}
	return h.extras(words.Number(h.Done) + " of " + of + " done.")
}

// extras adds what needs attention.
func (h JobHead) extras(text string) string {
	if h.Failed > 0 {
		text += " " + words.Number(h.Failed) + " failed."
	}
	if h.Unknown > 0 {
		text += " " + words.Number(h.Unknown) + " not known."
	}
	return text
}

func (h JobHead) listed() string {
	return h.Title + ", " + words.Count(h.Rows, "row", "rows")
}

// JobPage is a dry run or a job with a part of its rows. Kind is what it does, as the form for it
// is named.
type JobPage struct {
	JobHead
	Kind            string
	Notes, Warnings []string
	Tabs            []components.Tab
	// Only is the state of the rows that are shown, empty for all.
	Only  string
	List  []JobRow
	Pager Pager
	// Writes is how many calls a dry run would make, Takes about how long it would take. Can says that the person's
	// role may start it.
	Writes int
	Takes  time.Duration
	Can    bool
	// OfGroups says that the rows are groups and not people.
	OfGroups bool
	// Ends says that the people of the rows lose their access.
	Ends bool
}

// JobRow is a row of a job.
type JobRow struct {
	Line                 int
	Name, Email          string
	Member               tallyfy.UserID
	Group                string
	GroupID              tallyfy.ID
	Before, After, State string
	Reason               string
	Tallyfys             bool
	Entry                string
}

func (r JobRow) why() string {
	if r.Tallyfys {
		return "Tallyfy says: “" + names.Isolate(r.Reason) + "”"
	}
	return r.Reason
}

func (r JobRow) badge() string {
	switch r.State {
	case "done":
		return "good"
	case "failed":
		return "bad"
	case "not known", "can't":
		return "warn"
	}
	return ""
}

// RowState is the state of a row in words. A dry run speaks of what would be.
func RowState(state string, planned bool) string {
	if planned && state == "waiting" {
		return "Will change"
	}
	if state == "waits for seat" {
		return "Waits for a seat"
	}
	return strings.ToUpper(state[:1]) + state[1:]
}

func (v JobPage) pageTitle() string {
	if v.Planned() {
		return v.Title + ": dry run"
	}
	return v.Title
}

// column is what the rows are.
func (v JobPage) column() string {
	if v.OfGroups {
		return "Group"
	}
	return "Person"
}

func (v JobPage) at(p Page) func(page int) string {
	return func(page int) string { return p.URL.JobRows(v.ID, v.Planned(), v.Only, page) }
}

// forecast says what a dry run found, and what the run takes.
func (v JobPage) forecast() string {
	text := words.Count(v.Left, "row", "rows") + " will change"
	if v.Nothing > 0 {
		text += ", " + words.Number(v.Nothing) + " " + words.Noun(v.Nothing, "has", "have") + " nothing to do"
	}
	if v.Cant > 0 {
		text += ", " + words.Number(v.Cant) + " can't"
	}
	text += "."
	if v.Left > 0 {
		text += " That is " + words.Count(v.Writes, "change", "changes") + " in Tallyfy"
		if took := about(v.Takes); took != "" {
			text += ", which " + words.Noun(v.Writes, "takes", "take") + " " + took + " at the pace that Tallyfy allows"
		}
		text += "."
	}
	return text
}

// about is a time in rough words, "" for less than some seconds.
func about(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return ""
	case d < 90*time.Second:
		return "about " + words.Count(int(d.Round(5*time.Second).Seconds()), "second", "seconds")
	}
	return "about " + words.Count(int(d.Round(time.Minute).Minutes()), "minute", "minutes")
}

func (v JobPage) start() string { return v.Title + ": " + words.Count(v.Left, "row", "rows") }

// startKind marks the start of a job that takes people's access away.
func (v JobPage) startKind() components.ButtonKind {
	if v.Ends {
		return components.ButtonDanger
	}
	return components.ButtonPrimary
}

func (v JobPage) progressURL(p Page) string {
	if v.State != "running" {
		return ""
	}
	return p.URL.JobProgress(v.ID)
}

// wayOn says how a job that waits for a sign-in goes on.
func (h JobHead) wayOn() string {
	switch {
	case h.SignIn && h.Own:
		return " You are signed in now: press “Go on”."
	case h.SignIn:
		return " It goes on when they sign in and press “Go on”, or when you act in their place."
	}
	return ""
}

// facts are who started a job and when it was begun and over.
func (v JobPage) facts(p Page) string {
	text := "In the name of " + names.Isolate(v.By) + "."
	if !v.Begun.IsZero() {
		text += " Begun " + p.Clock.stamp(v.Begun) + "."
	}
	if !v.Over.IsZero() {
		text += " Over " + p.Clock.stamp(v.Over) + "."
	}
	return text
}

// JobList is a page of the list of jobs.
type JobList struct {
	Rows []JobHead
	// Before is the job that the page begins after, Older the one that the next page does; both may be empty.
	Before, Older string
	KeptDays      int
}

func (v JobList) pager(u URLs) components.PagerProps {
	return pagerBefore("Pages of jobs", v.Before, v.Older, u.Jobs)
}
