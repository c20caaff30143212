// Package rules_test holds the rules of the source itself: which package may import which, that no
// flow uses another, and that the papers name files and settings that exist. To let a package import
// one more, change its row here, and its doc.go.
package rules_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "tallyfy-admin"

// mayImport says for each package what of ours it may import: main → handlers → {views, tallyfy},
// views → {static, tallyfy's types}. The first row that fits counts; a * stands for one part of a
// path. Tests may also import the package that they test, the sandbox, sitetest, and the cache.
var mayImport = []struct{ importer, ours string }{
	{"main", "handlers handlers/* tallyfy tallyfy/sandbox"},
	{"handlers", "handlers/* views views/components views/names views/words static tallyfy"},
	{"handlers/sitetest", "handlers handlers/* tallyfy tallyfy/sandbox"},
	{"handlers/sitetest/*", "handlers/sitetest tallyfy/sandbox"},
	{"handlers/tests/*", "handlers handlers/* views tallyfy tallyfy/sandbox"},
	{"handlers/bulk", "handlers/change handlers/csvfile handlers/directory handlers/journal handlers/lifecycle handlers/membership handlers/removal handlers/store tallyfy views/names views/words"},
	{"handlers/change", "handlers/journal handlers/store tallyfy"},
	{"handlers/config", "handlers/ratelimit"},
	{"handlers/cache", "tallyfy"},
	{"handlers/directory", "handlers/cache handlers/ratelimit tallyfy views/names"},
	{"handlers/csvfile", ""},
	{"handlers/history", "handlers/change handlers/journal handlers/lifecycle handlers/membership handlers/removal handlers/store tallyfy views/names"},
	{"handlers/journal", "handlers/store tallyfy views/names"},
	{"handlers/lifecycle", "handlers/change handlers/directory handlers/journal handlers/parallel handlers/store tallyfy views/names views/words"},
	{"handlers/listing", "tallyfy views/names"},
	{"handlers/logo", "tallyfy"},
	{"handlers/matrix", "handlers/directory tallyfy views/names"},
	{"handlers/membership", "handlers/change handlers/directory handlers/journal handlers/parallel tallyfy views/names views/words"},
	{"handlers/metrics", "tallyfy"},
	{"handlers/overview", "handlers/listing tallyfy views/words"},
	{"handlers/parallel", ""},
	{"handlers/queue", "handlers/store"},
	{"handlers/ratelimit", "tallyfy"},
	{"handlers/removal", "handlers/change handlers/directory handlers/journal handlers/lifecycle handlers/parallel tallyfy views/names views/words"},
	{"handlers/review", "handlers/change handlers/directory handlers/journal handlers/listing handlers/store tallyfy views/names views/words"},
	{"handlers/store", ""},
	{"handlers/web", ""},
	{"views", "views/components views/names views/words static tallyfy"},
	{"views/components", ""},
	{"views/names", "tallyfy views/words"},
	{"views/words", ""},
	{"static", ""},
	{"tallyfy", ""},
	{"tallyfy/sandbox", ""},
}

// importedBy says for a library which packages may import it. Those without a row are everybody's,
// and tests may import all.
var importedBy = []struct{ library, importers string }{
	{"github.com/labstack/", "handlers handlers/web"},
	{"github.com/gorilla/", "handlers handlers/store"},
	{"github.com/a-h/templ", "handlers handlers/web views views/components"},
	{"github.com/prometheus/client_golang/", "handlers/metrics"},
	{"github.com/jackc/pgx/", "handlers/store"},
	{"modernc.org/sqlite", "handlers/store"},
	{"github.com/riverqueue/", "handlers/queue"},
	{"github.com/stretchr/testify/", "handlers/sitetest"},
	{"github.com/PuerkitoBio/goquery", "handlers/sitetest"},
	{"github.com/chromedp/", "handlers/sitetest"},
}

// forTests are the packages that the program itself must not import.
var forTests = []string{"handlers/sitetest", "handlers/sitetest/*", "handlers/tests/*"}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	for _, p := range listPackages(t) {
		importer := ours(p.ImportPath)
		row := slices.IndexFunc(mayImport, func(row struct{ importer, ours string }) bool { return fits(importer, row.importer) })
		if !assert.GreaterOrEqual(t, row, 0, "say in mayImport what %s may import", importer) {
			continue
		}
		may := strings.Fields(mayImport[row].ours)
		for _, imported := range p.Imports {
			checkLibrary(t, importer, imported)
			if name := ours(imported); name != "" {
				assert.True(t, fits(name, may...), "%s imports %s; of ours it may import: %s", importer, name, may)
				assert.True(t, fits(importer, forTests...) || !fits(name, forTests...), "%s imports %s, which is for tests", importer, name)
			}
		}
		if importer != "tallyfy/sandbox" {
			may = append(may, "tallyfy/sandbox", "handlers/sitetest", "handlers/sitetest/*", "handlers/cache")
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if name := ours(imported); name != "" {
				assert.True(t, fits(name, append(may, importer)...), "a test of %s imports %s; of ours it may import: %s", importer, name, may)
			}
		}
	}
}

func checkLibrary(t *testing.T, importer, imported string) {
	for _, row := range importedBy {
		if strings.HasPrefix(imported, row.library) {
			assert.True(t, fits(importer, strings.Fields(row.importers)...) || fits(importer, forTests...),
				"%s imports %s; that may only: %s", importer, imported, row.importers)
		}
	}
}

// The screens take tallyfy's types; asking Tallyfy is not theirs.
func TestViewsDoNotKnowTheClient(t *testing.T) {
	client := regexp.MustCompile(`\btallyfy\.(New|Client|[A-Z][a-z]+Service)\b`)
	for _, pattern := range []string{"*.go", "*.templ"} {
		files, err := filepath.Glob(filepath.Join("../../../views", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Empty(t, client.FindString(string(text)), file)
		}
	}
}

type listedPackage struct {
	ImportPath, Dir                    string
	Imports, TestImports, XTestImports []string
}

func listPackages(t *testing.T) (all []listedPackage) {
	list := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,TestImports,XTestImports", module+"/...")
	out, err := list.Output()
	require.NoError(t, err)
	for from := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := from.Decode(&p); errors.Is(err, io.EOF) {
			require.NotEmpty(t, all)
			return all
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
		// go test repeats a result until something changes that the test itself has read.
		for _, folder := range []string{p.Dir, filepath.Dir(p.Dir)} {
			_, err := os.ReadDir(folder)
			require.NoError(t, err)
		}
	}
}

// ours is the path of a package below the module, "main" for its root; empty for a package of
// others.
func ours(importPath string) string {
	if importPath == module {
		return "main"
	}
	name, _ := strings.CutPrefix(importPath, module+"/")
	if name == importPath {
		return ""
	}
	return name
}

func fits(name string, patterns ...string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}
