package handlers

import (
	"context"
	"net/http"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/views"
)

// A snapshot is the copies of all members and all groups.
type snapshot struct {
	members *directory.Members
	groups  *directory.Groups
}

// snapshot reads both copies side by side. They may not be complete yet.
func (v *visit) snapshot() (s snapshot, err error) {
	err = parallel.Run(v.ctx(),
		func(ctx context.Context) (err error) {
			s.members, err = v.app.Directory.Members(ctx, v.api, v.scope)
			return err
		},
		func(ctx context.Context) (err error) {
			s.groups, err = v.app.Directory.Groups(ctx, v.api, v.scope)
			return err
		})
	return s, err
}

// cachedSnapshot is the snapshot if it costs no call.
func (v *visit) cachedSnapshot() (s snapshot, ok bool) {
	s.members, s.groups, ok = v.app.Directory.Cached(v.scope)
	return s, ok
}

func (s snapshot) complete() bool { return s.members.Complete && s.groups.Complete }

// readAt is the age of the older copy.
func (s snapshot) readAt() time.Time {
	if s.groups.ReadAt.Before(s.members.ReadAt) {
		return s.groups.ReadAt
	}
	return s.members.ReadAt
}

// showLoading stands in for a page or a file until the organisation is read. The browser asks again
// by itself, also without script. The groups are nil where only the members are read.
func (v *visit) showLoading(title, what string, s snapshot, back string) error {
	soFar := views.Count(len(s.members.Items), "member", "members")
	if s.groups != nil {
		soFar += " and " + views.Count(len(s.groups.Items), "group", "groups")
	}
	v.Response().Header().Set("Refresh", "2")
	return v.show(http.StatusOK, views.StillReading(v.page(title, views.SectionNone), views.Reading{
		Title: title, What: what, SoFar: soFar, BackText: "Back", BackURL: back,
	}))
}
