package store

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLoadSecretReads(t *testing.T) {
	key := strings.Repeat("k", 32)
	for name, c := range map[string]struct{ content, want string }{
		"as is":           {key, key},
		"newline":         {key + "\n", key},
		"windows newline": {key + "\r\n\n", key},
		"inner kept":      {" " + key + "\n" + key + " \n", " " + key + "\n" + key + " "},
		"too short":       {key[1:], ""},
		"short with line": {key[1:] + "\n\n\n", ""},
		"empty":           {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secret")
			require.NoError(t, os.WriteFile(path, []byte(c.content), 0o600))
			for _, create := range []bool{false, true} {
				got, err := LoadSecret(path, create)
				assert.Equal(t, c.want, string(got))
				if c.want == "" {
					require.Error(t, err)
					assert.Contains(t, err.Error(), path)
					assert.NotContains(t, err.Error(), "kkk")
				}
				kept, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.Equal(t, c.content, string(kept), "a file that exists is never changed")
			}
		})
	}
}

func TestLoadSecretCreates(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "dashboard.db.secret")
	_, err := LoadSecret(path, false)
	require.ErrorIs(t, err, fs.ErrNotExist)

	results := make([]string, 16)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			secret, err := LoadSecret(path, true)
			assert.NoError(t, err)
			results[i] = string(secret)
		})
	}
	group.Wait()
	for _, secret := range results {
		assert.Equal(t, results[0], secret, "all who start at once agree")
	}
	random, err := base64.StdEncoding.DecodeString(results[0])
	require.NoError(t, err)
	assert.Len(t, random, 32)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode())
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing is left beside it")

	again, err := LoadSecret(path, true)
	require.NoError(t, err)
	assert.Equal(t, results[0], string(again))
}

func TestLoadSecretCannotCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "secret")
	_, err := LoadSecret(path, true)
	require.Error(t, err)
	assert.Contains(t, err.Error(), "folder must exist")
	_, err = LoadSecret(t.TempDir(), true)
	require.Error(t, err, "a folder")
}
