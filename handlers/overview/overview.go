package overview

import (
	"slices"
	"time"

	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
)

// A List is the list that the rows of a count are in.
type List int

// The lists.
const (
	Members List = iota
	Groups
)

// A Count is a number of rows of a list. The filters in Chosen show exactly them.
type Count struct {
	N      int
	List   List
	Chosen listing.Selection
}

// An Organisation is what is known of an organisation at a time. Months are those of the time's zone.
type Organisation struct {
	Members []listing.Member
	Groups  []listing.Group
	// MembersShort and GroupsShort say that some could not be read.
	MembersShort, GroupsShort bool
	Now                       time.Time
}

// An Overview is everything that is counted.
type Overview struct {
	Members, Groups Count
	Findings        []Finding
	// New are the people who joined in the last 30 days, Newest the latest of them.
	New    Count
	Newest []listing.Member
	Sizes  []Size
	Roles  []Role
	// Statuses are the people of any role, Bots are no people.
	Statuses []Count
	Bots     Count
	// Other is how many people have a role or a status that is not known here.
	Other  int
	Joined []Month
}

// A Size is the groups of so many people.
type Size struct {
	Text string
	Count
}

// A Role is the people of a role, by status as [Statuses] has them.
type Role struct {
	Role     tallyfy.Role
	Statuses []Count
	// N is all of them.
	N int
}

// A Month is the members who joined in a month.
type Month struct {
	From time.Time
	Count
}

// mostNewest is how many new members are shown.
const mostNewest = 5

// Statuses are those that people are counted by.
var Statuses = []tallyfy.Status{tallyfy.StatusActive, tallyfy.StatusInvited, tallyfy.StatusDisabled}

var roles = []tallyfy.Role{tallyfy.RoleAdmin, tallyfy.RoleStandard, tallyfy.RoleLight}

// Of counts.
func Of(o Organisation) Overview {
	v := Overview{
		Members: o.members(listing.Selection{"status": "all"}), Groups: o.groups(nil), New: o.members(listing.Selection{"joined": "lately"}),
		Bots: o.members(listing.Selection{"status": "bot"}), Findings: o.findings(), Sizes: o.sizes(),
	}
	v.Newest = o.keepMembers(v.New.Chosen)
	listing.SortMembers(v.Newest, "-created_at")
	v.Newest = v.Newest[:min(len(v.Newest), mostNewest)]
	v.Other = v.Members.N - v.Bots.N
	for _, status := range Statuses {
		v.Statuses = append(v.Statuses, o.members(listing.Selection{"status": string(status)}))
	}
	for _, role := range roles {
		r := Role{Role: role}
		for _, status := range Statuses {
			c := o.members(listing.Selection{"role": string(role), "status": string(status)})
			r.Statuses = append(r.Statuses, c)
			r.N += c.N
		}
		v.Other -= r.N
		v.Roles = append(v.Roles, r)
	}
	for before := listing.Months - 1; before >= 0; before-- {
		from := listing.Month(o.Now, before)
		v.Joined = append(v.Joined, Month{from, o.members(listing.Selection{"joined": listing.MonthName(from), "status": "all"})})
	}
	return v
}

// sizes counts groups by the filter by size, after those that nobody is in.
func (o Organisation) sizes() []Size {
	list := []Size{{"Nobody", o.groups(listing.Selection{"people": "none"})}}
	filters := listing.GroupFilters()
	i := slices.IndexFunc(filters, func(f listing.Filter[listing.Group]) bool { return f.Name == "size" })
	for _, v := range filters[i].Values {
		list = append(list, Size{v.Text, o.groups(listing.Selection{"size": v.Name})})
	}
	return list
}

func (o Organisation) members(chosen listing.Selection) Count {
	return Count{len(o.keepMembers(chosen)), Members, chosen}
}

func (o Organisation) groups(chosen listing.Selection) Count {
	return Count{len(o.keepGroups(chosen)), Groups, chosen}
}

func (o Organisation) keepMembers(chosen listing.Selection) []listing.Member {
	return listing.Keep(o.Members, listing.MemberFilters(o.Now), chosen)
}

func (o Organisation) keepGroups(chosen listing.Selection) []listing.Group {
	return listing.Keep(o.Groups, listing.GroupFilters(), chosen)
}
