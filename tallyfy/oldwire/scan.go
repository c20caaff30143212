package oldwire

import (
	"encoding/binary"
	"math/bits"
)

// The functions in this file find the end of JSON values (RFC 8259) and refuse what is none. Each takes a body and where in
// it a value begins, and returns where the value ends, or ^at, which is negative, for a body that is wrong or over at that
// byte. They allocate nothing and look at each byte once; texts and lists of ids, which are most of an answer, are read
// eight bytes at a time.

// kind says what a value is, by its first byte. Of anything that begins no value it is 0.
type kind byte

const (
	kindNull   kind = 'n'
	kindTrue   kind = 't'
	kindFalse  kind = 'f'
	kindString kind = '"'
	kindNumber kind = '0'
	kindObject kind = '{'
	kindList   kind = '['
	kindSpace  kind = ' ' // no value, but what may stand around one
)

var kinds = [256]kind{
	'n': kindNull, 't': kindTrue, 'f': kindFalse, '"': kindString, '{': kindObject, '[': kindList, '-': kindNumber,
	'0': kindNumber, '1': kindNumber, '2': kindNumber, '3': kindNumber, '4': kindNumber,
	'5': kindNumber, '6': kindNumber, '7': kindNumber, '8': kindNumber, '9': kindNumber,
	' ': kindSpace, '\t': kindSpace, '\r': kindSpace, '\n': kindSpace,
}

// maxDepth bounds lists and objects inside each other, as encoding/json does.
const maxDepth = 10000

// skipSpace returns where the next byte is that is no space; at may be the end of the body.
func skipSpace(body []byte, at int) int {
	for at < len(body) && kinds[body[at]] == kindSpace {
		at++
	}
	return at
}

// skipValue passes over a value that stands inside so many lists and objects. No space may come before it.
func skipValue(body []byte, at, depth int) int {
	if at >= len(body) {
		return ^at
	}
	switch kinds[body[at]] {
	case kindString:
		end, _, _ := skipString(body, at)
		return end
	case kindNumber:
		return skipNumber(body, at)
	case kindObject:
		return skipObject(body, at, depth)
	case kindList:
		return skipList(body, at, depth)
	case kindNull:
		return skipWord(body, at, "null")
	case kindTrue:
		return skipWord(body, at, "true")
	case kindFalse:
		return skipWord(body, at, "false")
	}
	return ^at
}

func skipWord(body []byte, at int, word string) int {
	if len(body)-at < len(word) || string(body[at:at+len(word)]) != word {
		return ^at
	}
	return at + len(word)
}

func skipList(body []byte, at, depth int) int {
	if depth++; depth > maxDepth {
		return ^at
	}
	if end, _, _ := skipIDs(body, at); end > 0 {
		return end
	}
	if at = skipSpace(body, at+1); at < len(body) && body[at] == ']' {
		return at + 1
	}
	for {
		if at = skipValue(body, at, depth); at < 0 {
			return at
		}
		at = skipSpace(body, at)
		switch {
		case at >= len(body):
			return ^at
		case body[at] == ']':
			return at + 1
		case body[at] != ',':
			return ^at
		}
		at = skipSpace(body, at+1)
	}
}

func skipObject(body []byte, at, depth int) int {
	if depth++; depth > maxDepth {
		return ^at
	}
	if at = skipSpace(body, at+1); at < len(body) && body[at] == '}' {
		return at + 1
	}
	for {
		if at >= len(body) || body[at] != '"' {
			return ^at
		}
		if at, _, _ = skipString(body, at); at < 0 {
			return at
		}
		if at = skipSpace(body, at); at >= len(body) || body[at] != ':' {
			return ^at
		}
		if at = skipValue(body, skipSpace(body, at+1), depth); at < 0 {
			return at
		}
		at = skipSpace(body, at)
		switch {
		case at >= len(body):
			return ^at
		case body[at] == '}':
			return at + 1
		case body[at] != ',':
			return ^at
		}
		at = skipSpace(body, at+1)
	}
}

