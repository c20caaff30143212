package handlers

import (
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// applyReview carries the decisions of a review out: one call for each group. What is in place afterwards is recorded for
// each person; what is not stays to be decided or applied again.
func applyReview(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	_, open, err := req.reviewJobs(web.Param(req, "review"))
	if err != nil {
		return err
	}
	a, loading, err := req.applying(form.Get("sure") != "")
	if loading || err != nil {
		return err
	}
	if open != nil {
		req.notice(views.Notice{Kind: views.NoticeInfo, Text: "This review has a job already. Nothing was started."})
		return req.goTo(req.urls().Job(open.ID))
	}
	page := req.urls().ReviewCheck(a.review.ID)
	req.returnTo, req.typed = req.urls().Local(page), form
	f := editForm{request: req, page: page, kept: form, then: req.urls().ReviewReceipt(a.review.ID), show: func(r refusedForm) error { return a.check(r) }}
	if !a.long && len(a.people) > 0 {
		held := len(a.held)
		if err := a.readPeople(form.Get("sure") != ""); err != nil {
			return f.notMade(err)
		}
		if len(a.held) > held { // the copy does not know yet
			req.app.Directory.Forget(req.scope)
		}
		if len(a.wishes) == 0 {
			return f.again(changedMeanwhile())
		}
	}
	seen := form.Get("seen")
	switch {
	case len(a.wishes) == 0 && len(a.held) == 0: // such as the second press of the button
		return req.goTo(f.then)
	case len(a.wishes) == 0:
		return req.goTo(page)
	case seen != "" && !strings.HasSuffix(seen, a.seen()):
		return f.again(changedMeanwhile())
	case a.long:
		return a.startFrom(f, form)
	}
	turn, holder, err := req.app.Leases.Acquire(req.ctx(), turnOf(a.review.ID), web.IDOf(req), applyLease)
	if err != nil {
		return err
	}
	if holder != nil && strings.HasPrefix(holder.Owner, closer) {
		return f.again(beingCarriedOut())
	}
	defer req.endTurn(turn) // nil where another press has it: the second one queues behind it
	out, err := f.run(change.Press{Press: pressOf(form), Fingerprint: strings.TrimSuffix(seen, a.seen()), Queue: true}, a.edits, func(error) { req.groupChanged() })
	if err != nil {
		return f.notMade(err)
	}
	switch {
	case out.Kind == change.Stopped && a.edits.Nothing():
		return a.nothingSent(f)
	case out.Kind == change.Stopped:
		return f.again(unsureForm())
	case out.Kind == change.Changed:
		return f.again(changedMeanwhile())
	}
	underWay := out.Entry != nil && change.UnderWay(out.Entry, req.app.Now())
	if out.Kind == change.Repeated && out.Entry.Check == nil && !out.Entry.NotMade() && !underWay { // the process of the first press has died
		if err := req.app.changes.Check(req.ctx(), out.Entry, a.edits); err != nil {
			req.logInfo("change not checked", err)
		}
	}
	if out.Kind != change.Busy && !out.Entry.NotMade() && !underWay {
		if _, err := a.recorded(out.Entry); err != nil {
			return err
		}
	}
	if answered, err := f.unfinished(out); answered {
		return err
	}
	tone, text := a.edits.Summary(out.Entry, underWay)
	req.notice(views.Notice{
		Kind: views.NoticeKind(tone), Text: strings.TrimSpace(text + " " + a.notes()), LinkText: "What was sent, and what was found", LinkURL: req.urls().Entry(out.Entry.ID),
	})
	return req.goTo(f.then)
}

// readPeople reads the people anew before a page changes something about them.
func (a *application) readPeople(sure bool) error {
	ids := make([]tallyfy.UserID, len(a.people))
	for i, p := range a.people {
		ids[i] = p.ID
	}
	now, err := a.peopleNow(a.ctx(), ids)
	if err != nil {
		return err
	}
	held, copied := a.held, a.copied.members.ByID
	*a = a.applicationOf(a.review, a.copied, func(id tallyfy.UserID) (*tallyfy.Member, bool) {
		if slices.ContainsFunc(held, func(h views.ReviewHeld) bool { return h.ID == id }) {
			return copied(id)
		}
		return now(id)
	}, sure)
	return nil
}

// startFrom starts a job from the form, if that shows what is so.
func (a application) startFrom(f editForm, form url.Values) error {
	if err := a.edits.Look(a.ctx()); err != nil {
		return f.notMade(err)
	}
	plan := a.edits.Plan()
	switch seen := form.Get("seen"); {
	case seen != "" && seen != plan.Fingerprint()+a.seen():
		return f.again(changedMeanwhile())
	case !a.edits.Nothing() && plan.Stopped:
		return f.again(unsureForm())
	case a.edits.Nothing():
		return a.nothingSent(f)
	}
	return a.startJob(pressOf(form))
}

// nothingSent records what was in place already.
func (a application) nothingSent(f editForm) error {
	n, err := a.recorded(nil)
	if err != nil {
		return err
	}
	text := "Nothing was sent to Tallyfy. " + a.notes()
	if n > 0 {
		text = "All was in place already, so nothing was sent to Tallyfy: recorded for " + words.Count(n, "person", "people") + ". " + a.notes()
	}
	a.notice(views.Notice{Kind: views.NoticeInfo, Text: strings.TrimSpace(text)})
	return a.goTo(f.then)
}

// results are what is in place for each person: by the entry, or because it was so already. e is nil where nothing was sent.
func (a application) results(e *journal.Entry) (map[tallyfy.UserID][]review.Result, error) {
	results, reached := map[tallyfy.UserID][]review.Result{}, map[tallyfy.ID]bool{}
	if e != nil {
		reached = membership.Reached(e)
	}
	for _, w := range a.wishes {
		part, sent := reached[w.ID]
		if sent && !part || slices.ContainsFunc(a.edits.Skipped, func(s membership.SkippedGroup) bool { return s.ID == w.ID }) {
			continue
		}
		for i, id := range slices.Concat(w.Add, w.Remove) {
			r := review.Result{Group: w.ID, Leave: i >= len(w.Add), At: a.app.Now()}
			if !r.Leave && slices.ContainsFunc(a.edits.LeftOut, func(l membership.LeftOut) bool { return l.ID == id }) {
				continue
			}
			if sent {
				r.Entry = e.ID
			} else {
				var err error
				if r.Entry, err = a.madeBefore(id, w.ID, r.Leave); err != nil {
					return nil, err
				}
			}
			results[id] = append(results[id], r)
		}
	}
	return results, nil
}

// recorded keeps what is in place for each person, and returns for how many something is.
func (a application) recorded(e *journal.Entry) (n int, err error) {
	results, err := a.results(e)
	if err != nil {
		return 0, err
	}
	return a.app.record(a.ctx(), a.org(), a.review.ID, a.me(), results)
}
