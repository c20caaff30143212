// Package ratelimit decides when a call may be sent to Tallyfy, which counts the calls of all people behind one address
// together. One Limiter serves the whole process:
//
//   - No stretch of time has more reads than the rate allows. Writes are not counted: their limit is far higher (about 140
//     calls in 10 seconds), and somebody has pressed a button.
//   - A click is served before background reads (copies of the organisation, files, logos), which leave it room. A click that
//     would wait long is refused at once.
//   - A 429 with Retry-After pauses everybody, writes included. The hourly cap of an operation holds the caller who met it, and
//     nobody else.
//
// It may import tallyfy's types. It counts this process only: replicas behind one address each need their share as the setting.
//
// To change who is served first: next, in limiter.go. Each waiter there knows the call that it stands for, its caller included.
package ratelimit
