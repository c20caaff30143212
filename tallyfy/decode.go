package tallyfy

import (
	"bytes"
	"encoding/json"
	"errors"
)

// decode is the only place where JSON is read, so that the decoder can be exchanged in one.
func decode(data []byte, out any) error { return json.Unmarshal(data, out) }

// envelope is an answer around its item or list.
type envelope struct {
	Data    json.RawMessage `json:"data"`
	Meta    json.RawMessage `json:"meta"`
	Failure flexBool        `json:"error"`
}

var (
	errNoItem      = errors.New("the answer holds no item")
	errNoList      = errors.New("the answer holds no list")
	errNotJSON     = errors.New("the answer is no JSON object or list")
	errSaysFailure = errors.New(`the answer says "error": true`)
)

// openEnvelope returns what an answer of success holds. A bare item or list, without {"data": …}, is its own content.
func openEnvelope(body []byte) (envelope, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return envelope{}, errNoItem
	}
	if body[0] == '[' {
		return envelope{Data: body}, nil
	}
	if body[0] != '{' {
		return envelope{}, errNotJSON
	}
	var e envelope
	if err := decode(body, &e); err != nil {
		return envelope{}, err
	}
	if e.Failure.value {
		return envelope{}, errSaysFailure
	}
	if e.Data == nil {
		e.Data = body
	}
	return e, nil
}

// decodeItem reads one item. none is true when the answer is well formed but holds no
// item with an id: null, the empty list or object that PHP writes for nothing, or a bare message.
func decodeItem[T any](body []byte) (item *T, none bool, err error) {
	e, err := openEnvelope(body)
	if err != nil {
		return nil, false, err
	}
	if isNull(e.Data) || isEmptyObject(e.Data) || isEmptyList(e.Data) {
		return nil, true, errNoItem
	}
	item = new(T)
	if err := decode(e.Data, item); err != nil {
		return nil, false, err
	}
	if identityOf(item) == "" {
		return nil, true, errNoItem // like {"message": "done"}
	}
	return item, false, nil
}

// identityOf returns an item's id. Every item type has one.
func identityOf[T any](item *T) string {
	if i, ok := any(item).(interface{ identity() string }); ok {
		return i.identity()
	}
	return ""
}

// decodeList reads a list and its meta. A row that comes again, by its id, is left out. {} is the empty list that PHP may
// write; null is no list, unless the meta says that there is nothing.
func decodeList[T any](body []byte) (*Page[T], error) {
	e, err := openEnvelope(body)
	if err != nil {
		return nil, err
	}
	items := []T{}
	if isNull(e.Data) {
		if p := decodePagination(e.Meta, 0); !p.Known || p.Total != 0 {
			return nil, errNoList
		}
	} else if !isEmptyObject(e.Data) {
		if err := decode(e.Data, &items); err != nil {
			return nil, err
		}
	}
	items = withoutRepeats(items)
	return &Page[T]{Items: items, Pagination: decodePagination(e.Meta, len(items))}, nil
}

// withoutRepeats keeps the first of the items with an id, and all that have none.
func withoutRepeats[T any](items []T) []T {
	seen := make(map[string]bool, len(items))
	kept := items[:0]
	for i := range items {
		id := identityOf(&items[i])
		if id != "" && seen[id] {
			continue
		}
		seen[id] = true
		kept = append(kept, items[i])
	}
	return kept
}

func isEmptyList(data []byte) bool {
	return len(data) >= 2 && data[0] == '[' && len(bytes.TrimSpace(data[1:len(data)-1])) == 0
}
