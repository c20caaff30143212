package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// groupsToAdd is how many groups the page of a person offers for a search.
const groupsToAdd = 8

// A reviewStep is somebody in a review as a page or a form finds them.
type reviewStep struct {
	*request
	step *review.Step
	r    *review.Review
	p    *review.Person
	// m is the member now, nil for one who is gone or whom the copy lacks. in are the groups, read
	// at readAt.
	m      *tallyfy.Member
	in     []*tallyfy.Group
	readAt time.Time
	copied snapshot
	// from is views.FromCheck where the check of the review led here, else "".
	from string
	// looked says that they are from another look at Tallyfy, and not from the copies.
	looked bool
	// short says that not all groups could be read when in was.
	short bool
	// shownAdmin says that the form has shown an administrator, perhaps after another look at Tallyfy.
	shownAdmin bool
}

// reviewStep reads the step of the address from the copies. read is false where they are not read yet.
func (req *request) reviewStep() (s reviewStep, read bool, err error) {
	s.request = req
	s.step, err = req.app.Reviews.Step(req.ctx(), req.org(), web.Param(req, "review"), tallyfy.UserID(web.Param(req, "member")), req.who.UserID)
	if errors.Is(err, review.ErrNotFound) {
		return s, false, noReview(req, err)
	}
	if err != nil {
		return s, false, err
	}
	s.r, s.p = s.step.Review, s.step.Person
	if s.copied, read, err = req.reviewing(); err != nil || !read {
		return s, read, err
	}
	s.p.MarkLeft(s.copied.members)
	if s.p.Unreadable {
		s.p.Name = req.memberName(s.p.ID)
	}
	if m, ok := s.copied.members.ByID(s.p.ID); ok {
		s.m, s.in = m, s.copied.groups.Of(m.ID)
	}
	s.readAt, s.short = s.copied.readAt(), !s.copied.groups.Complete
	return s, true, nil
}

// gone reports that the person is not in the organisation any more, and not just missing in a copy.
func (s *reviewStep) gone() bool { return s.m == nil && (s.looked || s.copied.members.Complete) }

// lookAgain reads the person from Tallyfy: one call.
func (s *reviewStep) lookAgain() error {
	s.fresh = true
	m, err := s.Member(s.ctx(), s.p.ID)
	switch {
	case tallyfy.IsGone(err):
		s.m, s.in = nil, nil
	case err != nil:
		return err
	default:
		s.m, s.in = m, m.In()
	}
	s.readAt, s.looked, s.short = s.app.Now(), true, false
	return nil
}

// find reads somebody whom the copy lacks.
func (s *reviewStep) find() error {
	if s.m != nil || s.gone() {
		return nil
	}
	return s.lookAgain()
}

// takeShown takes the groups that a form has shown, read after a time: what is decided is decided about these, and they may
// come from another look at Tallyfy. It reports whether there were any.
func (s *reviewStep) takeShown(form url.Values, after time.Time) bool {
	at, err := strconv.ParseInt(form.Get("read"), 10, 64)
	readAt := time.UnixMilli(at)
	if err != nil || !form.Has("shown") || readAt.After(s.app.Now()) || !readAt.After(after) {
		return false
	}
	s.in, s.readAt, s.shownAdmin, s.short = nil, readAt, form.Get("admin") != "", form.Get("short") != ""
	for _, id := range strings.Fields(form.Get("shown")) {
		g, ok := s.copied.groups.ByID(tallyfy.ID(id))
		if !ok {
			g = &tallyfy.Group{ID: tallyfy.ID(id)}
		}
		s.in = append(s.in, g)
	}
	s.nameLacking()
	return true
}

// oldAfter is the age from which on what a page has shown is too old to decide by.
const oldAfter = time.Hour

// outdated takes the groups that a form has shown. It says what is other now where they are too old
// to decide by. Else it is "": old ones count only where the copies have the same groups, and the
// person is an administrator, or none, as before; then they have the time of the copies.
func (s *reviewStep) outdated(form url.Values) (differs string) {
	now := *s
	if !s.takeShown(form, time.Time{}) || s.app.Now().Sub(s.readAt) <= oldAfter {
		return ""
	}
	var list []string
	switch admin := now.role() == tallyfy.RoleAdmin; {
	case admin && !s.shownAdmin:
		list = append(list, "is an administrator by now")
	case !admin && s.shownAdmin:
		list = append(list, "is not an administrator any more")
	}
	switch same := slices.Equal(shownIDs(s.in), shownIDs(now.in)); {
	case !same && (s.short || now.short):
		list = append(list, "may have other groups by now, as not all groups could be read")
	case !same:
		list = append(list, "has other groups by now")
	}
	if len(list) == 0 {
		*s = now
	}
	return strings.Join(list, ", and ")
}

