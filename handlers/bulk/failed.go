package bulk

import (
	"slices"
	"strings"

	"tallyfy-admin/views/names"
)

// The columns that say how a line came out. In a file that is given again they are not used.
const resultColumn, reasonColumn = "Result", "Reason"

// FailedFile is the lines of rows as they were given, with how each came out and why. It can be given again as it
// is: what was chosen for all lines stands in each. Rows of one line are one.
func FailedFile(j *Job, rows []*Row) (columns []string, lines [][]string) {
	given := slices.Clone(j.Header)
	for len(given) > 0 && slices.Contains([]string{resultColumn, reasonColumn}, given[len(given)-1]) {
		given = given[:len(given)-1]
	}
	if len(given) == 0 {
		given = []string{string(Person)}
	}
	find := func(c Column) int {
		i := slices.IndexFunc(given, func(name string) bool { return j.Kind.column(name) == c })
		if i < 0 {
			columns = append(columns, string(c))
			i = len(columns) - 1
		}
		return i
	}
	columns = given
	groups, successor := -1, -1
	if j.Kind.TakesGroups() {
		groups = find(Groups)
	}
	if j.Kind.Name == RemoveMembers {
		successor = find(Successor)
	}
	columns = append(columns, resultColumn, reasonColumn)
	at := map[int]int{}
	for _, r := range rows {
		i, ok := at[r.Line]
		if !ok {
			i = len(lines)
			at[r.Line] = i
			lines = append(lines, make([]string, len(columns)))
			copy(lines[i][:len(given)], r.Cells)
		}
		line, n := lines[i], len(columns)
		join := func(at int, text, between string) {
			if line[at] != "" && text != "" {
				text = line[at] + between + text
			}
			if text != "" {
				line[at] = text
			}
		}
		if groups >= 0 && r.Group.Name != "" { // those that were not done, whatever the line names
			if !ok {
				line[groups] = ""
			}
			join(groups, r.Group.Name, "; ")
		}
		if successor >= 0 && r.To != "" {
			line[successor] = r.To
		}
		line[n-2] = string(r.State)
		reason := r.Reason
		if r.Group.Name != "" && reason != "" {
			reason = r.Group.Name + ": " + reason
		}
		join(n-1, strings.TrimSpace(names.Plain(reason)), " ")
	}
	return columns, lines
}
