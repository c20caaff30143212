// Package words writes numbers in sentences. It imports nothing of ours; every package that
// words a sentence may import it.
package words

import "strconv"

// Number writes a whole number with its thousands apart: 12,345.
func Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Count writes a number and its noun: "0 groups", "1 group", "1,200 groups".
func Count(n int, one, many string) string { return Number(n) + " " + Noun(n, one, many) }

// Noun is the noun that stands after a number.
func Noun(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
