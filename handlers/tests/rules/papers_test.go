package rules_test

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/config"
	"tallyfy-admin/handlers/store"
)

const top = "../../.."

// papers are the texts for people who run or change the program, by their path below the module.
func papers(t *testing.T) map[string]string {
	files := []string{"README.md"}
	require.NoError(t, fs.WalkDir(os.DirFS(top), ".github", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			files = append(files, path)
		}
		return err
	}))
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(top, file))
		require.NoError(t, err)
		texts[file] = string(text)
	}
	return texts
}

var (
	fenced    = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	quoted    = regexp.MustCompile("`([^`\n]+)`")
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInSlug = regexp.MustCompile(`[^a-z0-9 -]`)
	filePath  = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)*/?$`)
	fileName  = regexp.MustCompile(`/|\w\.(go|mod|sum|templ|md|sql|js|css|yml|json)$|^(Makefile|Dockerfile)$`)
	target    = regexp.MustCompile(`^make ([a-z]+)`)
	variable  = regexp.MustCompile(`\b[A-Z]+(?:_[A-Z]+)+\b`)
	flag      = regexp.MustCompile(`^--([a-z-]+)`)
	table     = regexp.MustCompile(`CREATE TABLE (dashboard_\w+)`)
)

// slug is the name that GitHub gives a heading.
func slug(heading string) string {
	return strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

func TestLinksOfThePapersLeadSomewhere(t *testing.T) {
	all := papers(t)
	for file, text := range all {
		for _, found := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			to, err := url.Parse(found[1])
			require.NoError(t, err, file)
			if to.IsAbs() {
				continue
			}
			path := file
			if to.Path != "" {
				path = filepath.Join(filepath.Dir(file), to.Path)
			}
			assertExists(t, file, path)
			if to.Fragment != "" {
				slugs := []string{}
				for _, h := range heading.FindAllStringSubmatch(all[path], -1) {
					slugs = append(slugs, slug(h[1]))
				}
				assert.Contains(t, slugs, to.Fragment, "%s links to a heading of %s", file, path)
			}
		}
	}
}

func assertExists(t *testing.T, file, path string) {
	t.Helper()
	_, err := os.Stat(filepath.Join(top, path))
	assert.NoError(t, err, "%s names %s", file, path)
}

// A path in backticks is one below the module. A name without a folder counts if it has a suffix of our
// files; "tallyfy-admin.db" has none.
func TestFilesNamedInThePapersExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(top, "Makefile"))
	require.NoError(t, err)
	for file, text := range papers(t) {
		for _, found := range quoted.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			name := found[1]
			if filePath.MatchString(name) && fileName.MatchString(name) && !slices.Contains(namedButNotFiles, name) {
				assertExists(t, file, name)
			}
			if goal := target.FindStringSubmatch(name); goal != nil {
				assert.Regexp(t, `(?m)^`+goal[1]+`:`, string(makefile), "%s names make %s", file, goal[1])
			}
		}
	}
}

// namedButNotFiles have the form of a path.
var namedButNotFiles = []string{"doc.go", "gorilla/sessions", "riverqueue/river"}

// othersVariables are in the papers and are no settings of ours.
var othersVariables = regexp.MustCompile(`^(HTTPS_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR)|POSTGRES_(USER|PASSWORD|DB)|TEST_POSTGRES_URL|BENCH_SHORT|AF_[A-Z]+)$`)

// The table of settings itself is compared by a test of package config.
func TestSettingsNamedInThePapersExist(t *testing.T) {
	var variables, flags []string
	for _, s := range config.Settings() {
		variables, flags = append(variables, s.Variable), append(flags, s.Flag)
	}
	flags = append(flags, "help")
	for file, text := range papers(t) {
		for _, name := range variable.FindAllString(text, -1) {
			assert.True(t, slices.Contains(variables, name) || othersVariables.MatchString(name), "%s names %s, which is no setting", file, name)
		}
		for _, found := range quoted.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if name := flag.FindStringSubmatch(found[1]); name != nil {
				assert.Contains(t, flags, name[1], "%s names a flag", file)
			}
		}
	}
}

// The life of a session stands in sentences, which do not change by themselves.
func TestTheLifeOfASessionIsTrueWhereItIsWritten(t *testing.T) {
	idle, absolute := fmt.Sprintf("%d hours", store.DefaultIdle/time.Hour), fmt.Sprintf("%d days", store.DefaultAbsolute/(24*time.Hour))
	for file, sentences := range map[string][]string{
		"README.md":             {idle, absolute},
		".github/SECURITY.md":   {idle, absolute},
		"views/signin.templ":    {absolute},
		"handlers/store/doc.go": {idle, absolute},
	} {
		text, err := os.ReadFile(filepath.Join(top, file))
		require.NoError(t, err)
		for _, s := range sentences {
			assert.Contains(t, string(text), s, file)
		}
	}
}

// notOfPeople are the tables that hold nothing beyond a session's life or an hour.
var notOfPeople = []string{"dashboard_sessions", "dashboard_sign_ins", "dashboard_records", "dashboard_leases"}

// Who erases all that is kept finds every table in one list.
func TestThePapersNameEveryTableToErase(t *testing.T) {
	paper, err := os.ReadFile(filepath.Join(top, ".github/deployment.md"))
	require.NoError(t, err)
	_, list, _ := strings.Cut(string(paper), "- all of it: ")
	list, _, _ = strings.Cut(list, ";")
	files, err := filepath.Glob(filepath.Join(top, "handlers/store/migrations/*.sql"))
	require.NoError(t, err)
	named := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, made := range table.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(notOfPeople, made[1]) {
				named++
				assert.Contains(t, list, "`"+made[1]+"`")
			}
		}
	}
	assert.Equal(t, named, strings.Count(list, "`")/2, "and no others")
}
