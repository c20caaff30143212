package tallyfy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is no JSON is refused wherever it stands, also in what nobody asks for.
func TestInputRefusesWhatIsNoJSON(t *testing.T) {
	for _, value := range []string{
		`tru`, `nul`, `01`, `1.`, `-`, `1e`, `+1`, `"a`, "\"\x01\"", `"\q"`, `"\u12g4"`, `[1,]`, `[1 2]`, `[,1]`, `[1}`,
		`{"a" 1}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{'a':1}`, `]`, ``, `1 2`, `NaN`, `// x`,
		strings.Repeat("[", 20000) + strings.Repeat("]", 20000),
	} {
		for _, field := range []string{"unknown", "name", "members", "guests", "assets", "created_at"} {
			body := []byte(`{"data":[{"id":"g","` + field + `":` + value + `}]}`)
			_, err := decodeList[Group](body)
			assert.Error(t, err, "%.60s", body)
			_, err = decodeList[GroupSummary](body)
			assert.Error(t, err, "%.60s", body)
			_, _, err = decodeItem[Group]([]byte(`{"data":{"id":"g","` + field + `":` + value + `}}`))
			assert.Error(t, err, "%.60s", body)
		}
		for _, body := range []string{
			`{"data":[{"id":"g"}],"meta":` + value + `}`, `{"data":[{"id":"g"}],"error":` + value + `}`, `{"data":[],"links":` + value + `}`,
			`{"x":` + value + `,"data":[]}`, `{"data":[]}` + value + `]`, `[]` + value + `]`,
		} {
			_, err := decodeList[GroupSummary]([]byte(body))
			assert.Error(t, err, "%.60s", body)
		}
	}
	whole := `{"data":[{"id":"g","name":"a\u0041","members":[1,2],"guests":["a@x.test"],"assets":{"data":[]}}],"meta":{"pagination":{"total":1}}}`
	_, err := decodeList[Group]([]byte(whole))
	require.NoError(t, err)
	for i := range len(whole) {
		_, err := decodeList[Group]([]byte(whole[:i]))
		assert.Error(t, err, "cut off after %d bytes", i)
		_, err = decodeList[GroupSummary]([]byte(whole[:i]))
		assert.Error(t, err, "cut off after %d bytes", i)
	}
}

// A text, an id and a reference read as encoding/json reads them.
func TestInputReadsTextsLikeTheStandardLibrary(t *testing.T) {
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
			assert.Equal(t, []string{"first", want}, g.Guests, text)
		}
		assert.Equal(t, [3]string{want, want, "after"}, [3]string{g.Name, string(g.ID), g.Description}, text)
	}
	for _, wrong := range []string{`5`, `true`, `[]`, `{}`, `["a"]`} {
		assert.Error(t, json.Unmarshal([]byte(`{"name":`+wrong+`}`), new(Group)), wrong)
		assert.Error(t, json.Unmarshal([]byte(`{"first_name":`+wrong+`}`), new(Member)), wrong)
	}
}

func TestInputReadsNamesInAnyCase(t *testing.T) {
	p, err := decodeList[Member]([]byte(`{"Data":[{"Id":5,"UTC_OFFSET":"+02:00","utc_offset":"+01:00","\u0045mail":"a@x.test"}],"META":{"Pagination":{"Total":9}}}`))
	require.NoError(t, err)
	require.Len(t, p.Items, 1)
	assert.Equal(t, [3]string{"5", "+01:00", "a@x.test"}, [3]string{string(p.Items[0].ID), p.Items[0].UTCOffset, p.Items[0].Email})
	assert.Equal(t, 9, p.Pagination.Total)
}

// The wrapper is found wherever it stands, and the last of two counts.
func TestInputFindsTheWrapper(t *testing.T) {
	for _, body := range []string{
		`{"data":[{"id":"g"}]}`, `{ "meta":{"pagination":[]}, "x":{"data":[1]}, "data":[{"id":"g"}]}`, `{"data":[{"id":"x"},{"id":"y"}],"data":[{"id":"g"}]}`,
	} {
		p, err := decodeList[Group]([]byte(body))
		require.NoError(t, err, body)
		require.Len(t, p.Items, 1, body)
		assert.Equal(t, ID("g"), p.Items[0].ID)
	}
	for _, body := range []string{`{"data":{"id":"g"}}`, `{"x":[{"data":1}], "error":false, "data":{"id":"g"}}`, `{"name":"n","id":"g"}`} {
		g, _, err := decodeItem[Group]([]byte(body))
		require.NoError(t, err, body)
		assert.Equal(t, ID("g"), g.ID)
	}
	for _, groups := range []string{`{"data":[{"id":"g"}]}`, `{"meta":{"a":1}, "data":[{"id":"g"}]}`, ` { "data" : {"id":"g"}}`, `{"name":"n","id":"g"}`} {
		var m Member
		require.NoError(t, json.Unmarshal([]byte(`{"groups":`+groups+`,"id":7}`), &m), groups)
		require.Len(t, m.Groups, 1, groups)
		assert.Equal(t, ID("g"), m.Groups[0].ID, groups)
		assert.Equal(t, UserID("7"), m.ID, groups)
	}
}

// An answer that says failure says so whatever else is wrong with it.
func TestInputTellsFailureFirst(t *testing.T) {
	for _, body := range []string{`{"data":[{"id":true}],"error":true}`, `{"error":1,"message":"no"}`, `{"data":5,"error":"true"}`} {
		_, err := decodeList[Group]([]byte(body))
		assert.ErrorIs(t, err, errSaysFailure, body)
		_, _, err = decodeItem[Group]([]byte(body))
		assert.ErrorIs(t, err, errSaysFailure, body)
		assert.ErrorIs(t, inspect([]byte(body)), errSaysFailure, body)
	}
}

func TestInputBoundsIncludesInsideIncludes(t *testing.T) {
	nest := func(levels int) []byte {
		return []byte(`{"id":"g","users":[{"groups":[{` + strings.Repeat(`"users":[{"groups":[{`, levels/2-1) + strings.Repeat(`}]}]`, levels/2-1) + `}]}]}`)
	}
	assert.NoError(t, json.Unmarshal(nest(maxNested), new(Group)))
	assert.ErrorIs(t, json.Unmarshal(nest(maxNested+2), new(Group)), errNested)
}
