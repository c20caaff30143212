package handlers

import (
	"context"
	"log/slog"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// readTasks counts the open tasks of a person or a group with one small call, which also brings the first few. Tallyfy's
// silence is a result too: "not checked".
func (v *visit) readTasks(ctx context.Context, o tallyfy.TaskListOptions) removal.Tasks {
	o.Status, o.PerPage = "active", sampleTasks
	page, err := v.api.Tasks.List(ctx, v.org(), o)
	if err != nil {
		v.app.Log.Info("open tasks not counted", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
		return removal.Tasks{}
	}
	// Without the count in meta, the rows that came are all that is known; if the sample is full there may be more.
	if !page.Pagination.Known && len(page.Items) >= sampleTasks {
		return removal.Tasks{}
	}
	return removal.Tasks{Checked: true, Total: page.Pagination.Total, Sample: page.Items[:min(sampleTasks, len(page.Items))]}
}

func taskView(t removal.Tasks) views.OpenTasks {
	view := views.OpenTasks{Checked: t.Checked, Total: t.Total}
	for i := range t.Sample {
		view.Sample = append(view.Sample, views.TaskLine{Title: t.Sample[i].Title, Deadline: t.Sample[i].Deadline.Time})
	}
	return view
}
