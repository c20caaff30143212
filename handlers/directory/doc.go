// Package directory keeps a copy of an organisation's members and groups for a short time, so that a name can be shown for an id,
// and a person found from the first letter typed, without asking Tallyfy each time: its API has no call for either.
//
// A copy belongs to one token and one organisation and is never shown to another. It imports only the API client;
// handlers ask it and decide what to show.
package directory
