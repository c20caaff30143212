// Package store is the dashboard's own small database: the sessions of signed-in people, records of
// removals that were started or finished, so that no write is ever sent to Tallyfy twice, and
// leases, so that one of all replicas does something at a time. Nothing of the organisation itself
// is kept here; that is read from the API with the session's token on every page.
//
// SQLite (a file, or memory for the sandbox) and PostgreSQL (for several replicas) share one schema
// and one SQL text: $1 placeholders, TEXT, BIGINT unix milliseconds, ON CONFLICT. Two texts differ:
// the clock and the row lock of leases. Content is sealed:
//
//   - a session under a key derived from the random id in the visitor's cookie and a secret of the
//     server, so that the database and the secret together cannot be read without the cookie;
//   - a record, and what other packages seal with Keys, under keys derived from a secret.
//
// Row keys of sessions and records are hashes, so neither a cookie nor the id of a record can be
// read off a table. The names and owners of leases are plain text, and hold ids only.
//
// When the database fails, every call returns an error within a bound, for the operator's log: it
// names the file and the remedy, never an id or content. A failure is never taken for a sign-out or
// a free record, and when it is over the store goes on by itself; only a file that was replaced
// takes a new start (ErrMoved). Content of a secret that is no longer among the Keys is unknown,
// claims of records too, and is swept when its time has come.
//
// The package may import the standard library, gorilla/sessions, goose, and the two database
// drivers; nothing of the dashboard. handlers, the packages below it that have tables of their own,
// and main import it.
//
// Where to add a thing:
//
//   - A column or table is a new numbered file in migrations, in SQL that both engines accept,
//     after the line "-- +goose Up". Never change one that was released.
//   - A package with a table of its own uses DB.Read, Query, Write and Tx, Lease.Tx where only the
//     holder of a lease may write, and Keys for content.
//   - A new kind of content that is sealed here gets its own info text in keys.go.
//
// Tests run every case on every engine through eachEngine; set TEST_POSTGRES_URL for PostgreSQL.
package store
