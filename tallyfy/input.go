package tallyfy

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// input is a JSON text that is read once, from front to back, by the readFrom methods of the larger types. What nobody
// asks for is checked and skipped. The small types of rare calls go through encoding/json instead: see readValue.
//
// The texts that it returns share memory, a few kilobytes each time: a list is kept or dropped as a whole, and one
// allocation a page is cheaper than ten a row.
//
// The decoder is the tokenizer of the coming encoding/json/v2. It refuses all that is no JSON, in skipped values too, and
// nesting deeper than 10,000.
type input struct {
	decoder jsontext.Decoder
	buffer  bytes.Buffer // of the decoder, which reads it in place, without a copy
	body    []byte
	texts   strings.Builder
	numbers []uint64 // reused by countNumbers
	words   [][]byte // reused by splitWords
	folded  []byte   // reused by lower
	nested  int      // how many includes deep
}

// The kinds of value that tell shapes apart. The decoder's kind of anything that is no value is 0.
const (
	kindNull   = 'n'
	kindString = '"'
	kindNumber = '0'
	kindObject = '{'
	kindList   = '['
)

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

var inputs = sync.Pool{New: func() any { return new(input) }}

// newInput returns an input that must be released.
func newInput(body []byte) *input {
	in := inputs.Get().(*input)
	in.reset(body)
	return in
}

// reset makes the decoder as tolerant as encoding/json: the last of two equal names counts, and bad UTF-8 is replaced.
func (in *input) reset(body []byte) {
	in.body, in.buffer = body, *bytes.NewBuffer(body)
	in.decoder.Reset(&in.buffer, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// What an input keeps for its next use, at most.
const (
	mostNumbers = 1 << 14
	mostWords   = 1 << 8
	mostFolded  = 1 << 10
)

// release lets the input be used again, and the body be overwritten. What was read stays: it is copied from both.
func (in *input) release() {
	if cap(in.numbers) > mostNumbers {
		in.numbers = nil
	}
	if cap(in.words) > mostWords {
		in.words = nil
	}
	if cap(in.folded) > mostFolded {
		in.folded = nil
	}
	clear(in.words[:cap(in.words)])
	in.texts, in.nested = strings.Builder{}, 0
	in.reset(nil)
	inputs.Put(in)
}

// kind is the kind of the next value.
func (in *input) kind() jsontext.Kind { return in.decoder.PeekKind() }

// skip passes over the next value.
func (in *input) skip() error { return in.decoder.SkipValue() }

// end checks that nothing follows but space.
func (in *input) end() error {
	_, err := in.decoder.ReadToken()
	switch {
	case err == nil:
		return errTrailing
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	}
	return err
}

// ahead returns the body from the next value on, whose kind is known.
func (in *input) ahead() []byte {
	return bytes.TrimLeft(in.body[in.decoder.InputOffset():], ",: \t\r\n")
}

// raw returns the next value as it stands in the body, without space around it.
func (in *input) raw() ([]byte, error) { return in.decoder.ReadValue() }

// bytes returns what the next value, a string, says, as a part of the body if nothing in it is escaped.
func (in *input) bytes() ([]byte, error) {
	raw, err := in.raw()
	if err != nil {
		return nil, err
	}
	return unquote(raw), nil
}

// unquote returns what a well-formed string says.
func unquote(raw []byte) []byte {
	if bare := raw[1 : len(raw)-1]; bytes.IndexByte(bare, '\\') < 0 && utf8.Valid(bare) {
		return bare
	}
	said, _ := jsontext.AppendUnquote(nil, raw) // its only error is bad UTF-8, which it has replaced
	return said
}

// list reads a list. element must read a value.
func (in *input) list(element func() error) error {
	if _, err := in.decoder.ReadToken(); err != nil {
		return err
	}
	for in.kind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := in.decoder.ReadToken()
	return err
}

// fields reads an object. field must read the value of each name; names come in lower case, as encoding/json accepts
// those that fit in no other way.
func (in *input) fields(field func(name []byte) error) error {
	if in.kind() != kindObject {
		if _, err := in.raw(); err != nil {
			return err
		}
		return errNotAnObject
	}
	if _, err := in.decoder.ReadToken(); err != nil {
		return err
	}
	for in.kind() != '}' {
		name, err := in.raw()
		if err != nil {
			return err
		}
		if err := field(in.lower(unquote(name))); err != nil {
			return err
		}
	}
	_, err := in.decoder.ReadToken()
	return err
}

// lower returns a text in lower case, until its next call where that is another text.
func (in *input) lower(text []byte) []byte {
	for _, c := range text {
		if c >= 'A' && c <= 'Z' {
			in.folded = append(in.folded[:0], text...)
			for i, c := range in.folded {
				if c >= 'A' && c <= 'Z' {
					in.folded[i] = c + 'a' - 'A'
				}
			}
			return in.folded
		}
	}
	return text
}

// isNothing reports whether the next value is null, {} or [].
func (in *input) isNothing() bool {
	switch in.kind() {
	case kindNull:
		return true
	case kindObject, kindList:
		inside := bytes.TrimLeft(in.ahead()[1:], " \t\r\n")
		return len(inside) > 0 && (inside[0] == '}' || inside[0] == ']')
	}
	return false
}

var errFound = errors.New("found")

// hasData reports whether the next value, an object, has a field "data". Usually it is the first one.
func (in *input) hasData() (bool, error) {
	ahead := in.ahead()
	if bytes.HasPrefix(bytes.TrimLeft(ahead[1:], " \t\r\n"), []byte(`"data"`)) {
		return true, nil
	}
	sub := newInput(ahead)
	defer sub.release()
	err := sub.fields(func(name []byte) error {
		if string(name) == "data" {
			return errFound
		}
		return sub.skip()
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

// number reads what flexInt accepts.
func (in *input) number() (int, error) {
	var n flexInt
	raw, err := in.raw()
	if err != nil {
		return 0, err
	}
	err = n.UnmarshalJSON(raw)
	return int(n), err
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
