package names

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tallyfy-admin/tallyfy"
)

// Unwrap is a pasted text without what comes along with it: invisible characters, blanks and line ends
// around it, and quotation marks and brackets that it stood in. Blanks within it become one.
func Unwrap(s string) string { return oneBlank(unwrap(visible(s), quotationMarks)) }

// unwrap takes off quotation marks and brackets, and at the end all that may stand there.
func unwrap(s, end string) string {
	for {
		s = strings.TrimLeft(strings.TrimRight(s, end), quotationMarks)
		opens := slices.IndexFunc(brackets, func(pair string) bool {
			return len(s) > 1 && s[0] == pair[0] && s[len(s)-1] == pair[1]
		})
		if opens < 0 {
			return s
		}
		s = s[1 : len(s)-1]
	}
}

const quotationMarks = ` "'“”„‟‘’‚‛«»‹›` + "`"

var brackets = []string{"<>", "()", "[]", "{}"}

// visible drops the characters that take no room, and makes blanks of all that do and show nothing.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Z, r) || unicode.IsControl(r):
			return ' '
		case tallyfy.Unseen(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// Tidy is a name as it was typed, on one line, composed, with one blank between its words and nothing
// invisible around it.
func Tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Z, r) {
			return ' '
		}
		return r
	}, s)
	return norm.NFC.String(oneBlank(strings.TrimFunc(s, func(r rune) bool {
		// A selector or a tag belongs to the character before it.
		return tallyfy.Unseen(r) && !unicode.Is(unicode.Variation_Selector, r) && (r < 0xe0000 || r > 0xe007f)
	})))
}

// IsText reports whether a text is UTF-8 without control characters other than tabs and line ends. No
// database takes every other one.
func IsText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) })
}

// Clean is a query or an address as it was meant: unwrapped, without "mailto:" before it or a full stop or
// slash behind it, and the address alone of "Name <address>". Where that leaves nothing, it is unwrapped.
func Clean(s string) string {
	for was := ""; ; was = s {
		if named := namedAddress.FindStringSubmatch(visible(s)); named != nil {
			s = named[1]
		}
		s = bare(Unwrap(s))
		if s == was {
			return s
		}
	}
}

// bare takes off what stands before an address and behind it, however often, and nothing if that is
// all. All but the first step cost no more than what they take off: a text may be a megabyte.
func bare(s string) string {
	whole := true
	for rest, was := s, ""; rest != was; {
		was = rest
		rest = unwrap(rest, quotationMarks+"./,;:")
		if len(rest) > len(mailto) && strings.EqualFold(rest[:len(mailto)], mailto) {
			rest = rest[len(mailto):]
			if whole {
				rest, _, _ = strings.Cut(rest, "?")
				whole = false
			}
		}
		if rest != "" {
			s = rest
		}
	}
	return s
}

const mailto = "mailto:"

// namedAddress is an address in angle brackets at the end of a text.
var namedAddress = regexp.MustCompile(`<([^<>\s]*@[^<>\s]*)>[ "'’”.,;]*$`)

// Addresses takes a pasted list of addresses apart: bare ones, and "Name <address>" as mail programs write
// it, with commas, semicolons, blanks or line ends between them. Each address comes once, clean and
// whatever its letter case. What is none comes as it was written.
func Addresses(list string) (found, wrong []string) {
	seen := map[string]bool{}
	for _, entry := range entries(list) {
		good, bad := entryAddresses(entry)
		for _, address := range good {
			if lower := strings.ToLower(address); !seen[lower] {
				seen[lower] = true
				found = append(found, address)
			}
		}
		wrong = append(wrong, bad...)
	}
	return found, wrong
}

// entries takes a list apart at commas, semicolons and line ends that do not stand in quotation marks or
// angle brackets. A name with a comma that needs quotation marks and has none, "Beam, Bob <bob@…>", stays
// with its address.
func entries(list string) []string {
	var all []string
	last := map[rune]int{'"': strings.LastIndexByte(list, '"'), '“': strings.LastIndex(list, "”"), '<': strings.LastIndexByte(list, '>')}
	var closing rune
	from, comma := 0, false
	end := func(at int, separator rune) {
		entry := strings.TrimFunc(list[from:at], tallyfy.Unseen)
		from = at + len(string(separator))
		if n := len(all); comma && n > 0 && !strings.Contains(all[n-1], "@") && strings.Contains(entry, " <") && strings.Contains(entry, "@") {
			all[n-1] += ", " + entry
		} else if entry != "" {
			all = append(all, entry)
		}
		comma = separator == ','
	}
	for at, r := range list {
		switch {
		case closing != 0 && r == closing:
			closing = 0
		case closing != 0 && r != '\n':
		case closes[r] != 0 && last[r] > at:
			closing = closes[r]
		case strings.ContainsRune(",;\n\t\r", r):
			closing = 0
			end(at, r)
		}
	}
	end(len(list), 0)
	return all
}

var closes = map[rune]rune{'"': '"', '“': '”', '<': '>'}

// entryAddresses are the addresses of one entry, which blanks may stand between.
func entryAddresses(entry string) (found, wrong []string) {
	if address := Clean(entry); isAddress(address) {
		return []string{address}, nil
	}
	for word := range strings.FieldsSeq(strings.ReplaceAll(entry, "\u00a0", " ")) {
		if address := Clean(word); isAddress(address) {
			found = append(found, address)
		} else if address != "" {
			wrong = append(wrong, word)
		}
	}
	if len(found) == 0 { // a text, and no list
		return nil, []string{entry}
	}
	return found, wrong
}

// maxAddress is the longest address that mail takes, in bytes (RFC 5321).
const maxAddress = 254

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return false
	}
	_, domain, _ := strings.Cut(s, "@")
	return strings.Contains(domain, ".") && len(s) <= maxAddress
}
