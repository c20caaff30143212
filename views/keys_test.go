package views

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The page of help and the script know the same keys.
func TestKeysAreThoseOfTheScript(t *testing.T) {
	scripts := os.DirFS("../static/js")
	files, err := fs.Glob(scripts, "*.js")
	require.NoError(t, err)
	call := regexp.MustCompile(`(?m)^\s*key\("([^"]+)"`)
	var known []string
	for _, file := range files {
		text, err := fs.ReadFile(scripts, file)
		require.NoError(t, err)
		for _, found := range call.FindAllSubmatch(text, -1) {
			known = append(known, string(found[1]))
		}
	}
	var listed []string
	for _, group := range Keys {
		for _, k := range group.Keys {
			assert.NotEmpty(t, k.Does, k.Names)
			if !k.Browser {
				listed = append(listed, k.Names...)
			}
		}
	}
	slices.Sort(known)
	slices.Sort(listed)
	assert.Equal(t, strings.Join(slices.Compact(known), "\n"), strings.Join(listed, "\n"), "static/js beside views/keys.go")
}
