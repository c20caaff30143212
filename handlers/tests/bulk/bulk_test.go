// Package bulk_test tests many changes at once as whole pages: the form, the dry run, the job.
package bulk_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

func site(t *testing.T) *sitetest.Site {
	t.Helper()
	s := sitetest.SignedIn(t, sitetest.Options{Jobs: true})
	s.Get("/members").Whole(http.StatusOK) // reads the copies
	s.Get("/guests").Whole(http.StatusOK)
	return s
}

// until loads a page until it has a text.
func until(t *testing.T, s *sitetest.Site, path, text string) (p *sitetest.Page) {
	t.Helper()
	require.Eventually(t, func() bool {
		p = s.Get(path)
		return bytes.Contains([]byte(p.Find("main").Text()), []byte(text))
	}, 20*time.Second, 50*time.Millisecond, text)
	return p
}

func TestPasteRunAndComeBack(t *testing.T) {
	t.Parallel()
	s := site(t)
	p := s.Get("/bulk/new").Whole(http.StatusOK).Follow("Add people to groups").Whole(http.StatusOK)
	form := p.Form("form[data-form]").Set("text", "noor.vandermeer@example.com\r\nKwame Asante\r\nnobody@x.example\r\nchiara.dangelo@example.com").
		Tick("groups", s.Group("Payroll").ID).Tick("groups", s.Group("Legal").ID)
	dry := form.Submit("See what would happen").Whole(http.StatusOK)
	assert.Equal(t, "Add people to groups: dry run", dry.Text("h1"))
	t.Log(dry.Text("main"))
	assert.Zero(t, s.Writes())
	job := dry.Form("form[data-form]").Submit("Add people to groups: 5 rows").Whole(http.StatusOK)
	done := until(t, s, job.URL, "All 5 done.")
	assert.Equal(t, 2, s.Writes())
	t.Log(done.Text("main"))
	assert.Contains(t, s.Get("/jobs").Whole(http.StatusOK).Text("main"), "All 5 done.")
}

var (
	_ = multipart.NewWriter
	_ url.Values
)
