package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// shownTasks is how many open tasks the page of a person or a group shows. The others are a page of their own.
const shownTasks = 5

// taskView shapes open tasks: the first ones by deadline. list is the address of all of them.
func (req *request) taskView(t tallyfy.OpenTasks, list string) views.OpenTasks {
	rows := taskRows(t.Sample)
	view := views.OpenTasks{Checked: t.Checked, Total: t.Total, Read: len(rows), Sample: rows[:min(shownTasks, len(rows))], URL: list}
	now := req.app.Now()
	for _, row := range rows {
		if !row.Deadline.IsZero() && row.Deadline.Before(now) {
			view.Late++
		}
	}
	return view
}

// taskRows shapes tasks in the order of their deadlines. Those without one come last.
func taskRows(tasks []tallyfy.Task) []views.TaskLine {
	rows := make([]views.TaskLine, len(tasks))
	for i := range tasks {
		rows[i] = views.TaskLine{Title: tasks[i].DisplayTitle(), Deadline: tasks[i].Deadline.Time}
	}
	slices.SortStableFunc(rows, func(a, b views.TaskLine) int {
		if a.Deadline.IsZero() != b.Deadline.IsZero() {
			return b.Deadline.Compare(a.Deadline)
		}
		return cmp.Or(a.Deadline.Compare(b.Deadline), strings.Compare(a.Title, b.Title))
	})
	return rows
}

// tasksOf reads a page of open tasks beside what they are of, which read does.
func (req *request) tasksOf(o tallyfy.TaskListOptions, read func(context.Context) error) (tasks tallyfy.OpenTasks, pager views.Pager, err error) {
	err = parallel.Run(req.ctx(), read, func(context.Context) error {
		tasks, pager = req.openTasksPage(o, parsePage(req.QueryParams(), "page"))
		return nil
	})
	return tasks, pager, err
}

// openTasksPage reads the page of a list of open tasks that the address names. The first page is also what the
// page of their owner has read.
func (req *request) openTasksPage(o tallyfy.TaskListOptions, page int) (tallyfy.OpenTasks, views.Pager) {
	if page == 1 {
		t := req.OpenTasks(req.ctx(), o)
		return t, views.NewPager(1, tallyfy.MostTasks, len(t.Sample), t.Total)
	}
	o.Status, o.Page, o.PerPage = "active", page, tallyfy.MostTasks
	found, err := req.api.Tasks.List(req.ctx(), req.org(), o)
	if err != nil {
		req.notCounted(err)
		return tallyfy.OpenTasks{}, views.Pager{}
	}
	if len(found.Items) == 0 { // past the end
		return req.openTasksPage(tallyfy.TaskListOptions{Owner: o.Owner, Group: o.Group, Guest: o.Guest}, 1)
	}
	t := tallyfy.OpenTasks{Checked: true, Total: found.Pagination.Total, Sample: found.Items}
	return t, views.NewPager(page, tallyfy.MostTasks, len(t.Sample), t.Total)
}

// showTasks shows a page of open tasks.
func (req *request) showTasks(view views.TaskPage, t tallyfy.OpenTasks, pager views.Pager, list, from string) error {
	view.Tasks, view.Pager, view.Rows = req.taskView(t, list), pager, taskRows(t.Sample)
	p := req.page("Open tasks of "+view.Name, view.Section)
	p.From = from
	return req.show(http.StatusOK, views.Tasks(p, view))
}
