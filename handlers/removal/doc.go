// Package removal decides what the removal wizard says: what stands in the way of removing a member, what the member
// holds, what the plan is, and, afterwards, which of its sentences came true. It calls nobody: handlers read from
// Tallyfy and hand over what they found.
//
// It imports the types of package tallyfy only. A new sentence of the plan is a [Kind] with its text in plan.go and its
// check in verify.go, and a test that it is true after a removal.
package removal
