// Package matrix lays people out against groups: who is in what, who is like whom, and what somebody lacks
// who is like another one. It works on copies in memory and calls nobody.
//
// It imports the copies of package directory and the types of package tallyfy, and names to sort by. It knows
// no HTML.
package matrix
