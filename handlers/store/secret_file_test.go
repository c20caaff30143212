package store

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLoadKeysReads(t *testing.T) {
	t.Parallel()
	one, two := strings.Repeat("k", 32), " "+strings.Repeat("K", 40)+" "
	for name, c := range map[string]struct {
		content string
		want    []string
		refused string
	}{
		"as is":            {content: one, want: []string{one}},
		"newline":          {content: one + "\n", want: []string{one}},
		"windows newline":  {content: one + "\r\n\n", want: []string{one}},
		"spaces are kept":  {content: two + "\n", want: []string{two}},
		"two":              {content: one + "\n" + two, want: []string{one, two}},
		"two with gaps":    {content: "\r\n" + two + "\r\n\n" + one + "\n", want: []string{two, one}},
		"too short":        {content: one[1:], refused: "line 1 has 31"},
		"short with line":  {content: one[1:] + "\n\n\n", refused: "line 1 has 31"},
		"the second short": {content: one + "\n" + one[1:] + "\n", refused: "line 2 has 31"},
		"empty":            {content: "", refused: "there is no secret"},
		"empty lines":      {content: "\n\r\n", refused: "there is no secret"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secret")
			require.NoError(t, os.WriteFile(path, []byte(c.content), 0o600))
			for _, create := range []bool{false, true} {
				got, err := LoadKeys(path, create)
				if c.want == nil {
					require.ErrorContains(t, err, c.refused)
					assert.Contains(t, err.Error(), path)
					assert.NotContains(t, strings.ToLower(err.Error()), "kkk")
				} else {
					require.NoError(t, err)
					assert.Equal(t, c.want, secretsOf(got))
				}
				kept, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.Equal(t, c.content, string(kept), "a file that exists is never changed")
			}
		})
	}
}

func secretsOf(keys *Keys) (texts []string) {
	for _, secret := range keys.secrets {
		texts = append(texts, string(secret))
	}
	return texts
}

func TestLoadKeysCreates(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "dashboard.db.secret")
	_, err := LoadKeys(path, false)
	require.ErrorIs(t, err, fs.ErrNotExist)

	results := make([][]string, 16)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			keys, err := LoadKeys(path, true)
			if assert.NoError(t, err) {
				results[i] = secretsOf(keys)
			}
		})
	}
	group.Wait()
	for _, secrets := range results {
		assert.Equal(t, results[0], secrets, "all who start at once agree")
	}
	require.Len(t, results[0], 1)
	random, err := base64.StdEncoding.DecodeString(results[0][0])
	require.NoError(t, err)
	assert.Len(t, random, 32)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode())
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing is left beside it")

	again, err := LoadKeys(path, true)
	require.NoError(t, err)
	assert.Equal(t, results[0], secretsOf(again))
}

func TestLoadKeysCannotCreate(t *testing.T) {
	t.Parallel()
	_, err := LoadKeys(filepath.Join(t.TempDir(), "missing", "secret"), true)
	require.ErrorContains(t, err, "folder must exist")
	_, err = LoadKeys(t.TempDir(), true)
	require.Error(t, err, "a folder")
}

func TestASecretFileIsItsOwnersOnly(t *testing.T) {
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	for mode, want := range map[fs.FileMode]struct{ refused, warned bool }{
		0o600: {}, 0o400: {}, 0o640: {warned: true}, 0o604: {warned: true}, 0o444: {warned: true},
		0o620: {refused: true}, 0o602: {refused: true}, 0o664: {refused: true}, 0o666: {refused: true},
	} {
		var log bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		path := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("k", 32)), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		link := path + ".link"
		require.NoError(t, os.Symlink(path, link))
		for _, name := range []string{path, link} {
			_, err := LoadKeys(name, true)
			if want.refused {
				require.ErrorContains(t, err, name, "%o", mode)
				require.ErrorContains(t, err, "chmod 600", "%o", mode)
			} else {
				require.NoError(t, err, "%o", mode)
			}
		}
		assert.Equal(t, want.warned, strings.Contains(log.String(), "chmod 600"), "%o", mode)
		assert.NotContains(t, log.String(), "kkk")
	}
}
