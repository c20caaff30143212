package tallyfy

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ID identifies a group, organisation, task, guest or file. It is opaque: group ids are 32
// hexadecimal characters in the vendor's client and other strings in the documentation's samples.
type ID string

// UserID identifies a member. It is documented as an integer and a string in some samples.
type UserID string

const errNotAnID = wireError("an id must be a string or a whole number")

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

// MarshalJSON writes a number when the id is a plain decimal integer, because the API answers 422
// to member ids sent as strings where it expects integers.
func (id UserID) MarshalJSON() ([]byte, error) {
	if isPlainInteger(string(id)) {
		return []byte(id), nil
	}
	return json.Marshal(string(id))
}

// decodeID keeps the digits as they came: a float64 would change ids above 2^53.
func decodeID(data []byte) (string, error) {
	switch {
	case len(data) == 0:
		return "", errNotAnID
	case string(data) == "null":
		return "", nil
	case data[0] == '"':
		return unquote(data), nil
	}
	whole, err := wholeNumber(data)
	return string(whole), err
}

// wholeNumber returns the digits of a number, with its sign. 17.0 is how some encoders write a
// whole number that passed through a float.
func wholeNumber(data []byte) ([]byte, error) {
	whole, fraction, _ := bytes.Cut(data, []byte("."))
	if !isPlainInteger(bytes.TrimPrefix(whole, []byte("-"))) || len(bytes.Trim(fraction, "0")) > 0 {
		return nil, errNotAnID
	}
	return whole, nil
}

// isPlainInteger reports whether s is a non-negative decimal integer without leading zeros: exactly
// what JSON allows as a number and what reads back as the same text.
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

// longestID is far above the 32 characters that ids have.
const longestID = 200

// PlausibleID reports whether a text can be an id. It leaves out what a server on the way could take for
// another address, even escaped, if it unescapes too early or twice: dots, slashes, backslashes, percent
// signs, control characters.
func PlausibleID(id string) bool {
	return id != "" && id != "." && id != ".." && len(id) <= longestID && utf8.ValidString(id) &&
		!IsOdd(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// longestAddress is the longest address of mail, in bytes (RFC 5321).
const longestAddress = 254

// PlausibleAddress reports whether a text can be the address of a guest. Slashes, backslashes and percent signs are
// allowed in one.
func PlausibleAddress(email string) bool {
	return strings.Contains(email, "@") && len(email) <= longestAddress && utf8.ValidString(email) && !strings.ContainsFunc(email, unicode.IsControl)
}

// IsOdd reports that a text holds a character that a server on the way could take for the border of two parts of an
// address, even escaped, if it unescapes too early or twice.
func IsOdd(part string) bool { return strings.ContainsAny(part, `/\%`) }
