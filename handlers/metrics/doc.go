// Package metrics counts what the dashboard does and writes it in Prometheus' text format. Every label has a bounded set of
// values: routes of the table, operations of the client, statuses; never an id, a name, an address or a token.
//
// It is our own because the format is a page of text and the usual client library would make the program a tenth larger; a
// test reads what is written with that library's own parser. It may import tallyfy's types.
package metrics
