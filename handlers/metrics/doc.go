// Package metrics counts what the dashboard does, for Prometheus. Every label has a bounded set of
// values: routes of the table, operations of the client, statuses; never a path, a host, an id, a
// name, an address or a token.
//
// It may import tallyfy's types, and it alone may import Prometheus' client library.
//
// To add a metric: a field of Metrics, a line in New, and a method that names what happened. The
// names are published: a test lists them.
package metrics
