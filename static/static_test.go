package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ask(s *Set, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestURLHoldsTheHashOfAllFiles(t *testing.T) {
	for prefix, want := range map[string]string{"/assets": "/assets/", "/assets/": "/assets/", "/tools/tallyfy/assets": "/tools/tallyfy/assets/"} {
		s := New(prefix)
		address := s.URL("css/app.css")
		assert.Regexp(t, "^"+regexp.QuoteMeta(want)+"[0-9a-f]{12}/css/app.css$", address)
		assert.Equal(t, address, New(prefix).URL("css/app.css"), "the same on every replica")
		assert.Equal(t, http.StatusOK, ask(s, http.MethodGet, address).Code)
	}
}

func TestURLPanicsOnAnUnknownName(t *testing.T) {
	s := New("/assets")
	for _, name := range []string{"", "app.css", "/css/app.css", "css", "css/", "css/../css/app.css", "css/none.css"} {
		assert.Panics(t, func() { s.URL(name) }, name)
	}
}

// served is an embedded file without what browsers do not read.
func served(name string) ([]byte, error) {
	data, err := embedded.ReadFile(name)
	return []byte(dense(path.Ext(name), string(data))), err
}

func TestWhatBrowsersDoNotReadIsLeftOut(t *testing.T) {
	for _, c := range []struct{ extension, text, want string }{
		{".css", "/* A sheet.\n   On two lines. */\n@layer a;\n\n  a { color: red; } /* why */\n", "@layer a;\na { color: red; } \n"},
		{".css", "a::before { content: \"\u2190\" / \"\"; }", "a::before { content: \"\u2190\" / \"\"; }"},
		{".js", "// A module.\n\nlet a = 1; // stays\n  // goes\n  f(\"https://x\");\n", "let a = 1; // stays\nf(\"https://x\");\n"},
		{".svg", "<svg>\n  <!-- x -->\n</svg>", "<svg>\n  <!-- x -->\n</svg>"},
	} {
		assert.Equal(t, c.want, dense(c.extension, c.text))
	}
	// What dense may not meet.
	literal := regexp.MustCompile("`[^`]*`")
	for _, kind := range []string{"css/*.css", "js/*.js"} {
		names, err := fs.Glob(embedded, kind)
		require.NoError(t, err)
		require.NotEmpty(t, names)
		for _, name := range names {
			data, err := embedded.ReadFile(name)
			require.NoError(t, err)
			assert.NotRegexp(t, `["'][^"'\n]*/\*[^"'\n]*["']`, string(data), "%s: a comment in a string", name)
			if path.Ext(name) == ".js" {
				assert.NotContains(t, string(data), "/*", name)
				for _, text := range literal.FindAllString(string(data), -1) {
					assert.NotContains(t, text, "\n", "%s: a text of several lines", name)
				}
			}
		}
	}
}

func TestEveryFileIsServedWithItsType(t *testing.T) {
	s := New("/assets")
	count := 0
	require.NoError(t, fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		count++
		want, err := served(name)
		require.NoError(t, err)
		for _, c := range []struct{ accept, encoding string }{
			{"", ""},
			{"gzip", "gzip"},
			{"gzip, deflate, br, zstd", "gzip"},
			{"GZIP", "gzip"},
			{"gzip;q=0.1, br;q=0.5", "gzip"},
			{"br;q=0, gzip", "gzip"},
			{"br, gzip; q=0.000", ""},
			{"identity", ""},
			{"*", ""},
			{"x-gzip", ""},
			{"gzip;q=nonsense", ""},
			{"deflate", ""},
		} {
			w := ask(s, http.MethodGet, s.URL(name), "Accept-Encoding", c.accept)
			assert.Equal(t, http.StatusOK, w.Code, name)
			h := w.Header()
			assert.NotEmpty(t, h.Get("Content-Type"), name)
			assert.Equal(t, contentTypes[name[strings.LastIndex(name, "."):]], h.Get("Content-Type"), name)
			assert.Equal(t, c.encoding, h.Get("Content-Encoding"), "%s for %q", name, c.accept)
			assert.Equal(t, "Accept-Encoding", h.Get("Vary"), name)
			assert.Equal(t, "public, max-age=31536000, immutable", h.Get("Cache-Control"), name)
			assert.Equal(t, strconv.Itoa(w.Body.Len()), h.Get("Content-Length"), name)
			assert.Equal(t, want, unpack(t, c.encoding, w.Body), name)
		}
		return nil
	}))
	assert.GreaterOrEqual(t, count, 4)
	for name, f := range s.files {
		assert.NotEmpty(t, f.contentType, name)
	}
}

