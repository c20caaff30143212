package handlers

import (
	"context"
	"net/http"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// A snapshot is the copies of all members and all groups.
type snapshot struct {
	members *directory.Members
	groups  *directory.Groups
}

// snapshot reads both copies side by side. They may not be complete yet.
func (req *request) snapshot() (s snapshot, err error) {
	err = parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			s.members, err = req.app.Directory.Members(ctx, req.api, req.scope)
			return err
		},
		func(ctx context.Context) (err error) {
			s.groups, err = req.app.Directory.Groups(ctx, req.api, req.scope)
			return err
		})
	return s, err
}

// cachedSnapshot is the snapshot if it costs no call.
func (req *request) cachedSnapshot() (s snapshot, ok bool) {
	s.members, s.groups, ok = req.app.Directory.Cached(req.scope)
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
func (req *request) showLoading(title, what string, s snapshot, back string) error {
	soFar := words.Count(len(s.members.Items), "member", "members")
	if s.groups != nil {
		soFar += " and " + words.Count(len(s.groups.Items), "group", "groups")
	}
	req.Response().Header().Set("Refresh", "2")
	return req.show(http.StatusOK, views.StillReading(req.page(title, views.SectionNone), views.Reading{
		Title: title, What: what, SoFar: soFar, BackText: "Back", BackURL: back,
	}))
}
