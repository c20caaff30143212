package members_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// firstLine is the first line of a file.
func firstLine(p *sitetest.Page) string {
	p.Site.T.Helper()
	require.Equal(p.Site.T, "text/csv; charset=utf-8", p.Header.Get("Content-Type"))
	line, _, _ := strings.Cut(strings.TrimPrefix(p.Body, "\ufeff"), "\r\n")
	return line
}

const commas, semicolons = "Name,Email,Company,Status,Groups,Created (UTC),Last access (UTC),Id", "Name;Email;Company;Status;Groups;Created (UTC);Last access (UTC);Id"

// A spreadsheet program expects a semicolon where decimals have a comma.
func TestTheLanguageOfTheBrowserDecidesTheSeparator(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for language, want := range map[string]string{
		"": commas, "en-GB,en;q=0.9,de;q=0.8": commas, "de-DE,de;q=0.9,en;q=0.8": semicolons, "fr": semicolons, "NB-no": semicolons, "pt-BR;q=1": semicolons,
		"es-MX,es": commas, "es-ES": semicolons, "ja": commas, "*": commas, "-": commas, " , ": commas, "\x00": commas,
	} {
		r := s.Request(http.MethodGet, "/guests.csv", nil)
		if language != "\x00" {
			r.Header.Set("Accept-Language", language)
		}
		assert.Equal(t, want, firstLine(s.Do(r)), "%q", language)
	}
}

// What is chosen is remembered, for every file, until sign-out.
func TestTheFormatOfFilesIsRemembered(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	list := s.Get("/members?role=light&sort=email&status=all&per_page=10&page=2")
	form := list.Form(".export form")
	assert.Equal(t, []string{"comma"}, form.Values["separator"])
	assert.NotContains(t, form.Values, "mark_ids")
	p := form.Set("separator", "semicolon").Tick("mark_ids", "1").Submit("Export in this format")
	lines := strings.Split(strings.TrimSpace(p.Body), "\r\n")
	assert.Len(t, lines, 1+total(list), "all rows that the list has")
	for _, line := range lines[1:] {
		cells := strings.Split(line, ";")
		assert.Regexp(t, `^id:\d+$`, cells[len(cells)-1])
	}
	assert.Equal(t, semicolons, firstLine(s.Get("/guests.csv")))
	assert.Regexp(t, `;id:[0-9a-f]{32}\r\n$`, s.Get("/groups.csv").Body)
	assert.Contains(t, s.Get(s.GroupPath("Payroll")+"/people.csv").Body, ";id:"+s.ID("chiara.dangelo"))
	form = s.Get("/groups").Form(".export form")
	assert.Equal(t, []string{"semicolon"}, form.Values["separator"])
	assert.Equal(t, []string{"1"}, form.Values["mark_ids"])

	s.Post("/signout", nil)
	s.SignIn()
	assert.Equal(t, commas, firstLine(s.Get("/guests.csv")))
}

// A link on another site writes its file as it says, and nothing after it.
func TestAnotherSiteDoesNotChangeTheFormat(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	r := s.Request(http.MethodGet, "/guests.csv?separator=semicolon&mark_ids=1", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	assert.Equal(t, semicolons, firstLine(s.Do(r)))
	assert.Equal(t, commas, firstLine(s.Get("/guests.csv")))
}
