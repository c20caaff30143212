package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	sqlite3 "modernc.org/sqlite/lib"
)

// fileIdentity is the file behind a SQLite database, as it was at its opening. The zero value is
// for databases without a file: those in memory, and PostgreSQL.
type fileIdentity struct {
	path string // absolute
	info os.FileInfo
}

// check returns ErrMoved when the path leads to no file or to another one.
func (f fileIdentity) check() error {
	if f.path == "" {
		return nil
	}
	now, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !os.SameFile(now, f.info):
		return fmt.Errorf("%w (%s)", ErrMoved, f.path)
	case err != nil:
		return fmt.Errorf("looking for the database file: %w", err)
	}
	return nil
}

// explain puts advice for the operator in front of SQLite's own words. Other errors, such as a
// deadline's, stay as they are.
func (f fileIdentity) explain(err error) error {
	if f.path == "" {
		return err
	}
	var advice string
	switch code := sqliteCode(err); {
	case code == sqlite3.SQLITE_NOTADB:
		advice = "is not a SQLite database; move it away or choose another path"
	case code == sqlite3.SQLITE_CORRUPT, errors.Is(err, errDamaged):
		advice = "is damaged; move it away (everybody signs in again) or put a copy back"
	case code == sqlite3.SQLITE_CANTOPEN, code == sqlite3.SQLITE_READONLY, code == sqlite3.SQLITE_PERM:
		advice = "cannot be written; it, the -wal and -shm files beside it, and their folder must be writable"
	case code == sqlite3.SQLITE_BUSY, code == sqlite3.SQLITE_LOCKED:
		advice = "is held by another process"
	case code == sqlite3.SQLITE_FULL:
		advice = "cannot grow; the disk is full"
	case code != sqlite3.SQLITE_OK:
		advice = "cannot be used"
	default:
		return err
	}
	return fmt.Errorf("the database file %s %s: %w", f.path, advice, err)
}
