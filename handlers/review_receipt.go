package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showReviewReceipt is the record of a review: all people, all decisions, and what came of them.
func showReviewReceipt(req *request) error {
	r, err := req.review() // without one there is no reason to read the organisation
	if err != nil {
		return err
	}
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Receipt", copied, req.urls().Reviews())
	}
	v, err := req.reviewReceipt(r, copied)
	if err != nil {
		return err
	}
	return req.show(http.StatusOK, views.ReviewRecord(req.page("Receipt: "+v.Title(), views.SectionMembers), v))
}

// reviewReceipt puts the record together from the review and the journal. Tallyfy is not asked: a receipt says what was
// found then.
func (req *request) reviewReceipt(r *review.Review, copied snapshot) (v views.ReviewReceipt, err error) {
	_, open, err := req.reviewJobs(r.ID)
	if err == nil {
		v.Job, err = req.underJob(open)
	}
	unknown := 0
	if err == nil {
		unknown, err = req.recordSent(r)
	}
	if err == nil {
		r, err = req.app.Reviews.Review(req.ctx(), req.org(), r.ID) // with what was recorded just now
	}
	if err != nil {
		return v, err
	}
	r.MarkLeft(copied.members)
	now := req.app.Now()
	counts := r.Counts(now)
	v.ReviewHead, v.Waiting = req.reviewHead(r, counts), counts[review.Change]
	v.Missing = copied.missing()
	proofs := proofs{request: req, entries: map[string]*journal.Entry{}}
	stale, short := 0, 0
	for _, p := range r.People {
		row := views.ReviewReceiptRow{
			ID: p.ID, Name: p.Name, Email: p.Email, Called: personCalled(p, copied.members), Role: names.Role(p.Role), Title: p.Title, State: string(p.State(now)), Unreadable: p.Unreadable,
		}
		if m, ok := copied.members.ByID(p.ID); !p.Unreadable {
			if row.Joined, _ = p.Joining(m); ok {
				row.RoleChanged = roleChanged(p, m)
			}
		}
		applied := false
		for _, d := range p.Decisions {
			if d.State.ByPerson() && d.Since.IsZero() && !d.ReadAt.IsZero() && d.At.Sub(d.ReadAt) > oldAfter {
				stale++
			}
			if d.Short && d.Since.IsZero() {
				short++
			}
			l, err := proofs.line(d)
			if err != nil {
				return v, err
			}
			l.Left = !d.Since.IsZero()
			l.Anew = applied && d.State.ByPerson() && !l.Left
			applied = applied || d.State == review.Applied
			row.Lines = append(row.Lines, l)
		}
		v.Rows = append(v.Rows, row)
	}
	if v.Looks, err = req.lookLines(r, v.Rows, copied); err != nil {
		return v, err
	}
	v.NotChecked = notChecked(counts, stale, short, proofs.unsure, unknown)
	return v, req.changedSinceReview(&v, r)
}

// recordSent records what the review has sent from its page and was found in place only later,
// perhaps after the decision was changed. It returns of how many changes of people it is still not
// known whether they were made.
func (req *request) recordSent(r *review.Review) (unknown int, err error) {
	if !slices.ContainsFunc(r.People, func(p *review.Person) bool { return len(p.Awaited("")) > 0 }) {
		return 0, nil
	}
	for e, err := range req.app.Journal.List(req.ctx(), journal.Filter{Org: req.org(), Kind: membership.GroupsChanged, From: r.At.Add(-clocksApart)}) {
		if err != nil {
			return unknown, err
		}
		if e.Unreadable || e.NotMade() || membership.ReviewOf(e) != r.ID {
			continue
		}
		reached, found := membership.Reached(e), map[tallyfy.UserID][]review.Result{}
		for _, p := range r.People {
			for _, w := range p.Awaited(e.ID) {
				switch {
				case !membership.Moves(e, w.Group, p.ID, w.Leave):
				case reached[w.Group]:
					found[p.ID] = append(found[p.ID], w)
				case e.Check == nil || e.Check.Count(journal.NotChecked) > 0:
					unknown++
				}
			}
		}
		if len(found) > 0 {
			if _, err := req.app.record(req.ctx(), req.org(), r.ID, e.Actor, found); err != nil {
				return unknown, err
			}
			// What a later change put in place is not recorded for an earlier one that it repeats.
			if r, err = req.app.Reviews.Review(req.ctx(), req.org(), r.ID); err != nil {
				return unknown, err
			}
		}
	}
	return unknown, nil
}

