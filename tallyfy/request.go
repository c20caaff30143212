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

// query is a request's query, encoded. Its methods leave zero values out, as the API treats an empty value as a filter;
// call them in the order of the names, so that equal queries are equal texts.
type query []byte

// usualQuery is room for what most lists ask.
const usualQuery = 64

func (q *query) text(name, value string) {
	if value == "" {
		return
	}
	if *q == nil {
		*q = make(query, 0, usualQuery)
	} else {
		*q = append(*q, '&')
	}
	*q = append(append(append(*q, name...), '='), url.QueryEscape(value)...)
}

func (q *query) number(name string, value int) {
	if value != 0 {
		q.text(name, strconv.Itoa(value))
	}
}

func (q *query) list(name string, values []string) { q.text(name, strings.Join(values, ",")) }

func orgPath(org ID, segments ...string) []string {
	return append(append(make([]string, 0, 2+len(segments)), "organizations", string(org)), segments...)
}

var errSegment = errors.New(`an id in the address is empty, "." or ".."`)

// prepared is a request ready to be sent any number of times.
type prepared struct {
	request
	target url.URL
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
		p.target = *r.url
		p.target.Fragment, p.target.RawFragment = "", ""
		p.shown = p.target.EscapedPath()
	} else {
		for _, segment := range r.path {
			// "." and ".." would be resolved on the way and reach another route.
			if segment == "" || segment == "." || segment == ".." {
				return nil, r.refusal("An id in the address cannot be used.", errSegment)
			}
		}
		p.shown = escapedPath(r.path)
		base := c.shared.base
		p.target = url.URL{Scheme: base.Scheme, Host: base.Host, RawPath: base.RawPath + p.shown, RawQuery: string(r.query)}
		p.target.Path = p.target.RawPath
		if strings.Contains(p.target.RawPath, "%") {
			p.target.Path = base.Path + "/" + strings.Join(r.path, "/")
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

func escapedPath(segments []string) string {
	var b strings.Builder
	b.Grow(128) // an organisation and a group in it take 85
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
	path := escapedPath(r.path)
	if r.url != nil {
		path = r.url.EscapedPath()
	}
	return &Error{Message: message, Method: method, Path: path, Err: cause, unsent: true}
}

// newHTTP builds the request of one attempt. Authorization is set here and not in a RoundTripper, which would add it to
// a redirect to any other host too.
func (c *Client) newHTTP(ctx context.Context, p *prepared) *http.Request {
	// One array for the values of all headers, which are lists.
	values := [...]string{"application/json", "APIClient", c.shared.userAgent, "", ""}
	header := make(http.Header, 8)
	set := func(name string, i int) { header[name] = values[i : i+1 : i+1] }
	set("Accept", 0)           // documented for every request, files included
	set("X-Tallyfy-Client", 1) // documented: without it 401 or "endpoint not found"
	set("User-Agent", 2)
	if c.cred.token() != "" {
		values[3] = c.cred.bearer()
		set("Authorization", 3)
	}
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		values[4] = id
		set("X-Request-Id", 4)
	}
	req := &http.Request{Method: p.method, URL: &p.target, Host: p.target.Host, Header: header}
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
