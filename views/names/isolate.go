package names

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// Characters that begin and end a direction (Unicode, UAX 9).
const (
	firstStrongIsolate    = '\u2068'
	popDirectionalIsolate = '\u2069'
	popDirectionalFormat  = '\u202c'
)

// Isolate is a foreign text as it stands in a sentence of ours: what is written from right to left in it
// turns nothing but itself round. A text that can turn nothing stays as it is. In markup a bdi element
// around [Neutral] does the same.
func Isolate(s string) string {
	s = Neutral(s)
	if !turns(s) {
		return s
	}
	return string(firstStrongIsolate) + s + string(popDirectionalIsolate)
}

// Plain is a sentence without the marks of Isolate, for a file.
func Plain(sentence string) string {
	return strings.NewReplacer(string(firstStrongIsolate), "", string(popDirectionalIsolate), "").Replace(sentence)
}

// turns reports whether a text holds anything that is not simply written from left to right.
func turns(s string) bool {
	for _, r := range s {
		if r < utf8.RuneSelf {
			continue
		}
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L, bidi.EN, bidi.ES, bidi.ET, bidi.CS, bidi.ON, bidi.WS, bidi.NSM, bidi.BN:
		default:
			return true
		}
	}
	return false
}

// mostMarks is how many accents a letter keeps. No language stacks more; they would reach over other lines.
const mostMarks = 6

// Neutral is a foreign text on one line, with no pile of accents, with no direction begun that it does not end, and none ended that
// it has not begun: either would reach beyond the text. Bytes that are no UTF-8 become U+FFFD.
func Neutral(s string) string {
	if isLatin(s) {
		return s
	}
	text := []rune(strings.ToValidUTF8(s, "\ufffd"))
	drop := make([]bool, len(text))
	var open []int // places of what has begun and not ended
	isolates := 0  // among those
	pop := func() (at int) {
		at, open = open[len(open)-1], open[:len(open)-1]
		return at
	}
	marks := 0 // on the letter before
	for i, r := range text {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		switch {
		case marks > mostMarks:
			drop[i] = true
		case isIsolate(r):
			open = append(open, i)
			isolates++
		case isEmbedding(r):
			open = append(open, i)
		case r == popDirectionalIsolate && isolates == 0:
			drop[i] = true
		case r == popDirectionalIsolate: // it ends the embeddings within the isolate, too
			for at := pop(); isEmbedding(text[at]); at = pop() {
				drop[at] = true
			}
			isolates--
		case r == popDirectionalFormat && (len(open) == 0 || isIsolate(text[open[len(open)-1]])):
			drop[i] = true
		case r == popDirectionalFormat:
			pop()
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			text[i] = ' '
		}
	}
	for _, at := range open {
		drop[at] = true
	}
	var b strings.Builder
	for i, r := range text {
		if !drop[i] {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isIsolate(r rune) bool { return r >= '\u2066' && r <= '\u2068' }

func isEmbedding(r rune) bool {
	return r == '\u202a' || r == '\u202b' || r == '\u202d' || r == '\u202e'
}

// isLatin reports whether a text has nothing but Latin letters and what stands with them, up to U+02FF: no
// controls, no accents of their own, no directions.
func isLatin(s string) bool {
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r > 0x2ff {
			return false
		}
	}
	return true
}
