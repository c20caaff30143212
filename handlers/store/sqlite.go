package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// sqliteConnections lets pages be read while another one writes; SQLite itself allows one
	// writer at a time.
	sqliteConnections = 4

	// Two processes that make the same file at once can trip over each other's first migration.
	// Each attempt at a locked file takes the busy_timeout of 5 seconds; no other is begun after
	// sqliteWait.
	sqliteWait  = 6 * time.Second
	sqlitePause = 200 * time.Millisecond
)

func openMemory(ctx context.Context) (*DB, error) {
	db, err := sql.Open("sqlite", ":memory:?_pragma=foreign_keys(1)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("opening a database in memory: %w", err)
	}
	// Each connection to :memory: is a database of its own, and closing it loses the data.
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	db.SetConnMaxLifetime(0)
	db.SetConnMaxIdleTime(0)
	if err := fillMemory(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return newDB(db, SQLite, fileIdentity{}), nil
}

// migrated is the first database in memory of this process, as its migrations left it. Tests open
// thousands, and each copy takes a fiftieth of the time of the migrations.
var migrated struct {
	sync.Mutex
	image []byte
}

// An image is a whole SQLite database. The driver's connections have these methods.
type image interface {
	Serialize() ([]byte, error)
	Deserialize([]byte) error
}

// fillMemory migrates the first database in memory, and makes all others copies of it.
func fillMemory(ctx context.Context, db *sql.DB) error {
	migrated.Lock()
	defer migrated.Unlock()
	if migrated.image == nil {
		if err := migrate(ctx, db, SQLite); err != nil {
			return err
		}
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("opening a database in memory: %w", err)
	}
	defer func() { _ = conn.Close() }() // back to the pool
	return conn.Raw(func(driver any) error {
		if migrated.image != nil {
			return driver.(image).Deserialize(migrated.image)
		}
		migrated.image, err = driver.(image).Serialize()
		return err
	})
}

// openFile makes the path absolute, because connections are opened later too.
func openFile(ctx context.Context, path string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("the path of the database: %w", err)
	}
	info, err := prepareFile(path)
	if err != nil {
		return nil, err
	}
	file := fileIdentity{path: path, info: info}
	db, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, fmt.Errorf("opening the database file %s: %w", path, err)
	}
	db.SetMaxOpenConns(sqliteConnections)
	db.SetMaxIdleConns(sqliteConnections)
	if err := checkAndMigrate(ctx, db); err != nil {
		return nil, errors.Join(file.explain(err), db.Close())
	}
	return newDB(db, SQLite, file), nil
}

// prepareFile makes the file, so that it has mode 0600 from its first byte: SQLite would use the
// umask, and gives the files beside it the mode of this one.
func prepareFile(path string) (os.FileInfo, error) {
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the folder %s for the database does not exist; make it or choose another path", folder)
	} else if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder, so the database cannot be kept there", folder)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; give the path of the database file in it", path)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is the operator's setting
	if err != nil {
		return nil, fmt.Errorf("the database file cannot be written; it and its folder must be writable: %w", err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("looking at the database file: %w", err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		if err := file.Chmod(0o600); err != nil {
			return nil, fmt.Errorf("the database file may be read by others and that cannot be changed: %w", err)
		}
	}
	return info, nil
}

// sqliteDSN escapes an absolute path: ? and % mean something in a file: URI. The file exists; mode
// rw keeps a connection that is opened after somebody deleted it from making an empty one.
func sqliteDSN(path string) string {
	slashed := "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")
	options := url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)", "temp_store(MEMORY)"},
		"_txlock": {"immediate"},
		"mode":    {"rw"},
	}
	return "file:" + (&url.URL{Path: slashed}).EscapedPath() + "?" + options.Encode()
}

func checkAndMigrate(ctx context.Context, db *sql.DB) error {
	giveUp := time.Now().Add(sqliteWait)
	for {
		err := quickCheck(ctx, db)
		if err == nil {
			err = migrate(ctx, db, SQLite)
		}
		if err == nil || time.Now().After(giveUp) || !maybeOtherProcess(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(sqlitePause):
		}
	}
}

// quickCheck finds a damaged file at the start, with a clear error, instead of on some page later.
func quickCheck(ctx context.Context, db *sql.DB) error {
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return fmt.Errorf("checking the database file: %w", err)
	}
	if answer != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, strings.ReplaceAll(answer, "\n", " ")) // one line for logs
	}
	return nil
}

var errDamaged = errors.New("the check of the database file failed")

// maybeOtherProcess is true for a busy file and for the general error of "table … already exists".
func maybeOtherProcess(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED || code == sqlite3.SQLITE_ERROR
}

// sqliteCode returns SQLite's primary result code, or 0 for another kind of error.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return sqlite3.SQLITE_OK
	}
	return e.Code() & 0xff // the higher bits say more about the same thing
}
