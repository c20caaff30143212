package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// An answer is the decision of a handler. It is written after the store's lock was released, so
// body may only contain copies, and slices that are never changed in place.
type answer struct {
	status int
	header http.Header
	body   any           // encoded as JSON; nil: no body
	raw    func() []byte // instead of body; header then names the Content-Type
}

func item(data any) answer { return answer{status: http.StatusOK, body: envelope{Data: data}} }

func itemCreated(data any) answer {
	return answer{status: http.StatusCreated, body: envelope{Data: data}}
}

func refuse(status int, message string) answer {
	return answer{status: status, body: errorBody{Error: true, Message: message}}
}

// problems are the mistakes of a request, by field.
type problems map[string][]string

func (p problems) add(field, format string, args ...any) {
	p[field] = append(p[field], fmt.Sprintf(format, args...))
}

// answer has no "error" member: validation errors have this second documented shape.
func (p problems) answer() answer {
	return answer{status: http.StatusUnprocessableEntity, body: errorBody{
		Message: "The given data was invalid.", Errors: p,
	}}
}

// bytes is the body as it goes over the wire.
func (a answer) bytes() []byte {
	switch {
	case a.raw != nil:
		return a.raw()
	case a.body == nil:
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // as the service: a page must do its own escaping
	if err := enc.Encode(a.body); err != nil {
		panic(fmt.Errorf("sandbox: encoding an answer: %w", err)) // only a wrong wire struct can do that
	}
	return b.Bytes()
}

// write sends the answer; limit >= 0 breaks the connection after so many bytes of the body.
func (a answer) write(w http.ResponseWriter, limit int) {
	body := a.bytes()
	h := w.Header()
	if body != nil && h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json")
	}
	for name, values := range a.header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	if a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if limit < 0 || limit >= len(body) {
		_, _ = w.Write(body) // the client may have gone away
		return
	}
	_, _ = w.Write(body[:limit])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
