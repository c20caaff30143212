// Package logo fetches the picture of a group safely. The address comes from the API, which lets people type it: it may
// point at the API's own host (fetched with the session's token), at a storage host (fetched without it), or, if somebody
// means harm, into the network that this server stands in. The bytes may be anything.
//
// It imports the standard library and package tallyfy; it knows no sessions and no Echo. It must never register image
// decoders or hold a token itself.
//
// A new image format goes into the table in sniff.go, with a reader of its header beside it; a network that must not be
// reached into the list in guard.go.
package logo
