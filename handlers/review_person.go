package handlers

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showReviewPerson is one step of a review: who it is, the groups, and what to decide. It makes no call unless the person
// is to be read again.
func showReviewPerson(req *request) error {
	page := req.urls().ReviewPerson(web.Param(req, "review"), tallyfy.UserID(web.Param(req, "member")))
	return req.askDecision(req.openedForm(req.urls().Local(page)))
}

func (req *request) askDecision(f refusedForm) error {
	s, read, err := req.reviewStep()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Review", s.copied, req.urls().Reviews())
	}
	if f.Form.Has("shown") { // a form that comes back, perhaps about somebody whom the copy lacks
		if err := s.find(); err != nil {
			return err
		}
	}
	s.takeShown(f.Form, s.readAt)
	s.takeFrom(cmp.Or(f.Form.Get(views.FromKey), req.QueryParam(views.FromKey)))
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
	v, err := s.view(f)
	if err != nil {
		return err
	}
	frame := s.page(words.Number(v.At)+" of "+words.Number(v.Of)+": "+names.Isolate(v.Person.Name), views.SectionMembers)
	return s.request.show(f.Status, views.ReviewStep(frame, v))
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
	f := editForm{request: req, page: page, kept: form, show: req.askDecision}
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
	if err := s.find(); err != nil {
		return f.notMade(err)
	}
	differs := s.outdated(form)
	s.takeFrom(form.Get(views.FromKey))
	d, errs := s.readDecision(form)
	if last := s.p.Last(); last != nil && last.Press == d.Press { // pressed twice
		return s.goOn(last)
	}
	if s.m == nil || s.p.Place.Stored == review.Left {
		why := " is not in the organisation any more"
		if s.m != nil {
			why = " is disabled"
		}
		return f.again(stoppedForm(names.Isolate(s.p.Name) + why + ". There is nothing to decide."))
	}
	if differs != "" {
		return f.again(s.lookAgainFirst(differs))
	}
	if lost := s.lost(d); lost != "" {
		return f.again(refusedForm{Status: http.StatusConflict, Errors: map[string]string{"groups": lost}})
	}
	wrong := unused(form, d)
	if maps.Copy(wrong, errs); len(wrong) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: wrong})
	}
	err = req.app.Reviews.Append(req.ctx(), s.r, d, baseOf(form))
	if overtaken := (*review.OvertakenError)(nil); errors.As(err, &overtaken) {
		return f.again(stoppedForm("Your decision is not saved yet: somebody else has decided about " + names.Isolate(s.p.Name) +
			" since you opened the page, see below. Decide again to save yours, too: both stay in the record."))
	}
	if errors.Is(err, review.ErrClosed) {
		return req.reviewClosed(s.r.ID, err)
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
		Groups: review.GroupsOf(s.in), Role: s.role(), ReadAt: s.readAt, Short: s.short,
	}
	if form.Get("decision") == "same" {
		if like := s.sameAs(); like != nil {
			last := s.step.LastDecided
			d.State, d.Add, d.Remove = last.State, last.Add, last.Remove
			if d.Note == "" {
				d.Note = last.Note
			}
			return d, s.problems(d)
		}
	}
	if d.State == review.Later {
		text := strings.TrimSpace(form.Get("until"))
		until, _, err := listing.Day(text, s.clock().Location)
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
			g, ok := s.group(tallyfy.ID(id))
			if !ok {
				g = &tallyfy.Group{ID: tallyfy.ID(id)}
			}
			list = append(list, review.Group{ID: g.ID, Name: g.DisplayName()})
		}
		return list
	}
	d.Add, d.Remove = pick("add"), pick("remove")
	return d, s.problems(d)
}

// unused says by field what was filled in that the decision does not take: it would be lost.
func unused(form url.Values, d *review.Decision) map[string]string {
	errs := map[string]string{}
	ticked := map[string]bool{}
	for _, id := range slices.Concat(form["add"], form["remove"]) {
		ticked[id] = true
	}
	if n := len(ticked); n > 0 && form.Get("decision") != string(review.Change) {
		errs["groups"] = words.Count(n, "group is ticked: press “Change groups”, or untick it.", "groups are ticked: press “Change groups”, or untick them.")
	}
	if strings.TrimSpace(form.Get("until")) != "" && d.State != review.Later {
		errs["until"] = "Only “Not yet” takes a day: press that, or empty the field."
	}
	return errs
}

// problems are those of a decision about the person as they are now.
func (s reviewStep) problems(d *review.Decision) map[string]string {
	now := *s.p
	now.Role = s.role()
	now.Granted = now.Role == tallyfy.RoleAdmin && s.p.Role != tallyfy.RoleAdmin
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

// goOn says what was saved, and opens the next person who is not decided, or the queue; or the
// check that led here. Once in a review it asks somebody who decides too fast to look again.
func (s reviewStep) goOn(d *review.Decision) error {
	link := "Change"
	if d.State == review.Ask {
		link = "The text to send, or change"
	}
	s.notice(views.Notice{
		Kind: views.NoticeDone, Text: "Saved: " + names.Isolate(s.p.Name) + ", " + views.DecisionText(string(d.State)) + ".",
		LinkText: link, LinkURL: views.FromList(s.urls().ReviewPerson(s.r.ID, s.p.ID), s.from),
	})
	if !slices.Contains(s.session.data.Hurried, s.r.ID) {
		fast, before, err := s.app.Reviews.TooFast(s.ctx(), s.r, s.who.UserID)
		if err != nil {
			return err
		}
		if fast { // the session keeps that it was asked, here or in another one
			s.session.change(func(data *sessionData) { data.Hurried = append(data.Hurried, s.r.ID) })
		}
		if fast && !before {
			return s.goTo(views.FromList(s.urls().ReviewPause(s.r.ID), s.from))
		}
	}
	if s.from != "" {
		return s.goTo(s.urls().ReviewCheck(s.r.ID))
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
