package oldwire

import (
	"bytes"
	"encoding/json"
	"errors"
)

// include is related data asked for by `with`. It decodes from {"data": […]} and {"data": {…}} (documented), and from a
// bare list, a bare object, {} and null.
type include[T any] struct {
	present bool // the field was in the answer, whatever it held
	items   []T
}

func (i *include[T]) UnmarshalJSON(data []byte) error { return unmarshal(data, i) }

func (i *include[T]) readFrom(in *input) error {
	*i = include[T]{present: true, items: i.items[:0]}
	if in.nested++; in.nested > maxNested {
		return errNested
	}
	defer func() { in.nested-- }()
	return in.related(func() error { return i.add(in) })
}

// add reads an element. null is none.
func (i *include[T]) add(in *input) error {
	if in.kind() == kindNull {
		return in.skip()
	}
	i.items = append(i.items, *new(T))
	return readValue(in, &i.items[len(i.items)-1])
}

// related calls element for each element of the next value, which is of any shape that include accepts.
func (in *input) related(element func() error) error {
	if in.kind() != kindObject {
		return in.elements(element)
	}
	wrapped, err := in.hasData()
	if err != nil {
		return err
	}
	if !wrapped {
		return in.elements(element)
	}
	return in.fields(func(name []byte) error {
		if string(name) == "data" {
			return in.elements(element)
		}
		return in.skip()
	})
}

// elements calls element for each element of a list, or for an object that is not empty.
func (in *input) elements(element func() error) error {
	switch in.kind() {
	case kindList:
		return in.list(element)
	case kindObject:
		if !in.isNothing() {
			return element()
		}
		return in.skip()
	case kindNull:
		return in.skip()
	}
	return errIncludeShape
}

var errIncludeShape = errors.New("related data must be a list or an object")

// splitInclude returns the elements of related data in any shape; null elements are left out. A value that is neither
// list nor object nor null is an error.
func splitInclude(data []byte) ([]json.RawMessage, error) {
	data, err := unwrapData(data)
	if err != nil {
		return nil, err
	}
	switch {
	case isNull(data) || isEmptyObject(data):
		return nil, nil
	case data[0] == '{':
		return []json.RawMessage{data}, nil
	case data[0] != '[':
		return nil, errIncludeShape
	}
	var parts []json.RawMessage
	if err := decode(data, &parts); err != nil {
		return nil, err
	}
	kept := parts[:0]
	for _, part := range parts {
		if !isNull(part) {
			kept = append(kept, part)
		}
	}
	return kept, nil
}

// unwrapData returns what is inside {"data": …}, or data itself when there is no such wrapper.
func unwrapData(data []byte) (json.RawMessage, error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '{' {
		return data, nil
	}
	var w struct {
		Data json.RawMessage `json:"data"`
	}
	if err := decode(data, &w); err != nil {
		return nil, err
	}
	if w.Data == nil {
		return data, nil
	}
	return w.Data, nil
}

func isNull(data []byte) bool { return len(data) == 0 || string(data) == "null" }

func isEmptyObject(data []byte) bool {
	return len(data) >= 2 && data[0] == '{' && len(bytes.TrimSpace(data[1:len(data)-1])) == 0
}
