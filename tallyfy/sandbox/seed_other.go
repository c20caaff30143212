package sandbox

import "time"

// seedOther makes the small organisation, for a case that the main one cannot have: the default
// administrator is disabled, so the caller is the last active administrator and cannot be removed.
func seedOther(now time.Time) *organisation {
	o := newOrganisation(makeID("organisation", 2), otherName, now.Add(-400*day))
	joined := now.Add(-390 * day)
	// The caller's account is the same as in the main organisation, and so is its id.
	for _, m := range []*member{
		{id: firstMemberID, role: roleAdmin, status: statusDisabled, defaultAdmin: true},
		{id: firstMemberID + memberIDStep, role: roleAdmin, status: statusActive},
		{id: firstMemberID + 11*memberIDStep, role: roleStandard, status: statusActive},
	} {
		p := people[(m.id-firstMemberID)/memberIDStep]
		m.email, m.firstName, m.lastName, m.jobTitle, m.timezone = p.email(), p.first, p.last, p.title, p.zone
		m.kind, m.createdAt, m.updatedAt, m.activatedAt, m.lastLoginAt = kindStandard, joined, joined, joined, joined
		o.addMember(m)
	}
	trainees := &group{
		name: "Trainees", description: "Try out what you like here.", guests: []string{},
		members: []int{firstMemberID + memberIDStep}, createdAt: joined, updatedAt: joined,
	}
	o.addGroup(trainees)
	o.tasks = []*task{{
		id: makeID(o.id+"/task", 1), title: "Walk through the exercises", status: taskActive, createdAt: joined,
		owners: []*member{o.members[1]}, groups: []*group{trainees},
	}}
	return o
}