func skipNumber(body []byte, at int) int {
	if body[at] == '-' {
		at++
	}
	if at < len(body) && body[at] == '0' {
		at++
	} else if at = skipDigits(body, at); at < 0 {
		return at
	}
	if at < len(body) && body[at] == '.' {
		if at = skipDigits(body, at+1); at < 0 {
			return at
		}
	}
	if at < len(body) && body[at]|' ' == 'e' {
		if at++; at < len(body) && (body[at] == '+' || body[at] == '-') {
			at++
		}
		return skipDigits(body, at)
	}
	return at
}

// skipDigits passes over one digit or more.
func skipDigits(body []byte, at int) int {
	start := at
	for at < len(body) && body[at]-'0' <= 9 {
		at++
	}
	if at == start {
		return ^at
	}
	return at
}

// Eight bytes in one number: the lowest is the first one. Of a sum of such numbers only the lowest high bit that is set says
// something, because the bytes above it may have got a carry; and the lowest is what is asked for.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// skipString also says whether the string has escapes, and whether it has bytes outside of ASCII, whose encoding is not
// looked at.
func skipString(body []byte, at int) (end int, escaped, wide bool) {
	seen := uint64(0)
	for at++; ; {
		stop := false
		for len(body)-at >= 8 {
			w := binary.LittleEndian.Uint64(body[at:])
			// A quote, a backslash or a control character gives a byte below zero, whose high bit is then set.
			special := (((w ^ '"'*ones) - ones) | ((w ^ '\\'*ones) - ones) | (w - ' '*ones)) &^ w & highs
			if special != 0 {
				seen |= w & (special&-special - 1)
				at += bits.TrailingZeros64(special) / 8
				stop = true
				break
			}
			seen |= w
			at += 8
		}
		if !stop { // the last bytes of the body
			for at < len(body) && body[at] >= ' ' && body[at] != '"' && body[at] != '\\' {
				seen |= uint64(body[at])
				at++
			}
			if at == len(body) {
				return ^at, escaped, false
			}
		}
		switch body[at] {
		case '"':
			return at + 1, escaped, seen&highs != 0
		case '\\':
			size := escapeSize(body[at:])
			if size == 0 {
				return ^at, escaped, false
			}
			at, escaped = at+size, true
		default:
			return ^at, escaped, false
		}
	}
}

// escapeSize returns how long the escape is that text begins with, 0 if it is none.
func escapeSize(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hexRune(text); ok {
			return 6
		}
	}
	return 0
}

// skipIDs passes over a list as the API writes it: of nothing but whole numbers of up to seven digits, without spaces. end is
// 0 when the list is another one, or within the last bytes of the body. ascending is true when each number is larger than
// the one before, so that none is there twice.
//
// Groups list their members so, and members with=groups those of all of their groups: it can be most of an answer.
func skipIDs(body []byte, at int) (end, count int, ascending bool) {
	ascending = true
	for last := uint64(0); len(body)-at > 8; {
		w := binary.LittleEndian.Uint64(body[at+1:]) // what follows the [ or a comma
		size := bits.TrailingZeros64(others(w)) / 8  // 8 if there are only digits
		if size == 0 || size == 8 || size > 1 && byte(w) == '0' {
			break
		}
		shift := (64 - 8*size) & 63
		for {
			// The digits alone, the first one highest: numbers compare as their texts do here, shorter ones being smaller.
			number := bits.ReverseBytes64(w << shift)
			ascending = ascending && number > last
			last = number
			count++
			at += size + 1
			if body[at] != ',' {
				if body[at] == ']' {
					return at + 1, count, ascending
				}
				return 0, 0, false
			}
			// The next number is as long, as a rule: then where it begins need not wait for what this one was.
			if len(body)-at <= 8 {
				break
			}
			w = binary.LittleEndian.Uint64(body[at+1:])
			if bits.TrailingZeros64(others(w)) != 8*size+7 || size > 1 && byte(w) == '0' {
				break
			}
		}
	}
	return 0, 0, false
}

// others has the high bit of each byte of w that is no digit.
func others(w uint64) uint64 {
	digits := w ^ '0'*ones
	return (digits + (0x80-10)*ones | digits) & highs
}
