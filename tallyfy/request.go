package tallyfy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// request describes one call before it is bound to a client.
type request struct {
	op     string
	method string   // "" is GET
	path   []string // unescaped segments below the base URL
	url    *url.URL // instead of path: an address from the API, known to be on its host
	query  url.Values
	body   any    // nil: none
	item   string // the id that the answer has to have; "" where it is not known
	// lists says that the lists of the item are written back when it is changed: an answer without
	// them is refused.
	lists  bool
	stream bool
	// once says that the call is made now or not at all: its body would be out of date after a wait.
	once bool
}

// setText leaves "" out, because the API treats an empty value as a filter.
func setText(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// setNumber leaves 0 out.
func setNumber(q url.Values, name string, value int) {
	if value != 0 {
		q.Set(name, strconv.Itoa(value))
	}
}

func orgPath(org ID, segments ...string) []string {
	return append([]string{"organizations", string(org)}, segments...)
}

var errSegment = errors.New(`an id in the address is empty, "." or ".."`)

// prepared is a request ready to be sent any number of times.
type prepared struct {
	request
	target string
	shown  string // escaped path for errors
	body   []byte // nil: none
}

// prepare checks and escapes everything, so that a mistake on our side costs no call.
func (c *Client) prepare(r request) (*prepared, *Error) {
	if r.method == "" {
		r.method = http.MethodGet
	}
	p := &prepared{request: r, shown: r.shownPath()}
	if r.url != nil {
		target := *r.url
		target.Fragment, target.RawFragment = "", ""
		p.target = target.String()
	} else {
		for _, segment := range r.path {
			// "." and ".." would be resolved on the way and reach another route.
			if segment == "" || segment == "." || segment == ".." {
				return nil, r.refusal("An id in the address cannot be used.", errSegment)
			}
		}
		p.target = c.shared.base.String() + escaped(r.path)
		if len(r.query) > 0 {
			p.target += "?" + r.query.Encode()
		}
	}
	if r.body != nil {
		body, err := json.Marshal(r.body)
		if err != nil {
			return nil, r.refusal("The request could not be written.", err)
		}
		p.body = body
	}
	return p, nil
}

// shownPath is the escaped path for errors, which are logged, without host and query. An address of
// a guest is not for the log.
func (r request) shownPath() string {
	if r.url != nil {
		return r.url.EscapedPath()
	}
	shown := slices.Clone(r.path)
	for i, segment := range shown {
		if strings.Contains(segment, "@") {
			shown[i] = "address"
		}
	}
	return escaped(shown)
}

// escaped joins segments to a path.
func escaped(segments []string) string {
	var b strings.Builder
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(segment))
	}
	return b.String()
}

// refusal is the error of a call that was not made.
func (r request) refusal(message string, cause error) *Error {
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	return &Error{Message: message, Method: method, Path: r.shownPath(), Err: cause, unsent: true}
}

// newHTTP builds the request of one attempt. Authorization is set here and not in a RoundTripper,
// which would add it to a redirect to any other host too.
func (c *Client) newHTTP(ctx context.Context, p *prepared) (*http.Request, error) {
	var body io.Reader
	if p.body != nil {
		body = bytes.NewReader(p.body)
	}
	req, err := http.NewRequestWithContext(ctx, p.method, p.target, body)
	if err != nil {
		return nil, err
	}
	h := req.Header
	h.Set("Accept", "application/json")    // documented for every request, files included
	h.Set("X-Tallyfy-Client", "APIClient") // documented: without it 401 or "endpoint not found"
	h.Set("User-Agent", c.shared.userAgent)
	if c.cred.token() != "" {
		h.Set("Authorization", c.cred.bearer())
	}
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		h.Set("X-Request-Id", id)
	}
	if p.body != nil {
		h.Set("Content-Type", "application/json")
	}
	return req, nil
}

type requestIDKey struct{}

// maxRequestID bounds ids of either direction: they are shown on pages and logged.
const maxRequestID = 128

// WithRequestID makes every call under the context send id as X-Request-Id, so that one id
// connects the logs of both services. An id that is empty, longer than 128 bytes or not printable
// ASCII without spaces is not sent.
func WithRequestID(ctx context.Context, id string) context.Context {
	if !isRequestID(id) {
		return ctx
	}
	return context.WithValue(ctx, requestIDKey{}, id)
}

func isRequestID(id string) bool { return id != "" && len(id) <= maxRequestID && isVisibleASCII(id) }

func isVisibleASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
