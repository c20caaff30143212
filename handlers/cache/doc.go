// Package cache keeps what was just read from Tallyfy for the next page that needs it: calls are
// limited, and each costs a page a journey.
//
// An answer belongs to one token in one organisation and is never shown to another. A change drops
// what was read of the organisation, and a reading that began before the change is not kept. How
// fresh an answer must be is a parameter of [Fetch].
//
// It imports only the types of package tallyfy. To keep a new kind of answer, call [Fetch] with a key
// of its own where the answer is read.
package cache
