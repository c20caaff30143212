package static

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// none is the weight that refuses (RFC 9110, 12.4.2), in any letter case and with the white space
// that may stand there.
var none = regexp.MustCompile(`(?i);[ \t]*q[ \t]*=[ \t]*0(\.0*)?[ \t]*(;|$)`)

// FuzzAcceptEncoding: a file comes in an encoding only if the browser named that one, and nowhere
// refused it. It unpacks to the file.
func FuzzAcceptEncoding(f *testing.F) {
	for _, header := range []string{
		"gzip, deflate, br, zstd", "", "*", "gzip;q=0, gzip", "gzip;q=0.000 ,gzip;q=0", "gzip;\tq=0", "gzip ; q = 0", "gzip;x=1;q=0", "gzip;q=0;x=1", "gzip;Q=0", "gzip;q=-1", "gzip;q=NaN", "gzip;q=1e-9",
		"gzip;q=0x0", "identity;q=0, *;q=0", "gzip;q=0,gzip", "gzipp, xgzip, gz ip", "gzip\x00", ",,;", "gzip;q=", "br, br;q=0",
	} {
		f.Add(header, "")
		f.Add("identity", header)
	}
	s := New("/assets")
	address := s.URL("js/app.js")
	plain, err := served("js/app.js")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, first, second string) {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		require.NoError(t, err)
		r.Header["Accept-Encoding"] = []string{first, second}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code)
		encoding := w.Header().Get("Content-Encoding")
		require.Contains(t, []string{"", "gzip"}, encoding)
		require.Equal(t, plain, unpack(t, encoding, w.Body))
		if encoding == "" {
			return
		}
		named := false
		for part := range strings.SplitSeq(first+","+second, ",") {
			if name, _, _ := strings.Cut(part, ";"); strings.EqualFold(strings.TrimSpace(name), encoding) {
				named = true
				require.NotRegexp(t, none, part, "%s was refused", encoding)
			}
		}
		require.True(t, named, "%s was not named", encoding)
	})
}

// FuzzPath asks for any path: what comes is a file that is embedded, or nothing.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"/assets/x/css/app.css", "/assets/x/../static.go", "/assets//css/app.css", "/assets/css/app.css", "/assets/x/js/../css/app.css", "x/js/app.js", "", "/assets/x/js/app.js\x00", "\\", "/assets/x/js/"} {
		f.Add(path)
	}
	s := New("/assets")
	f.Fuzz(func(t *testing.T, path string) {
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		require.NoError(t, err)
		r.URL.Path = path
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusNotFound {
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			return
		}
		require.Equal(t, http.StatusOK, w.Code)
		version, name, _ := strings.Cut(strings.TrimPrefix(path, "/assets/"), "/")
		want, err := served(name)
		require.NoError(t, err)
		require.Equal(t, want, w.Body.Bytes())
		require.Equal(t, version == s.version, strings.Contains(w.Header().Get("Cache-Control"), "immutable"))
	})
}