// roleChanged says which other role somebody had when it was decided, and which they have got
// since; "" for none.
func roleChanged(p *review.Person, m *tallyfy.Member) string {
	var list []string
	decided := p.RoleDecided()
	if decided != p.Role {
		list = append(list, names.Role(p.Role)+" when the review was started, "+names.Role(decided)+" when decided")
	}
	if m.Role != decided {
		list = append(list, "Role changed since: "+names.Role(m.Role))
	}
	return strings.Join(list, ". ")
}

// changedSinceReview says whose groups were seen to change since somebody came to an end about them.
func (req *request) changedSinceReview(v *views.ReviewReceipt, r *review.Review) error {
	var first time.Time
	decided := map[tallyfy.UserID]time.Time{}
	for _, p := range r.People {
		if d := p.Last(); d != nil && d.State.Reviewed() && !d.At.IsZero() {
			decided[p.ID] = d.At
			if first.IsZero() || d.At.Before(first) {
				first = d.At
			}
		}
	}
	if len(decided) == 0 {
		return nil
	}
	req.app.History.WaitUntilCompared(req.ctx(), req.org(), waitForEvents)
	moves, err := req.app.History.Moves(req.ctx(), req.org(), journal.Subject{}, first)
	sure, perhaps := 0, 0
	for i := range v.Rows {
		row := &v.Rows[i]
		at, ended := decided[row.ID]
		move, moved := moves[row.ID]
		if !ended || !moved {
			continue
		}
		switch after, may := move.Since(at); {
		case after:
			sure++
			row.Changed = "Groups changed since"
		case may:
			perhaps++
			row.Changed = "Groups changed then or since"
		}
		row.ChangesURL = req.changesFrom(journal.Subject{Kind: journal.Member, ID: string(row.ID)}, at)
	}
	v.Changed = peopleMoved(sure, perhaps)
	return err
}

// notChecked says what the review does not cover.
func notChecked(counts map[review.State]int, stale, short, unsure, unknown int) (list []string) {
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{counts[review.Undecided], "person is not decided", "people are not decided"},
		{counts[review.Later], "person was put off to a later day", "people were put off to a later day"},
		{counts[review.Ask], "person was asked about, without a decision", "people were asked about, without a decision"},
		{counts[review.Change], "decision to change groups is not carried out, not in full, or it is not known yet", "decisions to change groups are not carried out, not in full, or it is not known yet"},
		{stale, "decision was made on data more than an hour old", "decisions were made on data more than an hour old"},
		{short, "decision was made when not all groups could be read", "decisions were made when not all groups could be read"},
		{unsure, "change could not be read again in Tallyfy, or was not so any more", "changes could not be read again in Tallyfy, or were not so any more"},
		{unknown, "change was sent to Tallyfy, and whether it was made is not known yet: its receipt in Activity looks again", "changes were sent to Tallyfy, and whether they were made is not known yet: their receipts in Activity look again"},
	} {
		if c.n > 0 {
			list = append(list, words.Count(c.n, c.one, c.many)+".")
		}
	}
	return append(list, "Roles, guests, open tasks and templates were not part of this review. Of what was changed in Tallyfy after the times above only what was seen is said here.")
}

// proofs reads what was found after the changes, each entry of the journal once.
type proofs struct {
	*request
	entries map[string]*journal.Entry
	unsure  int
}

func (p *proofs) line(d *review.Decision) (l views.ReviewReceiptLine, err error) {
	l = views.ReviewReceiptLine{
		ReviewDecision: views.ReviewDecision{
			State: string(d.State), By: d.By.Name, Note: d.Note, At: d.Made(), Until: d.Until, ReadAt: d.ReadAt, Add: groupNames(d.Add), Remove: groupNames(d.Remove),
			Already: d.Already(),
		},
		ByEmail: d.By.Email, Before: groupNames(d.Groups), After: groupNames(d.After()),
	}
	if d.State == review.Applied {
		l.Proofs, err = p.of(d)
	}
	return l, err
}

// of is what was found in Tallyfy of what was carried out: for each change in the journal, and for what was so already.
func (p *proofs) of(d *review.Decision) (list []views.ReviewProof, err error) {
	groups := slices.Concat(d.Add, d.Remove)
	lost := false
	for _, id := range d.Entries {
		e, err := p.entry(id)
		if err != nil {
			return nil, err
		}
		if e == nil || e.Unreadable || e.Check == nil && e.Outcome == nil {
			lost = true
			continue
		}
		proof, off := views.ReviewProof{Text: "Accepted by Tallyfy, and not read again yet", Entry: id}, false
		if e.Check != nil {
			proof.Text, proof.Checked = "Found so in Tallyfy", e.Check.At
		} else {
			proof.Checked = e.Outcome.At
			p.unsure++
		}
		reached := membership.Reached(e)
		groups = slices.DeleteFunc(groups, func(g review.Group) bool {
			in, sent := reached[g.ID]
			if sent {
				proof.Groups, off = append(proof.Groups, g.Name), off || !in && e.Check != nil
			}
			return sent
		})
		if off {
			p.unsure++
			proof.Text = "It was found so after the change, but not when it was looked at last"
		}
		list = append(list, proof)
	}
	if len(groups) > 0 {
		rest := views.ReviewProof{Groups: groupNames(groups), Text: "It was so already when Tallyfy was read, so nothing was sent", Checked: d.At}
		if lost {
			rest = views.ReviewProof{Groups: rest.Groups, Text: "It was found so in Tallyfy then; the receipt of the change is not kept any more"}
		}
		list = append(list, rest)
	}
	return list, nil
}

