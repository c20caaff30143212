package security_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/text/unicode/bidi"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// Whatever direction the texts of Tallyfy and of forms have: they turn no other text round, in no sentence, title or button.
func TestForeignTextTurnsNothingElseRound(t *testing.T) {
	t.Parallel()
	const turns = "\u202e\u2069צוות "
	pages := walkWith(t, func(key, was string) string {
		if was == "" || deciding(key) || key == "timezone" || strings.HasSuffix(key, "id") {
			return was
		}
		return turns + was + "\u2067"
	}, turns, map[string]sandbox.Fault{"422 at fields": refusals(turns)["422 at fields"], "409": refusals(turns)["409"]})
	seen := 0
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if !strings.HasPrefix(pages[name].Header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, n := range pages[name].Nodes {
			for d := range n.Descendants() {
				switch {
				case d.Type == html.TextNode && !within(d, "textarea") && !strings.HasPrefix(attribute(d.Parent, "class"), "avatar"): // a box of its own
					assert.Empty(t, leaks(d.Data, within(d, "bdi") || within(d, "code")), "%q on %s", d.Data, name)
					if strings.Contains(d.Data, "צוות") {
						seen++
					}
				case d.Type == html.ElementNode:
					for _, a := range d.Attr {
						if a.Key == "title" || a.Key == "placeholder" || strings.HasPrefix(a.Key, "aria-") || a.Key == "data-busy" {
							assert.Empty(t, leaks(a.Val, false), "%s on %s", a.Key, name)
						}
					}
					assert.False(t, attribute(d, "dir") == "auto" && d.Data != "input" && d.Data != "textarea", "a direction of its own for a whole %s on %s", d.Data, name)
				}
			}
		}
	}
	require.Greater(t, seen, 500)
}

// leaks is what of a text reaches beyond its isolates: "" if nothing does. The element around the text may be an isolate.
func leaks(text string, isolated bool) string {
	depth := 0
	for i, r := range text {
		p, _ := bidi.LookupRune(r)
		switch {
		case r == '\u2066' || r == '\u2067' || r == '\u2068':
			depth++
		case r == '\u2069':
			if depth--; depth < 0 {
				return "it ends what it has not begun"
			}
		case depth == 0 && !isolated && (p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN || p.Class() > bidi.BN):
			return text[i:]
		}
	}
	if depth > 0 {
		return "it does not end what it has begun"
	}
	return ""
}

func within(n *html.Node, element string) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && n.Data == element {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// invisible are texts that show nothing, and that Tallyfy takes for names.
var invisible = []string{"\u200b\u200b", "\u2800", "\u3164", "\u00ad", "\u0301", "\u202e", "\u2060", "\ufeff", "\u115f", "\u00a0\u3000", "\u180e", "\ufe0f", "\U000e0041"}

// What shows nothing has a stand-in wherever it stands, so that every link, button and heading has a name.
func TestWhatShowsNothingHasAStandIn(t *testing.T) {
	t.Parallel()
	names := []string{"name", "full_name", "first_name", "last_name", "username", "title", "description", "job_title"}
	for _, text := range []string{invisible[0], invisible[4], ""} {
		pages := walkWith(t, func(key, was string) string {
			if slices.Contains(names, key) {
				return text
			}
			return was
		}, "typed", nil)
		for _, name := range slices.Sorted(maps.Keys(pages)) {
			p := pages[name]
			p.Find("a[href], button, h1, h2, legend, option, summary, strong, .name, li, dt, dd").Each(func(_ int, e *goquery.Selection) {
				assert.True(t, strings.ContainsFunc(e.Text(), func(r rune) bool {
					return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
				}), "%q: a %s without a name on %s", text, goquery.NodeName(e), name)
			})
			for _, gap := range []string{": ,", ", ,", " and .", ": .", " ,", "“”", "  and "} {
				assert.NotContains(t, strings.Join(p.Texts("p, li, h1, h2, button, legend, title"), "\n"), gap, name)
			}
		}
	}
}

// A group whose name cannot be typed is confirmed by its id, and never by nothing.
func TestAGroupWithoutAVisibleNameIsConfirmedByItsID(t *testing.T) {
	t.Parallel()
	for _, text := range append([]string{"", "   "}, invisible...) {
		wire := &rewriter{text: func(key, was string) string {
			if key == "name" && was == "Payroll" {
				return text
			}
			return was
		}}
		s := sitetest.New(t, sitetest.Options{Transport: wire})
		wire.next = s.Sandbox.Transport()
		s.SignIn()
		id := s.Group("Payroll").ID
		p := s.Get(s.DeletePath("Payroll")).Whole(200)
		assert.Equal(t, "Delete Group "+id+"?", p.Text("h1"))
		for _, typed := range []string{"", text, "Payroll"} {
			p = p.Form("main form").Set("phrase", typed).Submit("").Whole(422)
		}
		assert.True(t, s.Exists("Payroll"), "%q", text)
		p.Form("main form").Set("phrase", " “"+id+"”\u200b").Submit("")
		assert.False(t, s.Exists("Payroll"), "%q", text)
	}
}

// What looks the same as the name confirms it: nobody can see which of the two to type.
func TestAConfirmationThatLooksRightIsRight(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string]string{
		"Cafe\u0301": "Caf\u00e9", "Ann\u2019s team": "Ann's team", "Ops\u200b": "Ops", "Ops  \u00a0Team": "Ops Team", "\u202eOps": "ops", "\uff21\uff22": "AB", "\u041e\u0440\u0455": "Ops",
		"A\u2013B": "A-B", "Stra\u00dfe": "STRASSE",
	} {
		wire := &rewriter{text: func(key, was string) string {
			if key == "name" && was == "Payroll" {
				return name
			}
			return was
		}}
		s := sitetest.New(t, sitetest.Options{Transport: wire})
		wire.next = s.Sandbox.Transport()
		s.SignIn()
		p := s.Get(s.DeletePath("Payroll")).Form("main form").Set("phrase", typed+"x").Submit("").Whole(422)
		assert.True(t, s.Exists("Payroll"))
		p.Form("main form").Set("phrase", typed).Submit("")
		assert.False(t, s.Exists("Payroll"), "%q for %q", typed, name)
	}
}
