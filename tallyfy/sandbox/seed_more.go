package sandbox

import (
	"fmt"
	"slices"
	"time"
)

var (
	moreFirst = []string{"Adaeze", "Bjarne", "Carmen", "Daria", "Eduardo", "Farid", "Greta", "Hiroshi", "Imani", "Jakub", "Keiko", "Leandro", "Maëlle", "Nikolai", "Olena", "Pedro", "Qadir", "Rania", "Stellan", "Teuta", "Umar", "Valentina", "Wim", "Xochitl", "Yasmin", "Zoltán"}
	moreLast  = []string{"Abellán", "Brandt", "Chukwu", "Dimitrov", "Eklund", "Fontaine", "Grbić", "Haddad", "Ito", "Jensen", "Kovács", "Lombardi", "Müller", "Nakagawa", "Oduya", "Pereira", "Quintero", "Rasmussen", "Sato", "Tkachenko", "Ueda", "Virtanen", "Wouters", "Xu", "Yamada", "Zielonka", "O'Connell"}
	moreTitle = []string{"Driver", "Picker", "Dispatcher", "Account Executive", "Team Lead", "Planner", "Buyer", "Engineer"}
	moreTeam  = []string{"Team", "Route", "Shift", "Project", "Depot", "Pilot", "Taskforce", "Crew", "Region", "Night Desk"}
	moreWork  = []string{"customers", "trucks", "deliveries", "returns"}
	morePlace = []string{"Antwerp", "Bilbao", "Constanța", "Durban", "Espoo", "Felixstowe", "Genoa", "Hamburg", "Izmir", "Kaunas", "Lagos", "Malmö", "Nantes", "Oporto", "Piraeus", "Recife", "Szczecin", "Trieste", "Valencia", "Zeebrugge"}
)

// moreMembers adds invented people after the seed's. All are active and joined over 60 days ago, so
// that the counts of the seed's cases (bots, invited, new members) hold at every size.
func moreMembers(o *organisation, now time.Time, n int) {
	rnd := dice(4)
	zones := zonesOfPeople()
	for i := range n {
		first, last := moreFirst[rnd.IntN(len(moreFirst))], moreLast[rnd.IntN(len(moreLast))]
		m := &member{
			id: firstMemberID + (seedMembers+i)*memberIDStep, firstName: first, lastName: last,
			email:    fmt.Sprintf("member%05d@example.com", i+1),
			jobTitle: moreTitle[rnd.IntN(len(moreTitle))], timezone: zones[rnd.IntN(len(zones))],
			role: roleStandard, status: statusActive, kind: kindStandard,
			createdAt: now.Add(-60*day - time.Duration(rnd.IntN(1500*24*60))*time.Minute),
			invitedBy: firstMemberID + memberIDStep,
		}
		if i%4 == 0 {
			m.role = roleLight
		}
		m.activatedAt = m.createdAt.Add(time.Hour)
		m.updatedAt = m.activatedAt
		m.lastLoginAt = lastLogin(rnd, m, now)
		o.addMember(m)
	}
}

func zonesOfPeople() []string {
	var zones []string
	for _, p := range people {
		if !slices.Contains(zones, p.zone) {
			zones = append(zones, p.zone)
		}
	}
	return zones
}

// maxMoreMemberships limits a person's invented groups. With 100,000 groups each of 60 people would
// otherwise be in thousands, as in no real organisation.
const maxMoreMemberships = 20

// moreGroups adds invented groups after the seed's, with one to five people each. People of the
// seed whose number of groups is a case of its own stay out. When all others are in enough groups,
// guests take their place.
func moreGroups(o *organisation, now time.Time, n int) {
	rnd := dice(5)
	var pool []int
	for i, m := range o.members {
		if i >= seedMembers || m.canWork() && !slices.Contains([]string{busyUser, idleUser, soloUser}, people[i].user) {
			pool = append(pool, m.id)
		}
	}
	taken := make(map[int]int, len(pool))
	for i := range n {
		g := &group{members: []int{}, guests: []string{}}
		place := morePlace[rnd.IntN(len(morePlace))]
		g.name = fmt.Sprintf("%s %s %d", moreTeam[rnd.IntN(len(moreTeam))], place, i+1)
		g.description = fmt.Sprintf("Looks after the %s around %s.", moreWork[rnd.IntN(len(moreWork))], place)
		g.createdAt = now.Add(-time.Duration(rnd.IntN(80*24*60)) * time.Minute)
		g.updatedAt = g.createdAt
		for range 1 + rnd.IntN(5) {
			id := pool[rnd.IntN(len(pool))]
			if taken[id] < maxMoreMemberships && !slices.Contains(g.members, id) {
				g.members = append(g.members, id)
				taken[id]++
			}
		}
		if len(g.members) == 0 {
			g.guests = append(g.guests, guestRows[i%(len(guestRows)-1)].email()) // the last one has left
		}
		o.addGroup(g)
		if i%3 == 0 {
			colour := 0x203040 + rnd.Uint32()&0x3f3f3f + rnd.Uint32()&0x1f1f1f // dark enough for the light figure
			o.addLogo(g, mark{shape: 1 + shape(i/3)%(shapes-1), colour: colour}, false)
		}
	}
}
