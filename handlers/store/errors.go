package store

import "errors"

var (
	// ErrGone is returned by Sessions.Save when the session was signed out, renewed, swept or
	// expired since it was read. The session is never made again under its old id; the visitor has
	// to sign in.
	ErrGone = errors.New("the session no longer exists")

	// ErrLost is returned for a write of the holder of a lease that has ended. It was not made.
	ErrLost = errors.New("the lease is no longer held")

	// ErrTooLarge is returned for content whose sealed text would exceed what a row may hold: 1 MiB
	// for a session, 8 MiB for other content.
	ErrTooLarge = errors.New("more than a row may hold")

	// ErrMoved is returned for everything asked of a SQLite file that was deleted or replaced while
	// it was open. SQLite itself would go on writing to a file that has no name any more. When the
	// same file is put back all goes on; otherwise the dashboard has to be started again, and makes
	// or reads the file that is there then.
	ErrMoved = errors.New("the database file was deleted or replaced while it was open; put it back, or start the dashboard again")

	// ErrNewer is returned by Open for a database that a newer version of the dashboard has already
	// migrated.
	ErrNewer = errors.New("the database was made by a newer version of the dashboard")
)
