package sandbox

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// A page is text with %s in the places of escaped texts. html/template would add 3 MB to the
// program: it looks up methods by name, so the linker keeps them all.
const (
	oauthTop = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%[1]s – Tallyfy sandbox</title>
<style>
:root { color-scheme: light dark; font: 100%%/1.5 system-ui, sans-serif }
main { max-width: 34rem; margin: 3rem auto; padding: 0 1rem; overflow-wrap: anywhere }
fieldset { margin: 1.5rem 0; padding: .5rem 1rem }
label { display: block; padding: .25rem 0 }
button { font: inherit; padding: .5rem 1.5rem; margin-right: .5rem }
</style>
</head>
<body>
<main>
<h1>%[1]s</h1>
`
	// The form's action is relative to the page's own path, so that it holds below a prefix, too.
	oauthForm = `<p>The application <strong>%[1]s</strong> at <strong>%[2]s</strong> asks to act for you in Tallyfy.</p>
<form method="post" action="authorize">
<input type="hidden" name="client_id" value="%[1]s">
<input type="hidden" name="redirect_uri" value="%[3]s">
<input type="hidden" name="response_type" value="token">
<input type="hidden" name="state" value="%[4]s">
<fieldset>
<legend>Who signs in?</legend>
`
	oauthPerson  = "<label><input type=\"radio\" name=\"person\" value=\"%[1]s\" required> %[2]s (%[1]s)</label>\n"
	oauthButtons = `</fieldset>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</form>
`
	oauthEnd = "</main>\n</body>\n</html>\n"
)

// escaped puts texts of any origin into a piece of a page, between tags and in quoted attributes.
func escaped(b *bytes.Buffer, piece string, texts ...string) {
	safe := make([]any, len(texts))
	for i, t := range texts {
		safe[i] = html.EscapeString(t)
	}
	fmt.Fprintf(b, piece, safe...)
}

// page asks the person. The policy names the client's origin because Chromium applies form-action
// to the redirect after a form, too.
func (g grant) page(accounts []account) answer {
	source, origin := redirectOrigin(g.RedirectURI)
	var b bytes.Buffer
	escaped(&b, oauthTop, "Sign in to the Tallyfy sandbox")
	escaped(&b, oauthForm, g.Client, origin, g.RedirectURI, g.State)
	for i, a := range accounts {
		person := oauthPerson
		if i == 0 {
			person = strings.Replace(person, " required", " required checked", 1)
		}
		escaped(&b, person, a.Email, a.Name)
	}
	b.WriteString(oauthButtons + oauthEnd)
	return htmlPage(http.StatusOK, "form-action 'self' "+source, b.Bytes())
}

// refusePage shows a mistake that must not reach a redirect URI to the person.
func refusePage(status int, message string) answer {
	var b bytes.Buffer
	escaped(&b, oauthTop, "This request cannot be answered")
	escaped(&b, "<p>%s</p>\n", message)
	b.WriteString(oauthEnd)
	return htmlPage(status, "form-action 'none'", b.Bytes())
}

func htmlPage(status int, formAction string, page []byte) answer {
	h := pageHeader(formAction)
	h.Set("Content-Type", "text/html; charset=utf-8")
	return answer{status: status, header: h, raw: func() []byte { return page }}
}

// pageHeader keeps the page out of frames (RFC 6749, 10.13) and tokens out of caches. The referrer
// policy is not no-referrer: on plain http a form would then say "Origin: null", as another site's
// does.
func pageHeader(formAction string) http.Header {
	h := http.Header{}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "+formAction)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	return h
}

var policyHost = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// redirectOrigin returns a registered URI's origin and the source that stands for it in a content
// security policy. A policy has no form for an IPv6 address, so its source is the scheme.
func redirectOrigin(uri string) (source, origin string) {
	u, err := url.Parse(uri)
	if err != nil {
		panic(fmt.Errorf("sandbox: a registered redirect URI: %w", err)) // checkClients has parsed it
	}
	origin = u.Scheme + "://" + u.Host
	if policyHost.MatchString(u.Host) {
		return origin, origin
	}
	return u.Scheme + ":", origin
}
