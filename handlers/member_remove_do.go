package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"regexp"
	"strings"
	"time"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// removalRecord is what is kept about a removal, sealed. It makes the receipt possible on another day, and a second press
// of the button harmless.
type removalRecord struct {
	Plan   removal.Plan
	Head   views.RemovalHead
	By     string
	SentAt time.Time
	State  removalState
}

type removalState string

const (
	// removalSent is written before the call, so it is also what a crash in the middle leaves behind.
	removalSent removalState = "sent"
	removalDone removalState = "done"
	// removalUnknown: the answer did not arrive.
	removalUnknown removalState = "unknown"
)

// leaverNow is the leaver as a confirmed removal leaves the account, for the directory; nil when it is not known.
func (r removalRecord) leaverNow(m *tallyfy.Member) *tallyfy.Member {
	if r.State != removalDone {
		return nil
	}
	now := *m
	now.Status, now.IsActive, now.Groups = tallyfy.StatusDisabled, false, nil
	return &now
}

// keepRecord is how long a receipt can be looked at.
const keepRecord = 30 * 24 * time.Hour

var recordID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// removeMember carries the plan out. It makes sure that nobody else is removing the same member, looks at everything
// again, and sends one call.
func removeMember(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id := tallyfy.UserID(web.Param(v, "member"))
	v.returnTo = v.urls().Local(v.urls().RemovalPlan(id, v.chosen()))
	record := form.Get("record")
	if !recordID.MatchString(record) {
		record = web.NewID()
	}
	release, held, err := v.lockMember(id, record)
	switch {
	case err != nil:
		return err
	case held:
		return v.underWay(id, record)
	}
	defer release()
	// Asked with the lock held: an earlier press of the same button is either over, and has a receipt, or has the lock.
	if pressed, err := v.pressedBefore(id, record); err != nil || pressed {
		return v.toReceipt(id, record, err)
	}
	l, theirs, err := v.lookAgain()
	if err != nil {
		return err
	}
	if len(l.Blockers()) > 0 {
		return v.showBlockers(http.StatusConflict, l)
	}
	plan, problem, err := v.plan(l)
	if err != nil {
		return err
	}
	if problem != "" {
		return v.askForSuccessor(http.StatusUnprocessableEntity, l, problem)
	}
	if seen := form.Get("seen"); seen != "" && seen != plan.Seen() {
		return v.askBeforeRemoving(http.StatusConflict, l, plan, "Something has changed since you opened the plan. This is how it is now.")
	}
	if theirs.Checked {
		plan.SuccessorTasksNow = theirs.Total
	}
	return v.carryOut(l, plan, record)
}

// lookAgain reads all that the plan says and, side by side with it, what the successor holds now: the receipt compares with that.
func (v *visit) lookAgain() (l *leaving, theirs removal.Tasks, err error) {
	successor := v.successor()
	err = sideBySide(v.ctx(),
		func(context.Context) (err error) {
			l, err = v.leaverAnd(successor)
			return err
		},
		func(ctx context.Context) error {
			if successor != "" {
				theirs = v.readTasks(ctx, tallyfy.TaskListOptions{Owner: successor})
			}
			return nil
		})
	return l, theirs, err
}

// lockTime is how long a lock holds that is not given back. A removal, with what is read before it, is over within twice the
// writeTime, and a replica whose clock is ahead must not see the end sooner.
const lockTime = store.MaxClockSkew + 2*writeTime

