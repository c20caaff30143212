package tallyfy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDecodeItemEnvelopes(t *testing.T) {
	for _, body := range []string{
		`{"data":{"id":"a"}}`, `{"id":"a"}`, ` {"data": {"id":"a"}, "meta": null, "error": false} `,
	} {
		g, err := decodeItem[Group]([]byte(body))
		require.NoError(t, err, body)
		assert.Equal(t, ID("a"), g.ID, body)
	}
	for _, body := range []string{`{"data":null}`, `{"data":[]}`, `{"data":{}}`, `{}`, `{"message":"done"}`, `{"data":{"name":"x"}}`} {
		_, err := decodeItem[Group]([]byte(body))
		assert.ErrorIs(t, err, errNoItem, body)
	}
	for _, body := range []string{`<html>`, `"x"`, `5`, `{"data":`, `{"data":[{"id":"a"}]}`, `{"data":5}`} {
		_, err := decodeItem[Group]([]byte(body))
		assert.Error(t, err, body)
		assert.NotErrorIs(t, err, errNoItem, body)
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

// What is no JSON is refused wherever it stands, also in what nobody asks for.
func TestDecodingRefusesWhatIsNoJSON(t *testing.T) {
	for _, value := range []string{
		`tru`, `nul`, `01`, `1.`, `-`, `1e`, `+1`, `"a`, "\"\x01\"", `"\q"`, `"\u12g4"`, `[1,]`, `[1 2]`, `[,1]`, `[1}`,
		`{"a" 1}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{'a':1}`, `]`, ``, `1 2`, `NaN`, `// x`,
		strings.Repeat("[", 20000) + strings.Repeat("]", 20000),
	} {
		for _, field := range []string{"unknown", "name", "members", "guests", "assets", "created_at"} {
			body := []byte(`{"data":[{"id":"g","` + field + `":` + value + `}]}`)
			_, err := decodeList[Group](body)
			assert.Error(t, err, "%.60s", body)
			_, err = decodeItem[Group]([]byte(`{"data":{"id":"g","` + field + `":` + value + `}}`))
			assert.Error(t, err, "%.60s", body)
		}
		for _, body := range []string{
			`{"data":[{"id":"g"}],"meta":` + value + `}`, `{"data":[{"id":"g"}],"error":` + value + `}`, `{"data":[],"links":` + value + `}`,
			`{"x":` + value + `,"data":[]}`, `{"data":[]}` + value + `]`, `[]` + value + `]`,
		} {
			_, err := decodeList[Group]([]byte(body))
			assert.Error(t, err, "%.60s", body)
		}
	}
	whole := `{"data":[{"id":"g","name":"a\u0041","members":[1,2],"guests":["a@x.test"],"assets":{"data":[]}}],"meta":{"pagination":{"total":1}}}`
	_, err := decodeList[Group]([]byte(whole))
	require.NoError(t, err)
	for i := range len(whole) {
		_, err := decodeList[Group]([]byte(whole[:i]))
		assert.Error(t, err, "cut off after %d bytes", i)
	}
}

// A text, an id and a reference read as encoding/json reads them.
func TestDecodingReadsTextsLikeTheStandardLibrary(t *testing.T) {
	for _, text := range []string{
		`""`, `"a"`, `"Grüße, 世界 🎉"`, `"\"\\\/\b\f\n\r\t"`, `"\u00e9\ud83c\udf89"`, `"\ud800"`, `"\ud800x"`, `"\ud800\u0041"`,
		`"\ud800\ud800\udc00"`, `"\udc00\ud800"`, "\"a\xffb\xc3\"", "\"\xed\xa0\x80\"", "\"\\u0041\xff\"", `null`, `"` + strings.Repeat("long ", 5000) + `"`,
	} {
		var want string
		require.NoError(t, json.Unmarshal([]byte(text), &want), text)
		p, err := decodeList[Group]([]byte(`[{"name":` + text + `,"ID":` + text + `,"guests":["first",` + text + `],"description":"after"}]`))
		require.NoError(t, err, text)
		g := p.Items[0]
		if want != "" {
			assert.Equal(t, Emails{"first", want}, g.Guests, text)
		}
		assert.Equal(t, [3]string{want, want, "after"}, [3]string{g.Name, string(g.ID), g.Description}, text)
	}
	for _, wrong := range []string{`5`, `true`, `[]`, `{}`, `["a"]`} {
		assert.Error(t, unmarshal([]byte(`{"name":`+wrong+`}`), new(Group)), wrong)
		assert.Error(t, unmarshal([]byte(`{"first_name":`+wrong+`}`), new(Member)), wrong)
	}
}

func TestDecodingReadsNamesInAnyCase(t *testing.T) {
	p, err := decodeList[Member]([]byte(`{"Data":[{"Id":5,"UTC_OFFSET":"+02:00","utc_offset":"+01:00","\u0045mail":"a@x.test"}],"META":{"Pagination":{"Total":9}}}`))
	require.NoError(t, err)
	require.Len(t, p.Items, 1)
	assert.Equal(t, [3]string{"5", "+01:00", "a@x.test"}, [3]string{string(p.Items[0].ID), string(p.Items[0].UTCOffset), p.Items[0].Email})
	assert.Equal(t, 9, p.Pagination.Total)
}

// The wrapper is found wherever it stands, and the last of two counts.
func TestDecodingFindsTheWrapper(t *testing.T) {
	for _, body := range []string{
		`{"data":[{"id":"g"}]}`, `{ "meta":{"pagination":[]}, "x":{"data":[1]}, "data":[{"id":"g"}]}`, `{"data":[{"id":"x"},{"id":"y"}],"data":[{"id":"g"}]}`,
	} {
		p, err := decodeList[Group]([]byte(body))
		require.NoError(t, err, body)
		require.Len(t, p.Items, 1, body)
		assert.Equal(t, ID("g"), p.Items[0].ID)
	}
	for _, body := range []string{`{"data":{"id":"g"}}`, `{"x":[{"data":1}], "error":false, "data":{"id":"g"}}`, `{"name":"n","id":"g"}`} {
		g, err := decodeItem[Group]([]byte(body))
		require.NoError(t, err, body)
		assert.Equal(t, ID("g"), g.ID)
	}
	for _, groups := range []string{`{"data":[{"id":"g"}]}`, `{"meta":{"a":1}, "data":[{"id":"g"}]}`, ` { "data" : {"id":"g"}}`, `{"name":"n","id":"g"}`} {
		var m Member
		require.NoError(t, unmarshal([]byte(`{"groups":`+groups+`,"id":7}`), &m), groups)
		require.Len(t, m.Groups, 1, groups)
		assert.Equal(t, ID("g"), m.Groups[0].ID, groups)
		assert.Equal(t, UserID("7"), m.ID, groups)
	}
}

// An answer that says failure says so whatever else is wrong with it.
func TestDecodingTellsFailureFirst(t *testing.T) {
	for _, body := range []string{`{"data":[{"id":true}],"error":true}`, `{"error":1,"message":"no"}`, `{"data":5,"error":"true"}`} {
		_, err := decodeList[Group]([]byte(body))
		assert.ErrorIs(t, err, errRefused, body)
		_, err = decodeItem[Group]([]byte(body))
		assert.ErrorIs(t, err, errRefused, body)
		_, err = openEnvelope[jsontext.Value]([]byte(body))
		assert.ErrorIs(t, err, errRefused, body)
	}
}

// Depth is of what is inside each other, not of what comes one after the other.
func TestDecodingCountsNoDepthInARow(t *testing.T) {
	for _, row := range []string{`{"groups":{"data":[{"id":"g"}]}}`, `{"groups":{"id":"g"}}`, `{"groups":{}}`, `{"groups":[{}],"stats":{"data":{}}}`, `{"x":[[]],"y":{"z":[{}]}}`} {
		p, err := decodeList[Member]([]byte(`{"data":[` + strings.Repeat(row+",", 10000) + row + `]}`))
		require.NoError(t, err, row)
		assert.Len(t, p.Items, 10001)
	}
}

// An answer's errors say where, and nothing of what is there.
func TestDecodingSaysWhere(t *testing.T) {
	for body, want := range map[string]string{
		`{"data":[{"id":"g","x":tru}]}`:  "no JSON, or nested too deep, at byte 26",
		`{"data":[{"id":"g","x"`:         "the JSON is cut off after 22 bytes",
		`{"data":[{"id":"g"}{}]}`:        "no JSON, or nested too deep, at byte 19",
		`{"data":[{"id":"g","name":5}]}`: "a value is of another kind than documented, at byte 26",
		`{"data":[{"id":1.5}]}`:          "an id must be a string or a whole number",
		`{"data":[{"members":[true]}]}`:  "an id must be a string or a whole number",
		`{"data":[{"assets":"x"}]}`:      "related data must be a list or an object",
	} {
		_, err := decodeList[Group]([]byte(body))
		assert.EqualError(t, err, want, body)
	}
}

// Names in an answer are the service's, and can hold what must not be logged.
func TestUnreadableAnswersAreToldWithoutTheirNames(t *testing.T) {
	for _, body := range []string{
		`{"data":{"` + testToken + `":{"` + testToken + `":tru}}}`, `{"data":{"id":"g","` + testToken + `":"` + testToken, `{"data":{"id":{"` + testToken + `":1}}}`,
	} {
		c, _ := scripted(t, answers(200, body))
		_, err := c.Groups.Get(t.Context(), "o", "g")
		require.Error(t, err)
		assert.NotContains(t, err.Error(), testToken)
		assert.Contains(t, err.Error(), "cannot be read")
	}
}
