package tallyfy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecodeItemEnvelopes(t *testing.T) {
	for _, body := range []string{
		`{"data":{"id":"a"}}`, `{"id":"a"}`, ` {"data": {"id":"a"}, "meta": null, "error": false} `,
	} {
		g, none, err := decodeItem[Group]([]byte(body))
		require.NoError(t, err, body)
		assert.False(t, none)
		assert.Equal(t, ID("a"), g.ID, body)
	}
	for _, body := range []string{`{"data":null}`, `{"data":[]}`, `{"data":{}}`, `{}`, `{"message":"done"}`, `{"data":{"name":"x"}}`} {
		_, none, err := decodeItem[Group]([]byte(body))
		assert.ErrorIs(t, err, errNoItem, body)
		assert.True(t, none, body)
	}
	for _, body := range []string{``, `<html>`, `"x"`, `5`, `{"data":`, `{"data":[{"id":"a"}]}`, `{"data":5}`} {
		_, none, err := decodeItem[Group]([]byte(body))
		assert.Error(t, err, body)
		assert.False(t, none, body)
	}
}

func TestDecodeListEnvelopesAndMeta(t *testing.T) {
	const meta = `"total":21,"count":2,"per_page":"2","current_page":3,"total_pages":11`
	known := Pagination{Total: 21, Count: 2, PerPage: 2, CurrentPage: 3, TotalPages: 11, Known: true}
	unknown := Pagination{Total: 2, Count: 2, PerPage: 2, CurrentPage: 1, TotalPages: 1}
	for body, want := range map[string]Pagination{
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{` + meta + `,"links":{"previous":null,"next":"https://x.test"}}}}`: known,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{` + meta + `,"links":{}}}}`:                                        known,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{` + meta + `,"links":[]}}}`:                                        known,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{` + meta + `,"links":null}}}`:                                      known,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{` + meta + `}}}`:                                                   known,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":2}}}`:                                                      {Total: 2, Count: 2, CurrentPage: 1, TotalPages: 1, Known: true},
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":-1}}}`:                                                     unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":null,"count":1}}}`:                                         unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":"many"}}}`:                                                 unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":""}}}`:                                                     unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":1e2}}}`:                                                    unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":2.5}}}`:                                                    unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":99999999999999999999}}}`:                                   unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":{"all":2}}}}`:                                              unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":true}}}`:                                                   unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":12.0,"count":"x"}}}`:                                       {Total: 12, Count: 2, CurrentPage: 1, TotalPages: 1, Known: true},
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":[]}}`:                                                               unknown,
		`{"data":[{"id":1},{"id":2}],"meta":{}}`:                                                                              unknown,
		`{"data":[{"id":1},{"id":2}],"meta":[]}`:                                                                              unknown,
		`{"data":[{"id":1},{"id":2}],"meta":null}`:                                                                            unknown,
		`{"data":[{"id":1},{"id":2}]}`:                                                                                        unknown,
		`[{"id":1},{"id":2}]`:                                                                                                 unknown,
	} {
		p, err := decodeList[Task]([]byte(body))
		require.NoError(t, err, body)
		assert.Equal(t, want, p.Pagination, body)
		assert.Len(t, p.Items, 2)
	}
	for _, body := range []string{`{"data":[]}`, `{"data":{}}`, `[]`} {
		p, err := decodeList[Task]([]byte(body))
		require.NoError(t, err, body)
		assert.NotNil(t, p.Items, body)
		assert.Equal(t, Pagination{CurrentPage: 1, TotalPages: 1}, p.Pagination, body)
	}
	p, err := decodeList[Task]([]byte(`{"data":null,"meta":{"pagination":{"total":0}}}`))
	require.NoError(t, err)
	assert.Empty(t, p.Items)
	p, err = decodeList[Task]([]byte(`{"data":[{"id":1},{"id":2},{"id":"1"},{},{}],"meta":{"pagination":{"total":4}}}`))
	require.NoError(t, err)
	assert.Equal(t, []Task{{ID: "1"}, {ID: "2"}, {}, {}}, p.Items)
	for _, body := range []string{``, `{"message":"hello"}`, `{"data":{"id":1}}`, `<html>`, `null`, `{"data":null}`, `{"data":null,"meta":{"pagination":{"total":3}}}`} {
		_, err := decodeList[Task]([]byte(body))
		assert.Error(t, err, body)
	}
}
