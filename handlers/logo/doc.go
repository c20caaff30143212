// Package logo fetches the picture of a group safely. The address comes from the API, where people
// type it. It may point at the API's own host, which gets the session's token; at a storage host,
// which does not; or, from an attacker, into the network of this server. The bytes may be anything.
//
// It imports the standard library and package tallyfy. It knows no sessions and no Echo. It must
// never register image decoders or hold a token itself.
//
// A new image format is a row of the table in sniff.go, with a reader of its header beside it. A
// network that must not be reached is a row of the list in guard.go.
package logo
