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
	Sample  []TaskLine
}

// sentence counts the tasks before the sample.
func (t OpenTasks) sentence() string {
	s := words.Count(t.Total, "open task", "open tasks")
	if len(t.Sample) < t.Total {
		s += ", the first " + words.Number(len(t.Sample))
	}
	return s + ":"
}

// TaskLine is a task in a sample.
type TaskLine struct {
	Title    string
	Deadline time.Time
}
