// Package overview counts what an administrator should see first: what needs attention, who is new, and
// how people and groups are spread. It counts with the filters of package listing, so that each number
// has a list that shows exactly its rows. It calls nobody and knows no HTML.
//
// It imports package listing, the types of package tallyfy, and package words. A new finding is a row in
// [findings]; if no filter shows its rows yet, it begins in package listing.
package overview
