package tallyfy

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What an error's body may cost: a proxy's HTML page can be large, and nothing beyond this would be shown.
const (
	maxErrorBody    = 64 << 10
	maxMessageRunes = 1000
	maxErrorFields  = 200
	maxPerField     = 20
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

// readErrorBody takes the documented parts out of an error's body and leaves e as it is where there are none: HTML and
// empty bodies change nothing.
func (c *Client) readErrorBody(e *Error, body []byte) {
	var w struct {
		Message json.RawMessage `json:"message"`
		Error   json.RawMessage `json:"error"`
		Errors  json.RawMessage `json:"errors"`
		Code    Text            `json:"code"`
	}
	if unmarshal(body, &w) != nil {
		return
	}
	// "error" is true in the documentation; other services in front of an API put a text there.
	for _, raw := range []json.RawMessage{w.Error, w.Message} {
		var s string
		if unmarshal(raw, &s) != nil {
			continue
		}
		if s = c.plain(s); s != "" {
			e.Message = s
		}
	}
	e.Code = c.plain(string(w.Code))
	e.Fields = c.readFields(w.Errors)
}

// readFields accepts {"field": ["…"]}, {"field": "…"}, and ["…"] or "…" for messages without a field.
func (c *Client) readFields(raw json.RawMessage) map[string][]string {
	var byField map[string]json.RawMessage
	if unmarshal(raw, &byField) != nil {
		byField = map[string]json.RawMessage{"": raw}
	}
	fields := map[string][]string{}
	for name, value := range byField {
		if len(fields) >= maxErrorFields {
			break
		}
		if messages := c.readMessages(value); len(messages) > 0 {
			fields[c.plain(name)] = messages
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return fields
}

func (c *Client) readMessages(raw json.RawMessage) []string {
	var one string
	var several []json.RawMessage
	if unmarshal(raw, &one) == nil {
		several = []json.RawMessage{raw}
	} else if unmarshal(raw, &several) != nil {
		return nil
	}
	var messages []string
	for _, part := range several {
		var s string
		if len(messages) >= maxPerField || unmarshal(part, &s) != nil {
			continue
		}
		if s = c.plain(s); s != "" {
			messages = append(messages, s)
		}
	}
	return messages
}

// plain makes a foreign text fit to show: one line, bounded, without the token, and empty when it is an HTML page.
func (c *Client) plain(s string) string {
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

// letsIn finds what lets somebody in who has it: an address, because a guest's sign-in link is one, and a token in the form
// of Tallyfy's, whosever it is.
var letsIn = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://\S+|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?`)

// redact takes out of a text what a service may have echoed and nobody else may see.
func (c *Client) redact(s string) string {
	if token := c.cred.token(); len(token) >= minSecret {
		s = strings.ReplaceAll(s, token, "[token]")
	}
	return letsIn.ReplaceAllStringFunc(s, func(found string) string {
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
