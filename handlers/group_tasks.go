package handlers

import (
	"context"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showGroupTasks is all open tasks that are assigned to a group.
func showGroupTasks(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
	var group *tallyfy.Group
	tasks, pager, err := req.tasksOf(tallyfy.TaskListOptions{Group: id}, func(ctx context.Context) (err error) {
		group, err = req.Group(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	_, from := req.groupsFrom()
	view := views.TaskPage{Name: names.Isolate(group.DisplayName()), BackURL: views.FromList(req.urls().Group(id), from), Section: views.SectionGroups}
	return req.showTasks(view, tasks, pager, req.urls().GroupTasks(id), from)
}
