package handlers

import (
	"context"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showMemberTasks is all open tasks of a member.
func showMemberTasks(req *request) error {
	id := tallyfy.UserID(web.Param(req, "member"))
	var member *tallyfy.Member
	tasks, pager, err := req.tasksOf(tallyfy.TaskListOptions{Owner: id}, func(ctx context.Context) (err error) {
		member, err = req.Member(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	_, from := req.membersFrom()
	view := views.TaskPage{Name: req.called(member), BackURL: views.FromList(req.urls().Member(id), from), Section: views.SectionMembers}
	return req.showTasks(view, tasks, pager, req.urls().MemberTasks(id), from)
}
