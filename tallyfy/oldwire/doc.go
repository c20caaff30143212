// Package oldwire is the decoder of the client as it was: the oracle that the present one is compared with. Nothing but a test
// may import it.
package oldwire

// Item decodes one item.
func Item[T any](body []byte) (*T, error) {
	item, _, err := decodeItem[T](body)
	return item, err
}

// List decodes a list.
func List[T any](body []byte) (*Page[T], error) { return decodeList[T](body) }

// Inspect returns what is wrong with an answer whose content does not matter.
func Inspect(body []byte) error { return inspect(body) }