// lookAgainFirst is a form that comes back with what was read last, which differs from what it has
// shown.
func (s *reviewStep) lookAgainFirst(differs string) refusedForm {
	return refusedForm{Status: http.StatusConflict, Notice: &views.Notice{
		Kind: views.NoticeWarning, Text: "Nothing is saved yet: the page was more than an hour old, and " + names.Isolate(s.p.Name) +
			" " + differs + ". Look again: this is what was read last.",
	}}
}

// role is the person's as the form has shown it.
func (s reviewStep) role() tallyfy.Role {
	switch {
	case s.shownAdmin:
		return tallyfy.RoleAdmin
	case s.m != nil:
		return s.m.Role
	}
	return s.p.Role
}

// nameLacking names the groups that the copy lacks, as the other look at Tallyfy did, if that is
// still known or can be had.
func (s *reviewStep) nameLacking() {
	nameless := func(g *tallyfy.Group) bool { return g.Name == "" }
	if !slices.ContainsFunc(s.in, nameless) {
		return
	}
	m, err := s.Member(s.ctx(), s.p.ID)
	if err != nil {
		return
	}
	for i := range m.Groups {
		at := slices.IndexFunc(s.in, func(g *tallyfy.Group) bool { return nameless(g) && g.ID == m.Groups[i].ID })
		if at >= 0 {
			s.in[at] = &m.Groups[i]
		}
	}
}

// group is a group of the copy, or one that another look at Tallyfy has shown the person in.
func (s *reviewStep) group(id tallyfy.ID) (*tallyfy.Group, bool) {
	if g, ok := s.copied.groups.ByID(id); ok {
		return g, true
	}
	i := slices.IndexFunc(s.in, func(g *tallyfy.Group) bool { return g.ID == id && g.Name != "" })
	if i < 0 {
		return nil, false
	}
	return s.in[i], true
}

// lost says that a decision is about a group that is not there, "" for none.
func (s *reviewStep) lost(d *review.Decision) string {
	unknown := func(g review.Group) bool {
		_, ok := s.group(g.ID)
		return !ok
	}
	switch {
	case !slices.ContainsFunc(d.Add, unknown) && !slices.ContainsFunc(d.Remove, unknown):
		return ""
	case !s.copied.groups.Complete:
		return "One of the groups is not there any more, or could not be read. Look again."
	}
	return "One of the groups is not there any more. Look again."
}

// takeFrom takes from an address or a form where the visitor came from.
func (s *reviewStep) takeFrom(from string) {
	if from == views.FromCheck {
		s.from = from
	}
}

// view shapes the person with what was decided so far.
func (s reviewStep) view(f refusedForm) (v views.ReviewPerson, err error) {
	v = views.ReviewPerson{
		Review: s.r.ID, ReviewName: views.ReviewHead{Name: s.r.Name, Unreadable: s.r.Unreadable}.Title(), Person: views.Person{ID: s.p.ID, Name: s.p.Name, Email: s.p.Email}, At: s.step.At, Of: s.step.Of,
		Called: names.Isolate(s.p.Name), JobTitle: s.p.Title, ReadAt: s.readAt, State: string(s.p.State(s.app.Now())),
		Self: s.p.ID == s.who.UserID, Closed: !s.r.Closed.IsZero(), Base: s.p.Base(), Press: newPress(), Errors: f.Errors, Notice: f.Notice,
		From: s.from, Find: strings.TrimSpace(f.Form.Get("find")), Note: f.Form.Get("note"), Until: f.Form.Get("until"), Gone: s.gone(), Unread: s.m == nil && !s.gone(), Unreadable: s.p.Unreadable,
	}
	v.Short, v.Guest = s.short, s.p.Guest
	at, fact := s.p.Joining(s.m)
	v.Joined, v.JoinedBy = at, joinedText(fact)
	if !s.looked {
		v.NotRead = s.copied.missing()
	}
	if s.m != nil {
		v.Person, v.Called, v.JobTitle, v.LastLogin = personOf(s.m), s.called(s.m), s.m.JobTitle, s.m.LastLoginAt.Time
		v.Admin = s.m.Role == tallyfy.RoleAdmin
		if there, ok := findLocation(s.m.Timezone); ok && s.m.Timezone != "" {
			v.Timezone = s.m.Timezone + ", " + s.app.Now().In(there).Format("15:04") + " now"
		}
		if v.Invitation = invitation(s.m); s.step.Planned {
			s.planned(&v.Invitation, s.m)
		}
		if inviter, ok := s.copied.members.ByID(s.m.InvitedBy); ok {
			v.InvitedBy = inviter.Name()
		}
		if err := s.compare(&v, f.Form); err != nil {
			return v, err
		}
	}
	v.Previous, v.Following = s.step.Previous, s.step.Following
	v.Shown, v.Read = strings.Join(shownIDs(s.in), " "), strconv.FormatInt(s.readAt.UnixMilli(), 10)
	for _, d := range s.p.Decisions {
		v.Decisions = append(v.Decisions, views.ReviewDecision{
			State: string(d.State), By: d.By.Name, At: d.At, Note: d.Note, Until: d.Until, Add: groupNames(d.Add), Remove: groupNames(d.Remove), ReadAt: d.ReadAt, Already: d.Already(),
		})
	}
	if last := s.p.Last(); last != nil && last.State == review.Change && s.copied.groups.Complete {
		gone := slices.DeleteFunc(slices.Concat(last.Add, last.Remove), func(g review.Group) bool {
			_, there := s.copied.groups.ByID(g.ID)
			return there
		})
		v.Decisions[len(v.Decisions)-1].Gone = groupNames(gone)
	}
	if v.State == string(review.Ask) {
		address := *s.app.PublicURL
		address.Path = s.urls().ReviewPerson(s.r.ID, s.p.ID)
		v.Link = address.String()
	}
	if like := s.sameAs(); like != nil {
		v.SameAs, v.SameState = names.Isolate(like.Name()), string(s.step.LastDecided.State)
	}
	if s.step.Last != s.p.ID {
		v.LastDecided = s.step.Last
	}
	return v, nil
}

