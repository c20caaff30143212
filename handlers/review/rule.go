package review

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A Rule says who is in a review. People have to fit all of it. Bots and disabled people are in
// none.
type Rule struct {
	// New leaves out those who have been in a review before.
	New bool `json:",omitempty"`
	// From and To bound the time of joining, zero for no bound. To is the first moment that is too
	// late. Chosen days begin and end in the zone of who chose them.
	From time.Time `json:",omitzero"`
	To   time.Time `json:",omitzero"`
	// Invited takes people who have not accepted their invitation, too. Between From and To counts
	// when their account was made; nowhere is it said that they joined then.
	Invited bool         `json:",omitempty"`
	Role    tallyfy.Role `json:",omitempty"`
	Group   Group        `json:",omitzero"`
	// Emails, if any, take these people and nobody else, invited or not; the rest of the rule does not count then.
	Emails []string `json:",omitempty"`
	// Again are people whom their latest review left open: a rule for New takes them whenever they
	// joined, invited or not. Reopened is how many of them a review was started with.
	Again    map[tallyfy.UserID]bool `json:"-"`
	Reopened int                     `json:",omitempty"`
	// Pasted is how many addresses a review was started with. It does not keep them.
	Pasted int `json:",omitempty"`
}

// FirstDays is how far back the first review looks for new people, and every review at least.
const FirstDays = 30

// Newcomers is the rule for people who joined since the latest review of all newcomers, last, and at least for those
// of the last FirstDays, if they have not been in a review yet.
func Newcomers(last, now time.Time) Rule {
	from := now.AddDate(0, 0, -FirstDays)
	if !last.IsZero() && last.Before(from) {
		from = last
	}
	return Rule{New: true, From: from}
}

// Named is how many people the rule names by their addresses, 0 for one that takes whoever fits.
func (r Rule) Named() int { return max(len(r.Emails), r.Pasted) }

// All reports that the rule takes all newcomers up to its time. One from a day that somebody chose
// does not: it leaves out those who joined between the review before and that day.
func (r Rule) All() bool {
	return r.New && r.Role == "" && r.Group.ID == "" && r.Named() == 0 && r.To.IsZero() && !r.From.IsZero()
}

// A Sighting is when a member was first seen: By is the end of the first reading of all members that
// had them, After the beginning of the one before, which had them not; zero where there was none.
type Sighting struct{ After, By time.Time }

// Joined is when a member joined, and by which fact: the later one of the first use of the account,
// which may be years older than the membership, and of the accepted invitation. Where Tallyfy has no
// date, or only one at which a reading lacked the member, it is when the member was first seen, as
// seen has it, or at last readAt, when the member was read.
func Joined(m *tallyfy.Member, seen map[tallyfy.UserID]Sighting, readAt time.Time) (time.Time, Fact) {
	first, known := seen[m.ID]
	at, fact := m.CreatedAt.Time, Created
	switch {
	case !m.ApprovedAt.IsZero() && m.ApprovedAt.After(m.ActivatedAt.Time):
		at, fact = m.ApprovedAt.Time, Approved
	case !m.ActivatedAt.IsZero():
		at, fact = m.ActivatedAt.Time, Activated
	}
	switch {
	case known && at.Before(first.After), known && at.IsZero():
		return first.By, Seen
	case at.IsZero():
		return readAt, Seen
	}
	return at, fact
}

// Joining is when somebody joined, and by which fact, as far as it is known now. m is the member
// now, nil where there is none at hand. It is zero and "" for people of whom only an invitation is
// known.
func (p *Person) Joining(m *tallyfy.Member) (time.Time, Fact) {
	if m == nil && p.Status == tallyfy.StatusInvited || m != nil && m.Status == tallyfy.StatusInvited {
		return time.Time{}, ""
	}
	if m != nil && (p.JoinedBy != Seen || p.Status == tallyfy.StatusInvited) {
		if at, fact := Joined(m, nil, p.ReadAt); fact != Seen {
			return at, fact
		}
	}
	return p.Joined, p.JoinedBy
}

// Undated are the members of whom Tallyfy has no date: seen has to say when they were first seen.
func Undated(members *directory.Members) (list []tallyfy.UserID) {
	for _, m := range members.Items {
		if m.ActivatedAt.IsZero() && m.ApprovedAt.IsZero() && m.CreatedAt.IsZero() {
			list = append(list, m.ID)
		}
	}
	return list
}

// Take returns whom the rule takes, the longest-standing first, and the addresses that it names and that belong to
// nobody who can be reviewed. seen is that of Joined, before are those who have been in a review.
func (r Rule) Take(members *directory.Members, groups *directory.Groups, seen map[tallyfy.UserID]Sighting, before map[tallyfy.UserID]bool) (people []*Person, unknown []string) {
	named := map[string]bool{}
	for _, m := range members.Items {
		if !m.IsPerson() {
			continue
		}
		email := strings.ToLower(m.Email)
		if slices.Contains(r.Emails, email) {
			named[email] = true
			people = append(people, NewPerson(m, members, groups, seen))
		} else if len(r.Emails) == 0 && !(r.New && before[m.ID]) && r.fits(m, members, groups, seen) {
			people = append(people, NewPerson(m, members, groups, seen))
		}
	}
	for _, email := range r.Emails {
		if !named[email] {
			unknown = append(unknown, email)
		}
	}
	slices.SortStableFunc(people, func(a, b *Person) int { return a.Joined.Compare(b.Joined) })
	return people, unknown
}

func (r Rule) fits(m *tallyfy.Member, members *directory.Members, groups *directory.Groups, seen map[tallyfy.UserID]Sighting) bool {
	joined, _ := Joined(m, seen, members.ReadAt)
	again := r.New && r.Again[m.ID]
	in := func(g *tallyfy.Group) bool { return g.ID == r.Group.ID }
	return (r.From.IsZero() || !joined.Before(r.From) || again) && (r.To.IsZero() || joined.Before(r.To)) &&
		(r.Invited || m.Status != tallyfy.StatusInvited || again) && (r.Role == "" || m.Role == r.Role) &&
		(r.Group.ID == "" || slices.ContainsFunc(groups.Of(m.ID), in))
}

// NewPerson is a member as the copies have them. seen is that of Joined.
func NewPerson(m *tallyfy.Member, members *directory.Members, groups *directory.Groups, seen map[tallyfy.UserID]Sighting) *Person {
	p := &Person{
		ID: m.ID, Name: m.Name(), Email: m.Email, Role: m.Role, Title: strings.TrimSpace(m.JobTitle), Status: m.Status,
		Groups: GroupsOf(groups.Of(m.ID)), ReadAt: members.ReadAt,
	}
	if groups.ReadAt.Before(p.ReadAt) {
		p.ReadAt = groups.ReadAt
	}
	p.Joined, p.JoinedBy = Joined(m, seen, members.ReadAt)
	return p
}

// GroupsOf keeps what a review keeps of groups, in the order of names.
func GroupsOf(groups []*tallyfy.Group) []Group {
	list := make([]Group, len(groups))
	for i, g := range groups {
		list[i] = Group{ID: g.ID, Name: g.DisplayName()}
	}
	slices.SortFunc(list, func(a, b Group) int { return cmp.Or(names.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}
