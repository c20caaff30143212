package oldwire

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"
)

// input is a JSON text that is read once, from front to back, by the readFrom methods of the larger types. What nobody
// asks for is checked and skipped: scan.go tells how. The small types of rare calls go through encoding/json instead: see
// readValue.
//
// It refuses all that is no JSON, in skipped values too, and nesting deeper than maxDepth. It is as tolerant as encoding/json:
// the last of two equal names counts, and bad UTF-8 is replaced.
//
// The texts that it returns share memory, a few kilobytes each time: a list is kept or dropped as a whole, and one
// allocation a page is cheaper than ten a row.
type input struct {
	body    []byte
	at      int // what comes before it is read
	depth   int // how many lists and objects deep
	nested  int // how many includes deep
	texts   strings.Builder
	numbers []uint64 // reused by countNumbers
	words   [][]byte // reused by splitWords
	spare   []byte   // reused by lower and said
}

// maxNested bounds includes inside includes; a group's users with their groups are two.
const maxNested = 8

// wire is a type that reads itself from an input.
type wire interface{ readFrom(*input) error }

var (
	errNotText     = errors.New("a text must be a string")
	errNotAnObject = errors.New("an item must be an object")
	errNested      = errors.New("related data is nested too deep")
	errTrailing    = errors.New("the answer goes on after its end")
)

// syntaxError is the first byte of a body that is no JSON, or where a body is over too soon. It tells nothing of what is in
// the body, which may be a secret.
type syntaxError struct {
	at   int
	over bool
}

func (e *syntaxError) Error() string {
	if e.over {
		return fmt.Sprintf("the JSON is cut off after %d bytes", e.at)
	}
	return fmt.Sprintf("no JSON, or nested too deep, at byte %d", e.at)
}

func (in *input) broken(at int) error { return &syntaxError{at, at >= len(in.body)} }

var inputs = sync.Pool{New: func() any { return new(input) }}

// newInput returns an input that must be released.
func newInput(body []byte) *input {
	in := inputs.Get().(*input)
	in.body = body
	return in
}

// What an input keeps for its next use, at most.
const (
	mostNumbers = 1 << 14
	mostWords   = 1 << 8
	mostSpare   = 4 << 10
)

// release lets the input be used again, and the body be overwritten. What was read stays: it is copied from both.
func (in *input) release() {
	if cap(in.numbers) > mostNumbers {
		in.numbers = nil
	}
	if cap(in.words) > mostWords {
		in.words = nil
	}
	if cap(in.spare) > mostSpare {
		in.spare = nil
	}
	clear(in.words[:cap(in.words)])
	*in = input{numbers: in.numbers, words: in.words, spare: in.spare}
	inputs.Put(in)
}

// kind is the kind of the next value, which then begins where the input is.
func (in *input) kind() kind {
	if in.at = skipSpace(in.body, in.at); in.at < len(in.body) {
		return kinds[in.body[in.at]]
	}
	return 0
}

// skip passes over the next value.
func (in *input) skip() error {
	end := skipValue(in.body, skipSpace(in.body, in.at), in.depth)
	if end < 0 {
		return in.broken(^end)
	}
	in.at = end
	return nil
}

// end checks that nothing follows but space.
func (in *input) end() error {
	if skipSpace(in.body, in.at) < len(in.body) {
		return errTrailing
	}
	return nil
}

// raw returns the next value as it stands in the body, without space around it.
func (in *input) raw() ([]byte, error) {
	start := skipSpace(in.body, in.at)
	if err := in.skip(); err != nil {
		return nil, err
	}
	return in.body[start:in.at], nil
}

// bytes returns what the next value says, which is known to be a string: as a part of the body, or until its next call.
func (in *input) bytes() ([]byte, error) {
	start := in.at
	end, escaped, wide := skipString(in.body, start)
	if end < 0 {
		return nil, in.broken(^end)
	}
	in.at = end
	return in.said(in.body[start+1:end-1], escaped, wide), nil
}

// said returns what the inside of a string says.
func (in *input) said(text []byte, escaped, wide bool) []byte {
	if !escaped && (!wide || utf8.Valid(text)) {
		return text
	}
	in.spare = appendUnescaped(in.spare[:0], text)
	return in.spare
}

// list reads a list, which the next value is known to be. element must read a value.
func (in *input) list(element func() error) error {
	more, err := in.open(']')
	for more && err == nil {
		if err = element(); err == nil {
			more, err = in.another(']')
		}
	}
	return err
}

// fields reads an object. field must read the value of each name; names come in lower case, as encoding/json accepts
// those that fit in no other way.
func (in *input) fields(field func(name []byte) error) error {
	if in.kind() != kindObject {
		return errNotAnObject
	}
	more, err := in.open('}')
	for more && err == nil {
		var name []byte
		if name, err = in.name(); err != nil {
			return err
		}
		if err = field(name); err == nil {
			more, err = in.another('}')
		}
	}
	return err
}

// open enters a list or object that ends with last, and reports whether there is something in it.
func (in *input) open(last byte) (more bool, err error) {
	if in.depth++; in.depth > maxDepth {
		return false, in.broken(in.at)
	}
	in.at = skipSpace(in.body, in.at+1)
	if in.at < len(in.body) && in.body[in.at] == last {
		in.at++
		in.depth--
		return false, nil
	}
	return true, nil
}

