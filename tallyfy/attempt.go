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
	stream io.ReadCloser
	size   int64 // of the stream, -1 when unknown
}

var (
	errAttemptTimeout = fmt.Errorf("no complete answer within the time for one attempt: %w", context.DeadlineExceeded)
	errTooLarge       = errors.New("the answer is larger than allowed")
	errAddress        = errors.New("the address cannot be used")
)

// exchange sends the request once.
func (c *Client) exchange(parent context.Context, p *prepared) (*answer, *Error) {
	ctx, cancel := context.WithCancelCause(parent)
	limit := time.AfterFunc(c.shared.attemptTimeout, func() { cancel(errAttemptTimeout) })
	done := func() {
		limit.Stop()
		cancel(nil)
	}
	sent := &sendTrace{}
	req, err := c.newHTTP(sent.context(ctx), p)
	if err != nil {
		done()
		// Its own text repeats the query.
		return nil, p.refusal("The request could not be written.", errAddress)
	}
	resp, err := c.shared.http.Do(req)
	if err != nil {
		defer done()
		return nil, c.noAnswer(p, sent, causeOf(parent, ctx, err))
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
			return nil, c.noAnswer(p, sent, errAttemptTimeout)
		}
		a.stream, a.size = &streamBody{ReadCloser: resp.Body, release: done}, resp.ContentLength
		return a, nil
	}
	defer done()
	defer resp.Body.Close()
	a.body, err = readBody(resp, c.shared.maxBody)
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

// causeOf returns the reason for a cancelled request, which is the caller's context or our own
// limit, instead of the transport's own error.
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

// maxBelievedSize bounds the memory that is set aside for a body because its header says so.
const maxBelievedSize = 1 << 20

// readBody reads to the end, so that the connection can be used again.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, errTooLarge
	}
	var b bytes.Buffer
	if resp.ContentLength > 0 {
		b.Grow(int(min(resp.ContentLength, maxBelievedSize)) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if err == nil && n > limit {
		err = errTooLarge
	}
	return b.Bytes(), err
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

// sendTrace records whether a request can have left the machine. A transport that reports no
// connections, unlike *http.Transport, is taken to have sent it.
type sendTrace struct{ asked, connected atomic.Bool }

func (s *sendTrace) context(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.connected.Store(true) },
	})
}

func (s *sendTrace) impossible(err error) bool {
	return (s.asked.Load() && !s.connected.Load()) || neverConnected(err)
}

// noAnswer is the error of a request that got no answer.
func (c *Client) noAnswer(p *prepared, sent *sendTrace, err error) *Error {
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
		unsent: sent.impossible(err), broken: true,
	}
}

// unreadable is the error of a 2xx answer that cannot be read, or that tells of a failure. A write
// with an unreadable answer has most likely happened.
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
