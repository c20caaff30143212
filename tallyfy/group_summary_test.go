package tallyfy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSummaries(t *testing.T) {
	c, s := scripted(t, answers(200, `{"data":[
		{"id":"0a1b","name":"Sales","description":"Sells.","logo":"https://x.test/l.png","members":[3,1,2,1],"guests":["a@x.test","A@x.test",""],
			"created_at":"2023-01-15T09:00:00.000000Z","last_updated":"2023-01-16T09:00:00+00:00","assets":{"data":{"id":true}}},
		{"id":7,"name":"Empty","description":null,"logo":null,"members":null,"guests":{"data":[]}}
	],"meta":{"pagination":{"total":"12","count":2,"per_page":2,"current_page":1,"total_pages":6}}}`))
	page, err := c.Groups.Summaries(t.Context(), "o", GroupListOptions{Query: "s", SortBy: "name", Page: 1, PerPage: 2})
	require.NoError(t, err)
	assert.Equal(t, "/some/prefix/api/organizations/o/groups?page=1&per_page=2&q=s&sort_by=name", s.calls[0].URL.RequestURI())
	assert.Equal(t, Pagination{Total: 12, Count: 2, PerPage: 2, CurrentPage: 1, TotalPages: 6, Known: true}, page.Pagination)
	require.Len(t, page.Items, 2)
	first := page.Items[0]
	assert.Equal(t, "2023-01-15 2023-01-16", first.CreatedAt.Format("2006-01-02")+" "+first.LastUpdated.Format("2006-01-02"))
	first.CreatedAt, first.LastUpdated = Time{}, Time{}
	assert.Equal(t, GroupSummary{ID: "0a1b", Name: "Sales", Description: "Sells.", Logo: "https://x.test/l.png", Members: 3, Guests: 1}, first)
	assert.Equal(t, GroupSummary{ID: "7", Name: "Empty"}, page.Items[1])
}

// Counting and listing agree, in the quick ways, beside them and at their edges.
func TestSummariesCountAsGroupsList(t *testing.T) {
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
		summaries, err := decodeList[GroupSummary](body)
		require.NoError(t, err, list)
		assert.Equal(t, groups.Items[0].Summary(), summaries.Items[0], list)
		members := want
		if strings.HasSuffix(list, `"P0@X.TEST"]`) {
			members++ // as an id it is another one
		}
		assert.Equal(t, [2]int{members, want}, [2]int{summaries.Items[0].Members, summaries.Items[0].Guests}, list)
	}
	for _, list := range []string{`[true]`, `[1.5]`, `[1,2e1]`, `[[1]]`, `[{"name":"x"}]`, `5`, `"1,2"`, `{"0":5}`, `[1,false]`, `["a",[]]`, `[1-2]`} {
		for _, field := range []string{"members", "guests"} {
			_, err := decodeList[GroupSummary]([]byte(`[{"` + field + `":` + list + `}]`))
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
	assert.Equal(t, want, p.Items[0].Guests)
	assert.Equal(t, fmt.Sprint(want), fmt.Sprint(p.Items[0].Members))
}
