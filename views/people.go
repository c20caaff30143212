package views

import (
	"net/url"
	"strconv"
	"strings"

	"tallyfy-admin/views/components"
)

// MostPeople is how many members, and how many guests, the page of a group shows at a time. Up to there a group has neither pages
// nor a search; fewer at a time are not on offer, for a hundred short lines are one page for a reader, too.
const MostPeople = 100

// People is what the address of a group's page says about the people in it.
//
// One search goes through members and guests alike: whoever looks for an address does not know which of the two somebody is. The
// pages are two, for each list has an end of its own.
type People struct {
	Query                 string
	MemberPage, GuestPage int
	// From is the query of the list of groups that the visitor came from. It goes along from page to page: the browser only tells
	// the last one.
	From string
}

// The parameters that only the page of a group has; FromKey is that of People.From.
const (
	guestPageKey = "guest_page"
	FromKey      = "from"
)

// ReadPeople takes the people from the address of a group's page. It leaves From to who knows what lists there are.
func ReadPeople(values url.Values) People {
	return People{Query: strings.TrimSpace(values.Get("q")), MemberPage: readPage(values, "page"), GuestPage: readPage(values, guestPageKey)}
}

// Clipped reports whether a group with so many members and guests is shown in parts.
func Clipped(members, guests int) bool { return members > MostPeople || guests > MostPeople }

// Encode is the people as the query of an address; what is at its default is left out.
func (p People) Encode() string {
	var parts []parameter
	if p.Query != "" {
		parts = append(parts, parameter{"q", p.Query})
	}
	if p.From != "" {
		parts = append(parts, parameter{FromKey, p.From})
	}
	if p.MemberPage > 1 {
		parts = append(parts, parameter{"page", strconv.Itoa(p.MemberPage)})
	}
	if p.GuestPage > 1 {
		parts = append(parts, parameter{guestPageKey, strconv.Itoa(p.GuestPage)})
	}
	return encode(parts)
}

// everybody is the same without the search.
func (p People) everybody() People { return People{From: p.From} }

// A PeopleRange is what a page shows of the members of a group, or of its guests.
type PeopleRange struct {
	Range
	// All is how many there are, whether the search finds them or not.
	All int
}

// NewPeopleRange works out what a page shows: so many of those that the search found.
func NewPeopleRange(page, rows, found, all int) PeopleRange {
	return PeopleRange{NewRange(List{Page: page, PerPage: MostPeople}, rows, found), all}
}

// sentence is the range in words: "1 to 100 of 5,000 members", or "12 of 5,000 members match".
func (r PeopleRange) sentence(p People, one, many string) string {
	if p.Query == "" {
		return r.Sentence(one, many)
	}
	s := Number(r.Total) + " of " + Count(r.All, one, many) + " match"
	if r.Total == 1 {
		s += "es"
	}
	if r.Pages > 1 {
		s += ", " + Number(r.From) + " to " + Number(r.To) + " of them here"
	}
	return s
}

func (v GroupPage) clipped() bool { return Clipped(v.MemberRange.All, v.GuestRange.All) }

func (v GroupPage) memberPager(u URLs) components.PagerProps {
	return v.MemberRange.links("Pages of members", func(page int) string {
		l := v.List
		l.MemberPage = page
		return u.GroupPeople(v.ID, l)
	})
}

// guestPager leads to the guests themselves, who stand below the members.
func (v GroupPage) guestPager(u URLs) components.PagerProps {
	return v.GuestRange.links("Pages of guests", func(page int) string {
		l := v.List
		l.GuestPage = page
		return u.GroupPeople(v.ID, l) + "#guests"
	})
}
