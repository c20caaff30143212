package handlers

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showReview is the queue of a review. Its id with .csv leads to the file: no route of its own can have that address.
func showReview(req *request) error {
	if id, file := strings.CutSuffix(web.Param(req, "review"), ".csv"); file {
		to := req.urls().ReviewFile(id)
		if query := req.QueryString(); query != "" {
			to += "?" + query
		}
		return req.goTo(to)
	}
	r, err := req.review()
	if err != nil {
		return err
	}
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Review", copied, req.urls().Reviews())
	}
	if req.Request().Method == http.MethodGet {
		if r, err = req.closeLeft(r, copied); err != nil {
			return err
		}
	}
	compared, err := req.comparison(copied)
	if err != nil {
		return err
	}
	now := req.app.Now()
	v := views.ReviewPage{ReviewHead: req.reviewHead(r, r.Counts(now))}
	for i, p := range r.People {
		v.List = append(v.List, req.reviewRow(p, i, copied, compared))
	}
	if p := req.nextOpen(r, len(r.People)-1); p != nil {
		_, at := r.Person(p.ID)
		v.Next, v.NextAt = p.ID, at+1
	}
	later, err := req.laterJoiners(r, copied)
	if err != nil {
		return err
	}
	for _, p := range later {
		v.Later = append(v.Later, views.Person{ID: p.ID, Name: p.Name})
	}
	if req.QueryParam("pause") != "" {
		v.Fast, v.FastOdd = req.hurried(r, copied, compared)
	}
	return req.show(http.StatusOK, views.Review(req.page(v.Title(), views.SectionMembers), v))
}

// reviewRow is somebody in the queue, as they are now.
func (req *request) reviewRow(p *review.Person, at int, copied snapshot, compared *review.Expectations) views.ReviewRow {
	row := views.ReviewRow{Person: views.Person{ID: p.ID, Name: p.Name, Email: p.Email}, At: at + 1, Joined: p.Joined, State: string(p.State(req.app.Now()))}
	if p.Unreadable {
		row.Name = "Member " + string(p.ID)
	}
	m, ok := copied.members.ByID(p.ID)
	if ok {
		row.Status, row.Role = views.MemberStatus(m), views.RoleWord(m.Role)
		row.Groups = len(copied.groups.Of(p.ID))
		d := compared.Of(m)
		row.Compared, row.Missing, row.Unexpected = d.Known, len(d.Missing), len(d.Unexpected)
	}
	row.Gone = !ok
	if d := p.Last(); d != nil {
		row.By, row.When, row.Until = d.By.Name, d.At, d.Until
	}
	return row
}

// laterJoiners are people who joined since the review was started, and whom its rule would take.
func (req *request) laterJoiners(r *review.Review, copied snapshot) ([]*review.Person, error) {
	if len(r.Rule.Emails) > 0 || r.Unreadable {
		return nil, nil
	}
	known, err := req.app.Reviews.Known(req.ctx(), req.org())
	if err != nil {
		return nil, err
	}
	people, _ := r.Rule.Take(copied.members, copied.groups, req.firstSeen(copied), inReview(known))
	return slices.DeleteFunc(people, func(p *review.Person) bool {
		in, _ := r.Person(p.ID)
		return in != nil || p.Joined.Before(r.ReadAt.Truncate(time.Second)) // Tallyfy gives whole seconds
	}), nil
}

// addJoiners takes those who joined later into the review.
func addJoiners(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	page := req.urls().Review(req.Param("review"))
	req.returnTo = req.urls().Local(page)
	r, err := req.review()
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
	later, err := req.laterJoiners(r, copied)
	if err != nil {
		return err
	}
	shown := form["people"] // nobody whom the page did not name
	later = slices.DeleteFunc(later, func(p *review.Person) bool { return len(shown) > 0 && !slices.Contains(shown, string(p.ID)) })
	if len(later) > 0 {
		if err := req.app.Reviews.Add(req.ctx(), r, later); err != nil {
			return err
		}
	}
	req.notice(views.Notice{Kind: views.NoticeDone, Text: "Added " + words.Count(len(later), "person", "people") + " to the review."})
	return req.goTo(page)
}

// hurried are the people whom the person decided last, and how many of them had groups that were not expected.
func (req *request) hurried(r *review.Review, copied snapshot, compared *review.Expectations) (people []views.Person, odd int) {
	for _, p := range r.DecidedLast(req.who.UserID) {
		people = append(people, views.Person{ID: p.ID, Name: names.Isolate(p.Name)})
		if m, ok := copied.members.ByID(tallyfy.UserID(p.ID)); ok && len(compared.Of(m).Unexpected) > 0 {
			odd++
		}
	}
	return people, odd
}
