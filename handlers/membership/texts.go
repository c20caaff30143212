package membership

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// maxName is the longest name of a group, in characters (documented).
const maxName = 200

// NameProblem says why Tallyfy would refuse a name of a group, "" if it would not.
func NameProblem(typed string) string {
	name := names.Tidy(typed)
	switch n := utf8.RuneCountInString(name); {
	case !names.IsText(typed):
		return "The name holds characters that are no text, such as control characters. Type it anew."
	case n == 0 && strings.TrimSpace(typed) == "":
		return "The group needs a name."
	case !tallyfy.Visible(name):
		return "The name shows nothing: it holds invisible characters only."
	case n > maxName:
		return fmt.Sprintf("The name has %d characters; %d are allowed.", n, maxName)
	}
	return ""
}

// DescriptionProblem says why Tallyfy would refuse a description of a group, "" if it would not.
func DescriptionProblem(typed string) string {
	text := strings.TrimSpace(typed)
	switch {
	case !names.IsText(typed):
		return "The description holds characters that are no text, such as control characters. Type it anew."
	case text == "":
		return "Enter a description. Tallyfy requires one."
	case !tallyfy.Visible(text):
		return "The description shows nothing: it holds invisible characters only."
	}
	return ""
}
