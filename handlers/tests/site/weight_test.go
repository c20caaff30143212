package site_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// A first visit takes at most 20 kB over the wire in at most 5 requests; a second one only the page.
func TestFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	p := s.Get("/signin")
	addresses := []string{"/signin"}
	p.Find("link[rel=stylesheet], link[rel=icon], script[src], img[src]").Each(func(_ int, e *goquery.Selection) {
		address, found := e.Attr("href")
		if !found {
			address, _ = e.Attr("src")
		}
		for _, known := range addresses {
			if known == address {
				return
			}
		}
		addresses = append(addresses, address)
	})
	assert.LessOrEqual(t, len(addresses), 5)

	bytes := 0
	transport := &http.Transport{DisableCompression: true} // to see what is on the wire
	t.Cleanup(transport.CloseIdleConnections)
	for _, address := range addresses {
		r := s.Request(http.MethodGet, address, nil)
		r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
		answer, err := (&http.Client{Transport: transport}).Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode, address)
		bytes += len(body)
		if address != "/signin" {
			assert.Contains(t, answer.Header.Get("Cache-Control"), "immutable", "%s is fetched again on the next visit", address)
		}
	}
	assert.LessOrEqual(t, bytes, 20_000)
	t.Logf("first visit: %d requests, %d bytes", len(addresses), bytes)
}
