package handlers

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// remember lets the history see the lists that pages and jobs read.
func (a *App) remember() {
	reading := func(ctx context.Context, s cache.Scope, took time.Duration) history.Reading {
		return history.Reading{Org: s.Organisation(), By: tallyfy.UserID(ratelimit.Person(ctx)), Took: took}
	}
	a.Directory.OnComplete(func(ctx context.Context, s cache.Scope, list *directory.Members, took time.Duration) {
		r := reading(ctx, s, took)
		r.Members = list.Items
		a.History.Observe(r)
	}, func(ctx context.Context, s cache.Scope, list *directory.Groups, took time.Duration) {
		r := reading(ctx, s, took)
		r.Groups = list.Items
		a.History.Observe(r)
	}, func(ctx context.Context, s cache.Scope, list *directory.Guests, took time.Duration) {
		r := reading(ctx, s, took)
		r.Guests = list.Items
		a.History.Observe(r)
	})
}

// erased takes somebody out of the history and of the reviews whose account was found to be deleted for good.
func (a *App) erased(ctx context.Context, e *journal.Entry) {
	if e.Kind != lifecycle.DeletedForGood || !e.CarriedOut() {
		return
	}
	m := e.Subject(journal.Member)
	who := tallyfy.UserID(m.ID)
	err := errors.Join(a.History.Erase(ctx, e.Org, who, e.ID), a.Reviews.Erase(ctx, e.Org, who))
	if m.Email != "" { // the same person may have been a guest
		err = errors.Join(err, a.History.Erase(ctx, e.Org, history.GuestKey(m.Email), e.ID))
	}
	if err != nil {
		a.Log.Error("somebody not taken out of the history or the reviews", slog.String("request_id", e.RequestID), slog.Any("error", err))
	}
}

// waitForEvents is how long a page that shows events waits for those of a reading that has just
// ended.
const waitForEvents = 500 * time.Millisecond

// adminByCopy tells whether the person is an administrator: from the copy of the members, else Tallyfy says.
func (req *request) adminByCopy(ctx context.Context) (bool, error) {
	if copied, ok := req.cachedSnapshot(); ok {
		return copied.isAdmin(req)(ctx)
	}
	return req.isAdmin(ctx)
}

// eventRow words an event that happened elsewhere. Its link leads to whom or what it is about, but for the subject
// whose page it stands on.
func (req *request) eventRow(e *history.Event, on journal.Subject) views.ActivityRow {
	clock := req.clock()
	row := views.ActivityRow{ID: e.ID, At: e.By, Sentence: e.Sentence(clock.Between(e.After, e.By)), Elsewhere: true}
	if _, whyNot := e.Question(); whyNot == "" {
		row.AskURL = req.urls().Elsewhere(e.ID)
	}
	switch {
	case e.Kind == history.MemberGone || e.Kind == history.GroupGone:
	case e.Guest != "" && history.GuestKey(on.Email) != e.Member:
		row.URL = req.urls().Guest(e.Guest)
	case e.Guest != "" && e.Group != "":
		row.URL = req.urls().Group(e.Group)
	case e.Guest != "":
	case tallyfy.PlausibleID(string(e.Member)) && on.ID != string(e.Member):
		row.URL = req.urls().Member(e.Member)
	case e.Group != "" && on.ID != string(e.Group):
		row.URL = req.urls().Group(e.Group)
	}
	return row
}

// newestFirst puts rows of the journal and of the history into one order: their ids grow with time. At most n are kept.
func newestFirst(rows []views.ActivityRow, n int) []views.ActivityRow {
	slices.SortStableFunc(rows, func(a, b views.ActivityRow) int { return strings.Compare(b.ID, a.ID) })
	return rows[:min(n, len(rows))]
}

// elsewhere adds to the latest changes of a subject those that were made elsewhere. Administrators see them.
func (req *request) elsewhere(recent *views.RecentActivity, s journal.Subject, isAdmin func(context.Context) (bool, error)) error {
	since, _, known, err := req.app.History.Since(req.ctx(), req.org())
	if err == nil && s.Kind == journal.Guest {
		since, known, err = req.app.History.GuestsSince(req.ctx(), req.org())
	}
	if err != nil || !known {
		return err
	}
	req.app.History.WaitUntilCompared(req.ctx(), req.org(), waitForEvents)
	latest, err := req.app.History.Latest(req.ctx(), history.Filter{Org: req.org(), Subject: s}, mostRecent)
	if err != nil {
		return err
	}
	copied, ok := req.cachedSnapshot()
	if ok {
		isAdmin = copied.isAdmin(req)
	} else if len(latest) == 0 { // not worth a call
		isAdmin = func(context.Context) (bool, error) { return req.rights().Members, nil }
	}
	admin, err := isAdmin(req.ctx())
	if err != nil || !admin {
		return err
	}
	recent.Since = since
	for _, e := range latest {
		recent.Rows = append(recent.Rows, req.eventRow(e, s))
	}
	recent.Rows = newestFirst(recent.Rows, mostRecent)
	return nil
}

