// Package membership is what creating and deleting a group means: the sentences of their plans, the one
// call, and how each sentence is checked afterwards. Both are changes for package change.
//
// It may import change, directory, journal, parallel, tallyfy and the words of views. It knows no HTTP and
// no page. A new kind of change to a group is a type of its own here that implements change.Change, with a
// test that its sentences are true after it was made.
package membership
