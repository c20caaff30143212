package views

import (
	"time"

	"tallyfy-admin/static"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// A Page is the frame of every screen: the title, the signed-in person, and notices.
type Page struct {
	Title   string
	Section Section
	URL     URLs
	Assets  *static.Set
	Clock   Clock
	// Account is nil for a visitor who has not signed in.
	Account *Account
	Notices []Notice
	// Sandbox says that nothing here is real.
	Sandbox bool
	// From is the query of the list that the visitor came from. The links of a flow carry it, for the browser
	// only names the last page.
	From string
	// Can is what the person's role lets them do.
	Can Rights
	// Refresh is after how many seconds a browser without script asks for the page again; 0 for never.
	Refresh int
	// HasList says that the page is a list, with the id "list", to which a second link skips.
	HasList bool
	// Files is how the files of a list are written.
	Files FileFormat
}

// FileFormat is how a CSV file is written.
type FileFormat struct {
	// Semicolon stands between cells, and not a comma.
	Semicolon bool `json:",omitempty"`
	// MarkIDs makes texts of ids, which spreadsheet programs would round.
	MarkIDs bool `json:",omitempty"`
}

// The parameters of a file that say its format.
const (
	SeparatorKey, SeparatorComma, SeparatorSemicolon = "separator", "comma", "semicolon"

	MarkIDsKey = "mark_ids"
)

// Rights is what a role lets a person do. A page offers nothing else, and says why.
type Rights struct {
	// Members says that the person may open a member's page, remove a member, and change one.
	Members bool
	// Groups says that the person may create, change and delete groups.
	Groups bool
	// Unsure says that the role alone does not tell whether the person may change groups: the organisation decides.
	Unsure bool
	// Role is the role in words, for the reason.
	Role string
}

// roleNote is the id of the sentence that says what the role does not allow.
const roleNote = "role-note"

// restricted reports that the role leaves something out.
func (p Page) restricted() bool { return p.Account != nil && !(p.Can.Members && p.Can.Groups) }

// offBy is what says why something is off, "" for what the person may do.
func (p Page) offBy(may bool) string {
	if may {
		return ""
	}
	return roleNote
}

// roleSentence says what the role allows.
func (p Page) roleSentence() string {
	if p.Can.Groups {
		return "You can change groups, not members: your role is " + p.Can.Role + "."
	}
	return "You can look, not change: your role is " + p.Can.Role + "."
}

// from adds to an address the list that the visitor came from.
func (p Page) from(address string) string { return FromList(address, p.From) }

// back is the list that the visitor came from.
func (p Page) back(list string) string {
	if p.From == "" {
		return list
	}
	return list + "?" + p.From
}

// Account is the signed-in person.
type Account struct {
	Name, Email, Organisation string
	// Organisations are the person's, the current one among them.
	Organisations []OrganisationChoice
	// ID is the person's, and OrganisationID the organisation's. They choose colours and are not shown.
	ID             tallyfy.UserID
	OrganisationID tallyfy.ID
	// Tag identifies the person in the organisation. Forms that change something carry it: a form
	// that was opened before another person signed in is not carried out in the new name.
	Tag string
	// TokenEnds is when Tallyfy's sign-in ends, the zero time if that is not known.
	TokenEnds time.Time
}

// mark is the sign of the organisation: the same colour on every page, and another one elsewhere.
func (a *Account) mark() components.AvatarProps {
	return components.AvatarProps{Name: a.Organisation, Seed: string(a.OrganisationID)}
}

func (a *Account) picture() components.AvatarProps {
	return components.AvatarProps{Name: a.Name, Seed: string(a.ID), Person: true}
}

// Section marks the entry of the navigation that a page belongs to.
type Section string

// The entries of the navigation.
const (
	SectionNone     Section = ""
	SectionOverview Section = "overview"
	SectionGroups   Section = "groups"
	SectionMembers  Section = "members"
	SectionGuests   Section = "guests"
	SectionAccess   Section = "access"
	SectionActivity Section = "activity"
	SectionHelp     Section = "help"
)

// An entry of the navigation. letter is the key after "g" that leads there, if there is one.
type entry struct {
	section                 Section
	text, icon, letter, url string
}

// entries are the navigation. Help is its last entry.
func (p Page) entries() []entry {
	return []entry{
		{SectionOverview, "Overview", iconOverview, "o", p.URL.Overview()},
		{SectionMembers, "Members", iconMembers, "m", p.URL.Members()},
		{SectionGroups, "Groups", iconGroups, "g", p.URL.Groups()},
		{SectionGuests, "Guests", iconGuests, "u", p.URL.Guests()},
		{SectionAccess, "Access", iconAccess, "x", p.URL.Access(AccessState{})},
		{SectionActivity, "Activity", iconActivity, "a", p.URL.Activity(ActivityState{})},
		{SectionHelp, "Help", iconHelp, "", p.URL.Help()},
	}
}

// A Notice is a sentence at the top of a page about something that has just happened.
type Notice struct {
	Kind NoticeKind
	Text string
	// LinkText and LinkURL, if set, lead to what the notice is about.
	LinkText, LinkURL string
	// RequestID, if set, finds the cause in the log.
	RequestID string
}

// NoticeKind marks a notice by a word, and by a colour as well.
type NoticeKind string

// The kinds of notice.
const (
	NoticeDone    NoticeKind = "done"
	NoticeInfo    NoticeKind = "info"
	NoticeWarning NoticeKind = "warning"
	NoticeProblem NoticeKind = "problem"
)

// word says in text what the colour of a notice says.
func (k NoticeKind) word() string {
	switch k {
	case NoticeDone:
		return "Done."
	case NoticeWarning:
		return "Please note."
	case NoticeProblem:
		return "Problem."
	}
	return ""
}

// soon is how long before the end of Tallyfy's sign-in its date stands out: a token is renewed by
// hand, and holidays are long.
const soon = 14 * 24 * time.Hour

func (p Page) endsSoon() bool { return p.Account.TokenEnds.Sub(p.Clock.Now) < soon }

// tokenEndsOn is the day of the end, in the last 24 hours with the time.
func (p Page) tokenEndsOn() string {
	if p.Account.TokenEnds.Sub(p.Clock.Now) < 24*time.Hour {
		return p.Clock.Day(p.Account.TokenEnds) + ", " + p.Clock.Minute(p.Account.TokenEnds)
	}
	return p.Clock.Day(p.Account.TokenEnds)
}

// start is where the name of the program leads.
func (p Page) start() string {
	if p.Account == nil {
		return p.URL.Home()
	}
	return p.URL.Overview()
}

func (p Page) documentTitle() string {
	title := p.Title
	if p.Account != nil && p.Account.Organisation != "" {
		title += " · " + names.Isolate(p.Account.Organisation)
	}
	return title + " · Tallyfy admin"
}
