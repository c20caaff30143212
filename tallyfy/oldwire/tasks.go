package oldwire

// Task is a piece of work, as much of it as a preview shows.
type Task struct {
	ID       ID     `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	RunID    ID     `json:"run_id"` // the process it belongs to, "" for a task of its own
	Deadline Time   `json:"deadline"`
}

func (t *Task) identity() string { return string(t.ID) }