// compare shapes the groups in three blocks, and those that can be added.
func (s reviewStep) compare(v *views.ReviewPerson, form url.Values) error {
	compared, err := s.comparisonWith(s.step.Sets, s.copied)
	if err != nil {
		return err
	}
	d := compared.Of(s.m)
	v.Compared, v.Basis = d.Known, d.Basis
	pick := func(field string, list []review.Reason) (picks []views.PickedGroup) {
		for _, g := range list {
			picks = append(picks, views.PickedGroup{GroupLink: s.groupLink(g.Group), Why: g.Why, Chosen: slices.Contains(form[field], string(g.ID))})
		}
		return picks
	}
	in := func(id tallyfy.ID) bool {
		return slices.ContainsFunc(s.in, func(g *tallyfy.Group) bool { return g.ID == id })
	}
	known := map[tallyfy.ID]bool{}
	for _, list := range [][]review.Reason{d.There, d.Unexpected, d.Open} { // as the copies have it; a newer reading counts
		for _, g := range list {
			known[g.ID] = true
		}
	}
	out := func(g review.Reason) bool { return !in(g.ID) }
	d.There, d.Unexpected, d.Open = slices.DeleteFunc(d.There, out), slices.DeleteFunc(d.Unexpected, out), slices.DeleteFunc(d.Open, out)
	d.Missing = slices.DeleteFunc(d.Missing, func(g review.Reason) bool { return in(g.ID) })
	for _, g := range s.in {
		if !known[g.ID] {
			d.Open = append(d.Open, review.Reason{Group: g, Why: "New since the organisation was read."})
		}
	}
	v.There, v.Missing, v.Unexpected, v.Groups = pick("remove", d.There), pick("add", d.Missing), pick("remove", d.Unexpected), pick("remove", d.Open)
	offered := map[tallyfy.ID]bool{}
	for _, g := range d.Missing {
		offered[g.ID] = true
	}
	offer := func(g *tallyfy.Group, chosen bool) {
		if !offered[g.ID] && !in(g.ID) {
			offered[g.ID] = true
			v.Others = append(v.Others, views.PickedGroup{GroupLink: s.groupLink(g), Chosen: chosen})
		}
	}
	for _, id := range form["add"] { // whatever is searched
		if g, ok := s.copied.groups.ByID(tallyfy.ID(id)); ok {
			offer(g, true)
		}
	}
	if v.Find == "" {
		return nil
	}
	found := s.copied.groups.Search(v.Find, func(g *tallyfy.Group) bool { return !in(g.ID) && !offered[g.ID] })
	for _, g := range found[:min(len(found), groupsToAdd)] {
		offer(g, false)
	}
	switch {
	case len(found) == 0:
		v.FindNote = "No other group matches “" + names.Isolate(v.Find) + "”."
	case len(found) > groupsToAdd:
		v.FindNote = "Showing " + words.Number(groupsToAdd) + " of " + words.Count(len(found), "match", "matches") + ": type more of the name."
	}
	return nil
}

// shownIDs are the ids of groups in one order, each once.
func shownIDs(groups []*tallyfy.Group) []string {
	list := []string{}
	for _, g := range groups {
		list = append(list, string(g.ID))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// sameAs is whom the person decided last, if the same can be decided here at a press: groups, role and title are equal, and
// it came to an end. Else it is nil.
func (s reviewStep) sameAs() *tallyfy.Member {
	last := s.step.LastDecided
	if last == nil || s.step.Last == s.p.ID || s.m == nil || !last.State.Reviewed() || last.State == review.Applied {
		return nil
	}
	m, ok := s.copied.members.ByID(s.step.Last)
	if !ok || m.Role != s.m.Role || strings.TrimSpace(m.JobTitle) != strings.TrimSpace(s.m.JobTitle) || !slices.Equal(shownIDs(s.copied.groups.Of(m.ID)), shownIDs(s.in)) {
		return nil
	}
	return m
}
