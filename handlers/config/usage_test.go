package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/config"
)

func TestTableIsComplete(t *testing.T) {
	rows := config.Settings()
	require.NotEmpty(t, rows)
	seen := map[string]bool{}
	for _, row := range rows {
		t.Run(row.Variable, func(t *testing.T) {
			assert.Regexp(t, `^[A-Z][A-Z_]*[A-Z]$`, row.Variable)
			assert.Equal(t, strings.ToLower(strings.ReplaceAll(row.Variable, "_", "-")), row.Flag)
			assert.Regexp(t, `^[A-Z].*\.$|^auto`, row.Help)
			assert.NotEmpty(t, row.Default)
			assert.NotEmpty(t, row.Accepts)
			assert.False(t, seen[row.Variable])
			seen[row.Variable] = true

			// A wrong text is blamed on the row's own flag and completed by the row's own words:
			// what names the row is right.
			if row.Variable == "SECRET_FILE" {
				return // any text is a path
			}
			_, err := config.Parse([]string{"--sandbox", "--" + row.Flag + "=?="}, environment{}.lookup)
			assert.ErrorContains(t, err, "--"+row.Flag+": ")
			assert.ErrorContains(t, err, row.Accepts)
		})
	}
	// The published names: a setting that is renamed breaks somebody's deployment.
	for _, variable := range []string{
		"ADDR", "PUBLIC_URL", "API_URL", "DATABASE_URL", "SECRET_FILE", "TRUSTED_PROXIES", "LOG_LEVEL",
		"LOG_FORMAT", "SANDBOX", "SANDBOX_GROUPS", "SANDBOX_MEMBERS", "SANDBOX_LATENCY", "SANDBOX_LISTEN",
	} {
		assert.True(t, seen[variable], variable)
	}
}

func TestThePapersHaveTheTable(t *testing.T) {
	var want, found []string
	for _, row := range config.Settings() {
		if !row.Words {
			row.Default = "`" + row.Default + "`"
		}
		want = append(want, fmt.Sprintf("| `--%s` | `%s` | %s | %s |", row.Flag, row.Variable, row.Help, row.Default))
	}
	page, err := os.ReadFile("../../.github/deployment.md")
	require.NoError(t, err)
	for line := range strings.SplitSeq(string(page), "\n") {
		if strings.HasPrefix(line, "| `--") {
			found = append(found, line)
		}
	}
	assert.Equal(t, strings.Join(want, "\n"), strings.Join(found, "\n"))
}

func TestUsage(t *testing.T) {
	var b strings.Builder
	config.Usage(&b)
	lines := strings.Split(b.String(), "\n")

	column := -1
	for _, row := range config.Settings() {
		found := false
		for _, line := range lines {
			if !strings.HasPrefix(line, "--"+row.Flag+" ") {
				continue
			}
			found = true
			for _, part := range []string{row.Value, row.Variable, row.Help, row.Default} {
				assert.Contains(t, line, part)
			}
			at := strings.LastIndex(line[:strings.Index(line, row.Help)], row.Variable)
			if column < 0 {
				column = at
			}
			assert.Equal(t, column, at, "%s is not aligned", row.Flag)
		}
		assert.True(t, found, row.Flag)
	}

	// The invocations stand before everything else, and work.
	usage := strings.Index(b.String(), "Usage:")
	examples := 0
	for line := range strings.Lines(b.String()[:usage]) {
		if args := strings.Fields(line); len(args) > 0 && args[0] == "tallyfy-admin" {
			parse(t, nil, args[1:]...)
			examples++
		}
	}
	assert.Equal(t, 3, examples)
	for _, command := range []string{"serve", "healthcheck", "version", "--help"} {
		assert.Contains(t, b.String()[usage:], command)
	}
}
