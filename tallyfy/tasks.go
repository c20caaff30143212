package tallyfy

import (
	"context"
	"net/url"
)

// Task is a piece of work, as much of it as a preview shows.
type Task struct {
	ID       ID     `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	RunID    ID     `json:"run_id"` // the process it belongs to, "" for a task of its own
	Deadline Time   `json:"deadline"`
}

func (t *Task) identity() string { return string(t.ID) }

// DisplayTitle returns the title, else "Task" and the id where the title shows nothing.
func (t *Task) DisplayTitle() string { return firstOf(t.Title, "Task "+string(t.ID)) }

// TaskListOptions are the query of a list of tasks. Zero values are not sent.
type TaskListOptions struct {
	Owner   UserID // owners
	Group   ID     // groups
	Status  string // like "active"
	Page    int    // from 1
	PerPage int
}

// TasksService holds the calls on tasks.
type TasksService service

// List returns one page of tasks. Pagination.Total counts all that match, so one call with a small
// PerPage gives both the number and a sample (documented).
//
// GET /organizations/{org}/tasks
func (s *TasksService) List(ctx context.Context, org ID, o TaskListOptions) (*Page[Task], error) {
	q := url.Values{}
	setText(q, "groups", string(o.Group))
	setText(q, "owners", string(o.Owner))
	setNumber(q, "page", o.Page)
	setNumber(q, "per_page", o.PerPage)
	setText(q, "status", o.Status)
	return getPage[Task](ctx, s.client, request{op: "tasks.list", path: orgPath(org, "tasks"), query: q})
}

// sampleTasks is how many open tasks [TasksService.Open] brings along.
const sampleTasks = 5

// OpenTasks is the open tasks of a person or a group: not known, none, or a number and the first few.
type OpenTasks struct {
	Checked bool
	Total   int
	Sample  []Task
}

// Open counts the active tasks, with one small call that also brings the first five. The count of an
// answer that contradicts itself is not known, and no error.
func (s *TasksService) Open(ctx context.Context, org ID, o TaskListOptions) (OpenTasks, error) {
	o.Status, o.PerPage = "active", sampleTasks
	page, err := s.List(ctx, org, o)
	if err != nil {
		return OpenTasks{}, err
	}
	// Without the count in meta, the rows that came are all that is known; if the sample is full there may
	// be more. A count below the rows that came counts something else.
	total, rows := page.Pagination.Total, len(page.Items)
	if total < rows || !page.Pagination.Known && rows >= sampleTasks {
		return OpenTasks{}, nil
	}
	return OpenTasks{Checked: true, Total: total, Sample: page.Items[:min(sampleTasks, rows)]}, nil
}
