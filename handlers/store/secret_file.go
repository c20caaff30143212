package store

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
)

// LoadKeys reads the server's secrets from a file, one a line: the first one seals, all of them
// open. Line ends and empty lines do not count; each secret needs at least 32 bytes. With create, a
// missing file is made, readable by its owner only, with 32 random bytes in base64; of several
// processes that do so at once all return the secret that came first. A file that exists is never
// changed. Errors name the file and the line, never the content.
func LoadKeys(path string, create bool) (*Keys, error) {
	keys, err := readKeys(path)
	if !create || !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if err := createSecret(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("the secret file %s cannot be made; its folder must exist and be writable: %w", path, err)
	}
	return readKeys(path)
}

// CheckSecretFile refuses a file with secrets that others than its owner can change, and warns of one
// that they can read. Symbolic links are followed. A file that cannot be looked at is for its reader
// to complain about.
func CheckSecretFile(path string) error {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" { // which has no such modes
		return nil
	}
	switch mode := info.Mode().Perm(); {
	case mode&0o022 != 0:
		return fmt.Errorf("the secret file %s can be changed by others than its owner (mode %04o); chmod 600 it, and replace what it holds if somebody may have", path, mode)
	case mode&0o044 != 0:
		slog.Warn("a secret file can be read by others than its owner; chmod 600 it", "file", path, "mode", fmt.Sprintf("%04o", mode))
	}
	return nil
}

func readKeys(path string) (*Keys, error) {
	if err := CheckSecretFile(path); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path) //nolint:gosec // the path is the operator's setting
	if err != nil {
		return nil, fmt.Errorf("the secret file cannot be read: %w", err)
	}
	var secrets [][]byte
	for i, line := range bytes.Split(content, []byte("\n")) {
		secret := bytes.TrimRight(line, "\r")
		if 0 < len(secret) && len(secret) < minSecret {
			return nil, fmt.Errorf("the secret file %s is of no use: each line is a secret of at least %d bytes, and line %d has %d", path, minSecret, i+1, len(secret))
		}
		if len(secret) > 0 {
			secrets = append(secrets, secret)
		}
	}
	keys, err := NewKeys(secrets...)
	if err != nil {
		return nil, fmt.Errorf("the secret file %s is of no use: %w", path, err)
	}
	return keys, nil
}

// createSecret writes a complete file under another name first and then links it: a link fails when
// the name is taken, and nobody ever sees half a secret.
func createSecret(path string) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()

	random := make([]byte, minSecret)
	rand.Read(random) // never fails: crypto/rand ends the process instead
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(random) + "\n")
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Link(file.Name(), path)
}
