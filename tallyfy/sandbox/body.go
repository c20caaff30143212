package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"
)

// fields are a request body, read strictly: unknown and mistyped fields are problems.
type fields struct {
	raw      map[string]json.RawMessage
	problems problems
}

// fields reads the body. It refuses a body that is not JSON with 400. No body is an empty object.
func (c *call) fields(known ...string) (fields, *answer) {
	f := fields{problems: problems{}}
	if body := bytes.TrimSpace(c.body); len(body) > 0 {
		if err := json.Unmarshal(body, &f.raw); err != nil || f.raw == nil {
			a := refuse(http.StatusBadRequest, "The request body must be a JSON object.")
			return f, &a
		}
	}
	for name := range f.raw {
		if !slices.Contains(known, name) {
			f.problems.add(name, "The %s field is not known here.", name)
		}
	}
	return f, nil
}

// newEmail is the address of somebody who is to be added, in small letters. A member's is refused with the text taken.
func (c *call) newEmail(f *fields, taken string) string {
	email := strings.ToLower(f.text("email"))
	switch {
	case email == "":
	case !isEmail(email):
		f.problems.add("email", "The email must be a valid email address.")
	case c.org.memberByEmail(email) != nil:
		f.problems.add("email", "%s", taken)
	}
	return email
}

func (f fields) has(name string) bool {
	_, ok := f.raw[name]
	return ok
}

// isNull is needed because encoding/json takes null for any type.
func (f fields) isNull(name string) bool { return string(f.raw[name]) == "null" }

// text is a required field that must not be empty. Outer space does not count.
func (f fields) text(name string) string {
	var s string
	switch {
	case !f.has(name) || f.isNull(name):
		f.problems.add(name, "The %s field is required.", name)
	case json.Unmarshal(f.raw[name], &s) != nil:
		f.problems.add(name, "The %s must be a string.", name)
	default:
		if s = strings.TrimSpace(s); s == "" {
			f.problems.add(name, "The %s field is required.", name)
		}
	}
	return s
}

// maxGroupName is the longest name of a group, in characters (documented).
const maxGroupName = 200

// groupName is a name that no group but self has.
func (f fields) groupName(o *organisation, self *group) string {
	name := f.text("name")
	if utf8.RuneCountInString(name) > maxGroupName {
		f.problems.add("name", "The name may not be greater than %d characters.", maxGroupName)
	}
	if other := o.groupByName[foldName(name)]; other != nil && other != self {
		f.problems.add("name", "The name has already been taken.")
	}
	return name
}

// members is nil when the field is absent. Repeated ids count once. held are those of the group, which
// may stay although nobody has them any more.
func (f fields) members(o *organisation, held []int) *[]int {
	if !f.has("members") {
		return nil
	}
	var ids []int
	if f.isNull("members") || json.Unmarshal(f.raw["members"], &ids) != nil || hasNullElement(f.raw["members"]) {
		f.problems.add("members", "The members must be an array of integers.")
		return nil
	}
	unique := make([]int, 0, len(ids))
	seen := make(map[int]bool, len(ids))
	for _, id := range ids {
		switch {
		case seen[id]:
			continue
		case o.memberByID[id] == nil && !slices.Contains(held, id):
			f.problems.add("members", "The member %d is not in this organization.", id)
		}
		seen[id] = true
		unique = append(unique, id)
	}
	return &unique
}

// guests is nil when the field is absent. Emails are kept in lower case, repeated ones count once.
func (f fields) guests() *[]string {
	if !f.has("guests") {
		return nil
	}
	var emails []string
	if f.isNull("guests") || json.Unmarshal(f.raw["guests"], &emails) != nil || hasNullElement(f.raw["guests"]) {
		f.problems.add("guests", "The guests must be an array of email addresses.")
		return nil
	}
	unique := make([]string, 0, len(emails))
	seen := make(map[string]bool, len(emails))
	for _, email := range emails {
		email = strings.ToLower(email)
		switch {
		case seen[email]:
			continue
		case !isEmail(email):
			f.problems.add("guests", "The guest %q must be a valid email address.", email)
		}
		seen[email] = true
		unique = append(unique, email)
	}
	return &unique
}

// hasNullElement finds what encoding/json would take for a zero value.
func hasNullElement(raw json.RawMessage) bool {
	var elements []*json.RawMessage
	return json.Unmarshal(raw, &elements) != nil || slices.Contains(elements, nil)
}

// maxEmail is the longest address that can be delivered to (RFC 5321, 4.5.3.1.3).
const maxEmail = 254

// isEmail wants a bare address with a domain of two labels at least.
func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s && a.String() != "<"+s+">" || len(s) > maxEmail { // the second form is that of a quoted name
		return false
	}
	domain := s[strings.LastIndexByte(s, '@')+1:]
	return strings.Contains(domain, ".") && !strings.HasSuffix(domain, ".")
}
