// Package ratelimit decides when a call may be sent to Tallyfy, which counts the calls of all
// people behind one address together. One Limiter serves the whole process:
//
//   - No stretch of time has more reads than the rate allows. Writes are not counted: their limit
//     is far higher (about 140 calls in 10 seconds), and somebody has pressed a button.
//   - Clicks go before background reads (copies of the organisation, logos), which leave them room.
//     A click that would wait long is refused at once.
//   - People take turns, whatever one of them asks for: one read of each, then the next of each.
//   - Sign-ins have a small part of the pace. Tokens that are worth nothing hold up nobody else.
//   - A 429 pauses everybody, writes included. An hourly cap holds only the caller who met it, and
//     only that operation.
//
// It may import tallyfy's types. It counts this process only: replicas behind one address each need
// their share as the setting.
//
// To change who is served first: next, in queue.go. Facts about a call that the choice needs become
// fields of waiter, in line.go.
package ratelimit
