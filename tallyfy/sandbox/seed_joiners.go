package sandbox

import (
	"slices"
	"strings"
	"time"
)

// dispatchers are a team of long standing with one job title, and joiners those who came lately: some of them into that
// team. All of the team are in Operations and Fleet and Drivers, and nearly all in the Peak Season Task Force. Among the
// joiners are one who is in one of these only, one who is in more than anybody of the team, one who is in none, one as
// they should be, a new administrator, a guest who became a member, one who is invited, and one who has left again.
var (
	dispatchers = []person{
		{first: "Maeve", last: "Gallagher", user: "maeve.gallagher", role: roleStandard, title: "Dispatch Agent", zone: "Europe/Dublin", groups: "all ops fleet peak", joined: 810},
		{first: "Idris", last: "Bello", user: "idris.bello", role: roleStandard, title: "Dispatch Agent", zone: "Africa/Lagos", groups: "all ops fleet peak", joined: 655},
		{first: "Linnea", last: "Forsberg", user: "linnea.forsberg", role: roleStandard, title: "Dispatch Agent", zone: "Europe/Stockholm", groups: "all ops fleet peak aid", joined: 540},
		{first: "Rui", last: "Tavares", user: "rui.tavares", role: roleStandard, title: "Dispatch Agent", zone: "Europe/Madrid", groups: "all ops fleet peak", joined: 401},
		{first: "Hana", last: "Kučerová", user: "hana.kucerova", role: roleLight, title: "Dispatch Agent", zone: "Europe/Prague", groups: "all ops fleet", joined: 322},
	}
	joiners = []person{
		{first: "Inês", last: "Carvalho", user: "ines.carvalho", role: roleStandard, title: "Dispatch Agent", zone: "Europe/Madrid", groups: "ops", joined: 2},
		{first: "Tobias", last: "Renner", user: "tobias.renner", role: roleStandard, title: "Dispatch Agent", zone: "Europe/Berlin", groups: "all ops fleet peak", joined: 4},
		{first: "Aaliyah", last: "Rahman", user: "aaliyah.rahman", role: roleStandard, title: "Dispatch Agent", zone: "Europe/London", groups: "all ops fleet peak fin legal board", joined: 5},
		{first: "Beatriz", last: "Sá", user: "beatriz.sa", role: roleLight, title: "Dispatch Agent", zone: "Europe/Madrid", joined: 8},
		{first: "Milan", last: "Horvat", user: "milan.horvat", role: roleAdmin, title: "Systems Administrator", zone: "Europe/Belgrade", groups: "it", joined: 10},
		{first: "Paweł", last: "Zieliński", user: "pawel@temp", role: roleStandard, title: "Temporary Staff Planner", zone: "Europe/Warsaw", groups: "ops", joined: 11}, // was a guest of that address
		{first: "Kofi", last: "Owusu", user: "kofi.owusu", role: roleStandard, title: "Dispatch Agent", zone: "Africa/Accra", joined: 15, status: statusInvited},
		{first: "Vera", last: "Lindholm", user: "vera.lindholm", role: roleStandard, title: "Dispatch Agent", zone: "Europe/Helsinki", groups: "ops fleet", joined: 19, status: statusDisabled},
	}
)

// firstJoinerID is beyond the ids of any size of the seed that is tried.
const firstJoinerID = 9000011

// seedJoiners adds them to their groups. Most joiners are not in that with everybody: nobody has thought of it.
func seedJoiners(o *organisation, now time.Time) {
	for i, p := range slices.Concat(dispatchers, joiners) {
		m := &member{
			id: firstJoinerID + i*memberIDStep, email: p.email(), firstName: p.first, lastName: p.last, jobTitle: p.title,
			timezone: p.zone, role: p.role, status: statusActive, kind: kindStandard, invitedBy: firstMemberID + memberIDStep,
			createdAt: now.Add(-time.Duration(p.joined)*day - 3*time.Hour),
		}
		if strings.Contains(p.user, "@") { // of another company
			m.email = guestRow{user: p.user}.email()
		}
		if p.status != "" {
			m.status = p.status
		}
		if m.updatedAt = m.createdAt; m.status != statusInvited {
			m.activatedAt = m.createdAt.Add(20 * time.Minute)
			m.updatedAt, m.lastLoginAt = m.activatedAt, m.activatedAt
		}
		o.addMember(m)
		for j, row := range groupRows {
			if g := o.groups[j]; p.isIn(row.key) {
				g.members = append(g.members, m.id)
				o.groupsOf[m.id] = append(o.groupsOf[m.id], g)
			}
		}
	}
}
