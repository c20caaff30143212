package faults_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// quiet is for the complaints of servers that misbehave on purpose.
var quiet = log.New(io.Discard, "", 0)

// An answering is what a server does with a call that the fault hits. answer carries the call out, or not, and gives what
// Tallyfy would have said.
type answering func(w http.ResponseWriter, r *http.Request, answer func() reply)

// reply is an answer that was not sent yet.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// server is a far side that takes connections and misbehaves over HTTP.
func server(do answering) func(*testing.T, *wire) dialler {
	return func(t *testing.T, w *wire) dialler {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body) // so that the server notices when the client leaves
			do(&counting{rw, w}, r, func() reply { return w.answer(r, body) })
		}))
		s.Config.ErrorLog = quiet
		s.Config.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
			_ = conn.(*net.TCPConn).SetWriteBuffer(smallBuffer)
			return ctx
		}
		s.Start()
		t.Cleanup(func() {
			s.CloseClientConnections()
			s.Close()
		})
		return to(s.Listener.Addr().String())
	}
}

// answer is the sandbox's answer. A write that is not to be carried out is answered as a group would be.
func (w *wire) answer(r *http.Request, body []byte) reply {
	if isWrite(r) && !w.carry {
		return reply{http.StatusOK, http.Header{"Content-Type": {"application/json"}}, []byte(`{"data":{"id":"0123456789abcdef0123456789abcdef","name":"x"}}`)}
	}
	recorder := httptest.NewRecorder()
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.demo.ServeHTTP(recorder, r)
	return reply{recorder.Code, recorder.Header(), recorder.Body.Bytes()}
}

// counting counts the bytes of the bodies.
type counting struct {
	http.ResponseWriter
	wire *wire
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.wire.gave(n)
	return n, err
}

func (c *counting) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// says answers with a status of its own.
func says(status int, body string, header ...string) answering {
	return func(w http.ResponseWriter, r *http.Request, answer func() reply) {
		if isWrite(r) {
			answer() // with carry the write has happened all the same
		}
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// instead sends another body than Tallyfy's, as JSON.
func instead(change func(*http.Request, []byte) []byte) answering {
	return func(w http.ResponseWriter, r *http.Request, answer func() reply) {
		a := answer()
		w.Header().Set("Content-Type", "application/json")
		if a.status == http.StatusNoContent {
			a.status = http.StatusOK
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(change(r, a.body))
	}
}

func always(body string) func(*http.Request, []byte) []byte {
	return func(*http.Request, []byte) []byte { return []byte(body) }
}

func unchanged(_ *http.Request, body []byte) []byte { return body }

// half is an answer that ends too early without the connection saying so.
func half(_ *http.Request, body []byte) []byte {
	if len(body) < 2 {
		return []byte(`{"data":{"id":`)
	}
	return body[:len(body)/2]
}

// otherTypes gives every value another type than the contract does.
func otherTypes(_ *http.Request, body []byte) []byte {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return []byte(`{"data":"deleted"}`)
	}
	changed, _ := json.Marshal(retype(v))
	return changed
}

func retype(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = retype(inner)
		}
		return v
	case []any:
		for i := range v {
			v[i] = retype(v[i])
		}
		if len(v) == 0 {
			return "none"
		}
		return v
	case string:
		return []any{v}
	case float64, bool:
		return map[string]any{"value": v}
	}
	return v
}

// doubled sends every row twice.
func doubled(_ *http.Request, body []byte) []byte {
	return changeList(body, func(rows []any, _ map[string]any) []any {
		twice := []any{}
		for _, row := range rows {
			twice = append(twice, row, row)
		}
		return twice
	})
}

// lyingPages claims more pages than there are.
func lyingPages(_ *http.Request, body []byte) []byte {
	return changeList(body, func(rows []any, pagination map[string]any) []any {
		pagination["total_pages"], pagination["total"] = 9999, 999_900
		return rows
	})
}

// endlessRows is how many rows an endless list has on each page: as many as the dashboard asks for.
const endlessRows = 100

