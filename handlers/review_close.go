package handlers

import (
	"net/http"
	"strings"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/views"
)

// showReviewClosing says what closing a review leaves.
func showReviewClosing(req *request) error {
	return req.askClosing(req.openedForm(req.urls().Local(req.urls().CloseReview(web.Param(req, "review")))))
}

func (req *request) askClosing(f refusedForm) error {
	if _, err := req.reviewHeadOf(); err != nil { // without one there is no reason to read the organisation
		return err
	}
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Close the review", copied, req.urls().Reviews())
	}
	c := req.closing(web.Param(req, "review"), copied)
	_, open, err := req.reviewJobs(c.ID)
	if err == nil {
		err = c.Look(req.ctx())
	}
	if err != nil {
		return err
	}
	if !c.Review.Closed.IsZero() {
		return req.goTo(req.urls().Review(c.ID))
	}
	plan := c.Plan()
	v := views.ReviewClosing{
		ReviewHead: req.reviewHead(c.Review, c.Counts), Text: plan.Lines[0].Text, Waiting: c.Waiting(), Seen: plan.Fingerprint(), Press: newPress(), Notice: f.Notice,
	}
	if open != nil {
		if v.Notice, err = req.underJob(open); err != nil {
			return err
		}
		v.Notice.Text, v.Job = v.Notice.Text+" Close the review when the job has ended.", true
	}
	return req.show(f.Status, views.CloseReview(req.page("Close "+v.Title(), views.SectionMembers), v))
}

// closeReview closes a review. Nobody decides in it afterwards.
func closeReview(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	id := web.Param(req, "review")
	page := req.urls().CloseReview(id)
	req.returnTo = req.urls().Local(page)
	f := editForm{request: req, page: page, kept: form, what: "The review", then: req.urls().Review(id), show: req.askClosing}
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return f.again(stillReading())
	}
	if _, err := req.reviewHeadOf(); err != nil {
		return err
	}
	turn, holder, err := req.app.Leases.Acquire(req.ctx(), turnOf(id), closer+web.IDOf(req), startLease)
	if err != nil {
		return err
	}
	defer req.endTurn(turn)
	if holder != nil && !strings.HasPrefix(holder.Owner, closer) {
		return f.again(beingCarriedOut())
	}
	switch _, open, err := req.reviewJobs(id); {
	case err != nil:
		return err
	case open != nil:
		return f.again(refusedForm{Status: http.StatusConflict})
	}
	c := req.closing(id, copied)
	return changeForm{
		editForm: f, change: c,
		stopped: func() error {
			if c.Waiting() > 0 {
				return f.again(refusedForm{Status: http.StatusConflict})
			}
			return req.reviewClosed(id, review.ErrClosed)
		},
	}.carryOut()
}
