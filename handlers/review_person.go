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

// showReviewPerson is one step of a review: who it is, the groups, and what to decide. It makes no call unless the person
// is to be read again.
func showReviewPerson(req *request) error {
	page := req.urls().ReviewPerson(web.Param(req, "review"), tallyfy.UserID(web.Param(req, "member")))
	return req.askDecision(req.openedForm(req.urls().Local(page)))
}

// A reviewStep is somebody in a review as a page or a form finds them.
type reviewStep struct {
	*request
	step *review.Step
	r    *review.Review
	p    *review.Person
	// m is the member now, nil for one who is gone. in are the groups, read at readAt.
	m      *tallyfy.Member
	in     []*tallyfy.Group
	readAt time.Time
	copied snapshot
	// last is whom the person decided last in this review, "" for nobody, with what was decided about them last.
	last        tallyfy.UserID
	lastDecided *review.Decision
}

// reviewStep reads the step of the address from the copies. read is false where they are not read yet.
func (req *request) reviewStep() (s reviewStep, read bool, err error) {
	s.request = req
	s.step, err = req.app.Reviews.Step(req.ctx(), req.org(), web.Param(req, "review"), tallyfy.UserID(web.Param(req, "member")))
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
	s.p.Settle(s.copied.members)
	if m, ok := s.copied.members.ByID(s.p.ID); ok {
		s.m, s.in = m, s.copied.groups.Of(m.ID)
	}
	s.readAt = s.copied.readAt()
	s.last, s.lastDecided, err = req.app.Reviews.LastDecided(req.ctx(), s.r, req.who.UserID)
	return s, true, err
}

// takeShown takes the groups that a form has shown, read after a time: what is decided is decided about these, and they may
// come from another look at Tallyfy.
func (s *reviewStep) takeShown(form url.Values, after time.Time) {
	at, err := strconv.ParseInt(form.Get("read"), 10, 64)
	readAt := time.UnixMilli(at)
	if err != nil || !form.Has("shown") || readAt.After(s.app.Now()) || !readAt.After(after) {
		return
	}
	s.in, s.readAt = nil, readAt
	for _, id := range strings.Fields(form.Get("shown")) {
		g, ok := s.copied.groups.ByID(tallyfy.ID(id))
		if !ok {
			g = &tallyfy.Group{ID: tallyfy.ID(id)}
		}
		s.in = append(s.in, g)
	}
}

// lookAgain reads the person from Tallyfy: one call.
func (s *reviewStep) lookAgain() error {
	s.fresh = true
	m, err := s.Member(s.ctx(), s.p.ID)
	switch {
	case tallyfy.IsNotFound(err):
		s.m, s.in = nil, nil
	case err != nil:
		return err
	default:
		s.m, s.in = m, nil
		for i := range m.Groups {
			if g := &m.Groups[i]; !slices.ContainsFunc(s.in, func(o *tallyfy.Group) bool { return o.ID == g.ID }) {
				s.in = append(s.in, g)
			}
		}
	}
	s.readAt = s.app.Now()
	return nil
}

func (req *request) askDecision(f refusedForm) error {
	s, read, err := req.reviewStep()
	if err != nil {
		req.sayRefused()
		return err
	}
	if !read {
		return req.showLoading("Review", s.copied, req.urls().Reviews())
	}
	s.takeShown(f.Form, s.readAt)
	if req.QueryParam("check") != "" && !req.fromOtherSite() {
		switch err := s.lookAgain(); {
		case tallyfy.IsUnauthorized(err):
			return err
		case err != nil: // what is known is shown
			f.Notice = req.explained(err).Notice
		}
	}
	return s.show(f)
}

