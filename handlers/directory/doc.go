// Package directory keeps copies of an organisation's members, groups and guests for a short time, so that a
// page can name an id, search from the first letter, and filter: Tallyfy's API has no call for these.
//
// A copy belongs to one token in one organisation and is never shown to another. Copies of one
// organisation hold equal rows once, each because its own token has read the same. Members, groups
// and guests are instances of [List]. The package imports the API client, the scopes of package cache, the
// background of package ratelimit, and names to search and to sort; handlers ask it and decide what to
// show. To copy another list, add its kind to kinds.go and a method to [Cache].
package directory
