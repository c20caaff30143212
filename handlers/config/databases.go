package config

import (
	"errors"
	"net/url"
	"strings"
)

// database is what the store opens: a file, sqlite:///path, memory: or a postgres:// URL. Its errors never repeat the
// text, which may hold a password.
type database string

func (d *database) UnmarshalText(b []byte) error {
	*d = database(b)
	switch {
	case d.isMemory():
		return nil
	case d.isPostgres():
		if _, err := url.Parse(string(b)); err != nil {
			return errors.New("a postgres:// URL that cannot be read; a special character in the password is written as %XX")
		}
		return nil
	}
	// Without this a libpq connection string would become the name of a file, password and all.
	if file := d.file(); file == "" || strings.HasSuffix(file, "/") || strings.Contains(file, "://") ||
		strings.HasPrefix(file, "file:") || strings.Contains(file, "=") {
		return errors.New("neither a file nor a database URL that is known here")
	}
	return nil
}

func (d database) isMemory() bool { return d == "memory:" || d == ":memory:" }

func (d database) isPostgres() bool {
	scheme, _, found := strings.Cut(string(d), "://")
	return found && (scheme == "postgres" || scheme == "postgresql")
}

// file is the path of the SQLite file; empty with another database.
func (d database) file() string {
	if d.isMemory() || d.isPostgres() {
		return ""
	}
	return strings.TrimPrefix(string(d), "sqlite://")
}
