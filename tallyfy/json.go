package tallyfy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// tolerant reads JSON as encoding/json does: names in any letter case, the last of two equal names
// counts, and bytes that are no UTF-8 become U+FFFD.
var tolerant = json.JoinOptions(
	json.MatchCaseInsensitiveNames(true), jsonv1.MatchCaseSensitiveDelimiter(true),
	jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
)

// unmarshal decodes a JSON text. Its errors are safe to log.
func unmarshal(data []byte, out any) error { return safeError(json.Unmarshal(data, out, tolerant)) }

// wireError is the reason why an answer cannot be read. It holds nothing of the answer, which may
// be a secret.
type wireError string

func (e wireError) Error() string { return string(e) }

const (
	errNoItem    = wireError("the answer holds no item")
	errNotJSON   = wireError("the answer is no JSON object or list")
	errNotAList  = wireError("the answer holds no list")
	errRefused   = wireError("the answer says that the call failed")
	errOtherKind = wireError("a value is of another kind than documented")
)

// safeError replaces an error of the decoder, whose text repeats names and values of the answer.
func safeError(err error) error {
	var (
		reason    wireError
		syntactic *jsontext.SyntacticError
		semantic  *json.SemanticError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &reason):
		return reason
	case errors.As(err, &syntactic) && errors.Is(err, io.ErrUnexpectedEOF):
		return wireError(fmt.Sprintf("the JSON is cut off after %d bytes", syntactic.ByteOffset))
	case errors.As(err, &syntactic):
		return wireError(fmt.Sprintf("no JSON, or nested too deep, at byte %d", syntactic.ByteOffset))
	case errors.As(err, &semantic):
		return wireError(fmt.Sprintf("%s, at byte %d", errOtherKind, semantic.ByteOffset))
	}
	return errOtherKind
}

// unquote returns the text of a well-formed JSON string.
func unquote(data []byte) string {
	text, _ := jsontext.AppendUnquote(nil, data) // its error is about UTF-8, which it has mended
	return string(text)
}

// isEmpty reports null, {} and []: PHP writes each of them for nothing. The value must be well
// formed.
func isEmpty(value jsontext.Value) bool {
	switch value = bytes.TrimSpace(value); value.Kind() {
	case 'n':
		return true
	case '{', '[':
		return len(bytes.TrimSpace(value[1:len(value)-1])) == 0
	}
	return false
}

// envelope is an answer as a whole.
type envelope struct {
	Data    jsontext.Value `json:"data"`
	Meta    jsontext.Value `json:"meta"`
	Error   jsontext.Value `json:"error"`
	Success flag           `json:"success"`
}

// openEnvelope reads an answer whose content does not matter yet. Data is nil when the answer has
// no such field. An answer that tells of a failure is errRefused, whatever else is in it.
func openEnvelope(body []byte) (e envelope, err error) {
	switch jsontext.Value(body).Kind() {
	case '{':
		err = unmarshal(body, &e)
	case '[':
		err = unmarshal(body, &e.Data)
	default:
		err = errNotJSON
		if len(bytes.TrimSpace(body)) == 0 {
			err = errNoItem
		}
	}
	if err == nil && (tellsFailure(e.Error) || e.Success.known && !e.Success.value) {
		err = errRefused
	}
	return e, err
}

// tellsFailure reports whether the "error" of an answer is one: true, a text, a number or an
// object. false, 0, "", null, {} and [] are none.
func tellsFailure(value jsontext.Value) bool {
	switch value.Kind() {
	case 't':
		return true
	case '0':
		return len(bytes.Trim(value, "-0.")) > 0
	case '"':
		text := strings.ToLower(strings.TrimSpace(unquote(value)))
		return text != "" && text != "0" && text != "false"
	case '{', '[':
		return !isEmpty(value)
	}
	return false
}

// decodeItem reads one item, bare or as {"data": …}. It returns errNoItem for an answer that is
// well formed and holds no item with an id: null, {}, [] or a bare message.
func decodeItem[T any](body []byte) (*T, error) {
	e, err := openEnvelope(body)
	if err != nil {
		return nil, err
	}
	data := e.Data
	if data == nil || jsontext.Value(body).Kind() == '[' {
		data = body
	}
	if isEmpty(data) {
		return nil, errNoItem
	}
	item := new(T)
	if err := unmarshal(data, item); err != nil {
		return nil, err
	}
	if identityOf(item) == "" {
		return nil, errNoItem
	}
	return item, nil
}

// identityOf returns an item's id. Every item type has one.
func identityOf[T any](item *T) string {
	if i, ok := any(item).(interface{ identity() string }); ok {
		return i.identity()
	}
	return ""
}

// decodeList reads a list and its meta. A row that comes again, by its id, is left out. {} is an
// empty list. null is no list, unless the meta says that there is nothing.
func decodeList[T any](body []byte) (*Page[T], error) {
	e, err := openEnvelope(body)
	if err != nil {
		return nil, err
	}
	page := &Page[T]{Items: []T{}}
	switch {
	case e.Data.Kind() == '[':
		err = unmarshal(e.Data, &page.Items)
	case e.Data == nil && !isEmpty(body):
		err = errNotAList
	case e.Data != nil && !isEmpty(e.Data):
		err = errNotAList
	}
	if err != nil {
		return nil, err
	}
	page.Pagination = paginationOf(e.Meta, len(page.Items))
	if e.Data.Kind() == 'n' && (!page.Pagination.Known || page.Pagination.Total != 0) {
		return nil, errNotAList
	}
	page.Items = withoutRepeats(page.Items)
	if !page.Pagination.Known {
		page.Pagination = paginationOf(nil, len(page.Items))
	}
	return page, nil
}

// withoutRepeats keeps the first of the items with an id, and all that have none.
func withoutRepeats[T any](items []T) []T {
	seen := make(map[string]bool, len(items))
	kept := items[:0]
	for i := range items {
		id := identityOf(&items[i])
		if id == "" || !seen[id] {
			seen[id] = true
			kept = append(kept, items[i])
		}
	}
	return kept
}