// another passes over what stands after an element of a list or object, and reports whether it was a comma.
func (in *input) another(last byte) (more bool, err error) {
	at := skipSpace(in.body, in.at)
	switch {
	case at >= len(in.body):
		return false, in.broken(at)
	case in.body[at] == ',':
		in.at = skipSpace(in.body, at+1)
		return true, nil
	case in.body[at] == last:
		in.at = at + 1
		in.depth--
		return false, nil
	}
	return false, in.broken(at)
}

// name reads a field's name, in lower case, and the colon after it.
func (in *input) name() ([]byte, error) {
	body, start := in.body, in.at
	if start >= len(body) || body[start] != '"' {
		return nil, in.broken(start)
	}
	end := start + 1
	for end < len(body) && usualInName[body[end]] {
		end++
	}
	name := body[start+1 : end]
	if end < len(body) && body[end] == '"' {
		end++
	} else {
		var escaped, wide bool
		if end, escaped, wide = skipString(body, start); end < 0 {
			return nil, in.broken(^end)
		}
		name = in.lower(in.said(body[start+1:end-1], escaped, wide))
	}
	if end = skipSpace(body, end); end >= len(body) || body[end] != ':' {
		return nil, in.broken(end)
	}
	in.at = skipSpace(body, end+1)
	return name, nil
}

// usualInName are the bytes of names that say what they are.
var usualInName = func() (usual [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz0123456789_") {
		usual[c] = true
	}
	return usual
}()

// lower returns a text in lower case, until the next call of it or of said.
func (in *input) lower(text []byte) []byte {
	in.spare = append(in.spare[:0], text...)
	for i, c := range in.spare {
		if c >= 'A' && c <= 'Z' {
			in.spare[i] = c + 'a' - 'A'
		}
	}
	return in.spare
}

// isNothing reports whether the next value is null, {} or [].
func (in *input) isNothing() bool {
	switch in.kind() {
	case kindNull:
		return true
	case kindObject, kindList:
		inside := skipSpace(in.body, in.at+1)
		return inside < len(in.body) && (in.body[inside] == '}' || in.body[inside] == ']')
	}
	return false
}

var errFound = errors.New("found")

// hasData reports whether the next value, an object, has a field "data". Usually it is the first one. The value is still to
// be read.
func (in *input) hasData() (bool, error) {
	at, depth := in.at, in.depth
	defer func() { in.at, in.depth = at, depth }()
	err := in.fields(func(name []byte) error {
		if string(name) == "data" {
			return errFound
		}
		return in.skip()
	})
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

const (
	firstTexts = 1 << 10
	moreTexts  = 8 << 10
)

// keep copies b into the memory that all texts share.
func (in *input) keep(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if in.texts.Cap()-in.texts.Len() < len(b) {
		// The texts so far keep the old memory; growing it would copy them.
		size := firstTexts
		if in.texts.Cap() > 0 {
			size = moreTexts
		}
		in.texts = strings.Builder{}
		in.texts.Grow(max(size, len(b)))
	}
	start := in.texts.Len()
	in.texts.Write(b)
	return in.texts.String()[start:]
}

// text reads a string, or null for none. Bytes that are no UTF-8 become U+FFFD, as encoding/json has it.
func (in *input) text() (string, error) {
	switch in.kind() {
	case kindNull:
		return "", in.skip()
	case kindString:
		b, err := in.bytes()
		return in.keep(b), err
	}
	return "", errNotText
}

// id reads what decodeID accepts.
func (in *input) id() (string, error) {
	switch in.kind() {
	case kindNull, kindString:
		return in.text()
	case kindNumber:
		raw, err := in.raw()
		if err != nil {
			return "", err
		}
		digits, err := wholeNumber(raw)
		return in.keep(digits), err
	}
	return "", errNotAnID
}

// looseText reads what flexText accepts.
func (in *input) looseText() (string, error) {
	switch in.kind() {
	case kindString:
		return in.text()
	case kindNumber:
		raw, err := in.raw()
		return in.keep(raw), err
	}
	return "", in.skip()
}

// time reads what [Time.UnmarshalJSON] accepts.
func (in *input) time() (Time, error) {
	if in.kind() != kindString {
		return Time{}, in.skip()
	}
	b, err := in.bytes()
	if err != nil {
		return Time{}, err
	}
	if t, ok := quickTime(b); ok {
		return t, nil
	}
	return parseTime(string(b)), nil
}

// flag reads what flexBool accepts.
func (in *input) flag() (flexBool, error) {
	var b flexBool
	raw, err := in.raw()
	if err != nil {
		return b, err
	}
	return b, b.UnmarshalJSON(raw)
}

// number reads what flexInt accepts, and says whether it was that.
func (in *input) number() (n int, ok bool, err error) {
	raw, err := in.raw()
	if err != nil {
		return 0, false, err
	}
	n, ok = readInt(raw)
	return n, ok, nil
}

// readValue reads the next value into out.
func readValue[T any](in *input, out *T) error {
	if w, ok := any(out).(wire); ok {
		return w.readFrom(in)
	}
	raw, err := in.raw()
	if err != nil {
		return err
	}
	return decode(raw, out)
}
