package tallyfy

import "context"

// Task is a piece of work, as much of it as a preview shows.
type Task struct {
	ID       ID     `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	RunID    ID     `json:"run_id"` // the process it belongs to, "" for a task of its own
	Deadline Time   `json:"deadline"`
}

func (t *Task) identity() string { return string(t.ID) }

// TaskListOptions are the query of a list of tasks. Zero values are not sent.
type TaskListOptions struct {
	Owner   UserID // owners
	Group   ID     // groups
	Status  string // like "active"
	Page    int    // from 1
	PerPage int
}

// TasksService holds the calls on tasks.
type TasksService struct{ service }

// List returns one page of tasks. Pagination.Total counts all that match, so one call with a small PerPage gives both the
// number and a sample (documented).
//
// GET /organizations/{org}/tasks
func (s *TasksService) List(ctx context.Context, org ID, o TaskListOptions) (*Page[Task], error) {
	var q query
	q.text("groups", string(o.Group))
	q.text("owners", string(o.Owner))
	q.number("page", o.Page)
	q.number("per_page", o.PerPage)
	q.text("status", o.Status)
	return getPage[Task](ctx, s.client, request{op: "tasks.list", path: orgPath(org, "tasks"), query: q})
}
