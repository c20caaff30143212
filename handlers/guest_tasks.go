package handlers

import (
	"context"

	"tallyfy-admin/handlers/parallel"
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
	var (
		guest *tallyfy.Guest
		tasks tallyfy.OpenTasks
		pager views.Pager
	)
	err = parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			guest, err = req.Guest(ctx, email)
			return err
		},
		func(context.Context) error {
			tasks, pager = req.openTasksPage(tallyfy.TaskListOptions{Guest: email}, parsePage(req.QueryParams(), "page"))
			return nil
		})
	if err != nil {
		return err
	}
	_, from := req.guestsFrom()
	view := views.TaskPage{Name: names.Isolate(guest.Name()), BackURL: views.FromList(req.urls().Guest(email), from), Section: views.SectionGuests}
	return req.showTasks(view, tasks, pager, req.urls().GuestTasks(email), from)
}
