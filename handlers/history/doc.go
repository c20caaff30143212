// Package history remembers who was in what. Every complete reading of an organisation's members, groups or guests
// that pages and jobs make is compared with the one before; what differs becomes an event, with the times between
// which it happened. Changes made here are taken from the journal, with their own times. So there is an answer
// for any person, group and moment: in, out, or not known.
//
// Nothing is ever read for this package, and it does not know who made a change elsewhere.
// Event.Question is what Tallyfy's activity can be asked about that: a page asks it when somebody
// presses a button, shows the answer as Tallyfy's word, and keeps nothing of it.
//
// Only complete lists count that were read in one go, and only those of administrators: others may
// see less. Who is one is taken from a list of members that ended after the reading had begun. All
// administrators are taken to see the same, for no list says what it leaves out. A reading during
// which a change of ours was under way does not count. The first reading is what later ones are
// compared with, and makes no events. What is undone between two readings is never seen.
//
// Groups name their guests by nothing but addresses. So a guest has a key, made of the address, where a member has an
// id, and a row of the database has a hash of it.
//
// Ids, kinds and times are plain, so that one SQL text filters on both engines; names are sealed. Events are
// deleted after HISTORY_DAYS.
//
// It may import journal, store, the packages whose entries it reads in the journal (change,
// lifecycle, membership, removal), and the types of package tallyfy. A new kind of event is a Kind with its
// comparison in state.go, what of the journal explains it in own.go, its sentence in sentence.go,
// and what Tallyfy can be asked about it in ask.go.
package history
