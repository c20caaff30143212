package handlers

import (
	"context"
	"net/http"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showGuest reads the guest and the open tasks, side by side. The groups, and the names of those who know the guest, come
// from the copies: what they lack leaves a gap that says so.
func showGuest(req *request) error {
	email, err := req.guestEmail()
	if err != nil {
		return err
	}
	if req.QueryParam("check") != "" && !req.fromOtherSite() {
		req.fresh = true
	}
	var (
		guest  *tallyfy.Guest
		tasks  tallyfy.OpenTasks
		copied snapshot
	)
	err = parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			guest, err = req.Guest(ctx, email)
			return err
		},
		func(ctx context.Context) error {
			tasks = req.OpenTasks(ctx, tallyfy.TaskListOptions{Guest: email})
			return nil
		},
		func(context.Context) error {
			copied, _ = req.snapshotInTime()
			return nil
		})
	if err != nil {
		return req.becameMember(email, err)
	}
	list, _ := req.guestsFrom()
	page := views.GuestPage{
		GuestRow: guestPerson(guest), BackURL: list, Added: guest.CreatedAt.Time, Tasks: req.taskView(tasks, req.urls().GuestTasks(email)),
		GroupsKnown: copied.groups.Complete, KnownBy: req.people(copied.members, guest.KnownBy()),
	}
	if !copied.members.Complete {
		page.NamesNote = "Not all names are read yet. Reload in a moment."
	}
	for _, g := range copied.groups.OfGuest(guest.Email) {
		page.Groups = append(page.Groups, req.groupLink(g))
	}
	sortLinks(page.Groups)
	page.Activity = req.recentActivity(journal.Subject{Kind: journal.Guest, ID: string(guest.ID), Email: guest.Email}, req.isAdmin)
	return req.show(http.StatusOK, views.Guest(req.guestPage(names.Isolate(guest.Name())), page))
}

// becameMember leads from somebody who is found to be no guest any more to the member with the address, if there is one.
// err is that of the reading.
func (req *request) becameMember(email string, err error) error {
	if !req.fresh || !tallyfy.IsNotFound(err) {
		return req.missingGuest(err)
	}
	m, searchErr := lifecycle.MemberByAddress(req.ctx(), req.api, req.org(), email)
	if searchErr != nil || m == nil {
		return req.missingGuest(err)
	}
	req.invalidate(directory.Change{Members: true})
	return req.said(names.Isolate(m.Name())+" is no guest any more, but a member.", "", "", req.urls().Member(m.ID))
}
