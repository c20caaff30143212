package handlers

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// A snapshot is the copies of all members and all groups.
type snapshot struct {
	members *directory.Members
	groups  *directory.Groups
}

// snapshot reads both copies side by side. They may not be read to their end yet.
func (req *request) snapshot() (s snapshot, err error) { return req.readSnapshot(req.ctx()) }

func (req *request) readSnapshot(ctx context.Context) (s snapshot, err error) {
	err = parallel.Run(ctx,
		func(ctx context.Context) (err error) {
			s.members, err = req.Members(ctx)
			return err
		},
		func(ctx context.Context) (err error) {
			s.groups, err = req.Groups(ctx)
			return err
		})
	return s, err
}

// plainWait is how long a page waits for the copies that can do without: long enough for most organisations.
const plainWait = 2 * time.Second

// snapshotInTime is snapshot for a page that can do without: it waits no longer than plainWait.
func (req *request) snapshotInTime() (s snapshot, err error) {
	ctx, done := context.WithTimeout(req.ctx(), plainWait)
	defer done()
	return req.readSnapshot(ctx)
}

// cachedSnapshot is the snapshot if it costs no call.
func (req *request) cachedSnapshot() (s snapshot, ok bool) {
	s.members, s.groups, ok = req.app.Directory.Cached(req.scope)
	return s, ok
}

// ended reports that both are read, as completely as can be had.
func (s snapshot) ended() bool { return s.members.Ended() && s.groups.Ended() }

// isAdmin tells from the copy whether who asks is an administrator, without a call: what is asked
// for is as old as everything else on the page. Of somebody whom a list lacks that was read to its
// end Tallyfy says so.
func (s snapshot) isAdmin(req *request) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		if m, ok := s.members.ByID(req.who.UserID); ok || !s.ended() {
			return ok && m.Role == tallyfy.RoleAdmin, nil
		}
		return req.isAdmin(ctx)
	}
}

// missing says what could not be read, "" if nothing.
func (s snapshot) missing() string {
	return strings.TrimSpace(missing(s.members.Short, "members") + " " + missing(s.groups.Short, "groups"))
}

// missing says how much of a list could be read; "" for nil, which is all.
func missing(short *tallyfy.ShortError, many string) string {
	switch {
	case short == nil:
		return ""
	case short.Read < short.Total:
		return words.Number(short.Read) + " of " + words.Number(short.Total) + " " + many + " could be read."
	}
	return "The list of " + many + " changed while it was read, so some may be missing."
}

// withNote gives the rows of a file, and a last one that says what is missing, if something is: a file
// is read without the page that it came from.
func withNote(note string, columns int, rows iter.Seq[[]string]) iter.Seq[[]string] {
	if note == "" {
		return rows
	}
	last := make([]string, columns)
	last[0] = note
	return func(yield func([]string) bool) {
		for row := range rows {
			if !yield(row) {
				return
			}
		}
		yield(last)
	}
}

// everybody are the groups of nearly everybody.
func (s snapshot) everybody() map[tallyfy.ID]bool {
	return listing.Everybody(s.members.Items, s.groups.Items)
}

// readAt is the age of the older copy.
func (s snapshot) readAt() time.Time {
	if s.groups.ReadAt.Before(s.members.ReadAt) {
		return s.groups.ReadAt
	}
	return s.members.ReadAt
}

// showLoading stands in for a page or a file until the organisation is read. The browser asks again
// by itself, also without script. The groups are nil where only the members are read.
func (req *request) showLoading(title string, s snapshot, back string) error {
	soFar := words.Count(len(s.members.Items), "member", "members")
	if s.groups != nil {
		soFar += " and " + words.Count(len(s.groups.Items), "group", "groups")
	}
	return req.showReading(title, soFar, back)
}

// showReading stands in for a page or a file until what it needs is read. soFar is how much is.
func (req *request) showReading(title, soFar, back string) error {
	req.Response().Header().Set("Refresh", "2")
	return req.show(http.StatusOK, views.StillReading(req.page(title, views.SectionNone), views.Reading{
		Title: title, SoFar: soFar, BackText: "Back", BackURL: back,
	}))
}
