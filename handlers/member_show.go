package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showMember reads the member with the groups, and the open tasks, side by side.
func showMember(v *visit) error {
	id := tallyfy.UserID(web.Param(v, "member"))
	var member *tallyfy.Member
	var tasks tallyfy.OpenTasks
	err := parallel.Run(v.ctx(),
		func(ctx context.Context) (err error) {
			member, err = v.Member(ctx, id)
			return err
		},
		func(ctx context.Context) error {
			tasks = v.OpenTasks(ctx, tallyfy.TaskListOptions{Owner: id})
			return nil
		})
	if err != nil {
		return err
	}
	page := views.MemberPage{
		MemberRow: memberRow(member), BackURL: v.cameFrom(v.urls().Members()), JobTitle: member.JobTitle, Phone: string(member.Phone),
		Timezone: member.Timezone, DefaultAdmin: member.IsDefaultAdmin, Self: member.ID == v.who.UserID, Tasks: taskView(tasks),
	}
	slices.SortFunc(page.Groups, func(a, b views.GroupLink) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	page.Activity = v.recentActivity(journal.Subject{Kind: journal.Member, ID: string(id)})
	return v.show(http.StatusOK, views.Member(v.page(member.Name(), views.SectionMembers), page))
}
