// Package membership is what creating, editing and deleting a group means: the sentences of their plans,
// the one call, and how each sentence is checked afterwards. Each is a change for package change.
//
// Tallyfy replaces a group's people as a whole and knows no versions. So an edit is a difference
// (merge.go), which is merged with the group as it was read just before the call (edit.go), said in
// sentences (edit_words.go), and compared afterwards with Tallyfy's answer and a fresh reading
// (edit_check.go). Changes of several groups at once are such edits in a row, with one plan and one entry
// (edits.go, edits_check.go).
//
// It may import change, directory, journal, parallel, tallyfy and the words of views. It knows no HTTP and
// no page. A new kind of change to a group is a type of its own here that implements change.Change, with a
// test that its sentences are true after it was made.
package membership