// reviewed is the latest review of a member, or of the people of a group, for those who may open it; with what was
// seen to change since where the page shows changes made elsewhere.
func (req *request) reviewed(s journal.Subject, shown views.RecentActivity) (v views.Reviewed) {
	if !req.rights().Members {
		return v
	}
	v, end, err := req.latestReview(s)
	if err == nil && v.URL != "" && !shown.Since.IsZero() {
		v.ChangesURL = req.changesFrom(s, end)
		v.Changed, err = req.movedSince(s, end)
	}
	if err != nil { // the page is as good without
		req.logError("reviews not read", err)
	}
	return v
}

// latestReview is the latest review of a member, or of the people of a group, and when it came to
// an end: what was decided then is no change since.
func (req *request) latestReview(s journal.Subject) (v views.Reviewed, end time.Time, err error) {
	if s.Kind == journal.Member {
		d, end, in, err := req.app.Reviews.Latest(req.ctx(), req.org(), tallyfy.UserID(s.ID))
		if err != nil || d == nil {
			return v, end, err
		}
		return views.Reviewed{At: d.Made(), By: d.By.Name, URL: req.urls().ReviewPerson(in, tallyfy.UserID(s.ID))}, end, nil
	}
	in, at, err := req.app.Reviews.LatestOf(req.ctx(), req.org(), tallyfy.ID(s.ID))
	if err != nil || in == "" {
		return v, at, err
	}
	return views.Reviewed{At: at, URL: req.urls().Review(in)}, at, nil
}

// mostNotReviewed is how many people the page of a group names of those who were not reviewed.
const mostNotReviewed = 3

// notReviewed says of how many of the active people of a group no review came to an end, for those
// who may open one; "" for nobody, and while nobody at all was reviewed.
func (req *request) notReviewed(members *directory.Members, people []directory.Resolved[tallyfy.Member, tallyfy.UserID]) string {
	if !req.rights().Members || !members.Complete {
		return ""
	}
	var active []*tallyfy.Member
	var ids []tallyfy.UserID
	for _, p := range people {
		if p.Item != nil && p.Item.CanWork() {
			active, ids = append(active, p.Item), append(ids, p.Item.ID)
		}
	}
	reviewed, known, err := req.app.Reviews.Reviewed(req.ctx(), req.org(), ids)
	if err != nil { // the page is as good without
		req.logError("reviews not read", err)
	}
	if err != nil || !known {
		return ""
	}
	var list []string
	for _, m := range active {
		if !reviewed[m.ID] {
			list = append(list, m.Name())
		}
	}
	if len(list) == 0 {
		return ""
	}
	return words.Count(len(list), "member", "members") + ": " + names.First(list, mostNotReviewed)
}

// changesFrom is the list of changes of a subject from the day of a moment on.
func (req *request) changesFrom(s journal.Subject, at time.Time) string {
	return req.urls().Activity(views.ActivityState{About: s.Key(), From: at.In(req.clock().Location).Format(time.DateOnly)})
}

// movedSince says what was seen to change after the review of a member's groups or of a group's people, "" for nothing.
func (req *request) movedSince(s journal.Subject, at time.Time) (string, error) {
	moves, err := req.app.History.Moves(req.ctx(), req.org(), s, at)
	sure, perhaps := 0, 0
	for _, m := range moves {
		switch after, may := m.Since(at); {
		case after:
			sure++
		case may:
			perhaps++
		}
	}
	switch {
	case s.Kind == journal.Group:
		return peopleMoved(sure, perhaps), err
	case sure > 0:
		return "Groups changed since", err
	case perhaps > 0:
		return "Groups changed then or since", err
	}
	return "", err
}

// peopleMoved says how many people came into a group or left one after a review, and how many at that time or after it.
func peopleMoved(sure, perhaps int) string {
	switch {
	case sure > 0 && perhaps > 0:
		return words.Count(sure, "person", "people") + " changed since, " + words.Number(perhaps) + " then or since"
	case sure > 0:
		return words.Count(sure, "person", "people") + " changed since"
	case perhaps > 0:
		return words.Count(perhaps, "person", "people") + " changed then or since"
	}
	return ""
}
