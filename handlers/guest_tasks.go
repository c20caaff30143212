package handlers

import (
	"context"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showGuestTasks is all open tasks of a guest.
func showGuestTasks(req *request) error {
	email, err := req.guestEmail()
	if err != nil {
		return err
	}
	var guest *tallyfy.Guest
	tasks, pager, err := req.tasksOf(tallyfy.TaskListOptions{Guest: email}, func(ctx context.Context) (err error) {
		guest, err = req.Guest(ctx, email)
		return err
	})
	if err != nil {
		return req.missingGuest(err)
	}
	_, from := req.guestsFrom()
	view := views.TaskPage{Name: names.Isolate(guest.Name()), BackURL: views.FromList(req.urls().Guest(email), from), Section: views.SectionGuests}
	return req.showTasks(view, tasks, pager, req.urls().GuestTasks(email), from)
}
