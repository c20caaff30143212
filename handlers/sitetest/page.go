package sitetest

import (
	"net/http"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// A Page is an answer that was read.
type Page struct {
	*goquery.Document
	Site   *Site
	Status int
	Header http.Header
	// URL is where the redirects ended, without the host and the base.
	URL  string
	Body string
}

// Text is the text of what a selector finds, with its white space folded.
func (p *Page) Text(selector string) string {
	return strings.Join(strings.Fields(p.Find(selector).Text()), " ")
}

// Texts is the text of each thing that a selector finds.
func (p *Page) Texts(selector string) []string {
	return p.Find(selector).Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

// Has reports whether a selector finds something.
func (p *Page) Has(selector string) bool { return p.Find(selector).Length() > 0 }

// Link is the address that the link with that text leads to, "" without one.
func (p *Page) Link(text string) string {
	href := ""
	for i, t := range p.Texts("a") {
		if t == text && href == "" {
			href, _ = p.Find("a").Eq(i).Attr("href")
		}
	}
	return href
}

// Facts are what a page lists about somebody.
func (p *Page) Facts() map[string]string {
	facts := map[string]string{}
	p.Find(".facts dt").Each(func(_ int, dt *goquery.Selection) {
		dd := dt.Next()
		dd.Find("button").Remove()
		facts[dt.Text()] = strings.Join(strings.Fields(dd.Text()), " ")
	})
	return facts
}

// Follow opens the link with that text.
func (p *Page) Follow(text string) *Page {
	p.Site.T.Helper()
	var href string
	p.Find("a").EachWithBreak(func(_ int, a *goquery.Selection) bool {
		if strings.Join(strings.Fields(a.Text()), " ") == text {
			href, _ = a.Attr("href")
		}
		return href == ""
	})
	require.NotEmpty(p.Site.T, href, "no link %q on %s", text, p.URL)
	r := p.Site.Request(http.MethodGet, strings.TrimPrefix(href, p.Site.Base), nil)
	r.Header.Set("Referer", p.Site.Server.URL+p.Site.Base+p.Site.Full(p.URL))
	return p.Site.Do(r)
}

// Whole asserts that an answer is one whole page, with its heading and nothing of the machinery on it.
func (p *Page) Whole(status int) *Page {
	t := p.Site.T
	t.Helper()
	assert.Equal(t, status, p.Status, p.URL)
	assert.Equal(t, 1, p.Find("h1").Length(), "headings on %s", p.URL)
	assert.True(t, strings.HasSuffix(strings.TrimSpace(p.Body), "</html>"), "half a page: %s", p.URL)
	assert.False(t, p.Has("[style], style, script:not([src]), [onclick], [onsubmit]"), "the security policy forbids what is on %s", p.URL)
	for _, raw := range []string{"goroutine ", "tallyfy: ", "sandbox.invalid", sandbox.AdminToken} {
		assert.NotContains(t, p.Body, raw)
	}
	return p
}
