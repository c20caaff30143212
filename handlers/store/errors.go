package store

import "errors"

var (
	// ErrGone is returned by Sessions.Save when the session was signed out, renewed, swept or expired since it was
	// read. The session is never made again under its old id; the visitor has to sign in.
	ErrGone = errors.New("the session no longer exists")

	// ErrNotFound is returned by Records for an id that was never claimed, was deleted, or has expired.
	ErrNotFound = errors.New("no such record")

	// ErrTooLarge is returned for a session or record whose sealed text would exceed 1 MiB (about 780 kB of content).
	ErrTooLarge = errors.New("more than 1 MiB to store")

	// ErrNewer is returned by Open for a database that a newer version of the dashboard has already migrated.
	ErrNewer = errors.New("the database was made by a newer version of the dashboard")
)
