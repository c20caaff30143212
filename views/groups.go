package views

import (
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// GroupList is the list of groups.
type GroupList struct {
	State ListState
	Bar   FilterBar
	Pager Pager
	Rows  []GroupRow
}

// most is how many members the largest of the groups shown has.
func (v GroupList) most() (n int) {
	for i := range v.Rows {
		n = max(n, v.Rows[i].Members)
	}
	return n
}

// GroupRow is one group in the list.
type GroupRow struct {
	ID                tallyfy.ID
	Name, Description string
	// LogoVersion changes with the logo. It is empty for a group without one.
	LogoVersion      string
	Members, Guests  int
	Created, Updated time.Time
}

// picture is the group's logo, or its initials.
func (r GroupRow) picture(u URLs) components.AvatarProps {
	props := components.AvatarProps{Name: r.Name, Seed: string(r.ID)}
	if r.LogoVersion != "" {
		props.Image = u.GroupLogo(r.ID, r.LogoVersion)
	}
	return props
}

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
	GuestList               []string
	// NamesNote says why names are missing, if some are.
	NamesNote string
	Tasks     OpenTasks
	Activity  RecentActivity
}

// GroupMember is a person in a group. Known is false for an id that Tallyfy's list of members
// does not have.
type GroupMember struct {
	Person
	Known bool
}

// OpenTasks is the open tasks of a person or a group.
type OpenTasks struct {
	// Checked is false when Tallyfy did not answer. Then nothing else is known.
	Checked bool
	Total   int
	Sample  []TaskLine
}

// sentence counts the tasks before the sample.
func (t OpenTasks) sentence() string {
	s := words.Count(t.Total, "open task", "open tasks")
	if len(t.Sample) < t.Total {
		s += ", the first " + words.Number(len(t.Sample))
	}
	return s + ":"
}

// TaskLine is a task in a sample.
type TaskLine struct {
	Title    string
	Deadline time.Time
}

// GroupForm is the form for a new group, as it was filled in, with its mistakes.
type GroupForm struct {
	Name, Description string
	Members           MemberPicker
	Guests            GuestPicker
	Errors            map[string]string
	// ExistingName and ExistingURL lead to the group that already has the name, if there is one.
	ExistingName, ExistingURL string
	// Despite is the name, folded, for which the form has said that a group looks the same.
	Despite string
	// Press identifies the press of the button.
	Press string
	// Notice stands above the form. It concerns no single field.
	Notice *Notice
}

// existing says what the link to the other group leads to.
func (f GroupForm) existing() string {
	if strings.EqualFold(names.Tidy(f.Name), f.ExistingName) {
		return "The group that has it: "
	}
	return "The group that looks the same: "
}

// MemberPicker chooses several members. Those chosen come first and stay during every search.
type MemberPicker struct {
	Query  string
	Chosen []Person
	Found  []Person
	// Matching is how many fit the search and are not chosen. Found may be fewer.
	Matching int
	// Note says that the list is not complete, if it is not.
	Note string
}

// GuestPicker chooses existing guests and takes new addresses.
type GuestPicker struct {
	Query    string
	Chosen   []PickedGuest
	Found    []PickedGuest
	Matching int
	// Typed is the text of the field for new addresses.
	Typed string
	Note  string
}

// PickedGuest is an existing guest in the picker.
type PickedGuest struct{ Email, Name string }

// Problems lists the messages of the form in the order of its fields.
func (f GroupForm) Problems() []components.Problem {
	var list []components.Problem
	for _, name := range []string{"name", "description", "members", "guests"} {
		if text := f.Errors[name]; text != "" {
			list = append(list, components.Problem{Name: name, Text: text})
		}
	}
	return list
}

// GroupDeletion is the page that asks before a group is deleted.
type GroupDeletion struct {
	ID   tallyfy.ID
	Name string
	// Namesake leads to another group that looks the same, if one is known.
	Namesake     string
	LogoVersion  string
	Consequences []string
	Tasks        OpenTasks
	// Seen is the fingerprint of the group as the page shows it. A deletion is refused when the
	// group has changed since.
	Seen string
	// Press identifies the press of the button.
	Press   string
	Problem string
	// RequestID finds the problem's cause in the log.
	RequestID string
	// ByID says that the phrase is the id.
	ByID bool
	// Phrase, the group's name, has to be typed first where open tasks would lose their group.
	// Typed is the text that was typed instead, PhraseError its message.
	Phrase, Typed, PhraseError string
}

// phraseHint asks for the phrase and says why.
func (v GroupDeletion) phraseHint() string {
	if v.Tasks.Checked {
		return "It is asked for because open tasks are given to this group: " + names.Isolate(v.Phrase)
	}
	return "It is asked for because open tasks may be given to this group: " + names.Isolate(v.Phrase)
}

// phraseKind says what the phrase is.
func (v GroupDeletion) phraseKind() string {
	if v.ByID {
		return "id"
	}
	return "name"
}

// called is the group's name, with the id where another one looks the same.
func (v GroupDeletion) called() string {
	if v.Namesake == "" {
		return names.Isolate(v.Name)
	}
	return names.Marked(v.Name, string(v.ID))
}

func orNone(s string) string {
	if !tallyfy.Visible(s) {
		return "none"
	}
	return s
}

// guestAddress is the address of a guest; of one that shows nothing, its characters by their numbers.
func guestAddress(email string) string {
	if tallyfy.Visible(email) {
		return email
	}
	return "invisible address " + strconv.QuoteToASCII(email)
}
