package tallyfy

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Include is related data asked for by `with`. It reads {"data": […]} and {"data": {…}}
// (documented), a bare list, a bare object, {} and null. It is nil when the answer had no such
// field, and empty when the field held nothing. No type may include itself, at no depth: that
// would take no end of time.
type Include[T any] []T

const errIncludeShape = wireError("related data must be a list or an object")

// UnmarshalJSONFrom leaves null elements out.
func (i *Include[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*i = Include[T]{}
	switch dec.PeekKind() {
	case 'n':
		return dec.SkipValue()
	case '[':
		var list []*T
		err := json.UnmarshalDecode(dec, &list)
		for _, one := range list {
			if one != nil {
				*i = append(*i, *one)
			}
		}
		return err
	}
	value, err := dec.ReadValue()
	switch {
	case err != nil:
		return err
	case value.Kind() != '{':
		return errIncludeShape
	}
	var wrapper struct {
		Data Include[T] `json:"data"`
	}
	if err := unmarshal(value, &wrapper); err != nil {
		return err
	}
	if wrapper.Data != nil || isEmpty(value) {
		*i = append(*i, wrapper.Data...)
		return nil
	}
	*i = make(Include[T], 1)
	return unmarshal(value, &(*i)[0])
}
