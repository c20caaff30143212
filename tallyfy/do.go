package tallyfy

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// The functions in this file are all that a service calls: one per kind of answer.

// getItem makes the call and decodes one item, which must be there.
func getItem[T any](ctx context.Context, c *Client, r request) (*T, error) {
	a, fail := c.run(ctx, r)
	if fail != nil {
		return nil, fail
	}
	item, err := askedItem[T](a.body, r)
	if err != nil {
		return nil, a.unreadable(err)
	}
	return item, nil
}

// errOtherItem is why an answer about something else is refused: what is shown, locked and changed
// would be another thing than was asked about.
var errOtherItem = errors.New("the answer is about another id than was asked about")

// IsOtherItem reports whether the answer was about another id than the asked one. An id written in
// another way, like 007 for 7, counts as another.
func IsOtherItem(err error) bool { return errors.Is(err, errOtherItem) }

// askedItem decodes the item that was asked about.
func askedItem[T any](body []byte, r request) (*T, error) {
	item, err := decodeItem[T](body)
	if err == nil && r.item != "" && identityOf(item) != r.item {
		return nil, errOtherItem
	}
	if err == nil && r.lists && lacksList(item) {
		return nil, errNoList
	}
	return item, err
}

// errNoList is why an answer without a list is refused: written back, the list would be emptied.
// null is a list of nobody.
const errNoList = wireError("the answer lacks a list that a change of the item replaces as a whole")

// lacksList reports whether a list of an item was not in the answer.
func lacksList[T any](item *T) bool {
	l, ok := any(item).(interface{ lacksList() bool })
	return ok && l.lacksList()
}

// getOptionalItem is getItem for calls whose answer may be empty: then it returns nil.
func getOptionalItem[T any](ctx context.Context, c *Client, r request) (*T, error) {
	a, fail := c.run(ctx, r)
	if fail != nil {
		return nil, fail
	}
	item, err := askedItem[T](a.body, r)
	switch {
	case errors.Is(err, errNoItem):
		return nil, nil
	case err != nil:
		return nil, a.unreadable(err)
	}
	return item, nil
}

// getPage makes the call and decodes a list.
func getPage[T any](ctx context.Context, c *Client, r request) (*Page[T], error) {
	a, fail := c.run(ctx, r)
	if fail != nil {
		return nil, fail
	}
	page, err := decodePage[T](c.shared.decoded, a.body)
	if err != nil {
		return nil, a.unreadable(err)
	}
	return page, nil
}

// doEmpty makes a call whose answer is empty, or JSON of which only a failure matters. Anything
// else, like a proxy's sign-in page, does not confirm the call.
func (c *Client) doEmpty(ctx context.Context, r request) error {
	a, fail := c.run(ctx, r)
	if fail != nil {
		return fail
	}
	if _, err := openEnvelope[jsontext.Value](a.body); err != nil && !errors.Is(err, errNoItem) {
		return a.unreadable(err)
	}
	return nil
}

// doStream makes the call and hands over the body unread.
func (c *Client) doStream(ctx context.Context, r request) (*File, error) {
	r.stream = true
	a, fail := c.run(ctx, r)
	if fail != nil {
		return nil, fail
	}
	return &File{
		Body: a.stream, ContentType: a.header.Get("Content-Type"), ETag: a.header.Get("ETag"), Size: a.size,
	}, nil
}
