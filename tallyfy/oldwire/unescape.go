package oldwire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends what the inside of a well-formed string says. What is no UTF-8, and each half of a surrogate pair
// without its other half, becomes U+FFFD, as encoding/json has it.
func appendUnescaped(said, text []byte) []byte {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\' && text[i+1] == 'u':
			r, _ := hexRune(text[i:])
			i += 6
			if utf16.IsSurrogate(r) {
				low, _ := hexRune(text[i:]) // 0 if there is none, which is no other half
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			said = utf8.AppendRune(said, r)
		case c == '\\':
			said = append(said, escapes[text[i+1]])
			i += 2
		case c < utf8.RuneSelf:
			said = append(said, c)
			i++
		default:
			r, size := utf8.DecodeRune(text[i:])
			said = utf8.AppendRune(said, r)
			i += size
		}
	}
	return said
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hexRune reads the \uXXXX that text begins with, if it does.
func hexRune(text []byte) (r rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range text[2:6] {
		switch {
		case c-'0' <= 9:
			r = r<<4 | rune(c-'0')
		case c|' '-'a' <= 5:
			r = r<<4 | rune(c|' '-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
