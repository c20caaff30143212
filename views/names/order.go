package names

import (
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A collator keeps a state while it works, so each goroutine takes one of its own.
var collators = sync.Pool{New: func() any { return collate.New(language.English, collate.Numeric) }}

// Key is a text's place in the order of names: keys compare as strings. Letters stand in the order of the
// alphabet whatever their case and accents, and numbers by their value: Team 2 before Team 10.
func Key(s string) string {
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	var b collate.Buffer
	return string(c.KeyFromString(&b, Neutral(s)))
}

// Compare compares two texts by their keys. To sort many, make the keys once.
func Compare(a, b string) int {
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	return c.CompareString(Neutral(a), Neutral(b))
}
