package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// queueRows is how many people a page of the queue shows.
const queueRows = 50

// showReview is the queue of a review: all of it, or those in one state. It changes nothing, except
// that it gives the second looks that were wished. Its id with .csv leads to the file: no route of
// its own can have that address.
func showReview(req *request) error {
	if id, file := strings.CutSuffix(web.Param(req, "review"), ".csv"); file {
		to := req.urls().ReviewFile(id)
		if query := req.QueryString(); query != "" {
			to += "?" + query
		}
		return req.goTo(to)
	}
	r, err := req.reviewHeadOf()
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
	queue, err := req.currentPlaces(r.ID, copied)
	if err != nil {
		return err
	}
	compared, err := req.comparison(copied)
	if err != nil {
		return err
	}
	counts := review.Counts(queue, req.app.Now())
	v := views.ReviewPage{ReviewHead: req.reviewHead(r, counts)}
	v.Looked, v.Missing = review.LookedAt(queue, req.app.Now()), copied.missing()
	v.Only, v.Tabs = req.queueTabs(r, len(queue), counts)
	at := map[tallyfy.UserID]int{}
	var listed []*review.Place
	for i, p := range queue {
		at[p.Member] = i + 1
		if v.Only == "" || p.State(req.app.Now()) == review.State(v.Only) {
			listed = append(listed, p)
		}
	}
	listed, v.Pager = pageOf(listed, parsePage(req.QueryParams(), "page"), queueRows)
	people, err := req.app.Reviews.People(req.ctx(), r, listed)
	if err != nil {
		return err
	}
	var blind map[tallyfy.UserID]bool
	if v.Looks, blind, err = req.reviewLooks(r, counts, copied); err != nil {
		return err
	}
	for _, p := range people {
		p.MarkLeft(copied.members)
		row := req.reviewRow(p, at[p.ID], copied, compared)
		if blind[p.ID] {
			row.By = ""
		}
		v.List = append(v.List, row)
	}
	if v.Closed.IsZero() {
		if v.Next, err = req.nextOpen(r, 0, copied); err != nil {
			return err
		}
		v.NextAt = at[v.Next]
	}
	jobs, err := req.app.Jobs.OfReview(req.ctx(), req.org(), r.ID)
	if err != nil {
		return err
	}
	if v.Job, err = req.underJob(openJob(jobs)); err != nil {
		return err
	}
	later, err := req.laterJoiners(r, copied)
	if err != nil {
		return err
	}
	v.Press = newPress()
	for _, p := range later {
		v.Later = append(v.Later, views.Person{ID: p.ID, Name: personCalled(p, copied.members)})
	}
	if req.QueryParam("pause") != "" {
		if req.QueryParam(views.FromKey) == views.FromCheck {
			v.From = views.FromCheck
		}
		if v.Fast, v.FastOdd, err = req.hurried(r, copied, compared); err != nil {
			return err
		}
	}
	return req.show(http.StatusOK, views.Review(req.page(v.Title(), views.SectionMembers), v))
}

// queueTabs are the states of a queue beside each other. only is the one that the address names, "" for all.
func (req *request) queueTabs(r *review.Review, all int, counts map[review.State]int) (only string, tabs []components.Tab) {
	tabs = []components.Tab{{Text: "All", URL: req.urls().ReviewQueue(r.ID, "", 1), Number: words.Number(all), Current: true}}
	for _, s := range review.States {
		chosen := req.QueryParam("state") == string(s)
		if counts[s] == 0 && !chosen {
			continue
		}
		if chosen {
			only, tabs[0].Current = string(s), false
		}
		tabs = append(tabs, components.Tab{Text: views.ReviewTab(string(s)), URL: req.urls().ReviewQueue(r.ID, string(s), 1), Number: words.Number(counts[s]), Current: chosen})
	}
	return only, tabs
}

