package bulk

import (
	"slices"
	"strings"

	"tallyfy-admin/views/names"
)

// The columns that say how a line came out. No kind uses one of these names, so they are passed
// over in a file that is given again.
const resultColumn, reasonColumn = "Result", "Why not"

// FailedFile is the lines of rows as they were given, with how each came out and why. It can be
// given again as it is: what was chosen for all lines stands in each. Rows of one line of a table are one.
func FailedFile(j *Job, rows []*Row) (columns []string, lines [][]string) {
	given := slices.Clone(j.Header)
	if n := len(given); n >= 2 && given[n-2] == resultColumn && given[n-1] == reasonColumn { // of an earlier file
		given = given[:n-2]
	}
	if len(given) == 0 {
		given = []string{string(Person)}
	}
	columns = slices.Clone(given)
	chosen := j.Kind.TakesLines() && slices.Equal(given, Chosen(nil).Header)
	if chosen { // nobody can tell by ids alone which line to correct
		columns = append(columns, string(Name))
	}
	at := map[Column]int{}
	for _, c := range j.Kind.forAll() {
		i := slices.IndexFunc(given, func(name string) bool { return j.Kind.column(name) == c })
		if i < 0 {
			columns = append(columns, string(c))
			i = len(columns) - 1
		}
		at[c] = i
	}
	columns = append(columns, resultColumn, reasonColumn)
	type source struct { // a pasted line may hold several people
		n     int
		given string
	}
	lineOf := map[source][]string{}
	for _, r := range rows {
		of := source{r.Line, strings.Join(r.Cells, "\x00")}
		line, started := lineOf[of]
		if !started {
			line = make([]string, len(columns))
			copy(line[:len(given)], r.Cells)
			if chosen && r.Who.ID != "" {
				line[len(given)] = r.Who.Name
			}
			lineOf[of], lines = line, append(lines, line)
		}
		for c, i := range at {
			switch text := r.saidForAll(c); {
			case c == Groups && text != "": // those that were not done, whatever the line names
				if !started {
					line[i] = ""
				}
				line[i] = joined(line[i], text, "; ")
			case strings.TrimSpace(line[i]) == "":
				line[i] = text
			}
		}
		n, reason := len(columns), r.Reason
		line[n-2] = string(r.State)
		if r.Group.Name != "" && reason != "" {
			reason = r.Group.Name + ": " + reason
		}
		line[n-1] = joined(line[n-1], strings.TrimSpace(names.Plain(reason)), " ")
	}
	return columns, lines
}

// joined is two texts with something between them, if there are two.
func joined(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// forAll are the columns of which the form takes one value for all lines.
func (k *Kind) forAll() []Column {
	switch {
	case k.TakesGroups():
		return []Column{Groups}
	case k.Name == RemoveMembers:
		return []Column{Successor}
	case k.Name == ChangeRole:
		return []Column{Role, Reason}
	case k.Name == Invite:
		return []Column{Role, Message}
	}
	return nil
}

// saidForAll is what a row has of such a column, from its line or from the form, "" for none.
func (r *Row) saidForAll(c Column) string {
	switch {
	case c == Groups && r.Group.ID != "" && !slices.Equal(cellEntries(r.Group.Name), []string{r.Group.Name}): // it would be taken for others
		return r.Group.ID
	case c == Groups:
		return r.Group.Name
	case c == Successor:
		return r.To
	case c == Role:
		return string(r.Role)
	case c == Message && r.Invite != nil:
		return r.Invite.Message
	case c == Reason:
		return r.Text
	}
	return ""
}
