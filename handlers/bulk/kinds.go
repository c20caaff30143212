package bulk

import (
	"slices"
	"strings"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// A Column is what a cell of a sheet says.
type Column string

// The columns.
const (
	Other       Column = "" // not used
	Person      Column = "person"
	Email       Column = "email"
	ID          Column = "id"
	Name        Column = "name"
	FirstName   Column = "first name"
	LastName    Column = "last name"
	Role        Column = "role"
	Message     Column = "message"
	Reason      Column = "reason"
	Groups      Column = "groups"
	Successor   Column = "successor"
	Description Column = "description"
	Members     Column = "members"
	Guests      Column = "guests"
)

// called are the names of columns in a first line, in small letters. Those of our own exports are among them.
var called = map[string]Column{
	"email": Email, "e-mail": Email, "email address": Email, "e-mail address": Email, "mail": Email, "address": Email,
	"id": ID, "member id": ID, "user id": ID, "person": Person, "member": Person, "user": Person,
	"name": Name, "full name": Name, "first name": FirstName, "firstname": FirstName, "given name": FirstName,
	"last name": LastName, "lastname": LastName, "surname": LastName, "family name": LastName,
	"role": Role, "new role": Role, "message": Message, "reason": Reason, "why": Reason, "group": Groups, "groups": Groups,
	"successor": Successor, "work goes to": Successor, "hand over to": Successor, "description": Description,
	"members": Members, "people": Members, "guests": Guests,
}

// The names of kinds, as in addresses.
const (
	AddToGroups      = "add-to-groups"
	RemoveFromGroups = "remove-from-groups"
	RemoveMembers    = "remove-members"
	Invite           = "invite"
	ChangeRole       = "role"
	Disable          = "disable"
	Enable           = "enable"
	CreateGroups     = "create-groups"
	ApplyReview      = "review" // planned by PlanReview, not from lines
)

// A Kind is what a job does to each row.
type Kind struct {
	// Name is that of the address, Title the heading, Person what a row is in words: "person", "" for kinds
	// whose rows are groups.
	Name, Title, Person string
	// About says in a sentence what it does, and what that costs.
	About string
	// Admins says that only administrators can do it.
	Admins  bool
	columns []Column
	// needs are the columns that have to be there, one of each list.
	needs [][]Column
}

var anyPerson = []Column{Person, Email, ID, Name}

// Kinds are all kinds, in the order in which they are offered.
var Kinds = []*Kind{
	{
		Name: AddToGroups, Title: "Add people to groups", Person: "person",
		About:   "Whoever is in a group stays. One change for each group, however many people.",
		columns: append(slices.Clone(anyPerson), Groups), needs: [][]Column{anyPerson},
	},
	{
		Name: RemoveFromGroups, Title: "Take people out of groups", Person: "person",
		About:   "Everybody else stays in. One change for each group, however many people.",
		columns: append(slices.Clone(anyPerson), Groups), needs: [][]Column{anyPerson},
	},
	{
		Name: RemoveMembers, Title: "Remove members", Person: "person", Admins: true,
		About:   "Ends the access and frees the seat at once. The work goes to the successor that you name, or stays. One change for each person.",
		columns: append(slices.Clone(anyPerson), Successor), needs: [][]Column{anyPerson},
	},
	{
		Name: Invite, Title: "Invite people", Person: "person", Admins: true,
		About:   "Each takes a seat when it is sent. Tallyfy sends about " + words.Number(tallyfy.InvitesADay) + " a day: then the job pauses, and you go on with it the next day.",
		columns: []Column{Email, FirstName, LastName, Role, Message, Groups}, needs: [][]Column{{Email}, {FirstName}, {LastName}},
	},
	{
		Name: ChangeRole, Title: "Change roles", Person: "person", Admins: true,
		About:   "Light to Standard or Administrator takes a full seat, the other way frees one. One change and a mail for each person.",
		columns: append(slices.Clone(anyPerson), Role, Reason), needs: [][]Column{anyPerson},
	},
	{
		Name: Disable, Title: "Disable members", Person: "person", Admins: true,
		About:   "Ends the access and frees the seat. The work stays in their name, and personal permissions are lost. One change for each person.",
		columns: slices.Clone(anyPerson), needs: [][]Column{anyPerson},
	},
	{
		Name: Enable, Title: "Bring disabled people back", Person: "person", Admins: true,
		About:   "Takes a seat each. Tallyfy puts them back in their groups and mails them. One change for each person.",
		columns: slices.Clone(anyPerson), needs: [][]Column{anyPerson},
	},
	{
		Name: CreateGroups, Title: "Create groups",
		About:   "A line is a group with a description and its people. One change for each group.",
		columns: []Column{Name, Description, Members, Guests}, needs: [][]Column{{Name}, {Description}},
	},
}

// Reviewed is the kind of a job that carries the decisions of a review out. Nobody gives lines for it.
var Reviewed = &Kind{Name: ApplyReview, Title: "Carry out a review", Person: "person"}

// kindOf finds the kind of a job by its name; nil for none.
func kindOf(name string) *Kind {
	if name == ApplyReview {
		return Reviewed
	}
	return KindOf(name)
}

// KindOf finds a kind that takes lines by its name; nil for none.
func KindOf(name string) *Kind {
	i := slices.IndexFunc(Kinds, func(k *Kind) bool { return k.Name == name })
	if i < 0 {
		return nil
	}
	return Kinds[i]
}

// column is what a name of a column means for the kind.
func (k *Kind) column(name string) Column {
	c := called[strings.ToLower(strings.Join(strings.Fields(strings.Trim(names.Clean(name), "\" *:")), " "))]
	if !slices.Contains(k.columns, c) {
		return Other
	}
	return c
}

// TakesLines reports that people can be pasted a line each, without a first line that names columns.
func (k *Kind) TakesLines() bool { return k.Person != "" && k.Name != Invite }

// TakesGroups reports that the kind changes who is in groups.
func (k *Kind) TakesGroups() bool {
	return slices.Contains([]string{AddToGroups, RemoveFromGroups, ApplyReview}, k.Name)
}

// Accepted are the names of the kind's columns, as they are said.
func (k *Kind) Accepted() []string { return namesOf(k.columns) }

func namesOf(columns []Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = string(c)
	}
	return list
}

// known says which names of columns the kind takes.
func (k *Kind) known() string { return "Known names are: " + strings.Join(k.Accepted(), ", ") + "." }

// words names columns of which one is needed.
func (k *Kind) words(columns []Column) string {
	if slices.Equal(columns, anyPerson) {
		return "the person (email, id, name or person)"
	}
	return "the " + strings.Join(namesOf(columns), " or ")
}

// reads is how many reads a step takes, its check included.
func (k *Kind) reads(r *Row) int {
	switch {
	case k.TakesGroups():
		return 2 // the group before and after
	case k.Name == CreateGroups:
		return 0 // Tallyfy's answer is the proof
	case k.Name == Invite:
		return 3 // who has the address, among members and guests, and the invited one
	case k.Name == ChangeRole, k.Name == Enable:
		return 2 // the person before and after
	case k.Name == Disable:
		return 4
	case r.To == removal.LeaveWork:
		return 4 // the person and the open tasks, before and after
	}
	return 8 // and those of the one who takes over
}
