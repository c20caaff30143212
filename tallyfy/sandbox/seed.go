package sandbox

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// The organisations. Both companies are invented.
const (
	mainName  = "Aldermoor Logistics"
	otherName = "Aldermoor Training Sandpit"
)

// The ids of members are irregular, so that they are not mistaken for positions.
const (
	firstMemberID = 20513
	memberIDStep  = 13
)

const day = 24 * time.Hour

// dice give the seed its variety, the same at every start. Each part of the seed has its own, so
// that a change in one does not shuffle the others.
func dice(part uint64) *rand.Rand { return rand.New(rand.NewPCG(0x7a11, part)) }

func seedMain(now time.Time, opts Options) *organisation {
	o := newOrganisation(makeID("organisation", 1), mainName, now.Add(-1900*day))
	seedPeople(o, now)
	seedGuests(o, now)
	moreMembers(o, now, opts.Members-seedMembers)
	byKey := seedGroupRows(o, now)
	seedTasks(o, now, byKey)
	moreGroups(o, now, opts.Groups-seedGroups)
	if opts.Joiners {
		seedJoiners(o, now)
	}
	return o
}

func seedPeople(o *organisation, now time.Time) {
	rnd := dice(1)
	inviter := 0
	for i, p := range people {
		m := &member{
			id: firstMemberID + i*memberIDStep, email: p.email(), firstName: p.first, lastName: p.last,
			jobTitle: p.title, timezone: p.zone, role: p.role, status: statusActive, kind: kindStandard,
			defaultAdmin: i == 0,
		}
		joined := p.joined
		if joined == 0 {
			joined = 1800 - i*33 + rnd.IntN(20) // the first rows have been there longest
		}
		m.createdAt = now.Add(-time.Duration(joined)*day + time.Duration(rnd.IntN(8*3600))*time.Second)
		m.updatedAt = m.createdAt.Add(time.Duration(rnd.IntN(1+joined*12)) * time.Hour)
		if i > 1 {
			m.invitedBy = inviter
		}
		if i == 1 {
			inviter = m.id // the head of operations invites everybody who came later
		}
		if rnd.IntN(3) == 0 {
			m.phone = "+44 20 7946 0" + digits(rnd, 3) // a range that Ofcom keeps for drama
		}
		if p.status != "" {
			m.status = p.status
		}
		if p.kind != "" {
			m.kind = p.kind
		}
		if m.status != statusInvited {
			m.activatedAt = m.createdAt.Add(time.Duration(1+rnd.IntN(50)) * time.Minute)
			m.lastLoginAt = lastLogin(rnd, m, now)
			m.stats = memberStats{
				stepsCreated: rnd.IntN(200), tasksCompleted: rnd.IntN(900), processesLaunched: rnd.IntN(120),
				checklistsCreated: rnd.IntN(15), lastStepCreatedAt: m.lastLoginAt,
			}
		}
		o.addMember(m)
	}
}

// lastLogin is within the past fortnight, long ago for a disabled member, and zero for a bot.
func lastLogin(rnd *rand.Rand, m *member, now time.Time) time.Time {
	ago := time.Duration(rnd.IntN(14*24*60)) * time.Minute
	switch {
	case m.isBot():
		return time.Time{}
	case m.status == statusDisabled:
		ago += 70 * day
	}
	at := now.Add(-ago)
	if at.Before(m.activatedAt) {
		return m.activatedAt
	}
	return at
}

func digits(rnd *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + rnd.IntN(10)))
	}
	return b.String()
}

func seedGuests(o *organisation, now time.Time) {
	rnd := dice(2)
	for i, row := range guestRows {
		g := &guest{
			id: 7301 + i*4, email: row.email(), firstName: row.first, lastName: row.last, company: row.company,
			status: statusActive, link: guestLink(row.email()), createdAt: now.Add(-time.Duration(700-i*35) * day),
		}
		switch {
		case row.key == "": // the one who is in no group left long ago
			g.status, g.disabledAt, g.deletedAt = statusDisabled, now.Add(-40*day), now.Add(-40*day)
		case i%5 != 4: // every fifth has never opened the link
			g.lastAccessedAt = now.Add(-time.Duration(rnd.IntN(60*24)) * time.Hour)
		}
		for user := range strings.FieldsSeq(knownBy[row.key]) {
			i := slices.IndexFunc(people, func(p person) bool { return p.user == user })
			g.knownBy = append(g.knownBy, firstMemberID+i*memberIDStep)
		}
		o.addGuest(g)
	}
}

func seedGroupRows(o *organisation, now time.Time) map[string]*group {
	guestEmail := map[string]string{}
	for _, row := range guestRows {
		guestEmail[row.key] = row.email()
	}
	byKey := map[string]*group{}
	for i, row := range groupRows {
		g := &group{name: row.name, description: row.description, members: []int{}, guests: []string{}}
		g.createdAt = now.Add(-time.Duration(1500-i*41)*day - time.Duration(i*37)*time.Minute)
		g.updatedAt = g.createdAt.Add(time.Duration((i*53)%90)*day + 5*time.Hour)
		for j, m := range o.members {
			if row.key == everybodyKey || j < len(people) && people[j].isIn(row.key) {
				g.members = append(g.members, m.id)
			}
		}
		for key := range strings.FieldsSeq(row.guests) {
			g.guests = append(g.guests, guestEmail[key])
		}
		o.addGroup(g)
		if row.shape != noLogo {
			o.addLogo(g, mark{row.shape, row.colour}, row.key == missingLogoKey)
		}
		byKey[row.key] = g
	}
	return byKey
}
