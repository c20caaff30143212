package handlers

import (
	"errors"
	"net/http"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/words"
)

// mostActivityCalls is how many pages of Tallyfy's activity one press of the button reads at most.
const mostActivityCalls = 3

// showElsewhere is one change that was made elsewhere. With the button, whose address has ask,
// Tallyfy is asked who made it. Nothing of the answer is kept.
func showElsewhere(req *request) error {
	e, err := req.eventElsewhere(web.Param(req, "event"))
	if err != nil {
		return err
	}
	clock := req.clock()
	when := clock.Between(e.After, e.By)
	view := views.ElsewhereView{ID: e.ID, Sentence: e.Sentence(when), When: when, Aside: e.Aside(), MostCalls: mostActivityCalls}
	q, whyNot := e.Question()
	view.WhyNot, view.Thing, view.First, view.Last = whyNot, q.Thing(), q.First, q.Last
	if view.Asked = whyNot == "" && req.QueryParam("ask") != ""; view.Asked {
		if err := req.askActivity(&view, q); err != nil {
			return err
		}
	}
	return req.show(http.StatusOK, views.Elsewhere(req.page("A change made elsewhere", views.SectionActivity), view))
}

// eventElsewhere reads an event. Administrators see what was changed elsewhere.
func (req *request) eventElsewhere(id string) (*history.Event, error) {
	admin, err := req.adminByCopy(req.ctx())
	if err != nil {
		return nil, err
	}
	if !admin {
		return nil, &problem{status: http.StatusForbidden, title: "Only administrators see what was changed elsewhere", text: "It comes from what administrators read. Nothing else is different for you.", links: req.wayHome()}
	}
	e, err := req.app.History.Event(req.ctx(), req.org(), id)
	if errors.Is(err, history.ErrNoEvent) {
		err = &problem{
			status: http.StatusNotFound, title: "There is no such change",
			text:  "What was seen to be changed elsewhere is kept for " + words.Count(req.app.History.KeptDays(), "day", "days") + ", and belongs to one organisation.",
			links: []components.LinkProps{{Text: "Activity", URL: req.urls().Activity(views.ActivityState{})}}, cause: err,
		}
	}
	return e, err
}

// askActivity asks Tallyfy's activity who made a change. That it cannot be read is said on the
// page, unless the person is signed out or shut out.
func (req *request) askActivity(view *views.ElsewhereView, q history.Question) error {
	o := tallyfy.ActivityOptions{Type: q.Type, After: q.First, Before: q.Last}
	list, all, err := req.api.Activity.Newest(req.ctx(), req.org(), o, mostActivityCalls)
	if err != nil {
		if shut := req.shutOutBy(err); shut != nil {
			return shut
		}
		if tallyfy.IsUnauthorized(err) {
			return err
		}
		req.logInfo("activity not read", err)
		view.Problem = &views.Notice{Kind: views.NoticeWarning, Text: req.activityUnread(err), RequestID: web.IDOf(req)}
		return nil
	}
	found, unread := q.Among(list)
	view.Cut = !all || unread
	for _, a := range found {
		view.Rows = append(view.Rows, views.ActorRow{
			Who: req.actorOfEntry(a), Email: string(a.Actor.Email), Did: q.Did(a), At: a.CreatedAt.Time,
		})
	}
	return nil
}

// actorOfEntry is the best name of who did something, "" where the entry names nobody.
func (req *request) actorOfEntry(a tallyfy.ActivityEntry) string {
	if name := a.Actor.Name(); name != "" || a.ActorType == "guest" || !tallyfy.PlausibleID(string(a.ActorID)) {
		return name
	}
	return req.memberName(tallyfy.UserID(a.ActorID))
}

// activityUnread says why Tallyfy's activity could not be read.
func (req *request) activityUnread(err error) string {
	if tallyfy.IsNotFound(err) {
		return "Tallyfy's activity could not be read: Tallyfy does not have it where its documentation says."
	}
	p := req.explain(err)
	return "Tallyfy's activity could not be read. " + p.title + ". " + p.text
}
