package sandbox

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
)

// The form's action is relative to the page's own path, so that it holds below a prefix, too.
var oauthPages = template.Must(template.New("").Parse(`
{{define "top"}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.}} – Tallyfy sandbox</title>
<style>
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
main { max-width: 34rem; margin: 3rem auto; padding: 0 1rem; overflow-wrap: anywhere }
fieldset { margin: 1.5rem 0; padding: .5rem 1rem }
label { display: block; padding: .25rem 0 }
button { font: inherit; padding: .5rem 1.5rem; margin-right: .5rem }
</style>
</head>
<body>
<main>
<h1>{{.}}</h1>
{{end}}

{{define "consent"}}{{template "top" "Sign in to the Tallyfy sandbox"}}
<p>The application <strong>{{.Client}}</strong> at <strong>{{.Origin}}</strong> asks to act for you in Tallyfy.</p>
<form method="post" action="authorize">
<input type="hidden" name="client_id" value="{{.Client}}">
<input type="hidden" name="redirect_uri" value="{{.RedirectURI}}">
<input type="hidden" name="response_type" value="token">
<input type="hidden" name="state" value="{{.State}}">
<fieldset>
<legend>Who signs in?</legend>
{{range $i, $a := .Accounts}}<label><input type="radio" name="person" value="{{.Email}}" required{{if eq $i 0}} checked{{end}}> {{.Name}} ({{.Email}})</label>
{{end}}</fieldset>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</form>
</main>
</body>
</html>
{{end}}

{{define "refusal"}}{{template "top" "This request cannot be answered"}}
<p>{{.}}</p>
</main>
</body>
</html>
{{end}}`))

// page asks the person. The policy names the client's origin because Chromium holds form-action against the
// redirect that answers a form, too.
func (g grant) page(accounts []account) answer {
	source, origin := redirectOrigin(g.RedirectURI)
	return htmlPage(http.StatusOK, "consent", "form-action 'self' "+source, struct {
		grant
		Origin   string
		Accounts []account
	}{g, origin, accounts})
}

// refusePage is for mistakes that must not reach a redirect URI: the person reads them instead.
func refusePage(status int, message string) answer {
	return htmlPage(status, "refusal", "form-action 'none'", message)
}

func htmlPage(status int, name, formAction string, data any) answer {
	var b bytes.Buffer
	if err := oauthPages.ExecuteTemplate(&b, name, data); err != nil {
		panic(fmt.Errorf("sandbox: a page: %w", err)) // only a wrong template can do that
	}
	h := pageHeader(formAction)
	h.Set("Content-Type", "text/html; charset=utf-8")
	return answer{status: status, header: h, raw: b.Bytes}
}

// pageHeader keeps the page out of frames (RFC 6749, 10.13) and tokens out of caches. The referrer policy is not
// no-referrer: over plain HTTP that makes a browser's form say "Origin: null", which is another site's.
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

// redirectOrigin is a registered URI's origin, and the source that a content security policy knows it by: a
// policy has no form for an IPv6 address, so the scheme has to do.
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
