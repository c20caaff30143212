// Package removal is what removing a member means: what stands in the way, what the member holds, the
// sentences of the plan, the one call, and how each sentence is checked afterwards. Removal is a change for
// package change.
//
// It may import change, directory, journal, lifecycle, parallel, tallyfy and the words of views. It
// knows no HTTP and no page. A new sentence of the plan is a kind with its text in plan.go and its
// check in verify.go, and a test that it is true after a removal.
package removal
