package handlers

import (
	"context"
	"net/http"
	"slices"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/matrix"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showMember reads the member with the groups, and the open tasks, side by side.
func showMember(req *request) error {
	id := tallyfy.UserID(web.Param(req, "member"))
	if req.QueryParam("check") != "" && !req.fromOtherSite() {
		req.fresh = true
	}
	var member *tallyfy.Member
	var tasks tallyfy.OpenTasks
	err := parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			member, err = req.Member(ctx, id)
			return err
		},
		func(ctx context.Context) error {
			tasks = req.OpenTasks(ctx, tallyfy.TaskListOptions{Owner: id})
			return nil
		})
	if err != nil {
		return err
	}
	list, _ := req.membersFrom()
	page := views.MemberPage{
		Called: req.called(member), MemberRow: req.memberRow(member), BackURL: list, JobTitle: member.JobTitle, Phone: string(member.Phone),
		Timezone: member.Timezone, DefaultAdmin: member.IsDefaultAdmin, Self: member.ID == req.who.UserID, Tasks: req.taskView(tasks, req.urls().MemberTasks(id)),
	}
	if member.IsDisabled() {
		page.Lost = req.lostGroups(page.MemberRow)
	}
	page.Peers, page.PeersKnown = req.peersOf(member)
	groups := make([]tallyfy.ID, len(page.Groups))
	for i, g := range page.Groups {
		groups[i] = g.ID
	}
	page.Press, page.Base = newPress(), req.keepGroupsSeen(id, groups)
	page.Invitation = invitation(member)
	req.planned(&page.Invitation, member)
	if guests := req.CopiedGuests(); guests != nil {
		for _, g := range directory.KnownTo(guests, id) {
			page.Guests = append(page.Guests, guestPerson(g))
		}
	}
	subject := journal.Subject{Kind: journal.Member, ID: string(id)}
	page.Activity = req.recentActivity(subject, req.isAdmin)
	page.Reviewed = req.reviewed(subject, page.Activity)
	return req.show(http.StatusOK, views.Member(req.memberPage(page.Called), page))
}

// lostGroups are the groups that somebody was in when losing access, and is not in now.
func (req *request) lostGroups(m views.MemberRow) (list []views.GroupLink) {
	_, groups, _, err := req.groupsBefore(m.ID)
	if err != nil { // the page is as good without
		req.logError("groups before not read", err)
	}
	for _, g := range groups {
		if !slices.ContainsFunc(m.Groups, func(now views.GroupLink) bool { return string(now.ID) == g.ID }) {
			list = append(list, views.GroupLink{ID: tallyfy.ID(g.ID), Name: g.Name})
		}
	}
	return list
}

// peersShown and groupsNamed are how many peers of a member are shown, and how many shared groups of each.
const peersShown, groupsNamed = 8, 3

// peersOf lists those who share groups with a member, if the copies are at hand.
func (req *request) peersOf(m *tallyfy.Member) (list []views.MemberPeer, known bool) {
	copied, ok := req.cachedSnapshot()
	if !ok || !copied.ended() {
		return nil, false
	}
	for _, p := range matrix.Peers(m, copied.members, copied.groups) {
		if len(list) == peersShown {
			break
		}
		peer := views.MemberPeer{Person: personOf(p.Member), Shared: len(p.Shared)}
		for _, g := range p.Shared[:min(groupsNamed, len(p.Shared))] {
			peer.Groups = append(peer.Groups, g.DisplayName())
		}
		list = append(list, peer)
	}
	return list, true
}
