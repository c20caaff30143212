package handlers

import (
	"net/http"
	"time"

	"tallyfy-admin/views"
)

// listReviews lists the reviews of new joiners, the newest first, and says who waits for one.
func listReviews(req *request) error {
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Reviews", copied, req.urls().Members())
	}
	list, err := req.app.Reviews.List(req.ctx(), req.org())
	if err != nil {
		return err
	}
	counts, err := req.app.Reviews.Counts(req.ctx(), req.org())
	if err != nil {
		return err
	}
	v := views.ReviewList{New: req.unreviewed(copied), KeptDays: int(req.app.Reviews.Keep / (24 * time.Hour))}
	for _, r := range list {
		v.Rows = append(v.Rows, req.reviewHead(r, counts[r.ID]))
	}
	return req.show(http.StatusOK, views.Reviews(req.page("Reviews", views.SectionMembers), v))
}
