package handlers

import (
	"context"
	"net/http"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/views"
)

// wholeOrganisation gives the copies of all members and all groups, side by side. They may not be complete yet.
func (v *visit) wholeOrganisation() (members *directory.Snapshot, groups *directory.Groups, err error) {
	err = parallel.Run(v.ctx(),
		func(ctx context.Context) (err error) {
			members, err = v.app.Directory.Get(ctx, v.api, v.directoryKey())
			return err
		},
		func(ctx context.Context) (err error) {
			groups, err = v.app.Directory.Groups(ctx, v.api, v.directoryKey())
			return err
		})
	return members, groups, err
}

// stillReading stands in for a page or a file until the organisation is read. The browser asks again by itself, also without
// script. groups is nil where only the members are read.
func (v *visit) stillReading(title, what string, members *directory.Snapshot, groups *directory.Groups, back string) error {
	soFar := views.Count(members.Len(), "member", "members")
	if groups != nil {
		soFar += " and " + views.Count(groups.Len(), "group", "groups")
	}
	v.Response().Header().Set("Refresh", "2")
	return v.show(http.StatusOK, views.StillReading(v.page(title, views.SectionNone), views.Reading{
		Title: title, What: what, SoFar: soFar, BackText: "Back", BackURL: back,
	}))
}

// readAnew drops the copies and shows the page again.
func (v *visit) readAnew(path string) error {
	v.app.Directory.Forget(v.directoryKey())
	v.app.recalls.forget(v.org())
	v.noteChange(func(c *ownChanges) { c.Members++ }) // nothing was, but another replica may answer the page
	return v.goTo(path)
}

func older(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
