package oldwire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
)

// decode reads what is small and rare. Everything else is read from an [input].
func decode(data []byte, out any) error { return json.Unmarshal(data, out) }

// unmarshal makes a json.Unmarshaler of a type that reads itself from an input.
func unmarshal(data []byte, out wire) error {
	in := newInput(data)
	defer in.release()
	return out.readFrom(in)
}

var (
	errNoItem      = errors.New("the answer holds no item")
	errNotJSON     = errors.New("the answer is no JSON object or list")
	errNotAList    = errors.New("the answer holds no list")
	errSaysFailure = errors.New(`the answer says "error": true`)
)

// inspect returns what is wrong with an answer as a whole, whatever its content is.
func inspect(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errNoItem
	}
	in := newInput(body)
	defer in.release()
	switch in.kind() {
	case kindObject:
		_, err := in.envelope(in.skip, in.skip)
		return err
	case kindList:
		if err := in.skip(); err != nil {
			return err
		}
		return in.end()
	}
	return errNotJSON
}

// envelope reads an answer to its end: {"data": …, "meta": …}. wrapped is false when it has no data.
func (in *input) envelope(data, meta func() error) (wrapped bool, err error) {
	var failure flexBool
	err = in.fields(func(name []byte) (err error) {
		switch string(name) {
		case "data":
			wrapped = true
			return data()
		case "meta":
			return meta()
		case "error":
			failure, err = in.flag()
			return err
		}
		return in.skip()
	})
	if err == nil {
		err = in.end()
	}
	if err == nil && failure.value {
		err = errSaysFailure
	}
	return wrapped, err
}

// decodeItem reads one item, bare or as {"data": …}. none is true when the answer is well formed but holds no
// item with an id: null, the empty list or object that PHP writes for nothing, or a bare message.
func decodeItem[T any](body []byte) (item *T, none bool, err error) {
	in := newInput(body)
	defer in.release()
	item = new(T)
	content := func() (err error) {
		if none = in.isNothing(); none {
			return in.skip()
		}
		return readValue(in, item)
	}
	wrapped := false
	if in.kind() == kindObject {
		wrapped, err = in.hasData()
	}
	switch {
	case err != nil:
	case wrapped:
		_, err = in.envelope(content, in.skip)
	default:
		if err = inspect(body); err == nil {
			err = content()
		}
	}
	if err != nil {
		return nil, false, cmp.Or(inspect(body), err)
	}
	if none || identityOf(item) == "" { // like {"message": "done"}
		return nil, true, errNoItem
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

// decodeList reads a list and its meta. A row that comes again, by its id, is left out. {} is the empty list that PHP may write;
// null is no list, unless the meta says that there is nothing.
func decodeList[T any](body []byte) (*Page[T], error) {
	page, null, err := readList[T](body)
	if err != nil {
		return nil, err
	}
	if null && (!page.Pagination.Known || page.Pagination.Total != 0) {
		return nil, errNotAList
	}
	page.Items = withoutRepeats(page.Items)
	if !page.Pagination.Known {
		page.Pagination = (&paging{}).of(len(page.Items))
	}
	return page, nil
}

// readList reads a list, bare or as {"data": …}, as it stands. null says that there is null in its place.
func readList[T any](body []byte) (page *Page[T], null bool, err error) {
	in := newInput(body)
	defer in.release()
	// Rows are seldom smaller; the bound is for answers of a few large ones.
	page = &Page[T]{Items: make([]T, 0, min(len(body)/256, 128))}
	var meta paging
	items := func() error {
		page.Items, null = page.Items[:0], in.kind() == kindNull
		return readItems(in, &page.Items)
	}
	if in.kind() == kindList {
		if err = items(); err == nil {
			err = in.end()
		}
	} else {
		nothing, wrapped := in.isNothing(), false
		wrapped, err = in.envelope(items, func() error { return meta.read(in) })
		if err == nil && !wrapped && !nothing {
			err = errNotAList
		}
	}
	if err != nil {
		return nil, false, cmp.Or(inspect(body), err)
	}
	page.Pagination = meta.of(len(page.Items))
	return page, null, nil
}

// fewItems is up to where comparing each with each is quicker than a table of those seen.
const fewItems = 128

// withoutRepeats keeps the first of the items with an id, and all that have none.
func withoutRepeats[T any](items []T) []T {
	kept := items[:0]
	var few [fewItems]string
	ids := few[:0]
	var many map[string]bool
	if len(items) > fewItems {
		many = make(map[string]bool, len(items))
	}
	for i := range items {
		if id := identityOf(&items[i]); id != "" {
			if many[id] || slices.Contains(ids, id) {
				continue
			}
			if many != nil {
				many[id] = true
			} else {
				ids = append(ids, id)
			}
		}
		if len(kept) != i { // most lists repeat nothing, and nothing has to move
			kept = append(kept, items[i])
		} else {
			kept = items[:i+1]
		}
	}
	return kept
}

// readItems reads a list, or null or {} for an empty one.
func readItems[T any](in *input, items *[]T) error {
	if in.kind() != kindList {
		if !in.isNothing() {
			return errNotAList
		}
		return in.skip()
	}
	return in.list(func() error {
		*items = append(*items, *new(T))
		return readValue(in, &(*items)[len(*items)-1])
	})
}
