package tallyfy

import (
	"strings"
	"unicode"
)

// Visible reports whether a text shows anything on a screen. Tallyfy takes names that do not: white
// space, format characters, fillers, and accents that stand on nothing.
func Visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return !Unseen(r) && !unicode.Is(unicode.M, r) })
}

// Unseen reports whether a character shows nothing of its own, although it may take room or change
// its neighbours.
func Unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Z, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		strings.ContainsRune(blankLetters, r)
}

// blankLetters are letters and symbols by their category that are drawn as nothing: the Braille
// pattern without dots, the Hangul fillers, blank hieroglyphs, a notehead that is none,
// and the place of an object.
const blankLetters = "\u2800\u115f\u1160\u3164\uffa0\U00013441\U00013442\U0001d159\ufffc"
