package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// reviewing reads the copies that the pages of reviews are made of, and lets administrators in only: a review holds what
// they wrote about people. read is false where the organisation is still being read.
func (req *request) reviewing() (copied snapshot, read bool, err error) {
	copied, err = req.snapshot()
	if err != nil || !copied.ended() {
		return copied, false, err
	}
	admin, err := copied.isAdmin(req.who.UserID)(req.ctx())
	if err == nil && !admin {
		err = &problem{
			status: http.StatusForbidden, title: "Reviews are for administrators",
			text: "Reviews of new joiners hold what administrators decided about people. Your role is " + views.RoleWord(req.who.Role) + ".", links: req.wayHome(),
		}
	}
	return copied, true, err
}

// stillReading is a form that comes back because the organisation is not read yet.
func stillReading() refusedForm {
	return refusedForm{Status: http.StatusServiceUnavailable, Notice: &views.Notice{
		Kind: views.NoticeWarning, Text: "The organisation is still being read. Press the button again in a moment. Nothing that you typed is lost.",
	}}
}

// review reads the review of the address.
func (req *request) review() (*review.Review, error) {
	r, err := req.app.Reviews.Review(req.ctx(), req.org(), web.Param(req, "review"))
	if errors.Is(err, review.ErrNotFound) {
		return nil, noReview(req, err)
	}
	return r, err
}

func noReview(req *request, cause error) error {
	return &problem{
		status: http.StatusNotFound, title: "There is no such review",
		text:  "Reviews are kept for " + words.Count(int(req.app.Reviews.Keep/(24*time.Hour)), "day", "days") + ", and each belongs to one organisation.",
		links: append([]components.LinkProps{{Text: "Reviews", URL: req.urls().Reviews(), Kind: components.ButtonPrimary}}, req.wayHome()...), cause: cause,
	}
}

// closeLeft closes in a review those who were deactivated, or are not in the organisation any more, since they were read
// for it. It returns the review as it is then.
func (req *request) closeLeft(r *review.Review, copied snapshot) (*review.Review, error) {
	some := false
	for _, p := range r.People {
		m, ok := copied.members.ByID(p.ID)
		gone := !ok && copied.members.Complete || ok && m.IsDisabled()
		last := p.Last()
		if !gone || !copied.members.ReadAt.After(p.ReadAt) || last != nil && (last.State == review.Left || last.State == review.Applied) {
			continue
		}
		d := &review.Decision{Member: p.ID, State: review.Left, ReadAt: copied.members.ReadAt, Note: "Not in the organisation any more."}
		if ok {
			d.Note = "Deactivated."
		}
		err := req.app.Reviews.Append(req.ctx(), r, d, p.Base())
		if overtaken := (*review.OvertakenError)(nil); err != nil && !errors.As(err, &overtaken) {
			return nil, err
		}
		some = true
	}
	if !some {
		return r, nil
	}
	return req.review()
}

// lastReview is when the latest review of all newcomers was started, zero if there is none.
func lastReview(list []*review.Review) time.Time {
	i := slices.IndexFunc(list, func(r *review.Review) bool { return r.Rule.All() })
	if i < 0 {
		return time.Time{}
	}
	return list[i].At
}

// newcomers is the rule for people who joined since the last review, and those whom reviews know.
func (req *request) newcomers() (rule review.Rule, known map[tallyfy.UserID]review.Standing, err error) {
	list, err := req.app.Reviews.List(req.ctx(), req.org())
	if err != nil {
		return rule, nil, err
	}
	known, err = req.app.Reviews.Known(req.ctx(), req.org())
	return review.Newcomers(lastReview(list), req.app.Now()), known, err
}

// inReview are those whom any review has taken.
func inReview(known map[tallyfy.UserID]review.Standing) map[tallyfy.UserID]bool {
	list := make(map[tallyfy.UserID]bool, len(known))
	for id := range known {
		list[id] = true
	}
	return list
}

