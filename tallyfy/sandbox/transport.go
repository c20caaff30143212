package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Transport reaches the server in process: no port, no network. Bodies are streamed. It honours the request's
// context, and a handler that aborts is a connection broken by the peer ([io.ErrUnexpectedEOF]).
// Whatever the request's host, it is the sandbox that answers, and no header is added or taken away.
func (s *Server) Transport() http.RoundTripper { return transport{handler: s} }

type transport struct{ handler http.Handler }

var errConnectionBroken = fmt.Errorf("sandbox: connection broken: %w", io.ErrUnexpectedEOF)

// RoundTrip implements [http.RoundTripper]. The handler runs in a goroutine of its own, which ends when it has
// answered, when the body of the response is closed, or when the context ends.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	if err := ctx.Err(); err != nil {
		cancel()
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	reader, writer := io.Pipe()
	w := &pipeWriter{header: http.Header{}, pipe: writer, ready: make(chan struct{}), bodiless: req.Method == http.MethodHead}
	// The reason is fixed before the pipe is closed: a reader must see the context's error, not a broken connection.
	r := serverRequest(ctx, req)
	stop := context.AfterFunc(req.Context(), func() {
		_ = writer.CloseWithError(req.Context().Err())
		_ = r.Body.Close() // for a handler that is still reading it
	})

	go func() {
		defer cancel()
		defer stop()
		err := serve(t.handler, w, r)
		if err == nil {
			w.WriteHeader(http.StatusOK) // for a handler that wrote nothing
			err = w.shortfall()
		}
		if cause := req.Context().Err(); cause != nil {
			err = cause
		}
		_ = writer.CloseWithError(err) // nil is the end of the body
		w.fail(err)
	}()

	select {
	case <-w.ready:
	case <-req.Context().Done():
		_ = reader.CloseWithError(req.Context().Err())
		return nil, req.Context().Err()
	}
	if w.err != nil {
		return nil, w.err
	}
	return w.response(req, &pipeBody{PipeReader: reader, cancel: cancel}), nil
}

// serverRequest is the request as a server would have parsed it.
func serverRequest(ctx context.Context, req *http.Request) *http.Request {
	r := req.Clone(ctx)
	r.RequestURI = req.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:0"
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if r.URL.Path == "" {
		r.URL.Path = "/"
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	return r
}

// serve runs the handler and turns its panics into what the peer of a real server would see.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			err = errConnectionBroken
		default:
			err = fmt.Errorf("%w: handler panicked: %v", errConnectionBroken, p)
		}
	}()
	defer func() { _ = r.Body.Close() }()
	h.ServeHTTP(w, r)
	return nil
}

// pipeWriter is the handler's side. Only the handler's goroutine touches it until ready is closed; from
// then on status, sent, length and err stay as they are.
type pipeWriter struct {
	header http.Header
	pipe   *io.PipeWriter
	once   sync.Once
	ready  chan struct{}

	bodiless bool // the answer to HEAD: what the handler writes is dropped
	status   int
	sent     http.Header // header as it was when the status was written; belongs to the client afterwards
	length   int64       // the Content-Length in it, -1 without one
	written  int64
	err      error
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent, w.length = status, w.header.Clone(), -1
		if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil {
			w.length = n
		}
		if status == http.StatusNoContent || status == http.StatusNotModified {
			w.bodiless, w.length = true, 0
		}
		close(w.ready)
	})
}

func (w *pipeWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.bodiless {
		return len(b), nil
	}
	n, err := w.pipe.Write(b)
	w.written += int64(n)
	return n, err
}

// Flush does nothing: each Write reaches the reader before it returns.
func (w *pipeWriter) Flush() {}

// fail ends a request that has no status yet.
func (w *pipeWriter) fail(err error) {
	w.once.Do(func() {
		w.err = err
		close(w.ready)
	})
}

// shortfall is the error of a body that ends before its Content-Length.
func (w *pipeWriter) shortfall() error {
	if !w.bodiless && w.length > w.written {
		return errConnectionBroken
	}
	return nil
}

func (w *pipeWriter) response(req *http.Request, body io.ReadCloser) *http.Response {
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: body, ContentLength: w.length, Request: req,
	}
}

// pipeBody ends the handler's request when the client has had enough.
type pipeBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

var errBodyClosed = errors.New("sandbox: response body closed")

func (b *pipeBody) Close() error {
	b.cancel()
	return b.PipeReader.CloseWithError(errBodyClosed)
}

// Read maps a read after Close to the error that net/http gives.
func (b *pipeBody) Read(p []byte) (int, error) {
	n, err := b.PipeReader.Read(p)
	if errors.Is(err, io.ErrClosedPipe) {
		err = http.ErrBodyReadAfterClose
	}
	return n, err
}
