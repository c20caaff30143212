// Package store is the dashboard's own small database. It keeps
//
//   - sessions of signed-in people: the token, who they are, a form that was typed. A session is
//     sealed under a key derived from the random id in the visitor's cookie and a secret of the
//     server, so that the database and the secret together cannot be read without the cookie. Its row
//     has times and a hash of the id. It is deleted at the sign-out, or when Sweep finds that its time
//     is over: 8 hours without a request, or 7 days;
//   - sign-ins: whose session is in which organisation, by ids, and sealed with a secret of the server
//     the name, the network address and the browser. They are deleted with the session;
//   - the journal of changes, for package journal: who, when, what kind, which ids, hashes of guests'
//     addresses, and the result are plain, so that filters work on both engines. Names, sentences, plans, before and after are
//     sealed under a key derived from a secret. It is deleted JOURNAL_DAYS after the change;
//   - what a change deleted, for package journal: the time and the entry's id are plain, the rest is
//     sealed. It is deleted TRASH_DAYS after the change, and the days that were added;
//   - the history of members, groups and guests, for package history: ids, times, kinds and a hash of a
//     guest's address are plain, names, roles, statuses and addresses are sealed, and so is the last
//     reading. It is deleted HISTORY_DAYS after the change, and somebody is taken out of it whose
//     account is deleted for good;
//   - logos of groups: the time of the last use, the size, and a hash of the organisation's id and the
//     logo's address are plain, the picture is sealed with a secret of the server. Logos are deleted 90
//     days after their last use, and those used longest ago when there are too many;
//   - planned groups: in which groups somebody who was invited is to be put. The organisation, the id of
//     the person, a hash of the address and the time are plain, the address and the groups sealed.
//     They are deleted 400 days after the invitation, or when it was refused;
//   - reviews of people who joined, for package review: the ids of the organisation and of the people, who
//     decided, when, and in which state people are, are plain, so that counting works; names, groups and notes are sealed.
//     They are deleted REVIEW_DAYS after the start;
//   - starter sets: which groups are expected of people with a job title. The organisation and the time are
//     plain, the rest sealed. They stay until somebody edits them;
//   - jobs of many changes, for package bulk: ids, kinds, states and times are plain. The lines that
//     were given, what becomes of each, and while a job runs the token of the person in whose name it
//     does are sealed. They are deleted 90 days after they were planned, and those that nobody has
//     started after one;
//   - leases, so that one of all replicas does something at a time. Their names and owners are plain
//     text made of ids, and of hashes where a name would stand. They are deleted an hour after they
//     ended.
//
// Nothing else of the organisation is kept here. It is read from the API with the session's token.
// Records are what versions before the journal kept of removals; the journal takes them over.
// River's tables, which package queue makes in the same database, have nothing but the ids of jobs.
//
// To erase before the time is over, delete the rows or the database. Dropping a secret from the file
// makes everything unreadable that it sealed, in backups too.
//
// SQLite (a file, or memory for the sandbox) and PostgreSQL (for several replicas) share one schema
// and one SQL text: $1 placeholders, TEXT, BIGINT unix milliseconds, ON CONFLICT. Three texts differ:
// the clock and the row lock of leases, and how to ask whether the table of migrations is there.
//
// When the database fails, every call returns an error within a bound, for the operator's log: it
// names the file and the remedy, never an id or content. A failure is never taken for a sign-out or
// for a lease that is free, and when it is over the store goes on by itself; only a file that was
// replaced takes a new start (ErrMoved). A session of a secret that is no longer among the Keys is
// unknown, and is swept when its time has come.
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