// entry reads an entry of the journal; nil where it is past its time.
func (p *proofs) entry(id string) (*journal.Entry, error) {
	if e, known := p.entries[id]; known {
		return e, nil
	}
	e, err := p.app.Journal.Get(p.ctx(), p.org(), id)
	if errors.Is(err, journal.ErrNotFound) {
		e, err = nil, nil
	}
	if err == nil {
		p.entries[id] = e
	}
	return e, err
}

// exportReview sends the record of a review as a file: a row for each person.
func exportReview(req *request) error {
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Receipt", copied, req.urls().Reviews())
	}
	r, err := req.review()
	if err != nil {
		return err
	}
	v, err := req.reviewReceipt(r, copied)
	if err != nil {
		return err
	}
	day := func(chosen time.Time) string {
		if chosen.IsZero() {
			return ""
		}
		return chosen.Format(time.DateOnly)
	}
	var rows [][]string
	for _, r := range v.Rows {
		l := r.Last()
		var before []string
		for _, earlier := range r.Lines[:max(0, len(r.Lines)-1)] {
			text := earlier.Sentence(day) + " (" + strings.TrimPrefix(earlier.By+", ", ", ") + inFile(earlier.At)
			if !earlier.ReadAt.IsZero() {
				text += ", by data of " + inFile(earlier.ReadAt)
			}
			text += ")"
			if earlier.State == string(review.Applied) {
				text += " " + earlier.Groups()
			}
			for _, proof := range earlier.Proofs {
				text += " " + proof.Said(true) + " " + inFile(proof.Checked) + " " + proof.Entry
			}
			before = append(before, strings.TrimSpace(text))
		}
		var proofs, times, changes []string
		for _, proof := range l.Proofs {
			proofs, times, changes = append(proofs, proof.Said(len(l.Proofs) > 1)), append(times, inFile(proof.Checked)), append(changes, proof.Entry)
		}
		var looks []string
		for _, l := range r.Looks {
			text := l.Result()
			if l.Note != "" {
				text += ". “" + l.Note + "”"
			}
			if !l.At.IsZero() {
				text += " (" + l.By + ", " + inFile(l.At) + ")"
			}
			looks = append(looks, text)
		}
		name := r.Name
		if r.Unreadable {
			name = "Erased"
		}
		rows = append(rows, []string{
			v.Name, inFile(v.At), names.Plain(name), r.Email, string(r.ID), r.Role, r.Title, inFile(r.Joined), views.ReviewStateWord(r.State),
			l.By, l.ByEmail, inFile(l.At), inFile(l.ReadAt), l.Note, day(l.Until),
			names.Cell(l.Before), names.Cell(l.Add), names.Cell(l.Remove), names.Cell(l.After), names.Plain(strings.Join(proofs, "; ")), strings.Join(times, "; "), strings.Join(changes, "; "),
			names.Plain(l.Sentence(day)), names.Plain(strings.Join(before, "; ")), r.Changed, names.Plain(v.Rule), names.Plain(v.By), names.Plain(v.Second), inFile(v.ReadAt), strings.Join(v.NotChecked, " "), names.Plain(strings.Join(looks, "; ")), names.Plain(r.RoleChanged),
			inFile(v.Closed), names.Plain(v.ClosedBy),
		})
	}
	return req.sendFile("review", []string{
		"Review", "Started (UTC)", "Person", "Email", "Id", "Role", "Job title", "Joined (UTC)", "State",
		"Decided by", "Decided by (email)", "Decided (UTC)", "Data read (UTC)", "Note", "Until",
		"Groups before", "Added", "Taken out", "Groups after", "Proof", "Proof read (UTC)", "Change",
		"Decision", "Earlier decisions", "Seen later", "Rule", "Started by", "Second reviewer", "People read (UTC)", "Not checked", "Second look", "Role changed",
		"Closed (UTC)", "Closed by",
	}, slices.Values(rows))
}
