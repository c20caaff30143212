package handlers

import (
	"context"

	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showGroupTasks is all open tasks that are assigned to a group.
func showGroupTasks(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
	var (
		group *tallyfy.Group
		tasks tallyfy.OpenTasks
		pager views.Pager
	)
	err := parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			group, err = req.Group(ctx, id)
			return err
		},
		func(context.Context) error {
			tasks, pager = req.openTasksPage(tallyfy.TaskListOptions{Group: id}, parsePage(req.QueryParams(), "page"))
			return nil
		})
	if err != nil {
		return err
	}
	_, from := req.groupsFrom()
	view := views.TaskPage{Name: names.Isolate(group.DisplayName()), BackURL: views.FromList(req.urls().Group(id), from), Section: views.SectionGroups}
	return req.showTasks(view, tasks, pager, req.urls().GroupTasks(id), from)
}
