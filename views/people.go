package views

// A PeopleState is what the address of a group's page says about the people in it. One search
// goes through members and guests alike: a visitor who looks for an address may not know which
// of the two it is. Each list has pages of its own.
type PeopleState struct {
	Query                 string
	MemberPage, GuestPage int
	// From is the query of the list of groups that the visitor came from. The links of the pages
	// carry it, for the browser only names the last page.
	From string
}

// The parameters that only the page of a group has.
const (
	GuestPageKey = "guest_page"
	FromKey      = "from"
)

func (s PeopleState) query() string {
	return query(parameter{"q", s.Query}, parameter{FromKey, s.From},
		parameter{"page", pageNumber(s.MemberPage)}, parameter{GuestPageKey, pageNumber(s.GuestPage)})
}

// everybody is the same without the search.
func (s PeopleState) everybody() PeopleState { return PeopleState{From: s.From} }

// count is a heading of the group's page: "1 to 100 of 5,000 members".
func (v GroupPage) count(p Pager, all int, one, many string) string {
	if v.State.Query == "" {
		return p.sentence(one, many)
	}
	return p.matches(all, one, many)
}

func (v GroupPage) memberPage(u URLs) func(int) string {
	return func(page int) string {
		s := v.State
		s.MemberPage = page
		return u.GroupPeople(v.ID, s)
	}
}

// guestPage leads to the guests themselves, who stand below the members.
func (v GroupPage) guestPage(u URLs) func(int) string {
	return func(page int) string {
		s := v.State
		s.GuestPage = page
		return u.GroupPeople(v.ID, s) + "#guests"
	}
}
