package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/review"
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
	all, err := req.allReviews()
	if err != nil {
		return err
	}
	of := map[string][]*review.Place{}
	for _, p := range all.places {
		p.MarkLeft(copied.members)
		of[p.Review] = append(of[p.Review], p)
	}
	v := views.ReviewList{New: req.unreviewedOf(all, copied), KeptDays: req.app.Reviews.KeptDays()}
	for _, r := range all.list {
		head := req.reviewHead(r, review.Counts(of[r.ID], req.app.Now()))
		head.Looked = review.LookedAt(of[r.ID], req.app.Now())
		v.Rows = append(v.Rows, head)
	}
	return req.show(http.StatusOK, views.Reviews(req.page("Reviews", views.SectionMembers), v))
}
