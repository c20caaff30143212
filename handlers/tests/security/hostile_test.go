package security_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
)

// rewriter changes every text that Tallyfy sends, on its way here.
type rewriter struct {
	next http.RoundTripper
	// text gives what stands in the place of a text; key is its name in the answer.
	text func(key, was string) string
	off  atomic.Bool
}

// notText are the names of what decides which page is shown, and how, rather than what is on it.
var notText = []string{"id", "role", "status", "type", "created_at", "updated_at", "last_updated", "last_login_at", "activated_at", "last_accessed_at", "deleted_at", "deadline", "run_id", "link"}

// deciding reports whether a text is one of those.
func deciding(key string) bool { return slices.Contains(notText, key) }

func (r *rewriter) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := r.next.RoundTrip(request)
	if err != nil || r.off.Load() {
		return answer, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var whole any
	if d.Decode(&whole) == nil {
		body = []byte(strings.ReplaceAll(marshal(r.walk("", whole)), "LONE", `\ud800`))
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, nil
}

func (r *rewriter) walk(key string, v any) any {
	switch v := v.(type) {
	case string:
		return r.text(key, v)
	case []any:
		for i := range v {
			v[i] = r.walk(key, v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = r.walk(k, v[k])
		}
	}
	return v
}

func marshal(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // a value of these tests
	}
	return b.String()
}
