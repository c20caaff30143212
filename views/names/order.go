package names

import (
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A collator keeps a state while it works, so each goroutine takes one of its own; with a buffer, whose 4 kB would
// otherwise be cleared for each of ten thousand names.
type collator struct {
	*collate.Collator
	keys collate.Buffer
}

var collators = sync.Pool{New: func() any { return &collator{Collator: collate.New(language.English)} }}

// Key is a text's place in the order of names: keys compare as strings. Letters stand in the order of the
// alphabet whatever their case and accents, and numbers by their value: Team 2 before Team 10.
func Key(s string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.keys.Reset()
	return string(c.KeyFromString(&c.keys, byValue(Neutral(s))))
}

// Compare compares two texts by their keys. To sort many, make the keys once.
func Compare(a, b string) int {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	return c.CompareString(byValue(Neutral(a)), byValue(Neutral(b)))
}

// byValue writes before each number how many digits it has, and leaves its zeros in front out, so that
// numbers compare by their values. The collator's own option for that puts 0 behind all other numbers.
func byValue(s string) string {
	if !strings.ContainsAny(s, digits) {
		return s
	}
	var b strings.Builder
	for s != "" {
		text := strings.IndexAny(s, digits)
		if text < 0 {
			text = len(s)
		}
		b.WriteString(s[:text])
		s = s[text:]
		end := len(s) - len(strings.TrimLeft(s, digits))
		if end > 0 {
			number := strings.TrimLeft(s[:end], "0")
			b.WriteString(strings.Repeat("9", len(number)/9) + strconv.Itoa(len(number)%9) + number)
			s = s[end:]
		}
	}
	return b.String()
}

const digits = "0123456789"
