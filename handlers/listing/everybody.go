package listing

import "tallyfy-admin/tallyfy"

// fewest is from how many people on a group can be one of everybody: in a small team most groups are.
const fewest = 10

// Everybody finds the groups that hold at least nine tenths of the members who can work. Being in them
// says nothing about what somebody does.
func Everybody(members []*tallyfy.Member, groups []*tallyfy.Group) map[tallyfy.ID]bool {
	works := make(map[tallyfy.UserID]bool, len(members))
	for _, m := range members {
		if m.CanWork() {
			works[m.ID] = true
		}
	}
	list := map[tallyfy.ID]bool{}
	for _, g := range groups {
		if len(works) < fewest || len(g.Members)*10 < len(works)*9 {
			continue // most groups, without a look at their people
		}
		n := 0
		for _, id := range g.Members {
			if works[id] {
				n++
			}
		}
		if n*10 >= len(works)*9 {
			list[g.ID] = true
		}
	}
	return list
}
