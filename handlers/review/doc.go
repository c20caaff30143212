// Package review is the review of people who joined: who is in it, what was decided about each of them, and
// the book that keeps both in the dashboard's database. It changes nothing in Tallyfy.
//
// A Rule takes the people, once: they stay, whoever joins later. A Decision is added and never altered; the
// latest one about a person says the State. What was carried out is an entry of that list, too. A Place says
// plainly where somebody stands, so that counts and a step of a large review open nothing else. That somebody
// left is not kept but found out when it is shown.
//
// A Look is a second look at a tenth of those who look right, by another administrator. A Starting
// begins a review, an Adding takes people in later, and a Closing ends it: nobody decides in it
// afterwards, and only what was sent before is still recorded. Each is an entry of the journal,
// which names none of the people.
//
// Expectations say which groups are usual for somebody, from starter sets and from what others with the same job title
// are in. They are for looking at, and decide nothing.
//
// It may import change, directory, journal, listing, store, tallyfy and the words of views. It knows no HTTP and no page. A new
// state is a constant, a case of Decision.Problems where a person has to say more, and a word in views.
package review
