// Package store is the dashboard's own small database: the sessions of the people who are signed in, and records of
// removals that were started or finished, so that no write is ever sent to Tallyfy twice. Nothing of the organisation
// itself is kept here; that is read from the API with the session's token on every page.
//
// SQLite (a file, or memory for the sandbox) and PostgreSQL (for several replicas) share one schema and one SQL text:
// $1 placeholders, TEXT, BIGINT unix milliseconds, ON CONFLICT. What is stored is sealed:
//
//   - a session under a key derived from the random id in the visitor's cookie and a secret of the server, so that the
//     database and the secret together still cannot be read without the cookie;
//   - a record, and what other packages seal with Keys, under keys derived from a secret.
//
// Row keys are hashes, so neither a cookie nor the id of a record can be read off a table.
//
// When the database fails, every call returns an error within a bound, for the operator's log: it names the file and what to do,
// never an id or what is stored. A failure is never taken for a sign-out or a free record, and when it is over the store goes on
// by itself; only a file that was replaced takes a new start (ErrMoved). What was sealed under a secret that is no longer among the
// Keys is unknown, claims of records too, and is swept when its time has come.
//
// The package may import the standard library, gorilla/sessions, goose, and the two database drivers;
// nothing of the dashboard. handlers and main import it.
//
// Where to add a thing: a column or table is a new numbered file in migrations (never change one that was released) in
// SQL that both engines accept; a new kind of sealed data gets its own info string in keys.go and its own file beside
// sessions.go and records.go. Tests run every case on every engine through eachEngine; set TEST_POSTGRES_URL for
// PostgreSQL.
package store
