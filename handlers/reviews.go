package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
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
	admin, err := copied.isAdmin(req)(req.ctx())
	if err == nil && !admin {
		err = &problem{
			status: http.StatusForbidden, title: "Reviews are for administrators",
			text: "Reviews of new joiners hold what administrators decided about people. Your role is " + names.Role(req.who.Role) + ".", links: req.wayHome(),
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

// reviewHeadOf reads the review of the address without its people.
func (req *request) reviewHeadOf() (*review.Review, error) {
	r, err := req.app.Reviews.Head(req.ctx(), req.org(), web.Param(req, "review"))
	if errors.Is(err, review.ErrNotFound) {
		return nil, noReview(req, err)
	}
	return r, err
}

// reviewClosed answers where a closed review would be changed.
func (req *request) reviewClosed(id string, cause error) error {
	return &problem{
		status: http.StatusConflict, title: "This review is closed", text: "Nothing of it can be changed any more, and nothing was. Whoever it left open is offered by the next review.",
		links: []components.LinkProps{{Text: "The review", URL: req.urls().Review(id), Kind: components.ButtonPrimary}, {Text: "Reviews", URL: req.urls().Reviews()}}, cause: cause,
	}
}

func noReview(req *request, cause error) error {
	return &problem{
		status: http.StatusNotFound, title: "There is no such review",
		text:  "Reviews are kept for " + words.Count(req.app.Reviews.KeptDays(), "day", "days") + ", and each belongs to one organisation.",
		links: append([]components.LinkProps{{Text: "Reviews", URL: req.urls().Reviews(), Kind: components.ButtonPrimary}}, req.wayHome()...), cause: cause,
	}
}

// currentPlaces are the places of a review, as they are now by the copies.
func (req *request) currentPlaces(id string, copied snapshot) ([]*review.Place, error) {
	places, err := req.app.Reviews.Places(req.ctx(), req.org(), id)
	for _, p := range places {
		p.MarkLeft(copied.members)
	}
	return places, err
}

// allReviews is what is kept of the reviews of an organisation, the newest first, and where everybody in them stands.
type allReviews struct {
	list   []*review.Review
	places []*review.Place
}

func (req *request) allReviews() (all allReviews, err error) {
	if all.list, err = req.app.Reviews.List(req.ctx(), req.org()); err != nil {
		return all, err
	}
	all.places, err = req.app.Reviews.Places(req.ctx(), req.org(), "")
	return all, err
}

// newcomers is the rule for people who joined since the last review of all newcomers.
func (all allReviews) newcomers(now time.Time) review.Rule {
	var last time.Time
	if i := slices.IndexFunc(all.list, func(r *review.Review) bool { return r.Rule.All() }); i >= 0 {
		last = all.list[i].At
	}
	rule := review.Newcomers(last, now)
	rule.Again = map[tallyfy.UserID]bool{}
	for id, taken := range all.taken() {
		if !taken {
			rule.Again[id] = true
		}
	}
	return rule
}

// taken has everybody who is in a review: true, or false for those whom their latest one was closed
// without deciding.
func (all allReviews) taken() map[tallyfy.UserID]bool {
	list := make(map[tallyfy.UserID]bool, len(all.places))
	for _, p := range all.places { // the oldest review first
		list[p.Member] = !p.LeftOpen()
	}
	return list
}

// firstSeen is when members were first seen: those who came on the list after a moment, and all of
// whom Tallyfy does not say when they joined.
func (req *request) firstSeen(copied snapshot, since time.Time) map[tallyfy.UserID]review.Sighting {
	first, err := req.app.History.FirstSeen(req.ctx(), req.org(), review.Undated(copied.members), since)
	if err != nil { // Tallyfy's dates, or the time of the reading, stand for it
		req.logError("first readings of members not known", err)
	}
	seen := make(map[tallyfy.UserID]review.Sighting, len(first))
	for id, m := range first {
		seen[id] = review.Sighting(m)
	}
	return seen
}

// markGuests marks those who come into a review and whose address was seen as a guest's.
func (req *request) markGuests(people []*review.Person) {
	guests, err := req.app.History.GuestsSeen(req.ctx(), req.org())
	if err != nil { // the review is as good without
		req.logError("guests of before not known", err)
		return
	}
	for _, p := range people {
		p.Guest = p.Email != "" && guests(p.Email)
	}
}

// unreviewed are the people who joined of late and whom nobody has reviewed yet, and all whom
// reviews have still to decide, as a link to the reviews; its What is "" where that is not known or
// not for the person.
func (req *request) unreviewed(copied snapshot) (f components.Figure) {
	if admin, _ := copied.isAdmin(req)(req.ctx()); !admin {
		return f
	}
	all, err := req.allReviews()
	if err != nil { // the page is as good without
		req.logError("reviews not read", err)
		return f
	}
	return req.unreviewedOf(all, copied)
}

func (req *request) unreviewedOf(all allReviews, copied snapshot) components.Figure {
	rule, reviewed := all.newcomers(req.app.Now()), all.taken()
	for _, p := range all.places {
		if p.Open(req.app.Now()) {
			rule.Again[p.Member], reviewed[p.Member] = true, false
		}
	}
	people, _ := rule.Take(copied.members, copied.groups, req.firstSeen(copied, rule.From), reviewed)
	one, many := "new person", "new people"
	if len(people) > 0 && people[0].Joined.Before(rule.From) { // of a review of other people, or put off for long
		one, many = "person", "people"
	}
	f := components.Figure{Value: len(people), Number: words.Number(len(people)), What: words.Noun(len(people), one, many) + " not reviewed", URL: req.urls().Reviews()}
	if len(people) > 0 {
		f.What += ", the oldest " + words.Count(int(req.app.Now().Sub(people[0].Joined)/(24*time.Hour)), "day", "days")
	}
	return f
}

// reviewHead shapes what every page of a review says of it.
func (req *request) reviewHead(r *review.Review, counts map[review.State]int) views.ReviewHead {
	v := views.ReviewHead{ID: r.ID, Name: r.Name, By: r.By.Name, At: r.At, ReadAt: r.ReadAt, Rule: req.ruleText(r.Rule), Unreadable: r.Unreadable}
	if r.Second != nil {
		v.Second = r.Second.Name
	}
	v.Closed, v.ClosedBy = r.Closed, r.ClosedBy.Name
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
func (req *request) ruleText(r review.Rule) string {
	day, text := views.ChosenDay, "Everybody"
	if r.New { // from a moment that nobody chose
		day = req.clock().Day
	}
	switch {
	case r.Named() > 0:
		return words.Count(r.Named(), "address", "addresses") + " pasted"
	case !r.From.IsZero() && !r.To.IsZero():
		text = "Joined from " + day(r.From) + " to " + day(r.To.Add(-time.Nanosecond))
	case !r.From.IsZero():
		text = "Joined since " + day(r.From)
	case !r.To.IsZero():
		text = "Joined until " + day(r.To.Add(-time.Nanosecond))
	}
	if r.New {
		text += " and in no review before"
	}
	if r.Reopened > 0 {
		text += ", and " + words.Count(r.Reopened, "person", "people") + " whom a closed review left open"
	}
	if r.Role != "" {
		text += ", role " + names.Role(r.Role)
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
	case review.Activated:
		return "the account was activated"
	case review.Approved:
		return "the invitation was accepted"
	case review.Created:
		return "the account was made: it was never activated"
	case review.Seen:
		return "first seen here"
	}
	return ""
}

// nextOpen is the first person of a review after a number of its queue, 0 for its start, who is not decided and not the
// reviewer, going round to the start; "" if there is none.
func (req *request) nextOpen(r *review.Review, after int, copied snapshot) (tallyfy.UserID, error) {
	return req.app.Reviews.NextOpen(req.ctx(), r, after, func(p *review.Place) bool {
		p.MarkLeft(copied.members)
		return p.Member == req.who.UserID || p.Stored == review.Left
	})
}

// comparison is what the groups of people are compared with.
func (req *request) comparison(copied snapshot) (*review.Expectations, error) {
	version, err := req.app.StarterSets.Version(req.ctx(), string(req.org()))
	if err != nil {
		return nil, err
	}
	return req.comparisonWith(version, copied)
}

// comparisonWith is comparison with a version of the starter sets that was just read.
func (req *request) comparisonWith(version string, copied snapshot) (*review.Expectations, error) {
	key := fmt.Sprintf("expected %d %d %s", copied.members.Version, copied.groups.Version, version)
	return cache.Fetch(req.ctx(), req.app.answers, req.scope, key, cache.Options[*review.Expectations]{TTL: countsTime},
		func(ctx context.Context) (*review.Expectations, error) {
			sets, err := req.app.StarterSets.List(ctx, string(req.org()))
			if err != nil {
				return nil, err
			}
			return review.Expect(sets, copied.members, copied.groups), nil
		})
}

// personCalled is the name of somebody in a review, with the address where a member looks the same.
func personCalled(p *review.Person, members *directory.Members) string {
	if len(members.Others(p.Name, p.ID)) > 0 {
		return names.Marked(p.Name, p.Email)
	}
	return p.Name
}

// groupNames are the names of groups as they were called then.
func groupNames(groups []review.Group) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		list[i] = g.Name
	}
	return list
}
