// Package names shows, compares and orders names as people really have them: written from right to left,
// with invisible characters, in several spellings that look the same, and pasted with what stood around
// them. Every name that comes from Tallyfy or from a form is foreign text; one that stands in a sentence
// of ours goes through [Isolate], and a list of them through [List].
//
// It imports tallyfy only, for what is visible and for roles; every package that words a sentence,
// searches or sorts may import it.
package names
