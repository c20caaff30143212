package oldwire

import (
	"bytes"
	"errors"
)

// ID identifies a group, organisation, task, guest or file. It is opaque: group ids are 32 hexadecimal characters in the
// vendor's client and other strings in the documentation's samples. It decodes from a JSON string or number.
type ID string

// UserID identifies a member. Documented as an integer, a string in some samples: it decodes from both, and encodes as a
// number when it is a plain decimal integer, else as a string.
type UserID string

var errNotAnID = errors.New("an id must be a string or a whole number")

// UnmarshalJSON accepts a string, a whole number of any size, or null for none.
func (id *ID) UnmarshalJSON(data []byte) error {
	s, err := decodeID(data)
	*id = ID(s)
	return err
}

// UnmarshalJSON accepts a string, a whole number of any size, or null for none.
func (id *UserID) UnmarshalJSON(data []byte) error {
	s, err := decodeID(data)
	*id = UserID(s)
	return err
}

// decodeID keeps the digits as they came: a float64 would change ids above 2^53.
func decodeID(data []byte) (string, error) {
	switch {
	case len(data) == 0:
		return "", errNotAnID
	case string(data) == "null":
		return "", nil
	case data[0] == '"':
		var s string
		err := decode(data, &s)
		return s, err
	}
	whole, err := wholeNumber(data)
	return string(whole), err
}

// wholeNumber returns the digits of a number, with its sign.
func wholeNumber(data []byte) ([]byte, error) {
	// 17.0 is how some encoders write a whole number that passed through a float.
	whole, fraction, _ := bytes.Cut(data, []byte("."))
	if !isPlainInteger(bytes.TrimPrefix(whole, []byte("-"))) || len(bytes.Trim(fraction, "0")) > 0 {
		return nil, errNotAnID
	}
	return whole, nil
}

// isPlainInteger reports whether s is a non-negative decimal integer without leading zeros: exactly what JSON allows as a
// number and what reads back as the same text.
func isPlainInteger[T string | []byte](s T) bool {
	if len(s) == 0 || (s[0] == '0' && len(s) > 1) {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
