package views

import (
	"time"

	"tallyfy-admin/views/words"
)

// OpenTasks is the open tasks of a person or a group.
type OpenTasks struct {
	// Checked is false when Tallyfy did not answer. Then nothing else is known.
	Checked bool
	Total   int
	// Late is how many of those read are late. Read is how many were read: they may be fewer than there are.
	Late, Read int
	// Sample is the first ones by deadline of those that were read.
	Sample []TaskLine
	// URL is the list of all of them.
	URL string
}

// sentence counts the tasks: "28 open tasks, 4 late".
func (t OpenTasks) sentence() string {
	if t.Total == 0 {
		return "No open tasks."
	}
	s := words.Count(t.Total, "open task", "open tasks")
	if t.Late > 0 {
		s += ", " + words.Number(t.Late) + " late"
	}
	if t.Read < t.Total && t.Late > 0 {
		s += " among the " + words.Number(t.Read) + " that Tallyfy gave first"
	}
	return s
}

// TaskLine is a task in a list.
type TaskLine struct {
	Title    string
	Deadline time.Time // the zero time for none
}

// TaskPage is all open tasks of a person or a group.
type TaskPage struct {
	// Name is whose tasks they are, as its page is called.
	Name, BackURL string
	Section       Section
	Tasks         OpenTasks
	Pager         Pager
	Rows          []TaskLine
}

// mixed says how the pages are sorted, where there are several: Tallyfy's order is not known.
func (v TaskPage) mixed() bool { return v.Pager.Pages > 1 }

// due words a deadline. late says that it is over.
func (c Clock) due(deadline time.Time) (text string, late bool) {
	days := c.days(deadline)
	switch late = deadline.Before(c.Now); {
	case late && days == 0:
		return "late since " + c.Minute(deadline), true
	case late:
		return span(days) + " late", true
	case days == 0:
		return "today", false
	case days == -1:
		return "tomorrow", false
	}
	return "in " + span(-days), false
}

func (v TaskPage) note() string {
	if !v.Tasks.Checked || v.Tasks.Total == 0 {
		return ""
	}
	return v.Tasks.sentence()
}

// at gives the address of a page.
func (v TaskPage) at(p Page) func(page int) string {
	return func(page int) string {
		return p.from(v.Tasks.URL + query(parameter{"page", pageNumber(page)}))
	}
}
