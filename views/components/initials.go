package components

import "unicode"

// Initials are one or two letters for a name: the first letters of its first and last word.
func Initials(name string) string {
	var first, last rune
	words, begun := 0, false
	for _, r := range name {
		switch {
		case r == '\'' || r == '’': // belongs to a word and begins none
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r):
			begun = false
		case !begun:
			begun = true
			if words++; words == 1 {
				first = unicode.ToUpper(r)
			} else {
				last = unicode.ToUpper(r)
			}
		}
	}
	switch words {
	case 0:
		return "?"
	case 1:
		return string(first)
	default:
		return string(first) + string(last)
	}
}

// Hues is how many hues the style sheet has for initials: hue-0 to hue-11.
const Hues = 12

// Hue is the stable hue of a seed.
func Hue(seed string) int {
	h := uint32(2166136261) // FNV-1a
	for i := range len(seed) {
		h = (h ^ uint32(seed[i])) * 16777619
	}
	return int(h % Hues)
}