func unpack(t *testing.T, encoding string, body io.Reader) []byte {
	t.Helper()
	if encoding == "gzip" {
		var err error
		body, err = gzip.NewReader(body)
		require.NoError(t, err)
	}
	all, err := io.ReadAll(body)
	require.NoError(t, err)
	return all
}

func TestStyleSheetIsCompressed(t *testing.T) {
	s := New("/assets")
	address := s.URL("css/app.css")
	plain, zipped := ask(s, http.MethodGet, address).Body.Len(), ask(s, http.MethodGet, address, "Accept-Encoding", "gzip").Body.Len()
	assert.Less(t, zipped, plain/2)
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	s := New("/assets")
	address := s.URL("css/app.css")
	tags := map[string]bool{}
	for _, encoding := range []string{"", "gzip"} {
		tag := ask(s, http.MethodGet, address, "Accept-Encoding", encoding).Header().Get("ETag")
		tags[tag] = true
		w := ask(s, http.MethodGet, address, "Accept-Encoding", encoding, "If-None-Match", tag)
		assert.Equal(t, http.StatusNotModified, w.Code)
		assert.Zero(t, w.Body.Len())
		assert.Equal(t, tag, w.Header().Get("ETag"))
		assert.Equal(t, http.StatusOK, ask(s, http.MethodGet, address, "Accept-Encoding", encoding, "If-None-Match", `"other"`).Code)
	}
	assert.Len(t, tags, 2, "bytes that differ have tags that differ")
}

func TestRangeIsOfThePlainFile(t *testing.T) {
	s := New("/assets")
	address := s.URL("css/app.css")
	plain := ask(s, http.MethodGet, address).Body.Bytes()
	w := ask(s, http.MethodGet, address, "Accept-Encoding", "br, gzip", "Range", "bytes=10-19")
	assert.Equal(t, http.StatusPartialContent, w.Code)
	assert.Empty(t, w.Header().Get("Content-Encoding"))
	assert.True(t, bytes.Equal(plain[10:20], w.Body.Bytes()))
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, ask(s, http.MethodGet, address, "Range", "bytes=99999999-").Code)
}

func TestHeadOfAFile(t *testing.T) {
	s := New("/assets")
	for _, encoding := range []string{"", "gzip"} {
		get, head := ask(s, http.MethodGet, s.URL("js/app.js"), "Accept-Encoding", encoding), ask(s, http.MethodHead, s.URL("js/app.js"), "Accept-Encoding", encoding)
		assert.Equal(t, http.StatusOK, head.Code)
		assert.Zero(t, head.Body.Len())
		assert.Equal(t, get.Header(), head.Header())
	}
}

func TestOnlyReading(t *testing.T) {
	s := New("/assets")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		w := ask(s, method, s.URL("js/app.js"))
		assert.Equal(t, http.StatusMethodNotAllowed, w.Code, method)
		assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	}
}

func TestUnknownFile(t *testing.T) {
	s := New("/assets")
	folder := strings.TrimSuffix(s.URL("css/app.css"), "css/app.css")
	for _, path := range []string{
		"/assets/", folder, folder + "css", folder + "css/", folder + "css/none.css", folder + "static.go", folder + "doc.go", folder + "css/../../static.go",
		"/assets/css/app.css", folder + "/css/app.css", folder + "CSS/app.css",
	} {
		w := ask(s, http.MethodGet, path)
		assert.Equal(t, http.StatusNotFound, w.Code, path)
		assert.Equal(t, "no-store", w.Header().Get("Cache-Control"), path)
	}
}

func TestFileOfAnotherBuildIsServedButNotKept(t *testing.T) {
	s := New("/assets")
	w := ask(s, http.MethodGet, "/assets/0123456789ab/css/app.css")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	assert.Equal(t, ask(s, http.MethodGet, s.URL("css/app.css")).Body.String(), w.Body.String())
}

func TestModulesImportEachOtherWithinTheVersion(t *testing.T) {
	s := New("/assets")
	imports := regexp.MustCompile(`(?:from|import)\s*\(?\s*["']([^"']+)["']`)
	for name, f := range s.files {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for _, match := range imports.FindAllStringSubmatch(f.plain, -1) {
			target, ok := strings.CutPrefix(match[1], "./")
			assert.True(t, ok, "%s imports %s", name, match[1])
			assert.Contains(t, s.files, "js/"+target)
		}
	}
}
