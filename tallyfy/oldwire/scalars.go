package oldwire

import (
	"bytes"
	"strconv"
)

// The types in this file are for fields whose JSON type differs between samples. They stay on the wire side: exported
// types hold plain Go values.

// flexInt reads a whole number or a string holding one; everything else, and a number beyond an int, is 0. PHP services
// write counts that came from a query string as strings.
type flexInt int

func (n *flexInt) UnmarshalJSON(data []byte) error {
	v, _ := readInt(data)
	*n = flexInt(v)
	return nil
}

// readInt reads what flexInt accepts; ok is false for everything else, and n is 0 then.
func readInt(data []byte) (n int, ok bool) {
	digits, err := wholeNumber(bytes.Trim(data, `"`))
	if err != nil {
		return 0, false
	}
	if n, err = strconv.Atoi(string(digits)); err != nil {
		return 0, false
	}
	return n, true
}

// flexBool reads true and false, 1 and 0, and both as strings. null and everything else leave it unset.
type flexBool struct{ set, value bool }

func (b *flexBool) UnmarshalJSON(data []byte) error {
	data = bytes.Trim(data, `"`)
	yes := string(data) == "1" || bytes.EqualFold(data, []byte("true"))
	no := string(data) == "0" || bytes.EqualFold(data, []byte("false"))
	*b = flexBool{set: yes || no, value: yes}
	return nil
}

// flexText reads a string, or the digits of a number; everything else is "".
type flexText string

func (t *flexText) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case len(data) == 0:
	case data[0] == '"':
		var s string
		if err := decode(data, &s); err != nil {
			return err
		}
		*t = flexText(s)
	case data[0] == '-' || (data[0] >= '0' && data[0] <= '9'):
		*t = flexText(data)
	}
	return nil
}
