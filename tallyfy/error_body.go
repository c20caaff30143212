package tallyfy

import (
	"cmp"
	"html"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of an error's body: a proxy's HTML page can be large, and nothing beyond them would be
// shown.
const (
	maxErrorBody    = 64 << 10
	maxMessageRunes = 1000
	maxErrorFields  = 200
	maxPerField     = 20
	maxFieldDepth   = 4
)

// errorFrom reads an answer that is not a success. Whatever its body holds, the status is kept.
func (c *Client) errorFrom(p *prepared, resp *http.Response) *Error {
	e := &Error{
		Status: resp.StatusCode, Message: phraseFor(resp.StatusCode), RequestID: c.requestID(resp.Header),
		RetryAfter: retryAfter(resp.Header, time.Now()), Method: p.method, Path: p.shown,
	}
	// A body that breaks off is still worth reading: the status matters more.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	c.readErrorBody(e, body)
	return e
}

// errorBody is the body of an error. Its fields may stand at its top or in an object "error".
type errorBody struct {
	Message jsontext.Value `json:"message"`
	Code    Text           `json:"code"`
	Errors  any            `json:"errors"`
	Details jsontext.Value `json:"details"`
	Error   jsontext.Value `json:"error"`
}

// readErrorBody adds the contents of an error's body to e. HTML and empty bodies change nothing.
// "error" is true, a text or an object (seen in the vendor's clients).
func (c *Client) readErrorBody(e *Error, body []byte) {
	var top, inner errorBody
	if unmarshal(body, &top) != nil {
		return
	}
	_ = unmarshal(top.Error, &inner) // stays empty unless it is an object
	for _, value := range []jsontext.Value{top.Message, inner.Message, top.Error} {
		var text string
		if _ = unmarshal(value, &text); c.plain(text) != "" {
			e.Message, e.FromService = c.plain(text), true
			break
		}
	}
	e.Code = c.plain(string(cmp.Or(top.Code, inner.Code)))
	for _, value := range []jsontext.Value{top.Details, inner.Details} {
		var details struct {
			Pool Text `json:"pool_type"`
		}
		if _ = unmarshal(value, &details); details.Pool == "full" || details.Pool == "light" {
			e.Pool = string(details.Pool)
		}
	}
	fields := map[string][]string{}
	c.readFields(fields, "", top.Errors, 0)
	c.readFields(fields, "", inner.Errors, 0)
	if len(fields) > 0 {
		e.Fields = fields
	}
}

// readFields collects the texts in value by the names and places that lead to them, like
// "members.0". Texts in a list belong to the list's own name; those without any to "".
func (c *Client) readFields(fields map[string][]string, name string, value any, depth int) {
	add := func(s string) {
		if s = c.plain(s); s == "" || len(fields[name]) >= maxPerField {
			return
		}
		if _, known := fields[name]; known || len(fields) < maxErrorFields {
			fields[name] = append(fields[name], s)
		}
	}
	inside := func(key string, value any) {
		if key = c.plain(key); name != "" {
			key = name + "." + key
		}
		if depth < maxFieldDepth {
			c.readFields(fields, key, value, depth+1)
		}
	}
	switch v := value.(type) {
	case string:
		add(v)
	case []any:
		for i, one := range v {
			if s, ok := one.(string); ok {
				add(s)
			} else {
				inside(strconv.Itoa(i), one)
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			inside(key, v[key])
		}
	}
}

// htmlPage matches the beginning of a whole HTML page, which is no message.
var htmlPage = regexp.MustCompile(`(?i)^<(!doctype|html|head|body|\?xml)`)

// block matches HTML marks that part words, mark all of them.
var (
	block = regexp.MustCompile(`(?i)</?(p|br|div|li|ul|ol|h[1-6]|td|tr)\b[^>]*>`)
	mark  = regexp.MustCompile(`<[^>]*>`)
)

// plain makes a foreign text fit to show: one line, bounded and without the token. A text that
// begins with an HTML mark is shown without its marks, and a whole HTML page not at all.
func (c *Client) plain(s string) string {
	if s = strings.TrimSpace(s); strings.HasPrefix(s, "<") {
		if htmlPage.MatchString(s) {
			return ""
		}
		s = html.UnescapeString(mark.ReplaceAllString(block.ReplaceAllString(s, " "), ""))
	}
	s = c.redact(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if strings.HasPrefix(s, "<") {
		return ""
	}
	if utf8.RuneCountInString(s) > maxMessageRunes {
		s = string([]rune(s)[:maxMessageRunes]) + "…"
	}
	return s
}

// minSecret keeps a token of a few letters, as tests use, from being cut out of ordinary words.
const minSecret = 8

// credentials matches texts that let their holder in: addresses, because a guest's sign-in link is
// one, and tokens in the form of Tallyfy's.
var credentials = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://\S+|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?`)

// redact removes the token and other credentials that a service may have echoed.
func (c *Client) redact(s string) string {
	if token := c.cred.token(); len(token) >= minSecret {
		s = strings.ReplaceAll(s, token, "[token]")
	}
	return credentials.ReplaceAllStringFunc(s, func(found string) string {
		if strings.Contains(found, "://") {
			return "[address]"
		}
		return "[token]"
	})
}

// requestID returns the answer's request id, if it is one that can be shown.
func (c *Client) requestID(h http.Header) string {
	id := c.redact(h.Get("X-Request-Id"))
	if !isRequestID(id) {
		return ""
	}
	return id
}

func phraseFor(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "The token is missing, has expired or was revoked."
	case status == http.StatusForbidden:
		return "This is not permitted for this token."
	case status == http.StatusNotFound:
		return "There is no such item."
	case status == http.StatusConflict:
		return "This conflicts with the present state."
	case status == http.StatusUnprocessableEntity:
		return "The service did not accept what was sent."
	case status == http.StatusTooManyRequests:
		return "Too many requests in a short time."
	case status >= 500:
		return "The service has a problem of its own."
	case status >= 400:
		return "The service refused the request."
	default:
		return "The service sent a redirect that must not be followed."
	}
}