func (s reviewStep) show(f refusedForm) error {
	now, clock := s.app.Now(), s.clock()
	v := views.ReviewPerson{
		Review: s.r.ID, ReviewName: s.r.Name, Person: views.Person{ID: s.p.ID, Name: s.p.Name, Email: s.p.Email}, At: s.step.At, Of: s.step.Of,
		Called: names.Isolate(s.p.Name), JobTitle: s.p.Title, Joined: s.p.Joined, JoinedBy: joinedText(s.p.JoinedBy), ReadAt: s.readAt, State: string(s.p.State(now)),
		Self: s.p.ID == s.who.UserID, Base: s.p.Base(), Press: newPress(), Errors: f.Errors, Notice: f.Notice,
		Find: strings.TrimSpace(f.Form.Get("find")), Note: f.Form.Get("note"), Until: f.Form.Get("until"), Gone: s.m == nil, Unreadable: s.p.Unreadable,
	}
	if s.m != nil {
		v.Person, v.Called, v.JobTitle, v.LastLogin = personOf(s.m), s.called(s.m), s.m.JobTitle, s.m.LastLoginAt.Time
		v.Admin = s.m.Role == tallyfy.RoleAdmin
		v.Invitation = s.invitation(s.m)
		if inviter, ok := s.copied.members.ByID(s.m.InvitedBy); ok {
			v.InvitedBy = inviter.Name()
		}
		if err := s.compare(&v, f.Form); err != nil {
			return err
		}
	}
	v.Previous, v.Following = s.step.Previous, s.step.Following
	v.Shown, v.Read = strings.Join(shownIDs(s.in), " "), strconv.FormatInt(s.readAt.UnixMilli(), 10)
	for _, d := range s.p.Decisions {
		v.Decisions = append(v.Decisions, views.ReviewDecision{
			State: string(d.State), By: d.By.Name, At: d.At, Note: d.Note, Until: d.Until, Add: groupNames(d.Add), Remove: groupNames(d.Remove), ReadAt: d.ReadAt,
		})
	}
	if v.State == string(review.Ask) {
		address := *s.app.PublicURL
		address.Path = s.urls().ReviewPerson(s.r.ID, s.p.ID)
		v.Link = address.String()
	}
	if like := s.sameAs(); like != nil {
		v.SameAs, v.SameState = names.Isolate(like.Name()), string(s.lastDecided.State)
	}
	if s.last != s.p.ID {
		v.LastDecided = s.last
	}
	frame := s.page(words.Number(v.At)+" of "+words.Number(v.Of)+": "+names.Isolate(v.Person.Name), views.SectionMembers)
	frame.Clock = clock
	return s.request.show(f.Status, views.ReviewStep(frame, v))
}

// compare shapes the groups in three blocks, and those that can be added.
func (s reviewStep) compare(v *views.ReviewPerson, form url.Values) error {
	compared, err := s.comparison(s.copied)
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
	if s.last == "" || s.last == s.p.ID || s.m == nil || !s.lastDecided.State.Reviewed() || s.lastDecided.State == review.Applied {
		return nil
	}
	m, ok := s.copied.members.ByID(s.last)
	if !ok || m.Role != s.m.Role || strings.TrimSpace(m.JobTitle) != strings.TrimSpace(s.m.JobTitle) || !slices.Equal(shownIDs(s.copied.groups.Of(m.ID)), shownIDs(s.in)) {
		return nil
	}
	return m
}

// decide stores what was decided about somebody, and opens the next person; or, when the button of a search was pressed,
// shows the form again.
func decide(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	page := req.urls().ReviewPerson(web.Param(req, "review"), tallyfy.UserID(web.Param(req, "member")))
	req.returnTo, req.typed = req.urls().Local(page), form
	f := editForm{request: req, page: page, kept: form, show: func(r refusedForm) error {
		r.Form = form
		return req.askDecision(r)
	}}
	if form.Get("action") == "find" {
		return f.again(refusedForm{Status: http.StatusOK})
	}
	s, read, err := req.reviewStep()
	if err != nil {
		return err
	}
	if !read {
		return f.again(stillReading())
	}
	s.takeShown(form, time.Time{})
	d, errs := s.readDecision(form)
	if last := s.p.Last(); last != nil && last.Press == d.Press { // pressed twice
		return s.goOn(last)
	}
	if s.m == nil || s.p.Place.Stored == review.Left {
		why := " is not in the organisation any more"
		if s.m != nil {
			why = " is deactivated"
		}
		return f.again(refusedForm{Status: http.StatusConflict, Notice: &views.Notice{
			Kind: views.NoticeWarning, Text: names.Isolate(s.p.Name) + why + ". There is nothing to decide.",
		}})
	}
	if len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	err = req.app.Reviews.Append(req.ctx(), s.r, d, baseOf(form))
	if overtaken := (*review.OvertakenError)(nil); errors.As(err, &overtaken) {
		return f.again(refusedForm{Status: http.StatusConflict, Notice: &views.Notice{
			Kind: views.NoticeWarning, Text: "Your decision is not saved yet: somebody else has decided about " + names.Isolate(s.p.Name) +
				" since you opened the page, see below. Decide again to save yours, too: both stay in the record.",
		}})
	}
	if err != nil {
		return err
	}
	return s.goOn(d)
}

