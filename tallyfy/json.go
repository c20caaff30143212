package tallyfy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

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
	if err == nil {
		return nil
	}
	var (
		reason    wireError
		syntactic *jsontext.SyntacticError
		semantic  *json.SemanticError
	)
	switch {
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
	if inner := data[1 : len(data)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
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

// envelope is an answer as a whole, with what it is about in Data.
type envelope[D any] struct {
	Data    D              `json:"data"`
	Meta    jsontext.Value `json:"meta"`
	Error   jsontext.Value `json:"error"`
	Success flag           `json:"success"`
}

// openEnvelope reads an answer. Data is as it was made when the answer has no such field. An answer
// that can be read and tells of a failure is errRefused; a [jsontext.Value] can always be read.
func openEnvelope[D any](body []byte) (e envelope[D], err error) {
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
	e, err := openEnvelope[jsontext.Value](body)
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

// rows is the data of a list. kind is 0 when the answer had none. empty is about data that is no list.
type rows[T any] struct {
	items []T
	kind  jsontext.Kind
	empty bool
}

// usualRows are as many as most lists of pages have at most.
const usualRows = 50

// UnmarshalJSONFrom reads the items of a list, and of anything else whether it is empty.
func (r *rows[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*r = rows[T]{kind: dec.PeekKind()}
	if r.kind == '[' {
		r.items = make([]T, 0, usualRows)
		return json.UnmarshalDecode(dec, &r.items)
	}
	value, err := dec.ReadValue()
	r.empty = err == nil && isEmpty(value)
	return err
}

// decodeList reads a list and its meta. A row that comes again, by its id, is left out. {} is an
// empty list. null is no list, unless the meta says that there is nothing.
func decodeList[T any](body []byte) (*Page[T], error) {
	e, err := openEnvelope[rows[T]](body)
	if err != nil {
		// That the call failed says more than an item that cannot be read.
		if _, refused := openEnvelope[jsontext.Value](body); refused != nil {
			err = refused
		}
		return nil, err
	}
	if e.Data.kind == 0 && !isEmpty(body) || e.Data.kind != 0 && e.Data.kind != '[' && !e.Data.empty {
		return nil, errNotAList
	}
	page := &Page[T]{Items: e.Data.items}
	if page.Items == nil {
		page.Items = []T{}
	}
	page.Pagination = paginationOf(e.Meta, len(page.Items))
	if e.Data.kind == 'n' && (!page.Pagination.Known || page.Pagination.Total != 0) {
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