// lockMember keeps everybody else, on this server or another, from removing the same member at the same time. held says
// that somebody is.
func (v *visit) lockMember(id tallyfy.UserID, record string) (release func(), held bool, err error) {
	name := lockName(v.org(), id)
	body := []byte(record + " " + web.NewID()) // the same button pressed twice has one record and two locks
	release = func() {
		if err := v.app.Records.Release(v.ctx(), name, body); err != nil {
			v.app.Log.Error("lock not released", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
		}
	}
	claimed, err := v.app.Records.Claim(v.ctx(), name, v.who.scope(), body, lockTime)
	if err != nil {
		release() // it may have been stored all the same
		return nil, false, err
	}
	return release, !claimed, nil
}

func lockName(org tallyfy.ID, id tallyfy.UserID) string {
	return "removing " + string(org) + " " + string(id)
}

// underWay answers while somebody else holds the lock. If that is the same button pressed twice, the first press is about to
// have a receipt, and this one shows it. The lock is looked at before the record: a first press that has given it back in
// between has written its record by then.
func (v *visit) underWay(id tallyfy.UserID, record string) error {
	for range 50 {
		first, _, failed := v.app.Records.Get(v.ctx(), lockName(v.org(), id))
		if pressed, err := v.pressedBefore(id, record); err != nil || pressed {
			return v.toReceipt(id, record, err)
		}
		if pressed, _, _ := strings.Cut(string(first), " "); failed != nil || pressed != record {
			break
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-v.ctx().Done():
			return v.ctx().Err()
		}
	}
	return &problem{
		status: http.StatusConflict, title: "This member is being removed right now",
		text: "Another request for the same removal is under way, perhaps a second press of the button, perhaps another administrator. Nothing was done by this one. " +
			"Should the other one have been broken off, this one can be sent again in " + views.Count(int(math.Ceil(lockTime.Minutes())), "minute", "minutes") + ".",
		links: v.memberLinks(id),
	}
}

func (v *visit) toReceipt(id tallyfy.UserID, record string, err error) error {
	if err != nil {
		return err
	}
	return v.goTo(v.urls().RemovalReceipt(id, record))
}

// pressedBefore reports whether the removal that a record stands for has been sent.
func (v *visit) pressedBefore(id tallyfy.UserID, record string) (bool, error) {
	_, err := v.readRecord(id, record)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// carryOut writes down what is about to be done, sends the call, and writes down how it ended.
func (v *visit) carryOut(l *leaving, plan removal.Plan, record string) error {
	ctx, cancel := v.writeCtx()
	defer cancel()
	r := removalRecord{Plan: plan, Head: l.head(), By: v.who.Name, SentAt: v.app.Now(), State: removalSent}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	name := recordName(l.Leaver.ID, record)
	claimed, err := v.app.Records.Claim(ctx, name, v.who.scope(), body, keepRecord)
	if err != nil {
		return err
	}
	if !claimed {
		return v.goTo(v.urls().RemovalReceipt(l.Leaver.ID, record))
	}

	_, err = v.api.Members.Remove(ctx, v.org(), l.Leaver.ID, tallyfy.RemoveOptions{ReassignTo: plan.SuccessorID})
	v.auditRemoval(l, plan, err)
	switch {
	case err == nil:
		r.State = removalDone
	case tallyfy.MayHaveHappened(err):
		v.notConfirmed(err)
		r.State = removalUnknown
	default: // certainly not carried out: the button may be pressed again
		if failed := v.app.Records.Delete(ctx, name); failed != nil {
			return errors.Join(err, failed)
		}
		return v.notRemoved(l, plan, err)
	}
	v.memberChanged(r.leaverNow(l.Leaver))
	if body, err = json.Marshal(r); err == nil {
		err = v.app.Records.Put(ctx, name, body)
	}
	if err != nil { // the receipt will say that the outcome was not noted, and look
		v.app.Log.Error("record not updated", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
	}
	return v.goTo(v.urls().RemovalReceipt(l.Leaver.ID, record))
}

func (v *visit) auditRemoval(l *leaving, plan removal.Plan, err error) {
	m := l.Leaver
	groups := make([]string, len(m.Groups))
	for i, g := range m.Groups {
		groups[i] = string(g.ID)
	}
	attrs := []slog.Attr{
		slog.String("member", string(m.ID)),
		slog.Group("before", slog.String("email", m.Email), slog.String("role", string(m.Role)), slog.String("status", string(m.Status)), slog.Any("groups", groups)),
	}
	if plan.SuccessorID != "" {
		attrs = append(attrs, slog.String("work_to", string(plan.SuccessorID)))
	}
	if err == nil {
		attrs = append(attrs, slog.Group("after", slog.String("status", string(tallyfy.StatusDisabled))))
	}
	v.audit(memberRemoved, err, attrs...)
}

// notRemoved shows the plan again with Tallyfy's reason. Errors that are about more than this removal have pages of their
// own.
func (v *visit) notRemoved(l *leaving, plan removal.Plan, err error) error {
	var refused *tallyfy.Error
	if !errors.As(err, &refused) || refused.Message == "" {
		return err
	}
	switch refused.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
		return v.askBeforeRemoving(http.StatusConflict, l, plan, fmt.Sprintf("Tallyfy refused: “%s”", refused.Message))
	}
	return err
}

// recordName names the member, too: the record of one removal stands for no other.
func recordName(id tallyfy.UserID, record string) string {
	return "removal " + string(id) + " " + record
}

// readRecord reads this person's record of a member's removal; any other is not found.
func (v *visit) readRecord(id tallyfy.UserID, record string) (*removalRecord, error) {
	body, scope, err := v.app.Records.Get(v.ctx(), recordName(id, record))
	if err != nil {
		return nil, err
	}
	if scope != v.who.scope() {
		return nil, store.ErrNotFound
	}
	var r removalRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	return &r, nil
}
