package tallyfy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGroupMembersShapes(t *testing.T) {
	for in, want := range map[string]UserIDs{
		`[1,2,3]`:                         {"1", "2", "3"},
		`["1","2"]`:                       {"1", "2"},
		`[{"id":1},{"id":"2"}]`:           {"1", "2"},
		`{"data":[1,{"id":2}]}`:           {"1", "2"},
		`{"data":{"id":7}}`:               {"7"},
		`{"id":7}`:                        {"7"},
		`[2,1,"2",{"id":1},2]`:            {"2", "1"},
		`[null,5]`:                        {"5"},
		`[9007199254740993]`:              {"9007199254740993"},
		`[]`:                              {},
		`{}`:                              {},
		`{"data":[]}`:                     {},
		`{"data":null}`:                   {},
		`null`:                            {},
		`[{"id":1,"groups":{"data":[]}}]`: {"1"},
	} {
		var g Group
		require.NoError(t, unmarshal([]byte(`{"id":"g","members":`+in+`}`), &g), in)
		assert.Equal(t, want, g.Members, in)
	}
	for in, want := range map[string]UserIDs{`[-7]`: {"-7"}, `["1.5", "2-e"]`: {"1.5", "2-e"}, "[ 1 ,\n2 ]": {"1", "2"}} {
		var g Group
		require.NoError(t, unmarshal([]byte(`{"id":"g","members":`+in+`}`), &g), in)
		assert.Equal(t, want, g.Members, in)
	}
	var g Group
	require.NoError(t, unmarshal([]byte(`{"id":"g"}`), &g))
	assert.Nil(t, g.Members)
}

// A person lost in decoding would be removed by the next change of the group.
func TestGroupRefusesPeopleItCannotRead(t *testing.T) {
	for _, in := range []string{
		`{"members":[true]}`, `{"members":[1.5]}`, `{"members":[1,2e1]}`, `{"members":[[1]]}`, `{"members":[{"name":"no id"}]}`, `{"members":5}`, `{"members":"1,2"}`,
		`{"members":{"0":5}}`, `{"guests":[{"id":5}]}`, `{"guests":"a@b.c"}`,
	} {
		assert.Error(t, unmarshal([]byte(in), new(Group)), in)
	}
}

func TestGroupGuestsShapes(t *testing.T) {
	for in, want := range map[string]Emails{
		`["a@x.test","b@x.test"]`:                              {"a@x.test", "b@x.test"},
		`["a@x.test","A@X.test"]`:                              {"a@x.test"},
		`[{"id":1,"email":"a@x.test"}]`:                        {"a@x.test"},
		`{"data":[{"email":"a@x.test"},{"email":"b@x.test"}]}`: {"a@x.test", "b@x.test"},
		`{"data":{"email":"a@x.test"}}`:                        {"a@x.test"},
		`[{"email":null},{"email":""},"a@x.test"]`:             {"a@x.test"},
		`null`:        {},
		`{"data":[]}`: {},
	} {
		var g Group
		err := unmarshal([]byte(`{"id":"g","guests":`+in+`}`), &g)
		require.NoError(t, err, in)
		assert.Equal(t, want, g.Guests, in)
	}
}

// Every one counts once, in the quick way, beside it and at its edges.
func TestRefsCountEverybodyOnce(t *testing.T) {
	numbers := func(n int, id func(int) int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprint(id(i))
		}
		return strings.Join(all, ",")
	}
	emails := func(n int, format string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(format, i%(n-1)) // the last one repeats the first
		}
		return strings.Join(all, ",")
	}
	for list, want := range map[string]int{
		`[]`: 0, ` [ ] `: 0, `null`: 0, `{}`: 0, `{"data":[]}`: 0, `[""]`: 0, `[null]`: 0, `["",null,""]`: 0,
		`[1]`: 1, `[1,2,3]`: 3, `[3,2,1]`: 3, `[1,1]`: 1, `[10,9,10]`: 2, "[ 1 ,\n2\t]": 2, `[0]`: 1, `[9,10,11]`: 3,
		`[18446744073709551615,18446744073709551614]`: 2, `[18446744073709551616,0]`: 2, `[99999999999999999999,99999999999999999999]`: 1,
		`[1,"1",{"id":1,"email":"1"}]`: 1, `[1,17.0,17]`: 2, `[-7,7]`: 2, `["1.5"]`: 1, `[1,null]`: 1,
		"[\"a\xff\",\"a\xfe\"]": 1, `["a","A","b"]`: 2, `["ü","Ü"]`: 1, `["K","k"]`: 1, `["ſ","s"]`: 2, `["[","{"]`: 2, `["a","\u0041"]`: 1, `["a\"","b,c"]`: 2, `["@","` + "`" + `"]`: 2,
		`[` + numbers(100, func(i int) int { return i }) + `]`:                                  100,
		`[` + numbers(100, func(i int) int { return (i * 37) % 100 }) + `]`:                     100,
		`[` + numbers(100, func(i int) int { return i % 60 }) + `]`:                             60,
		`[` + emails(24, `"p%d@x.test"`) + `]`:                                                  23,
		`[` + emails(25, `"p%d@x.test"`) + `]`:                                                  24,
		`[` + emails(60, `{"id":%[1]d,"email":"p%[1]d@x.test"}`) + `,"P0@X.TEST"]`:              59,
		`{"data":[` + emails(60, `{"email":"p%[1]d@x.test","id":%[1]d,"link":"secret"}`) + `]}`: 59,
	} {
		body := []byte(`[{"members":` + list + `,"guests":` + list + `}]`)
		groups, err := decodeList[Group](body)
		require.NoError(t, err, list)
		members := want
		if strings.HasSuffix(list, `"P0@X.TEST"]`) {
			members++ // as an id it is another one
		}
		assert.Equal(t, [2]int{members, want}, [2]int{len(groups.Items[0].Members), len(groups.Items[0].Guests)}, list)
	}
	for _, list := range []string{`[true]`, `[1.5]`, `[1,2e1]`, `[[1]]`, `[{"name":"x"}]`, `5`, `"1,2"`, `{"0":5}`, `[1,false]`, `["a",[]]`, `[1-2]`} {
		for _, field := range []string{"members", "guests"} {
			_, err := decodeList[Group]([]byte(`[{"` + field + `":` + list + `}]`))
			assert.Error(t, err, list)
		}
	}
}

// The order stays, and the first of two stays.
func TestLargeListsKeepTheirOrder(t *testing.T) {
	var ids, want []string
	for i := range 200 {
		id := fmt.Sprint(1000 + i*83%150)
		ids = append(ids, id)
		if i < 150 {
			want = append(want, id)
		}
	}
	p, err := decodeList[Group]([]byte(`[{"members":[` + strings.Join(ids, ", ") + `],"guests":["` + strings.Join(ids, `","`) + `"]}]`))
	require.NoError(t, err)
	assert.Equal(t, Emails(want), p.Items[0].Guests)
	assert.Equal(t, fmt.Sprint(want), fmt.Sprint(p.Items[0].Members))
}
