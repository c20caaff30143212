package tallyfy

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// UserIDs are the members of a group. They arrive as integers, strings or objects with an id; bare
// or as {"data": …}; or null for none. They are nil when the answer had no such field, and empty
// when the field held nothing.
//
// Duplicates and empty references are dropped. An element that holds no reference is an error and
// not left out, because a list is replaced as a whole when a group is changed: a person lost in
// decoding would be a person removed from the group.
type UserIDs []UserID

// UnmarshalJSONFrom reads every form.
func (ids *UserIDs) UnmarshalJSONFrom(dec *jsontext.Decoder) (err error) {
	*ids, err = readRefs[UserID](dec, "id")
	return err
}

// Emails are the guests of a group: email addresses, or with=guests objects with an email. They
// are read as [UserIDs] are. Addresses that differ in letter case only are duplicates.
type Emails []string

// UnmarshalJSONFrom reads every form.
func (emails *Emails) UnmarshalJSONFrom(dec *jsontext.Decoder) (err error) {
	*emails, err = readRefs[string](dec, "email")
	return err
}

// readRefs reads references. Those that are objects hold theirs under key.
func readRefs[T ~string](dec *jsontext.Decoder, key string) ([]T, error) {
	value, err := dec.ReadValue()
	if err != nil {
		return nil, err
	}
	if isEmpty(value) {
		return []T{}, nil
	}
	if refs, ok := splitPlain[T](value); ok {
		return refs, nil
	}
	var parts Include[jsontext.Value]
	if err := unmarshal(value, &parts); err != nil {
		return nil, err
	}
	refs := make([]T, len(parts))
	for i, part := range parts {
		if part.Kind() == '{' {
			var fields map[string]jsontext.Value
			if err := unmarshal(part, &fields); err != nil {
				return nil, err
			}
			part = fields[key] // missing: nil, which is no id
		}
		ref, err := decodeID(part)
		if err != nil {
			return nil, err
		}
		refs[i] = T(ref)
	}
	return distinct(refs), nil
}

// splitPlain reads a list of nothing but whole numbers, or of nothing but plain ASCII texts. Members listed
// with=groups repeat the ids of everybody in their groups, hundreds of thousands on a page of a large organisation.
func splitPlain[T ~string](list jsontext.Value) (refs []T, ok bool) {
	if list.Kind() != '[' {
		return nil, false
	}
	all := string(list[1 : len(list)-1])
	refs = make([]T, 0, strings.Count(all, ",")+1)
	ascending, number := true, uint64(0) // modulo 2^64: equal ids have equal numbers
	for rest, more := all, true; more; {
		var ref string
		ref, rest, more = strings.Cut(rest, ",")
		ref = strings.TrimSpace(ref)
		if text, quoted := strings.CutPrefix(ref, `"`); quoted {
			if ref, quoted = strings.CutSuffix(text, `"`); !quoted || !isPlainText(ref) {
				return nil, false // escapes, or a comma within the text
			}
			ascending = false
		} else {
			last := number
			if number, ok = digits(ref); !ok {
				return nil, false
			}
			ascending = ascending && number > last
		}
		refs = append(refs, T(ref))
	}
	if ascending { // the usual order, in which nothing repeats
		return refs, true
	}
	return distinct(refs), true
}

// isPlainText reports a text of ASCII that JSON writes as it is.
func isPlainText(s string) bool {
	for i := range len(s) {
		if s[i] == '\\' || s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// digits is a whole number of any size, modulo 2^64.
func digits(s string) (n uint64, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n, s != ""
}

// distinct removes empty and repeated references, in place. Letter case does not matter.
func distinct[T ~string](refs []T) []T {
	seen := make(map[string]bool, len(refs))
	kept := refs[:0]
	for _, ref := range refs {
		folded := strings.ToLower(string(ref))
		if ref != "" && !seen[folded] {
			seen[folded] = true
			kept = append(kept, ref)
		}
	}
	return kept
}
