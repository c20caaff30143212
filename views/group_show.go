package views

import (
	"strconv"

	"tallyfy-admin/tallyfy"
)

// GroupPage is one group.
type GroupPage struct {
	GroupRow
	BackURL string
	State   PeopleState
	// Searchable says that the group is so large that it has a search and pages.
	Searchable bool
	// AllMembers and AllGuests count the people without the search. Ids of people who are gone are listed
	// behind the members, and not counted. The pagers say which of those found are in MemberList and
	// GuestList.
	AllMembers, AllGuests   int
	MemberPager, GuestPager Pager
	MemberList              []GroupMember
	GuestList               []GuestRow
	// NamesNote says why names are missing, if some are.
	NamesNote string
	Tasks     OpenTasks
	Activity  RecentActivity
	Reviewed  Reviewed
	// NotReviewed says who was not, "" for nobody. Reviews are kept for ReviewDays.
	NotReviewed string
	ReviewDays  int
}

// GroupMember is a person in a group. Known is false for an id that Tallyfy's list of members
// does not have.
type GroupMember struct {
	Person
	Known bool
}

// guestAddress is the address of a guest; of one that shows nothing, its characters by their numbers.
func guestAddress(email string) string {
	if tallyfy.Visible(email) {
		return email
	}
	return "invisible address " + strconv.QuoteToASCII(email)
}