// endless has new rows on every page, and no last one.
func endless(r *http.Request, body []byte) []byte {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	return changeList(body, func(rows []any, pagination map[string]any) []any {
		pagination["total_pages"], pagination["total"], pagination["current_page"] = 50_000, endlessRows*50_000, max(1, page)
		like := map[string]any{"name": "Another", "email": "another@example.com"}
		if len(rows) > 0 {
			like, _ = rows[0].(map[string]any)
		}
		rows = rows[:0]
		for i := range endlessRows {
			row := map[string]any{}
			for name, value := range like {
				row[name] = value
			}
			number := page*1000 + i + 1
			if row["id"] = any(number); strings.HasSuffix(r.URL.Path, "/groups") || strings.HasSuffix(r.URL.Path, "/organizations") {
				row["id"] = fmt.Sprintf("%032x", number)
			}
			rows = append(rows, row)
		}
		return rows
	})
}

// changeList changes the rows of an answer that is a list, and leaves any other alone.
func changeList(body []byte, change func(rows []any, pagination map[string]any) []any) []byte {
	var v map[string]any
	if json.Unmarshal(body, &v) != nil {
		return body
	}
	rows, ok := v["data"].([]any)
	if !ok {
		return body
	}
	meta, _ := v["meta"].(map[string]any)
	pagination, _ := meta["pagination"].(map[string]any)
	if pagination == nil {
		pagination = map[string]any{"count": len(rows), "per_page": len(rows), "current_page": 1, "total": len(rows), "total_pages": 1}
		v["meta"] = map[string]any{"pagination": pagination}
	}
	v["data"] = change(rows, pagination)
	changed, _ := json.Marshal(v)
	return changed
}

const (
	large = 50 << 20
	head  = `{"data":[{"id":"`
	tail  = `"}]}`
)

// huge sends 50 MB of one row, well-formed.
func huge(announced bool) answering {
	return func(w http.ResponseWriter, r *http.Request, answer func() reply) {
		if isWrite(r) {
			answer()
		}
		if announced {
			w.Header().Set("Content-Length", strconv.Itoa(large))
		}
		pour(w)
	}
}

func pour(w io.Writer) {
	_, err := io.WriteString(w, head)
	chunk := bytes.Repeat([]byte("a"), 64<<10)
	for sent := len(head); err == nil && sent < large-len(tail); sent += len(chunk) {
		_, err = w.Write(chunk[:min(len(chunk), large-len(tail)-sent)])
	}
	if err == nil {
		_, _ = io.WriteString(w, tail)
	}
}

// packedOnce is 50 MB in a few kilobytes: one megabyte, compressed, again and again (RFC 1952, 2.2).
var packedOnce = sync.OnceValue(func() []byte {
	zip := func(text []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(text)
		_ = z.Close()
		return b.Bytes()
	}
	body := bytes.Repeat(zip(bytes.Repeat([]byte("a"), 1<<20)), large>>20)
	return append(append(zip([]byte(head)), body...), zip([]byte(tail))...)
})

// packed sends the same 50 MB compressed.
func packed(w http.ResponseWriter, r *http.Request, answer func() reply) {
	if isWrite(r) {
		answer()
	}
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(packedOnce())
}

// silent never answers.
func silent(_ http.ResponseWriter, r *http.Request, answer func() reply) {
	if isWrite(r) {
		answer()
	}
	<-r.Context().Done()
}

// dripping sends a byte now and then: of the headers, or of the body.
func dripping(headers bool) answering {
	return func(w http.ResponseWriter, r *http.Request, answer func() reply) {
		conn := hijack(w)
		defer conn.Close()
		a := answer()
		text := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nX-Padding: ", 5000+len(a.body))
		if !headers {
			text += "\r\n\r\n"
			_, _ = io.WriteString(conn, text)
			text = string(a.body)
		}
		for i := 0; ; i++ {
			b := " "
			if i < len(text) {
				b = text[i : i+1]
			}
			if _, err := io.WriteString(conn, b); err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// resetting breaks the connection, before the answer or in the middle of its body.
func resetting(after int) answering {
	return func(w http.ResponseWriter, r *http.Request, answer func() reply) {
		a := reply{}
		if after > 0 || isWrite(r) {
			a = answer()
		}
		conn := hijack(w)
		if after > 0 {
			a.body = append(a.body, make([]byte, after)...)
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(a.body), a.body[:after])
			time.Sleep(20 * time.Millisecond) // a reset overtakes what was not read yet
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}

// moved sends the caller to another host.
func moved(w *wire) answering {
	return func(rw http.ResponseWriter, r *http.Request, _ func() reply) {
		there, _ := url.JoinPath(w.elsewhere.server.URL, r.URL.Path)
		http.Redirect(rw, r, there, http.StatusMovedPermanently)
	}
}
