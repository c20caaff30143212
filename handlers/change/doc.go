// Package change carries out one change in Tallyfy. Every change goes through the same steps:
//
//  1. look: the change reads what is so now;
//  2. plan: it says in sentences what will happen, with a fingerprint of what was seen;
//  3. intent: the target is locked, the look and the plan are repeated, the fingerprint is compared with
//     the one that the person saw, and the intent is stored in the journal. If it cannot be stored,
//     nothing is sent;
//  4. send: one call, never repeated, and its outcome is stored; for a change of several things, one call for
//     each, and the outcome of each;
//  5. check: the sentences are compared with a later reading, and what was found is stored.
//
// The press of a button makes one entry at most: a second press of the same button finds the first one's
// entry and sends nothing.
//
// The package knows no HTTP, no page and no kind of change. It may import journal, store's types, and the
// types of package tallyfy. A new kind of change implements Change in a package of its own, as removal
// does, and has its row in the table of kinds in handlers/writes.go.
package change
