package tallyfy

import (
	"cmp"
	"context"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"
)

// Task is a piece of work, as much of it as a preview shows.
type Task struct {
	ID       ID     `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	RunID    ID     `json:"run_id"` // the process it belongs to, "" for a task of its own
	Deadline Time   `json:"deadline"`
	// Owners are who has to do it.
	Owners TaskOwners `json:"owners"`
}

// TaskOwners are the people whom a task is assigned to, themselves and not through a group. Known is false
// where the answer did not say.
type TaskOwners struct {
	Users UserIDs
	Known bool
}

// UnmarshalJSONFrom takes {"users":[{"id":…}], …}. Anything else is not known, and no error: a task counts all
// the same.
func (o *TaskOwners) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	var owners struct {
		Users *UserIDs `json:"users"`
	}
	*o = TaskOwners{}
	if value.Kind() == '{' && unmarshal(value, &owners) == nil && owners.Users != nil {
		*o = TaskOwners{Users: *owners.Users, Known: true}
	}
	return nil
}

func (t *Task) identity() string { return string(t.ID) }

// DisplayTitle returns the title, else "Task" and the id where the title shows nothing.
func (t *Task) DisplayTitle() string { return firstOf(t.Title, "Task "+string(t.ID)) }

// TaskListOptions are the query of a list of tasks. Zero values are not sent.
type TaskListOptions struct {
	Owner   UserID // owners
	Group   ID     // groups
	Guest   string // guests: an email address
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
	setText(q, "guests", o.Guest)
	setText(q, "owners", string(o.Owner))
	setNumber(q, "page", o.Page)
	setNumber(q, "per_page", o.PerPage)
	setText(q, "status", o.Status)
	return getPage[Task](ctx, s.client, request{op: "tasks.list", path: orgPath(org, "tasks"), query: q})
}

// sampleTasks is how many open tasks [TasksService.Open] brings along unless it is told. Fewer are all there are
// where an answer has no count: no page of a list is that small.
const sampleTasks = 5

// MostTasks is how many tasks one call brings at most: lists are cut at 100 (seen in the vendor's client).
const MostTasks = 100

// OpenTasks is the open tasks of a person or a group: not known, none, or a number and the first few.
type OpenTasks struct {
	Checked bool
	Total   int
	Sample  []Task
}

// All reports that the sample is all of them.
func (t OpenTasks) All() bool { return t.Checked && len(t.Sample) == t.Total }

// Open counts the active tasks, with one call that also brings the first ones: o.PerPage of them, by default
// five. The count of an answer that contradicts itself is not known, and no error.
func (s *TasksService) Open(ctx context.Context, org ID, o TaskListOptions) (OpenTasks, error) {
	o.Status, o.PerPage = "active", cmp.Or(o.PerPage, sampleTasks)
	page, err := s.List(ctx, org, o)
	if err != nil {
		return OpenTasks{}, err
	}
	// Without the count in meta, the rows that came are all that is known; if they may have been cut there may
	// be more. A count below the rows that came counts something else.
	total, rows := page.Pagination.Total, len(page.Items)
	if total < rows || !page.Pagination.Known && rows >= sampleTasks {
		return OpenTasks{}, nil
	}
	return OpenTasks{Checked: true, Total: total, Sample: page.Items[:min(o.PerPage, rows)]}, nil
}
