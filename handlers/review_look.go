package handlers

import (
	"errors"
	"net/http"
	"slices"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// chooseLooks gives a tenth of those who look right to another administrator.
func chooseLooks(req *request) error {
	if _, err := req.form(); err != nil {
		return err
	}
	page := req.urls().Review(req.Param("review"))
	req.returnTo = req.urls().Local(page)
	r, err := req.reviewHeadOf()
	if err != nil {
		return err
	}
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		req.notice(*stillReading().Notice)
		return req.goTo(page)
	}
	n, err := req.app.Reviews.ChooseLooks(req.ctx(), r, copied.members)
	if errors.Is(err, review.ErrClosed) {
		return req.reviewClosed(r.ID, err)
	}
	if err != nil {
		return err
	}
	said := views.Notice{Kind: views.NoticeDone, Text: words.Count(n, "person waits", "people wait") + " for a second look. Send another administrator the address of this page."}
	if n == 0 {
		said = views.Notice{Kind: views.NoticeInfo, Text: "Nobody was chosen: a tenth of those who look right has been already."}
	}
	req.notice(said)
	return req.goTo(page)
}

// showLook shows somebody for a second look: without the decision, and without who made it.
func showLook(req *request) error {
	page := req.urls().ReviewLook(web.Param(req, "review"), tallyfy.UserID(web.Param(req, "member")))
	return req.askLook(req.openedForm(req.urls().Local(page)))
}

// look reads the second look of the address. It is nil where the answer was a page or an address,
// such as for the second arrival of a press.
func (req *request) look(press string) (s reviewStep, l *review.Look, err error) {
	s, read, err := req.reviewStep()
	if err != nil {
		return s, nil, err
	}
	if !read {
		return s, nil, req.showLoading("Second look", s.copied, req.urls().Reviews())
	}
	if err := s.find(); err != nil {
		return s, nil, err
	}
	looks, err := req.app.Reviews.Looks(req.ctx(), s.r, s.copied.members)
	if err != nil {
		return s, nil, err
	}
	if i := slices.IndexFunc(looks, func(l *review.Look) bool { return l.Member == s.p.ID && l.Pressed(press, string(req.who.UserID)) }); i >= 0 {
		return s, nil, s.lookKept(looks[i])
	}
	l = review.LookFor(looks, s.p.ID)
	switch {
	case l == nil || s.m == nil || s.m.IsDisabled():
		return s, nil, s.lookOver()
	case !l.For(string(req.who.UserID)):
		return s, nil, s.ownLook()
	}
	return s, l, nil
}

// lookOver goes back where no second look is needed any more.
func (s reviewStep) lookOver() error {
	s.notice(views.Notice{Kind: views.NoticeInfo, Text: "Nobody waits for a second look at " + names.Isolate(s.p.Name) + " any more. Nothing was changed." + s.typedNote()})
	return s.goTo(s.urls().Review(s.r.ID))
}

// typedNote says a note that cannot be kept, so that it can be copied.
func (s reviewStep) typedNote() string {
	if note := names.Tidy(s.typed.Get("note")); note != "" {
		return " You wrote: “" + names.Isolate(note) + "”"
	}
	return ""
}

// ownLook goes back where the administrator may not look.
func (s reviewStep) ownLook() error {
	s.notice(views.Notice{Kind: views.NoticeWarning, Text: "A second look at " + names.Isolate(s.p.Name) + " takes another administrator than the one who decided, and not the person."})
	return s.goTo(s.urls().Review(s.r.ID))
}

func (req *request) askLook(f refusedForm) error {
	s, l, err := req.look("")
	if l == nil {
		return err
	}
	s.takeShown(f.Form, s.readAt)
	v, err := s.view(f)
	if err != nil {
		return err
	}
	v.Look, v.Decisions, v.Previous, v.Following, v.LastDecided, v.SameAs, v.Link = true, nil, "", "", "", "", ""
	return req.show(f.Status, views.SecondLook(req.page("Second look: "+names.Isolate(v.Person.Name), views.SectionMembers), v))
}

// answerLook keeps what the second look found, and opens the next one.
func answerLook(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	page := req.urls().ReviewLook(web.Param(req, "review"), tallyfy.UserID(web.Param(req, "member")))
	req.returnTo, req.typed = req.urls().Local(page), form
	f := editForm{request: req, page: page, kept: form, show: req.askLook}
	s, l, err := req.look(pressOf(form))
	if l == nil {
		return err
	}
	if differs := s.outdated(form); differs != "" {
		return f.again(s.lookAgainFirst(differs))
	}
	l.Answer, l.Note, l.By, l.Press, l.Groups, l.ReadAt = form.Get("answer"), names.Tidy(form.Get("note")), req.me(), pressOf(form), review.GroupsOf(s.in), s.readAt
	if errs := l.Problems(); len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	switch err := req.app.Reviews.AnswerLook(req.ctx(), s.r, l); {
	case errors.Is(err, review.ErrLookOver):
		return s.lookOver()
	case errors.Is(err, review.ErrOwnLook):
		return s.ownLook()
	case errors.Is(err, review.ErrClosed):
		return req.reviewClosed(s.r.ID, err)
	case err != nil:
		return err
	}
	return s.lookKept(l)
}

// lookKept says what was saved, and opens the next second look.
func (s reviewStep) lookKept(l *review.Look) error {
	text := "Saved: " + names.Isolate(s.p.Name) + " looks right to you, too."
	if l.Answer == review.Disagrees {
		text = "Saved: " + names.Isolate(s.p.Name) + " is to be decided again, with your note."
	}
	s.notice(views.Notice{Kind: views.NoticeDone, Text: text})
	looks, err := s.app.Reviews.Looks(s.ctx(), s.r, s.copied.members)
	if err != nil {
		return err
	}
	if next := s.nextLook(looks); next != "" {
		return s.goTo(s.urls().ReviewLook(s.r.ID, next))
	}
	return s.goTo(s.urls().Review(s.r.ID))
}
