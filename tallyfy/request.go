package tallyfy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// request describes one call before it is bound to a client.
type request struct {
	op     string
	method string   // "" is GET
	path   []string // unescaped segments below the base URL
	url    *url.URL // instead of path: an address that the API gave, already found to be on its host
	query  query
	body   any // nil: none
	stream bool
}

// query is a request's query. Its methods leave zero values out, as the API treats an empty value as a filter.
type query url.Values

func (q query) text(name, value string) {
	if value != "" {
		url.Values(q).Set(name, value)
	}
}

func (q query) number(name string, value int) {
	if value != 0 {
		q.text(name, strconv.Itoa(value))
	}
}

func (q query) list(name string, values []string) { q.text(name, strings.Join(values, ",")) }

func orgPath(org ID, segments ...string) []string {
	return append([]string{"organizations", string(org)}, segments...)
}

var errSegment = errors.New(`an id in the address is empty, "." or ".."`)

// prepared is a request ready to be sent any number of times.
type prepared struct {
	request
	target *url.URL
	shown  string // escaped path for errors
	body   []byte
}

// prepare checks and escapes everything, so that what is wrong on our side costs no call.
func (c *Client) prepare(r request) (*prepared, *Error) {
	if r.method == "" {
		r.method = http.MethodGet
	}
	p := &prepared{request: r}
	if r.url != nil {
		target := *r.url
		target.Fragment, target.RawFragment = "", ""
		p.target, p.shown = &target, target.EscapedPath()
	} else {
		for _, segment := range r.path {
			// "." and ".." would be resolved on the way and reach another route.
			if segment == "" || segment == "." || segment == ".." {
				return nil, r.refusal("An id in the address cannot be used.", errSegment)
			}
			p.shown += "/" + url.PathEscape(segment)
		}
		base := c.shared.base
		p.target = &url.URL{
			Scheme: base.Scheme, Host: base.Host,
			Path:     base.Path + "/" + strings.Join(r.path, "/"),
			RawPath:  base.RawPath + p.shown,
			RawQuery: url.Values(r.query).Encode(),
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

// refusal is the error of a call that was not made.
func (r request) refusal(message string, cause error) *Error {
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	path := ""
	if r.url != nil {
		path = r.url.EscapedPath()
	}
	for _, segment := range r.path {
		path += "/" + url.PathEscape(segment)
	}
	return &Error{Message: message, Method: method, Path: path, Err: cause, unsent: true}
}

// newHTTP builds the request of one attempt. Authorization is set here and not in a RoundTripper, which would add it to
// a redirect to any other host too.
func (c *Client) newHTTP(ctx context.Context, p *prepared) *http.Request {
	header := http.Header{
		"Accept":           {"application/json"}, // documented for every request, files included
		"X-Tallyfy-Client": {"APIClient"},        // documented: without it 401 or "endpoint not found"
		"User-Agent":       {c.shared.userAgent},
	}
	if token := c.cred.token(); token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		header.Set("X-Request-Id", id)
	}
	target := *p.target
	req := &http.Request{Method: p.method, URL: &target, Host: target.Host, Header: header}
	if p.body != nil {
		header.Set("Content-Type", "application/json")
		req.ContentLength = int64(len(p.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(p.body)), nil }
		req.Body, _ = req.GetBody()
	}
	return req.WithContext(ctx)
}

type requestIDKey struct{}

// maxRequestID bounds ids of either direction: they are shown on pages and logged.
const maxRequestID = 128

// WithRequestID makes every call under the context send id as X-Request-Id, so that one id connects both services' logs.
// An id that is empty, longer than 128 bytes or not printable ASCII without spaces is not sent.
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
