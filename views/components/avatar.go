package components

import (
	"context"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// AvatarProps describes the picture beside a name. The name stands next to it, so the picture itself says nothing to a
// screen reader.
type AvatarProps struct {
	Name string
	// Seed makes the hue: the same for the same thing on every page.
	Seed string
	// Image is the picture's URL, empty for initials.
	Image string
	Large bool
	// Person draws a circle, anything else a rounded square.
	Person bool
}

// Initials gives the one or two letters that stand for a name: first letters of its first and last word.
func Initials(name string) string { return string(AppendInitials(nil, name)) }

// AppendInitials adds what Initials gives to b.
func AppendInitials(b []byte, name string) []byte {
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
		return append(b, '?')
	case 1:
		return utf8.AppendRune(b, first)
	default:
		return utf8.AppendRune(utf8.AppendRune(b, first), last)
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

func (p *AvatarProps) class() string {
	switch {
	case p.Large && p.Person:
		return "avatar large person"
	case p.Large:
		return "avatar large"
	case p.Person:
		return "avatar person"
	}
	return "avatar"
}

// Append adds the picture's markup to b.
func (p *AvatarProps) Append(b []byte) []byte {
	if p.Image != "" {
		b = append(append(append(b, `<img class="`...), p.class()...), `" src="`...)
		return append(append(b, templ.EscapeString(p.Image)...), `" alt="" width="40" height="40" loading="lazy">`...)
	}
	b = append(append(append(b, `<span class="`...), p.class()...), " hue-"...)
	b = append(strconv.AppendInt(b, int64(Hue(p.Seed)), 10), `" aria-hidden="true">`...)
	return append(AppendInitials(b, p.Name), "</span>"...) // letters and digits, or a question mark: nothing to escape
}

// Avatar is a logo, or initials with the same footprint. It is no template: lists have a hundred of them.
func Avatar(p AvatarProps) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(p.Append(nil))
		return err
	})
}
