package views

import "tallyfy-admin/views/words"

// Number is words.Number.
func Number(n int) string { return words.Number(n) }

// Count is words.Count.
func Count(n int, one, many string) string { return words.Count(n, one, many) }

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
