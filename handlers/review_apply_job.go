package handlers

import (
	"slices"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// startJob carries decisions out in a job, unless one of the review is open or this press has started one.
func (a application) startJob(press string) error {
	lease, holder, err := a.app.Leases.Acquire(a.ctx(), turnOf(a.review.ID), web.IDOf(a), startLease)
	if err != nil {
		return err
	}
	if holder != nil {
		a.notice(*beingCarriedOut().Notice)
		return a.goTo(a.urls().ReviewCheck(a.review.ID))
	}
	defer a.endTurn(lease)
	all, open, err := a.reviewJobs(a.review.ID)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(all, func(j *bulk.Job) bool { return j.Press == press }); open == nil && i >= 0 {
		open = all[i]
	}
	if open != nil {
		a.notice(views.Notice{Kind: views.NoticeInfo, Text: "This review has a job already. Nothing was started."})
		return a.goTo(a.urls().Job(open.ID))
	}
	o := a.organisation()
	plan := o.PlanReview(a.jobRows())
	for _, r := range plan.Rows {
		if r.State == bulk.Nothing {
			if r.Entry, err = a.madeBefore(tallyfy.UserID(r.Who.ID), tallyfy.ID(r.Group.ID), r.Leave); err != nil {
				return err
			}
		}
	}
	j := &bulk.Job{Org: a.org(), Kind: bulk.Reviewed, Owner: a.me(), Spec: bulk.Spec{
		OrgName: a.who.Organisation.Name, Header: []string{"Person", "Change"}, Reads: plan.Reads, Writes: plan.Writes, Review: a.review.ID, Press: press,
		Notes: []string{"This carries out what was decided in the review " + names.Isolate(a.review.Name) + ". A decision that was changed meanwhile is left as it is, and so is somebody who was disabled or has another role."},
	}}
	if err := a.app.Jobs.Create(a.ctx(), j, plan.Rows); err != nil {
		return err
	}
	if err := a.app.Jobs.Start(a.ctx(), j, a.me(), a.who.Token); err != nil {
		return err
	}
	a.deliver(j.ID)
	return a.goTo(a.urls().Job(j.ID))
}

// organisation is what a job of the review is planned from.
func (a application) organisation() *bulk.Organisation {
	return &bulk.Organisation{Organization: a.who.Organisation, Members: a.copied.members, Groups: a.copied.groups, By: a.who.UserID}
}

// jobRows are the rows of a job: one for each person who comes into a group or leaves it.
func (a application) jobRows() (rows []*bulk.Row) {
	of := map[tallyfy.UserID]*review.Person{}
	for _, p := range a.people {
		of[p.ID] = p
	}
	for _, w := range a.wishes {
		for i, id := range slices.Concat(w.Add, w.Remove) {
			p, leave := of[id], i >= len(w.Add)
			what := "comes in"
			if leave {
				what = "leaves"
			}
			rows = append(rows, &bulk.Row{
				Line: len(rows) + 1, Cells: []string{p.Email, what}, Who: journal.Subject{Kind: journal.Member, ID: string(id), Name: p.Name, Email: p.Email},
				Group: journal.Subject{Kind: journal.Group, ID: string(w.ID), Name: w.Name}, Leave: leave, Role: a.roles[id],
			})
		}
	}
	return rows
}

// mostEarlier is how many changes of a group are looked at for the one that made it so.
const mostEarlier = 20

// madeBefore is the entry of a change after the latest decision about somebody that has put in place what it asks for, such as
// that of a process that died before it could say so; "" for none.
func (a application) madeBefore(id tallyfy.UserID, group tallyfy.ID, leave bool) (string, error) {
	p, _ := a.review.Person(id)
	latest, err := a.app.Journal.Latest(a.ctx(), journal.Filter{
		Org: a.org(), Subject: journal.Subject{Kind: journal.Group, ID: string(group)}, From: p.Last().Made().Add(-clocksApart),
	}, mostEarlier)
	if err != nil {
		return "", err
	}
	for _, e := range latest {
		if e.Unreadable || e.NotMade() || !membership.Moves(e, group, id, leave) || change.UnderWay(e, a.app.Now()) {
			continue
		}
		if e.Check == nil {
			if err := a.app.changes.Check(a.ctx(), e, a.changeOf(e)); err != nil {
				a.logInfo("change not checked", err)
			}
		}
		if membership.Reached(e)[group] {
			return e.ID, nil
		}
	}
	return "", nil
}
