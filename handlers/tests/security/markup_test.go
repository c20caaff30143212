package security_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
	"tallyfy-admin/views"
)

// hostile are texts that break out of one place or another of a page that does not escape them. LONE becomes half a surrogate
// pair, which JSON can hold and UTF-8 cannot.
var hostile = map[string]string{
	"elements":   `"><script>alert(1)</script><img src=x onerror=alert(1)></title></textarea></select></button><svg onload=alert(1)>`,
	"attributes": `' onmouseover='alert(1)' "onfocus="alert(1)" autofocus style=x:expression(alert(1)) '-alert(1)-'`,
	"addresses":  `javascript:alert(1)//https://evil.example/<a href=javascript:alert(1)>`,
	"templates":  `{{constructor.constructor('alert(1)')()}}${alert(1)}<%=alert(1)%>#{alert(1)}</script><!--<script>alert(1)`,
	"unicode":    "\u202ealert(1)\u2066＜script＞\x00<scr\x00ipt>alert(1)</script>\u2028\x1b[31m\u0085LONE\ufeff",
}

// skeleton counts the elements of a page with the names of their attributes. Where an address leads is part of it, unless it
// leads within the site. The places where a long text may break depend on the text, and are left out.
func skeleton(p *sitetest.Page) map[string]int {
	count := map[string]int{}
	p.Find(":not(wbr)").Each(func(_ int, e *goquery.Selection) {
		names := []string{}
		for _, a := range e.Nodes[0].Attr {
			names = append(names, a.Key)
			if (a.Key == "href" || a.Key == "src" || strings.HasSuffix(a.Key, "action")) && !leadsWithin(p.Site, a.Val) {
				names = append(names, a.Val)
			}
		}
		slices.Sort(names)
		count[goquery.NodeName(e)+" "+strings.Join(names, " ")]++
	})
	for _, n := range p.Nodes {
		for d := range n.Descendants() {
			if d.Type == html.CommentNode {
				count["comment"]++
			}
		}
	}
	return count
}

func leadsWithin(s *sitetest.Site, address string) bool {
	address = strings.TrimPrefix(address, s.Server.URL) // the page under another address leads to the right one
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && !strings.Contains(u.Path, `\`) &&
		(strings.HasPrefix(address, s.Base+"/") && !strings.HasPrefix(address, "//") || strings.HasPrefix(address, "?") || strings.HasPrefix(address, "#") || address == "")
}

// assertOnlyOurs checks what holds for every page, whatever it is about.
func assertOnlyOurs(t *testing.T, name string, p *sitetest.Page) {
	t.Helper()
	p.Find(":not(wbr)").Each(func(_ int, e *goquery.Selection) {
		for _, a := range e.Nodes[0].Attr {
			assert.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || a.Key == "ping" || a.Key == "background", "%s: %s=%q on %s", name, a.Key, a.Val, goquery.NodeName(e))
			if a.Key == "href" || a.Key == "src" || a.Key == "data" || strings.HasSuffix(a.Key, "action") {
				out := goquery.NodeName(e) == "a" && a.Val == views.TallyfyApp // to do by hand there what its interface does not
				assert.True(t, out || leadsWithin(p.Site, a.Val), "%s: %s=%q", name, a.Key, a.Val)
			}
		}
	})
	p.Find("script").Each(func(_ int, e *goquery.Selection) {
		assert.True(t, strings.HasPrefix(e.AttrOr("src", ""), p.Site.Base+"/assets/"), "%s: a script of somebody else's", name)
		assert.Empty(t, e.Text(), name)
	})
	assert.False(t, p.Has("iframe, object, embed, base, meta[http-equiv]"), name)
}

// walkWith opens every page and sends every form while all that Tallyfy says is rewritten.
func walkWith(t *testing.T, text func(key, was string) string, typed string, refused map[string]sandbox.Fault) map[string]*sitetest.Page {
	t.Helper()
	wire := &rewriter{text: text}
	wire.off.Store(true)
	s := sitetest.New(t, sitetest.Options{Transport: wire})
	wire.next = s.Sandbox.Transport()
	pages := map[string]*sitetest.Page{"sign in, wrong": s.SignInWith(typed)}
	// The names of the visitor and of the organisation go into the session here.
	wire.off.Store(false)
	pages["choose the organisation"] = s.SignInWith(sandbox.AdminToken)
	signInAgain(s)
	paths := reads(s, typed)
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		pages[name] = s.Get(paths[name])
	}
	signedIn(s, "/help")
	maps.Copy(pages, writes(s, typed, refused))
	return pages
}

func TestWhatTallyfySaysIsTextOnEveryPage(t *testing.T) {
	t.Parallel()
	for _, decides := range []bool{false, true} {
		mark := func(replacement string) func(key, was string) string {
			return func(key, was string) string {
				if was == "" || (!decides && deciding(key)) || (decides && (strings.HasSuffix(key, "id") || strings.HasSuffix(key, "_at"))) {
					return was
				}
				return replacement + was
			}
		}
		some := func(refused map[string]sandbox.Fault) map[string]sandbox.Fault {
			maps.DeleteFunc(refused, func(kind string, _ sandbox.Fault) bool { return kind != "422 at fields" })
			return refused
		}
		refused := refusals("harmless ")
		if decides {
			refused = some(refused)
		}
		plain := walkWith(t, mark("harmless "), "harmless ", refused)
		require.Greater(t, len(plain), 60)
		for name, attack := range hostile {
			if decides && name != "elements" {
				continue
			}
			t.Run(name, func(t *testing.T) {
				typed, refused := strings.ReplaceAll(attack, "LONE", "\ufffd"), refusals(attack)
				if name != "elements" || decides { // the others are a matter of the text and not of the page
					refused = some(refused)
				}
				shown := 0
				for page, p := range walkWith(t, mark(attack), typed, refused) {
					require.Contains(t, plain, page)
					if !strings.Contains(p.Header.Get("Content-Type"), "text/html") {
						continue
					}
					if strings.Contains(p.Text("html"), "alert(1)") {
						shown++
					}
					assertOnlyOurs(t, page, p)
					assert.Equal(t, plain[page].Status, p.Status, page)
					assert.Equal(t, skeleton(plain[page]), skeleton(p), page)
				}
				assert.Greater(t, shown, 40, "most pages show it")
			})
		}
	}
}
