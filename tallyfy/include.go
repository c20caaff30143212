package tallyfy

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// include is related data asked for by `with`. It decodes from {"data": […]} and {"data": {…}} (documented), and from a
// bare list, a bare object, {} and null.
type include[T any] struct {
	present bool // the field was in the answer, whatever it held
	items   []T
}

func (i *include[T]) UnmarshalJSON(data []byte) error {
	parts, err := splitInclude(data)
	if err != nil {
		return err
	}
	*i = include[T]{present: true}
	if len(parts) > 0 {
		i.items = make([]T, len(parts))
	}
	for n, part := range parts {
		if err := decode(part, &i.items[n]); err != nil {
			return err
		}
	}
	return nil
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

// decodeRefs reads a list of references: texts, numbers, or objects that hold one under key. Duplicates are dropped,
// email addresses in any letter case; so are empty ones. An element that holds no reference is an error.
func decodeRefs(data []byte, key string) ([]string, error) {
	data, err := unwrapData(data)
	if err != nil {
		return nil, err
	}
	refs, ok := splitNumbers(data)
	if !ok {
		parts, err := splitInclude(data)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			ref, err := decodeRef(part, key)
			if err != nil {
				return nil, err
			}
			refs = append(refs, ref)
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	seen := make(map[string]bool, len(refs))
	return slices.DeleteFunc(refs, func(ref string) bool {
		folded := strings.ToLower(ref)
		drop := ref == "" || seen[folded]
		seen[folded] = true
		return drop
	}), nil
}

func decodeRef(data json.RawMessage, key string) (string, error) {
	if data[0] == '{' {
		var fields map[string]json.RawMessage
		if err := decode(data, &fields); err != nil {
			return "", err
		}
		data = fields[key] // missing: nil, which is no id
	}
	return decodeID(data)
}

// splitNumbers is the quick way for the usual list, of nothing but whole numbers: members listed with=groups repeat the
// ids of everybody in their groups, millions in a large organisation. data is well-formed JSON.
func splitNumbers(data []byte) ([]string, bool) {
	if len(data) < 2 || data[0] != '[' || data[len(data)-1] != ']' {
		return nil, false
	}
	inner := string(data[1 : len(data)-1])
	if strings.Trim(inner, "0123456789, \t\r\n") != "" {
		return nil, false
	}
	return strings.FieldsFunc(inner, func(r rune) bool { return r < '0' || r > '9' }), true
}

func isNull(data []byte) bool { return len(data) == 0 || string(data) == "null" }

func isEmptyObject(data []byte) bool {
	return len(data) >= 2 && data[0] == '{' && len(bytes.TrimSpace(data[1:len(data)-1])) == 0
}
