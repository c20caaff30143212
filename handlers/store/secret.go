package store

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// LoadSecret reads the server's secret from a file. Line ends after it are dropped (editors and echo add one); at least
// 32 bytes must remain. With create, a missing file is made, readable by its owner only, with 32 random bytes in
// base64; of several processes that do so at once all return the secret of the one that came first. A file that exists
// is never changed. Errors name the file, never its content.
func LoadSecret(path string, create bool) ([]byte, error) {
	secret, err := readSecret(path)
	if !create || !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := createSecret(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("the secret file %s cannot be made; its folder must exist and be writable: %w", path, err)
	}
	return readSecret(path)
}

func readSecret(path string) ([]byte, error) {
	content, err := os.ReadFile(path) //nolint:gosec // the path is the operator's setting
	if err != nil {
		return nil, fmt.Errorf("the secret file cannot be read: %w", err)
	}
	secret := bytes.TrimRight(content, "\r\n")
	if err := checkSecret(secret); err != nil {
		return nil, fmt.Errorf("the secret file %s is of no use: %w", path, err)
	}
	return secret, nil
}

// createSecret writes a complete file under another name first and then links it: a link fails when the name is taken,
// and nobody ever sees half a secret.
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
