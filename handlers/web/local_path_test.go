package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/web"
)

var (
	localPaths = []string{
		"/", "/groups", "/groups?q=a&page=2", "/groups?q=//x", `/groups?q=a\b`, "/groups?q=../..", "/groups/a%2Fb", "/groups/a%20b", "/groups#top",
		"/a..b/..c/d..", "/.well-known/x", "/groups?q=é", "/%09/x", "/@x", "/a:b",
	}
	foreignPaths = []string{
		"", " ", "groups", "//", "//?x", "//#x", "//evil.example", "///evil.example", "////evil.example", `/\evil.example`, `/\/evil.example`, `\/evil.example`, `/a\..\b`,
		"/%5Cevil.example", "/%2Fevil.example", "/%2f%2fevil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)", "data:,x",
		"?next=x", "#x", ".", "..", "/.", "/..", "/./x", "/.. ", "/x/../..", "/%2e%2e/x", "/%2E./x", "/..//evil.example", "/.//evil.example",
		"/\t/evil.example", "/\n/evil.example", "/x\r\nSet-Cookie:a=b", "/x\x00", "/x#\r\nSet-Cookie:a=b", "/x\x7f", "\t//evil.example", "/%", "/%zz", "/" + strings.Repeat("x", 2000),
	}
)

func TestLocalPath(t *testing.T) {
	for _, path := range localPaths {
		assert.Equal(t, path, web.LocalPath(path))
	}
	for _, path := range foreignPaths {
		assert.Empty(t, web.LocalPath(path), "%q", path)
	}
}

// FuzzLocalPath checks what is let through against how a browser reads a Location header: it drops
// tabs and line ends, takes a backslash for a slash, and resolves dots.
func FuzzLocalPath(f *testing.F) {
	for _, path := range append(localPaths, foreignPaths...) {
		f.Add(path)
	}
	page, err := url.Parse("https://dashboard.example/tools/tallyfy/signin")
	if err != nil {
		f.Fatal(err)
	}
	browser := strings.NewReplacer("\t", "", "\n", "", "\r", "")
	f.Fuzz(func(t *testing.T, path string) {
		got := web.LocalPath(path)
		if got == "" {
			return
		}
		if got != path {
			t.Fatalf("%q became %q", path, got)
		}
		for _, location := range []string{path, "/tools/tallyfy" + path} { // mounted at the root, and below a sub-path
			read := strings.Trim(browser.Replace(location), " ")
			beforeQuery, query, found := strings.Cut(read, "?")
			read = strings.ReplaceAll(beforeQuery, `\`, "/")
			if found {
				read += "?" + query
			}
			u, err := page.Parse(read)
			if err != nil {
				t.Fatalf("%q cannot be read: %v", path, err)
			}
			if u.Host != page.Host || u.Scheme != page.Scheme || u.User != nil {
				t.Fatalf("%q leads to %s", path, u)
			}
			if location != path && !strings.HasPrefix(u.EscapedPath(), "/tools/tallyfy/") {
				t.Fatalf("%q leads out of the sub-path, to %s", path, u)
			}
		}
	})
}