// reviewRow is somebody in the queue, as they are now.
func (req *request) reviewRow(p *review.Person, at int, copied snapshot, compared *review.Expectations) views.ReviewRow {
	row := views.ReviewRow{Person: views.Person{ID: p.ID, Name: p.Name, Email: p.Email}, At: at, State: string(p.State(req.app.Now())), Guest: p.Guest}
	if p.Unreadable {
		row.Name = req.memberName(p.ID)
	}
	m, ok := copied.members.ByID(p.ID)
	row.Joined, _ = p.Joining(m)
	if ok {
		row.Status, row.Role = views.MemberStatus(m), names.Role(m.Role)
		row.Invited = m.Status == tallyfy.StatusInvited
		row.Groups, row.Namesake = len(copied.groups.Of(p.ID)), hasNamesake(copied.members, m)
		d := compared.Of(m)
		row.Compared, row.Missing, row.Unexpected = d.Known, len(d.Missing), len(d.Unexpected)
	}
	row.Gone, row.Unread = !ok && copied.members.Complete, !ok && !copied.members.Complete
	if d := p.Last(); d != nil {
		row.By, row.When, row.Until = d.By.Name, d.At, d.Until
	}
	return row
}

// laterJoiners are people who joined since the review was started, and whom its rule would take.
func (req *request) laterJoiners(r *review.Review, copied snapshot) ([]*review.Person, error) {
	if r.Rule.Named() > 0 || r.Unreadable || !r.Closed.IsZero() {
		return nil, nil
	}
	everywhere, err := req.app.Reviews.Places(req.ctx(), req.org(), "")
	if err != nil {
		return nil, err
	}
	people, _ := r.Rule.Take(copied.members, copied.groups, req.firstSeen(copied, r.ReadAt), allReviews{places: everywhere}.taken())
	return slices.DeleteFunc(people, func(p *review.Person) bool {
		in := func(other *review.Place) bool { return other.Review == r.ID && other.Member == p.ID }
		return slices.ContainsFunc(everywhere, in) || p.Joined.Before(r.ReadAt.Truncate(time.Second)) // Tallyfy gives whole seconds
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
	later, err := req.laterJoiners(r, copied)
	if err != nil {
		return err
	}
	req.markGuests(later)
	shown := form["people"] // nobody whom the page did not name
	later = slices.DeleteFunc(later, func(p *review.Person) bool { return len(shown) > 0 && !slices.Contains(shown, string(p.ID)) })
	c := req.adding(r.ID, later)
	out, err := req.run(change.Press{Press: pressOf(form), Queue: true}, c, nil)
	switch {
	case err != nil:
		return err
	case out.Kind == change.Stopped && !c.Review.Closed.IsZero(), errors.Is(out.Err, review.ErrClosed):
		return req.reviewClosed(r.ID, review.ErrClosed)
	case out.Kind == change.Stopped:
		req.notice(views.Notice{Kind: views.NoticeInfo, Text: "They are in the review already. Nothing was changed."})
	case out.Kind == change.Refused:
		return out.Err
	case out.Kind == change.Busy:
		text, link := req.underWay(out)
		req.notice(views.Notice{Kind: views.NoticeWarning, Text: "The review is being changed right now. " + text, LinkText: link.Text, LinkURL: link.URL})
	case out.Entry.State != journal.Done: // the process of an earlier press has died
		return req.goTo(req.urls().Entry(out.Entry.ID))
	default:
		tone, text := c.Summary(out.Entry, false)
		req.notice(views.Notice{Kind: views.NoticeKind(tone), Text: text, LinkText: "Receipt", LinkURL: req.urls().Entry(out.Entry.ID)})
	}
	return req.goTo(page)
}

// hurried are the people whom the person decided last, and how many of them had groups that were not expected.
func (req *request) hurried(r *review.Review, copied snapshot, compared *review.Expectations) (people []views.Person, odd int, err error) {
	last, err := req.app.Reviews.DecidedLast(req.ctx(), r, req.who.UserID)
	for _, id := range last {
		who := views.Person{ID: id, Name: "Member " + string(id)}
		if m, ok := copied.members.ByID(id); ok {
			who.Name = names.Isolate(m.Name())
			if len(compared.Of(m).Unexpected) > 0 {
				odd++
			}
		}
		people = append(people, who)
	}
	return people, odd, err
}
