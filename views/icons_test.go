package views

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The sprite holds the icons that pages use, and no other.
func TestSpriteHoldsTheIconsThatAreUsed(t *testing.T) {
	names, err := os.ReadFile("icons.go")
	require.NoError(t, err)
	sprite, err := os.ReadFile("../static/icons/sprite.svg")
	require.NoError(t, err)
	drawn := map[string]bool{}
	for _, found := range regexp.MustCompile(`<symbol id="([^"]+)"`).FindAllSubmatch(sprite, -1) {
		drawn[string(found[1])] = true
	}
	var pages strings.Builder
	files, err := filepath.Glob("*")
	require.NoError(t, err)
	for _, file := range files {
		if file == "icons.go" || strings.HasSuffix(file, "_templ.go") || strings.HasSuffix(file, "_test.go") || !regexp.MustCompile(`\.(go|templ)$`).MatchString(file) {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		pages.Write(text)
	}
	assert.NotRegexp(t, `@icon\(p, "`, pages.String(), "an icon without a name in icons.go")
	named := regexp.MustCompile(`(?m)^\t(icon\w+)\s*= "([^"]+)"`).FindAllStringSubmatch(string(names), -1)
	require.NotEmpty(t, named)
	for _, found := range named {
		assert.True(t, drawn[found[2]], "%s is not in the sprite: make icons", found[2])
		assert.Regexp(t, `\b`+found[1]+`\b`, pages.String(), "no page uses %s", found[1])
		delete(drawn, found[2])
	}
	assert.Empty(t, drawn, "icons that nothing names")
}
