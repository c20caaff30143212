package tallyfy

import (
	"bytes"
	"strconv"
	"strings"
)

// The types in this file are for fields whose JSON type differs between samples.

// Int reads a whole number or a string that holds one. Everything else, and a number beyond an
// int, is 0. PHP services write counts that came from a query string as strings.
type Int int

// UnmarshalJSON never fails on a well-formed value.
func (n *Int) UnmarshalJSON(data []byte) error {
	v, _ := readInt(bytes.Trim(data, `"`))
	*n = Int(v)
	return nil
}

// readInt reads a whole number. ok is false for everything else.
func readInt(data []byte) (n int, ok bool) {
	digits, err := wholeNumber(data)
	if err != nil {
		return 0, false
	}
	if n, err = strconv.Atoi(string(digits)); err != nil {
		return 0, false // beyond an int
	}
	return n, true
}

// Text reads a string, or the digits of a number. Everything else is "".
type Text string

// UnmarshalJSON never fails on a well-formed value.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case len(data) == 0:
	case data[0] == '"':
		*t = Text(unquote(data))
	case data[0] == '-' || data[0] >= '0' && data[0] <= '9':
		*t = Text(data)
	}
	return nil
}

// FirstText reads a Text, bare or as the first element of a list. Everything else is "". The
// activity of an organisation has single values in lists of one (documented).
type FirstText string

// UnmarshalJSON never fails on a well-formed value.
func (t *FirstText) UnmarshalJSON(data []byte) error {
	var list []Text
	if len(data) == 0 || data[0] != '[' {
		list = make([]Text, 1)
		_ = list[0].UnmarshalJSON(data) // never fails
	} else if err := unmarshal(data, &list); err != nil {
		return err
	}
	*t = ""
	if len(list) > 0 {
		*t = FirstText(list[0])
	}
	return nil
}

// flag reads true and false, 1 and 0, and each of them as a string. Everything else leaves it
// unknown.
type flag struct{ known, value bool }

// UnmarshalJSON never fails on a well-formed value.
func (f *flag) UnmarshalJSON(data []byte) error {
	data = bytes.Trim(data, `"`)
	yes := string(data) == "1" || bytes.EqualFold(data, []byte("true"))
	no := string(data) == "0" || bytes.EqualFold(data, []byte("false"))
	*f = flag{known: yes || no, value: yes}
	return nil
}

// joinName puts the parts of a person's name together, leaving out what is missing.
func joinName(first, last string) string {
	return strings.TrimSpace(strings.TrimSpace(first) + " " + strings.TrimSpace(last))
}

// firstOf returns the first of the texts that shows anything, trimmed.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if Visible(s) {
			return strings.TrimSpace(s)
		}
	}
	return ""
}
