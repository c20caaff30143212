// Package listing defines the filters and orders of the lists of groups and members, with the
// words that pages show for them. It applies them to copies in memory and calls nobody.
//
// It imports the types of package tallyfy, and names to sort by. It knows no HTML. A new filter is a value in
// [GroupFilters] or [MemberFilters]; a new order is an entry beside them and a case of the sort.
package listing
