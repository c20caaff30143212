package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showMember reads the member with the groups, and the open tasks, side by side.
func showMember(v *visit) error {
	id := tallyfy.UserID(web.Param(v, "member"))
	var member *tallyfy.Member
	var tasks views.OpenTasks
	err := sideBySide(v.ctx(),
		func(ctx context.Context) (err error) {
			member, err = v.readMember(ctx, id)
			return err
		},
		func(ctx context.Context) error {
			tasks = v.openTasks(ctx, tallyfy.TaskListOptions{Owner: id})
			return nil
		})
	if err != nil {
		return err
	}
	page := views.MemberPage{
		MemberRow: memberRow(member), BackURL: v.cameFrom(v.urls().Members()), JobTitle: member.JobTitle, Phone: member.Phone,
		Timezone: member.Timezone, DefaultAdmin: member.IsDefaultAdmin, Self: member.ID == v.who.UserID, Tasks: tasks,
	}
	slices.SortFunc(page.Groups, func(a, b views.GroupLink) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return v.show(http.StatusOK, views.Member(v.page(member.Name(), views.SectionMembers), page))
}
