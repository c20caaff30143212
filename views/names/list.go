package names

import (
	"strings"

	"tallyfy-admin/views/words"
)

// List joins names as a sentence does: "Payroll, Board and Legal". A name that
// could be taken for several stands in quotation marks.
func List(list []string) string {
	shown := quoted(list)
	if len(shown) < 2 {
		return strings.Join(shown, "")
	}
	return strings.Join(shown[:len(shown)-1], ", ") + " and " + shown[len(shown)-1]
}

// First is List for the first of a list, with how many others there are.
func First(list []string, most int) string {
	if others := len(list) - most; others > 0 {
		return strings.Join(quoted(list[:most]), ", ") + " and " + words.Count(others, "other", "others")
	}
	return List(list)
}

// Some is List for the first few of many: "Payroll, Board and 12 more". more is how many others there
// are.
func Some(list []string, more int) string {
	text := strings.Join(quoted(list), ", ")
	if more > 0 {
		text += " and " + words.Number(more) + " more"
	}
	return text
}

// quoted are names as they stand in a list of several.
func quoted(list []string) []string {
	shown := make([]string, len(list))
	for i, name := range list {
		shown[i] = Isolate(name)
		if folded := " " + Fold(name) + " "; len(list) > 1 && (strings.ContainsAny(folded, ",،、;\"") || strings.Contains(folded, " and ")) {
			shown[i] = "“" + shown[i] + "”"
		}
	}
	return shown
}

// Cell joins names for one cell of a table: "Payroll; Board". A name with a semicolon, a quotation mark or
// a line end stands in quotation marks, and those within it are doubled, so that the cell can be taken
// apart again like a line of a CSV file.
func Cell(list []string) string {
	cells := make([]string, len(list))
	for i, name := range list {
		if strings.ContainsAny(name, ";\"\r\n") || strings.TrimSpace(name) != name {
			name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
		cells[i] = name
	}
	return strings.Join(cells, "; ")
}

// Marked is a name with what tells it from others that look the same: "Bo Ek (bo@example.com)". Without a
// mark, or with one that says no more, it is the name.
func Marked(name, mark string) string {
	if mark == "" || Alike(name, mark) {
		return name
	}
	return Isolate(name) + " (" + Isolate(mark) + ")"
}
