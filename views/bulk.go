package views

import (
	"slices"
	"strings"

	"tallyfy-admin/views/components"
	"tallyfy-admin/views/words"
)

// BulkForm is the form for many changes of one kind.
type BulkForm struct {
	// Kind is the name of the kind, empty while none is chosen.
	Kind  string
	Kinds []BulkKind
	// Columns are the names that the first line of a table may have. People says that its rows are people, who may
	// be pasted without a first line.
	Columns []string
	People  bool
	// TakesGroups and TakesSuccessor say what else the kind asks for.
	TakesGroups, TakesSuccessor bool
	Groups                      []BulkGroup
	// GroupsMissing says that there are more groups, or may be.
	GroupsMissing string
	// Roles are those that the kind offers, none where it takes no role. TakesReason and TakesMessage say that it asks
	// for a reason, or for the message of an invitation.
	Roles                     []components.Choice
	TakesReason, TakesMessage bool
	// Chosen are people chosen on a list.
	Chosen                []Person
	Text, To              string
	Role, Reason, Message string
	Errors                map[string]string
	Notice                *Notice
	Press                 string
}

// BulkKind is a kind of work to choose.
type BulkKind struct {
	Name, Title, About string
	Current            bool
	// Can says that the person's role may do it.
	Can bool
}

// BulkGroup is a group to choose.
type BulkGroup struct {
	GroupLink
	People int
	Chosen bool
}

// mostBoxes is how many chosen people have a box each in the form. More of them are one field and a list of names.
const mostBoxes = 100

// enctype is how the form is sent: with parts where it has a file.
func (v BulkForm) enctype() string {
	if len(v.Chosen) > 0 {
		return "application/x-www-form-urlencoded"
	}
	return "multipart/form-data"
}

// chosenIDs are all who are chosen, in one field.
func (v BulkForm) chosenIDs() string {
	ids := make([]string, len(v.Chosen))
	for i, who := range v.Chosen {
		ids[i] = string(who.ID)
	}
	return strings.Join(ids, " ")
}

func (v BulkForm) title() string {
	for _, k := range v.Kinds {
		if k.Current {
			return k.Title
		}
	}
	return "Many at once"
}

// can reports that the person's role may do what the kind does.
func (v BulkForm) can() bool {
	return slices.ContainsFunc(v.Kinds, func(k BulkKind) bool { return k.Current && k.Can })
}

// textHint says what can be pasted.
func (v BulkForm) textHint() string {
	if v.People {
		list := ""
		if !v.TakesSuccessor {
			list = " Addresses may also stand in one line, with commas or semicolons between them."
		}
		return "One person a line: the email address, “Name <address>”, the id, or a name that only one person has." + list + " Or a table from a spreadsheet, whose first line names the columns: " + strings.Join(v.Columns, ", ") + "."
	}
	return "A table, whose first line names the columns: " + strings.Join(v.Columns, ", ") + ". Several entries in a cell are separated by semicolons."
}

func peopleIn(n int) string { return words.Count(n, "person", "people") }

// groupsHint and successorHint say how the groups and the successor can be named. People chosen on a list have no
// columns.
func (v BulkForm) groupsHint() string {
	if len(v.Chosen) > 0 {
		return ""
	}
	return "For all lines. Or leave all empty, and name them in a column “groups”, with semicolons between them."
}

func (v BulkForm) successorHint() string {
	if len(v.Chosen) > 0 {
		return "The email address, id or name of an active member; or “nobody” to leave the work in the name of those who go."
	}
	return "The email address, id or name of an active member, for all lines; or “nobody” to leave the work in the name of those who go. Leave it empty if a column “successor” says it."
}
