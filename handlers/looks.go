package handlers

import (
	"errors"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// reviewLooks says how far the second looks of a review are, and whom of them the person may look
// at. Those that were wished at the start are given once all are decided, whichever way that came
// about.
//
// blind are those at whom the person may look: the queue does not say who decided about them.
func (req *request) reviewLooks(r *review.Review, counts map[review.State]int, copied snapshot) (v views.ReviewLooks, blind map[tallyfy.UserID]bool, err error) {
	looks, err := req.app.Reviews.Looks(req.ctx(), r, copied.members)
	if err != nil {
		return v, nil, err
	}
	v = lookCounts(looks)
	v.Wished = r.Looks
	if !r.Closed.IsZero() {
		return v, nil, nil
	}
	v.More = review.MoreLooks(counts[review.Right], looks)
	if v.Wished && v.More > 0 && counts[review.Undecided] == 0 {
		chosen, err := req.app.Reviews.ChooseLooks(req.ctx(), r, copied.members)
		if err != nil && !errors.Is(err, review.ErrClosed) {
			return v, nil, err
		}
		if chosen > 0 {
			return req.reviewLooks(r, counts, copied)
		}
	}
	v.Next, blind = req.nextLook(looks), map[tallyfy.UserID]bool{}
	for _, l := range looks {
		blind[l.Member] = blind[l.Member] || l.For(string(req.who.UserID))
	}
	return v, blind, nil
}

// lookLines puts the second looks of a review into the rows of its record, and says what became of them.
func (req *request) lookLines(r *review.Review, rows []views.ReviewReceiptRow, copied snapshot) (string, error) {
	looks, err := req.app.Reviews.Looks(req.ctx(), r, copied.members)
	if err != nil {
		return "", err
	}
	of := map[tallyfy.UserID][]views.ReviewLookLine{}
	for _, l := range looks {
		of[l.Member] = append(of[l.Member], views.ReviewLookLine{Answer: l.Answer, By: l.By.Name, At: l.At, Note: l.Note, Over: l.Over})
	}
	for i := range rows {
		rows[i].Looks = of[rows[i].ID]
	}
	return lookCounts(looks).Text(), nil
}

func lookCounts(looks []*review.Look) views.ReviewLooks {
	n := review.CountLooks(looks)
	return views.ReviewLooks{Given: n.Given, Agree: n.Agree, Differ: n.Differ, Wait: n.Wait, Over: n.Over}
}

// nextLook is the first person whom the administrator may give a second look, "" for nobody.
func (req *request) nextLook(looks []*review.Look) tallyfy.UserID {
	for _, l := range looks {
		if l.For(string(req.who.UserID)) {
			return l.Member
		}
	}
	return ""
}
