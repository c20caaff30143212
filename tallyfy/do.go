package tallyfy

import (
	"context"
	"errors"
)

// The functions in this file are all that a service calls: one per kind of answer.

// getItem makes the call and decodes one item, which must be there.
func getItem[T any](ctx context.Context, c *Client, r request) (*T, error) {
	a, fail := c.run(ctx, r)
	if fail != nil {
		return nil, fail
	}
	item, err := decodeItem[T](a.body)
	if err != nil {
		return nil, a.unreadable(err)
	}
	return item, nil
}

// getOptionalItem is getItem for calls whose answer may be empty: then it returns nil.
func getOptionalItem[T any](ctx context.Context, c *Client, r request) (*T, error) {
	a, fail := c.run(ctx, r)
	if fail != nil {
		return nil, fail
	}
	item, err := decodeItem[T](a.body)
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
	page, err := decodeList[T](a.body)
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
	if _, err := openEnvelope(a.body); err != nil && !errors.Is(err, errNoItem) {
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
