package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed css js icons
var embedded embed.FS

// contentTypes are fixed here, because a minimal container has no table of them.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
	".txt": "text/plain; charset=utf-8", // a licence
}

// A Set is the embedded files, served below one path whose last folder is the hash of all of them.
// A link from one file to another needs no rewriting, and a changed file changes every address.
type Set struct {
	base    string
	version string
	files   map[string]*file
	urls    map[string]string // made once, because every page needs several
}

type file struct {
	contentType string
	plain       string
	// gzip compresses the file when it is first asked for. Doing so at the start would delay it.
	gzip func() string
}

// contents is the embedded files and the hash of all of them.
var contents = sync.OnceValues(func() (map[string]*file, string) {
	files, sum := map[string]*file{}, sha256.New()
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name))
		sum.Write(data)
		plain := dense(path.Ext(name), string(data))
		files[name] = &file{
			contentType: contentTypes[path.Ext(name)],
			plain:       plain,
			gzip:        sync.OnceValue(func() string { return compress(plain) }),
		}
		return nil
	})
	if err != nil {
		panic("static: " + err.Error()) // the files are in the program
	}
	return files, hex.EncodeToString(sum.Sum(nil))[:12]
})

// New is the embedded files below a path such as "/tools/assets".
func New(prefix string) *Set {
	s := &Set{base: strings.TrimSuffix(prefix, "/") + "/", urls: map[string]string{}}
	s.files, s.version = contents()
	for name := range s.files {
		s.urls[name] = s.base + s.version + "/" + name
	}
	return s
}

var (
	comments    = regexp.MustCompile(`(?s)/\*.*?\*/`)
	lineComment = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)
	indentation = regexp.MustCompile(`\n\s+`)
)

// dense leaves out of a style sheet or a script what browsers do not read: comments, blank lines and indentation. That
// is a tenth of what a first visit weighs. No string of ours holds a comment or goes on over several lines.
func dense(extension, text string) string {
	switch extension {
	case ".css":
		text = comments.ReplaceAllString(text, "")
	case ".js":
		text = lineComment.ReplaceAllString(text, "")
	default:
		return text
	}
	return strings.TrimLeft(indentation.ReplaceAllString(text, "\n"), "\n")
}

// URL is the path of an embedded file, such as URL("css/app.css"). It panics on a name that is not
// embedded.
func (s *Set) URL(name string) string {
	url, ok := s.urls[name]
	if !ok {
		panic("static: no file " + strconv.Quote(name))
	}
	return url
}

// Inline is the content of an embedded file, for use within a page, such as an SVG. It panics as
// URL does.
func (s *Set) Inline(name string) string {
	s.URL(name)
	return s.files[name].plain
}

// ServeHTTP answers GET and HEAD for the paths that URL gives. A path with another version, from a
// page of an older build during a rollout, is served, too, but must not be stored.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, s.base), "/")
	f, ok := s.files[name]
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	if version == s.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	body, encoding := f.plain, ""
	if r.Header.Get("Range") == "" && accepts(r.Header.Values("Accept-Encoding"), "gzip") {
		body, encoding = f.gzip(), "gzip"
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		h.Set("Content-Length", strconv.Itoa(len(body))) // ServeContent omits it beside a Content-Encoding
	}
	h.Set("ETag", `"`+s.version+encoding+`"`)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
}

// accepts reports whether Accept-Encoding names the encoding, and not only "*". A quality of 0 or
// one that cannot be read refuses it.
func accepts(headers []string, encoding string) bool {
	named := false
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), encoding) {
				continue
			}
			named = true
			for parameter := range strings.SplitSeq(parameters, ";") {
				key, value, _ := strings.Cut(parameter, "=")
				if !strings.EqualFold(strings.TrimSpace(key), "q") {
					continue
				}
				if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err != nil || !(q > 0) {
					return false
				}
			}
		}
	}
	return named
}

// compress returns a gzip of the highest level. Brotli would save a tenth of a few kilobytes, once,
// for a program that is a megabyte larger.
func compress(plain string) string {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // an error is for an invalid level only
	_, _ = io.WriteString(w, plain)                         // a buffer never fails
	_ = w.Close()
	return out.String()
}
