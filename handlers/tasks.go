package handlers

import (
	"context"
	"log/slog"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// sampleTasks is how many titles of open tasks are shown.
const sampleTasks = 5

// openTasks is readTasks for the screen.
func (v *visit) openTasks(ctx context.Context, o tallyfy.TaskListOptions) views.OpenTasks {
	return taskView(v.readTasks(ctx, o))
}

// readTasks counts the open tasks of a person or a group. A failure is a result too: not checked.
func (v *visit) readTasks(ctx context.Context, o tallyfy.TaskListOptions) removal.Tasks {
	return v.orUnchecked(recall(ctx, v, "tasks "+string(o.Owner)+" "+string(o.Group), func(ctx context.Context) (removal.Tasks, error) {
		return v.countTasks(ctx, o)
	}))
}

// tasksNow is readTasks for a receipt, which reads again each time.
func (v *visit) tasksNow(ctx context.Context, o tallyfy.TaskListOptions) removal.Tasks {
	return v.orUnchecked(v.countTasks(ctx, o))
}

func (v *visit) orUnchecked(tasks removal.Tasks, err error) removal.Tasks {
	if err != nil {
		v.app.Log.Info("open tasks not counted", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
	}
	return tasks
}

// countTasks asks Tallyfy with one small call, which also brings the first few tasks.
func (v *visit) countTasks(ctx context.Context, o tallyfy.TaskListOptions) (removal.Tasks, error) {
	o.Status, o.PerPage = "active", sampleTasks
	page, err := v.api.Tasks.List(ctx, v.org(), o)
	if err != nil {
		return removal.Tasks{}, err
	}
	// Without a count in the answer, a full sample may not be all tasks. A count below the number
	// of rows counts something else.
	total, rows := page.Pagination.Total, len(page.Items)
	if total < rows || !page.Pagination.Known && rows >= sampleTasks {
		return removal.Tasks{}, nil
	}
	return removal.Tasks{Checked: true, Total: total, Sample: page.Items[:min(sampleTasks, rows)]}, nil
}

func taskView(t removal.Tasks) views.OpenTasks {
	view := views.OpenTasks{Checked: t.Checked, Total: t.Total}
	for i := range t.Sample {
		view.Sample = append(view.Sample, views.TaskLine{Title: t.Sample[i].Title, Deadline: t.Sample[i].Deadline.Time})
	}
	return view
}
