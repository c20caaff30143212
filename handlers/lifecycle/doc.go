// Package lifecycle is what can be done to one person: the changes, the reasons that stand in their way, and
// how their sentences are checked afterwards. Removing a member with the work handed over is package
// removal's. A change takes who and what as its fields, and no request, so that a page and a job of many can
// carry out the same one.
//
// It may import change, directory, journal, parallel, store for planned groups, the types of package tallyfy, and names and words for
// its sentences. A new change of a person is a type here that implements change.Change, with its row in
// handlers/writes.go.
package lifecycle
