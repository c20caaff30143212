package tallyfy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// answer is a 2xx answer: read whole, or for a stream still to be read.
type answer struct {
	client *Client
	from   *prepared
	status int
	header http.Header
	body   []byte
	buffer *bytes.Buffer    // of the body
	source io.LimitedReader // that the buffer is filled from
	stream io.ReadCloser
	size   int64 // of the stream, -1 when unknown
}

var (
	errAttemptTimeout = fmt.Errorf("no complete answer within the time for one attempt: %w", context.DeadlineExceeded)
	errTooLarge       = errors.New("the answer is larger than allowed")
)

// exchange sends the request once.
func (c *Client) exchange(parent context.Context, p *prepared) (*answer, *Error) {
	ctx, cancel := context.WithCancelCause(parent)
	limit := time.AfterFunc(c.shared.attemptTimeout, func() { cancel(errAttemptTimeout) })
	done := func() {
		limit.Stop()
		cancel(nil)
	}
	left := &departure{}
	resp, err := c.shared.http.Do(c.newHTTP(left.trace(ctx), p))
	if err != nil {
		defer done()
		return nil, c.noAnswer(p, left, causeOf(parent, ctx, err))
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer done()
		defer resp.Body.Close()
		return nil, c.errorFrom(p, resp)
	}
	a := &answer{client: c, from: p, status: resp.StatusCode, header: resp.Header}
	if p.stream {
		limit.Stop()
		// The timer may have fired between the headers and here: then the body is dead already.
		if ctx.Err() != nil && parent.Err() == nil {
			resp.Body.Close()
			return nil, c.noAnswer(p, left, errAttemptTimeout)
		}
		a.stream, a.size = &streamBody{ReadCloser: resp.Body, release: done}, resp.ContentLength
		return a, nil
	}
	defer done()
	defer resp.Body.Close()
	err = a.readBody(resp, c.shared.maxBody)
	if err != nil {
		defer a.release()
	}
	switch {
	case errors.Is(err, errTooLarge):
		return nil, a.unreadable(err)
	case err != nil:
		fail := a.unreadable(causeOf(parent, ctx, err))
		fail.broken = true
		return nil, fail
	}
	return a, nil
}

// causeOf replaces what a transport makes of a cancelled request by the reason: the caller's context, or our own limit.
func causeOf(parent, ctx context.Context, err error) error {
	switch {
	case parent.Err() != nil:
		return parent.Err()
	case errors.Is(context.Cause(ctx), errAttemptTimeout):
		return errAttemptTimeout
	}
	// Its text repeats the whole URL, query included.
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// bodies holds memory for answers: they are dropped as soon as they are decoded, and decoding copies what it keeps.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const (
	// maxKeptBody bounds what one answer leaves behind in bodies.
	maxKeptBody = 256 << 10
	// maxBelievedSize bounds what is set aside for a body because its header says so.
	maxBelievedSize = 1 << 20
)

// readBody reads to the end, so that the connection can be used again. The buffer is put back by release.
func (a *answer) readBody(resp *http.Response, limit int64) error {
	if resp.ContentLength > limit {
		return errTooLarge
	}
	a.buffer = bodies.Get().(*bytes.Buffer)
	a.buffer.Reset()
	if resp.ContentLength > 0 {
		a.buffer.Grow(int(min(resp.ContentLength, maxBelievedSize)) + bytes.MinRead)
	}
	a.source = io.LimitedReader{R: resp.Body, N: limit + 1}
	n, err := a.buffer.ReadFrom(&a.source)
	a.body = a.buffer.Bytes()
	if err == nil && n > limit {
		return errTooLarge
	}
	return err
}

// release gives the body's memory back, when nothing refers to it any more.
func (a *answer) release() {
	if a.buffer != nil && a.buffer.Cap() <= maxKeptBody {
		bodies.Put(a.buffer)
	}
	a.buffer, a.body = nil, nil
}

// streamBody ends the attempt's context when the caller closes the body.
type streamBody struct {
	io.ReadCloser
	release func()
}

func (s *streamBody) Close() error {
	defer s.release()
	return s.ReadCloser.Close()
}

// departure records whether a request can have left the machine. A transport that reports no connections (one that is
// no *http.Transport) is taken to have sent it.
type departure struct {
	asked, connected atomic.Bool
	hooks            httptrace.ClientTrace
}

func (d *departure) trace(ctx context.Context) context.Context {
	d.hooks.GetConn = func(string) { d.asked.Store(true) }
	d.hooks.GotConn = func(httptrace.GotConnInfo) { d.connected.Store(true) }
	return httptrace.WithClientTrace(ctx, &d.hooks)
}

func (d *departure) impossible(err error) bool {
	return (d.asked.Load() && !d.connected.Load()) || neverConnected(err)
}

// noAnswer is the error of a request that got no answer.
func (c *Client) noAnswer(p *prepared, left *departure, err error) *Error {
	message := "The service could not be reached."
	switch {
	case errors.Is(err, context.Canceled):
		message = "The request was cancelled."
	case isTimeout(err):
		message = "The service did not answer in time."
	}
	if token := c.cred.token(); token != "" && strings.Contains(err.Error(), token) {
		err = errors.New(c.redact(err.Error()))
	}
	return &Error{
		Message: message, Method: p.method, Path: p.shown, Err: err,
		unsent: left.impossible(err), broken: true,
	}
}

// unreadable is the error of a 2xx answer that cannot be read, or that tells of a failure. A write that
// an unreadable answer is to has most likely happened.
func (a *answer) unreadable(err error) *Error {
	fail := &Error{
		Status: a.status, Message: "The service sent an answer that cannot be read.", Err: err,
		RequestID: a.client.requestID(a.header), Method: a.from.method, Path: a.from.shown,
	}
	if errors.Is(err, errRefused) {
		fail.refused, fail.Message = true, "The service refused the request."
		a.client.readErrorBody(fail, a.body)
	}
	return fail
}
