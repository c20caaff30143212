// Package listing narrows a list down by filters that Tallyfy's API lacks, counts what each filter would leave, and sorts. It
// works on copies in memory and calls nobody.
//
// It imports the types of package tallyfy only. A new filter is a value in members.go or groups.go, and a label in views.
package listing