// firstSeen is when those members were first seen of whom Tallyfy does not say when they joined.
func (req *request) firstSeen(copied snapshot) map[tallyfy.UserID]time.Time {
	undated := review.Undated(copied.members)
	if len(undated) == 0 {
		return nil
	}
	seen, err := req.app.History.FirstSeen(req.ctx(), req.org(), undated)
	if err != nil { // the time of the reading stands for it
		req.app.Log.Error("first readings of members not known", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
	}
	return seen
}

// unreviewed are the people who joined of late and whom nobody has reviewed yet, as a link to the reviews; its What is ""
// where that is not known or not for the person.
func (req *request) unreviewed(copied snapshot) (f components.Figure) {
	if admin, _ := copied.isAdmin(req.who.UserID)(req.ctx()); !admin {
		return f
	}
	rule, known, err := req.newcomers()
	if err != nil { // the page is as good without
		req.app.Log.Error("reviews not read", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
		return f
	}
	reviewed := map[tallyfy.UserID]bool{}
	for id, s := range known {
		reviewed[id] = s.State.Reviewed() || s.State == review.Left
	}
	people, _ := rule.Take(copied.members, copied.groups, req.firstSeen(copied), reviewed)
	f = components.Figure{Value: len(people), Number: words.Number(len(people)), What: words.Noun(len(people), "new person", "new people") + " not reviewed", URL: req.urls().Reviews()}
	if len(people) > 0 {
		f.What += ", the oldest " + words.Count(int(req.app.Now().Sub(people[0].Joined)/(24*time.Hour)), "day", "days")
	}
	return f
}

// reviewHead shapes what every page of a review says of it.
func (req *request) reviewHead(r *review.Review, counts map[review.State]int) views.ReviewHead {
	v := views.ReviewHead{ID: r.ID, Name: r.Name, By: r.By.Name, At: r.At, ReadAt: r.ReadAt, Rule: req.ruleText(r.Rule, r.At), Unreadable: r.Unreadable}
	if r.Second != nil {
		v.Second = r.Second.Name
	}
	for _, s := range review.States {
		v.People += counts[s]
		if counts[s] > 0 {
			v.Counts = append(v.Counts, views.ReviewCount{State: string(s), N: counts[s]})
		}
	}
	v.Open = counts[review.Undecided]
	return v
}

// ruleText says who is in a review.
func (req *request) ruleText(r review.Rule, at time.Time) string {
	clock := req.clock()
	clock.Now = at
	text := "Everybody"
	switch {
	case len(r.Emails) > 0:
		return words.Count(len(r.Emails), "address", "addresses") + " pasted"
	case !r.From.IsZero() && !r.To.IsZero():
		text = "Joined from " + clock.Day(r.From) + " to " + clock.Day(r.To.Add(-time.Nanosecond))
	case !r.From.IsZero():
		text = "Joined since " + clock.Day(r.From)
	case !r.To.IsZero():
		text = "Joined until " + clock.Day(r.To.Add(-time.Nanosecond))
	}
	if r.New {
		text += " and in no review before"
	}
	if r.Role != "" {
		text += ", role " + views.RoleWord(r.Role)
	}
	if r.Group.ID != "" {
		text += ", in " + names.Isolate(r.Group.Name)
	}
	if r.Invited {
		text += ", people with an open invitation too"
	}
	return text
}

// joinedText says by which fact somebody joined, "" for the usual one.
func joinedText(f review.Fact) string {
	switch f {
	case review.Approved:
		return "the invitation was accepted"
	case review.Created:
		return "the account was made: it was never activated"
	case review.Seen:
		return "first seen here"
	}
	return "the account was activated"
}

// nextOpen is the first person after a place who is not decided and not the reviewer, going round to the start; nil if
// there is none.
func (req *request) nextOpen(r *review.Review, after int) *review.Person {
	for i := range r.People {
		if p := r.People[(after+1+i)%len(r.People)]; p.State(req.app.Now()) == review.Undecided && p.ID != req.who.UserID {
			return p
		}
	}
	return nil
}

// comparison is what the groups of people are compared with.
func (req *request) comparison(copied snapshot) (*review.Expectations, error) {
	sets, err := req.app.StarterSets.List(req.ctx(), string(req.org()))
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("expected %d %d", copied.members.Version, copied.groups.Version)
	for _, s := range sets { // editing one makes another time
		key += fmt.Sprintf(" %s %d", s.Title, s.At.UnixMilli())
	}
	return cache.Fetch(req.ctx(), req.app.answers, req.scope, key, cache.Options[*review.Expectations]{TTL: countsTime},
		func(context.Context) (*review.Expectations, error) {
			return review.Expect(sets, copied.members, copied.groups), nil
		})
}

// groupNames are the names of groups as they were called then.
func groupNames(groups []review.Group) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		list[i] = g.Name
	}
	return list
}
