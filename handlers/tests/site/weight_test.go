package site_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// A first visit takes at most 24 kB over the wire in at most 6 requests, to whatever page and besides logos; a second one
// only the page.
func TestFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	visit(t, s, "/signin")
	s.SignIn()
	for _, path := range []string{
		"/", "/members", "/groups", "/guests", "/access", "/activity", "/search?q=an", "/groups/new", s.GroupPath("Finance"), s.MemberPath("soren.kjaergaard"),
		s.MemberPath("soren.kjaergaard") + "/tasks", s.RemovePath("soren.kjaergaard") + "/handover", s.PlanPath("soren.kjaergaard", "hanneke.dewit"),
	} {
		visit(t, s, path)
	}
}

// modules are what app.js loads for what is on a page.
var modules = map[string]string{"[data-list]": "list.js", "[data-picker]": "picker.js", "[data-access]": "access.js"}

func visit(t *testing.T, s *sitetest.Site, path string) {
	t.Helper()
	p := s.Get(path)
	addresses := []string{s.Full(path)}
	for part, module := range modules {
		if p.Has(part) {
			script := p.Find("script[src]").First().AttrOr("src", "")
			addresses = append(addresses, strings.Replace(script, "app.js", module, 1))
		}
	}
	p.Find("link[rel=stylesheet], link[rel=icon], script[src], img[src]:not(.avatar), use").Each(func(_ int, e *goquery.Selection) {
		address, found := e.Attr("href")
		if !found {
			address, _ = e.Attr("src")
		}
		address, _, _ = strings.Cut(address, "#")
		for _, known := range addresses {
			if known == address {
				return
			}
		}
		addresses = append(addresses, address)
	})
	assert.LessOrEqual(t, len(addresses), 6, path)

	bytes := 0
	transport := &http.Transport{DisableCompression: true} // to see what is on the wire
	t.Cleanup(transport.CloseIdleConnections)
	for _, address := range addresses {
		r := s.Request(http.MethodGet, address, nil)
		r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
		answer, err := (&http.Client{Transport: transport, Jar: s.Client.Jar}).Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode, address)
		bytes += len(body)
		if address != s.Full(path) {
			assert.Contains(t, answer.Header.Get("Cache-Control"), "immutable", "%s is fetched again on the next visit", address)
		}
	}
	assert.LessOrEqual(t, bytes, 24_000, path)
	t.Logf("first visit of %s: %d requests, %d bytes", path, len(addresses), bytes)
}
