package handlers

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
)

// showReceipt reads back what became of a removal and says it line by line. Each look is a new one.
func showReceipt(v *visit) error {
	record := web.Param(v, "record")
	r, err := v.readRecord(tallyfy.UserID(web.Param(v, "member")), record)
	if errors.Is(err, store.ErrNotFound) {
		return &problem{
			status: http.StatusNotFound, title: "There is no such receipt",
			text:  "Receipts are kept for 30 days, and only the person who carried out the removal can open them.",
			links: v.wayHome(), cause: err,
		}
	}
	if err != nil {
		return err
	}
	v.unsure = r.State != removalDone // should the sign-in have ended before it can be looked at
	after, err := v.lookAfterRemoval(r)
	if err != nil {
		return err
	}
	view := views.RemovalReceipt{Head: r.Head, CheckedAt: v.app.Now(), By: r.By}
	underWay := r.State == removalSent && v.app.Now().Sub(r.SentAt) < writeTime
	removed, _ := after.Removed()
	for _, check := range r.Plan.Verify(after) {
		line := views.ReceiptLine{Text: check.Line.Text, Result: receiptWord(check.Result), Detail: check.Detail}
		if underWay && (!removed || check.Result == removal.Unexpected) {
			line.Result, line.Detail = views.NotChecked, "Still under way."
		}
		view.Lines = append(view.Lines, line)
	}
	if after.Leaver != nil {
		view.Head.Status = views.MemberStatus(after.Leaver)
	}
	view.Kind, view.Summary = summary(r, after, view.Lines, underWay)
	return v.show(http.StatusOK, views.RemovalLast(v.page("Receipt: "+r.Head.Name, views.SectionMembers), view, v.urls().RemovalReceipt(r.Head.ID, record)))
}

// mostGroups is how many groups that were to be emptied are read back; more would cost too many calls.
const mostGroups = 4

// lookAfterRemoval reads what the plan can be checked against. What Tallyfy does not answer is left out; only a sign-in
// that has ended is an error.
func (v *visit) lookAfterRemoval(r *removalRecord) (removal.After, error) {
	after := removal.After{Groups: map[tallyfy.ID]*tallyfy.Group{}}
	var mu sync.Mutex
	calls := []func(context.Context) error{
		func(ctx context.Context) error {
			m, err := v.api.Members.Get(ctx, v.org(), r.Plan.LeaverID, "groups")
			after.Gone = tallyfy.IsNotFound(err)
			if err == nil {
				after.Leaver = m
			}
			return onlyUnauthorized(err)
		},
		func(ctx context.Context) error {
			after.Tasks = v.tasksNow(ctx, tallyfy.TaskListOptions{Owner: r.Plan.LeaverID})
			return nil
		},
	}
	if to := r.Plan.SuccessorID; to != "" {
		calls = append(calls,
			func(ctx context.Context) error {
				m, err := v.api.Members.Get(ctx, v.org(), to, "groups")
				if err == nil {
					after.Successor = m
				}
				return onlyUnauthorized(err)
			},
			func(ctx context.Context) error {
				after.SuccessorTasks = v.tasksNow(ctx, tallyfy.TaskListOptions{Owner: to})
				return nil
			})
	}
	read := 0
	for _, line := range r.Plan.Lines {
		if line.Kind != removal.Emptied || read == mostGroups {
			continue
		}
		read++
		calls = append(calls, func(ctx context.Context) error {
			g, err := v.api.Groups.Get(ctx, v.org(), line.Group)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				after.Groups[line.Group] = g
			}
			return onlyUnauthorized(err)
		})
	}
	err := sideBySide(v.ctx(), calls...)
	return after, err
}

func onlyUnauthorized(err error) error {
	if tallyfy.IsUnauthorized(err) {
		return err
	}
	return nil
}

func receiptWord(r removal.Result) views.ReceiptResult {
	switch r {
	case removal.Confirmed:
		return views.Confirmed
	case removal.Unexpected:
		return views.NotAsPlanned
	default:
		return views.NotChecked
	}
}

// summary is the receipt in a sentence.
func summary(r *removalRecord, after removal.After, lines []views.ReceiptLine, underWay bool) (views.NoticeKind, string) {
	name := r.Head.Name
	removed, known := after.Removed()
	unexpected, unchecked := 0, 0
	for _, l := range lines {
		switch l.Result {
		case views.NotAsPlanned:
			unexpected++
		case views.NotChecked:
			unchecked++
		}
	}
	gaps := ""
	if unchecked > 0 {
		gaps = " " + views.Count(unchecked, "line", "lines") + " of the plan could not be checked."
	}
	switch {
	case underWay:
		return views.NoticeInfo, "The removal of " + name + " has been sent and is not answered yet. Check again in a moment."
	case !known && r.State == removalDone:
		return views.NoticeWarning, "Tallyfy said that " + name + " is removed, but does not answer now, so it could not be checked."
	case !known:
		return views.NoticeWarning, "Tallyfy didn't confirm the removal. " + name + " may or may not be removed. Please don't repeat it; check again in a minute."
	case !removed && r.State == removalDone:
		return views.NoticeProblem, "Tallyfy said that " + name + " is removed, but still lists " + name + " as active. Check again in a minute; if it stays so, ask Tallyfy's support."
	case !removed:
		return views.NoticeProblem, "Tallyfy didn't confirm the removal, and " + name + " is still active. It may still be under way: check again in a minute before you repeat it."
	case unexpected > 0:
		return views.NoticeWarning, name + " is removed, but " + views.Count(unexpected, "line is", "lines are") + " not as expected."
	case r.State != removalDone:
		return views.NoticeDone, "Tallyfy didn't confirm the removal, but " + name + " is removed." + gaps
	default:
		return views.NoticeDone, name + " is removed from " + r.Head.Organisation + "." + gaps
	}
}

func (v *visit) memberLinks(id tallyfy.UserID) []components.LinkProps {
	return []components.LinkProps{{Text: "Look at the member", URL: v.urls().Member(id)}, {Text: "All members", URL: v.urls().Members()}}
}