// readDecision reads what was decided, and what is wrong with it by field.
func (s reviewStep) readDecision(form url.Values) (*review.Decision, map[string]string) {
	d := &review.Decision{
		Member: s.p.ID, State: review.State(form.Get("decision")), By: s.me(), Note: names.Tidy(form.Get("note")), Press: pressOf(form),
		Groups: review.GroupsOf(s.in), ReadAt: s.readAt,
	}
	if form.Get("decision") == "same" {
		if like := s.sameAs(); like != nil {
			last := s.lastDecided
			d.State, d.Add, d.Remove = last.State, last.Add, last.Remove
			if d.Note == "" {
				d.Note = last.Note
			}
			return d, s.problems(d)
		}
	}
	if d.State == review.Later {
		text := strings.TrimSpace(form.Get("until"))
		until, err := time.ParseInLocation(time.DateOnly, text, s.clock().Location)
		if text != "" && err != nil {
			return d, map[string]string{"until": "Write the day like " + s.now().AddDate(0, 0, 7).Format(time.DateOnly) + "."}
		}
		d.Until = until
	}
	if d.State != review.Change {
		return d, s.problems(d)
	}
	pick := func(field string) (list []review.Group) {
		for _, id := range slices.Compact(slices.Sorted(slices.Values(form[field]))) {
			if g, ok := s.copied.groups.ByID(tallyfy.ID(id)); ok {
				list = append(list, review.Group{ID: g.ID, Name: g.DisplayName()})
			}
		}
		return list
	}
	d.Add, d.Remove = pick("add"), pick("remove")
	return d, s.problems(d)
}

// problems are those of a decision about the person as they are now.
func (s reviewStep) problems(d *review.Decision) map[string]string {
	now := *s.p
	if s.m != nil {
		now.Role = s.m.Role
	}
	return d.Problems(&now, s.app.Now())
}

// baseOf is the number of the decision that a form was opened on, 0 for none, -1 for what is no number.
func baseOf(form url.Values) int {
	text := form.Get("base")
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

// goOn says what was saved, and opens the next person who is not decided, or the queue. Once in a review it asks somebody
// who decides too fast to look again.
func (s reviewStep) goOn(d *review.Decision) error {
	s.notice(views.Notice{
		Kind: views.NoticeDone, Text: "Saved: " + names.Isolate(s.p.Name) + ", " + views.DecisionText(string(d.State)) + ".",
		LinkText: "Change", LinkURL: s.urls().ReviewPerson(s.r.ID, s.p.ID),
	})
	if !slices.Contains(s.session.data.Hurried, s.r.ID) {
		fast, err := s.app.Reviews.TooFast(s.ctx(), s.r, s.who.UserID)
		if err != nil {
			return err
		}
		if fast {
			s.session.change(func(data *sessionData) { data.Hurried = append(data.Hurried, s.r.ID) })
			return s.goTo(s.urls().ReviewPause(s.r.ID))
		}
	}
	next, err := s.nextOpen(s.r, s.p.Place.N, s.copied)
	switch {
	case err != nil:
		return err
	case next != "":
		return s.goTo(s.urls().ReviewPerson(s.r.ID, next))
	}
	return s.goTo(s.urls().Review(s.r.ID))
}
