package tallyfy

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pager serves n groups as a service would, with its quirks.
type pager struct {
	n           int
	cap         int // page size that it does not exceed, without saying so; 0: none
	noMeta      bool
	ignorePage  bool
	totalPages  int  // a wrong number, when not 0
	total       int  // a wrong number, when not 0
	repeatFirst bool // each page begins with the last item of the page before, as when a group is added meanwhile
	endless     bool
	calls       []string
}

func (p *pager) RoundTrip(r *http.Request) (*http.Response, error) {
	p.calls = append(p.calls, r.URL.RawQuery)
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	if p.cap > 0 {
		size = min(size, p.cap)
	}
	if p.ignorePage {
		page = 1
	}
	data := []map[string]any{} // never null: that is no list
	from := (page - 1) * size
	if p.repeatFirst && page > 1 {
		from--
	}
	for i := from; i < from+size && (i < p.n || p.endless); i++ {
		data = append(data, map[string]any{"id": fmt.Sprint("g", i)})
	}
	answer := map[string]any{"data": data}
	if !p.noMeta {
		pages := (p.n + size - 1) / size
		answer["meta"] = map[string]any{"pagination": map[string]any{
			"total": max(p.n, p.total), "count": len(data), "per_page": size, "current_page": page,
			"total_pages": max(pages, p.totalPages), "links": []any{},
		}}
	}
	if p.totalPages < 0 {
		answer["meta"].(map[string]any)["pagination"].(map[string]any)["total_pages"] = -p.totalPages
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return answers(200, string(body))(r)
}

func collect(t *testing.T, p *pager, o GroupListOptions) ([]ID, error) {
	t.Helper()
	var ids []ID
	for g, err := range newTestClient(t, Options{Transport: p}).Groups.All(t.Context(), "o", o) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, g.ID)
	}
	return ids, nil
}

func TestAllFindsEveryItemOnceInFewCalls(t *testing.T) {
	for name, c := range map[string]struct {
		pager pager
		calls int
	}{
		"none":                         {pager{n: 0}, 1},
		"one":                          {pager{n: 1}, 1},
		"a full page":                  {pager{n: 100}, 1},
		"a full page and one":          {pager{n: 101}, 2},
		"many":                         {pager{n: 1001}, 11},
		"capped at 10":                 {pager{n: 25, cap: 10}, 3},
		"capped, wrong total_pages":    {pager{n: 25, cap: 10, totalPages: -1}, 3},
		"too many pages announced":     {pager{n: 25, totalPages: 9}, 2},
		"items move while reading":     {pager{n: 250, repeatFirst: true}, 3},
		"no meta, none":                {pager{n: 0, noMeta: true}, 1},
		"no meta, fewer than any page": {pager{n: 9, noMeta: true}, 1},
		"no meta, maybe capped":        {pager{n: 10, noMeta: true}, 2},
		"no meta, capped at 10":        {pager{n: 25, cap: 10, noMeta: true}, 4},
		"no meta, a full page":         {pager{n: 100, noMeta: true}, 2},
		"no meta, many":                {pager{n: 250, noMeta: true}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			ids, err := collect(t, &c.pager, GroupListOptions{Query: "x", Page: 7})
			require.NoError(t, err)
			require.Len(t, ids, c.pager.n)
			for i, id := range ids {
				require.Equal(t, ID(fmt.Sprint("g", i)), id)
			}
			require.Len(t, c.pager.calls, c.calls)
			assert.Equal(t, "page=1&per_page=100&q=x", c.pager.calls[0])
		})
	}
}

// A moody list has rows that a reading misses.
type moody struct {
	t        *testing.T
	readings [][][]int // the rows of each page of each reading
	totals   [][]int   // what each page counts; the number of all rows if nil
	call     int
}

func (m *moody) walk() iter.Seq2[Guest, error] {
	reading := 0
	return func(yield func(Guest, error) bool) {
		require.Less(m.t, reading, len(m.readings), "read once more")
		rows := m.readings[reading]
		var totals []int
		if m.totals != nil {
			totals = m.totals[reading]
		}
		reading++
		for g, err := range pages([]string{"things"}, 2, func(page, _ int) (*Page[Guest], error) {
			m.call++
			p := &Page[Guest]{Pagination: Pagination{Known: true, Total: 4, CurrentPage: page, TotalPages: len(rows)}}
			if page > len(rows) {
				return p, nil
			}
			for _, id := range rows[page-1] {
				p.Items = append(p.Items, Guest{ID: ID(strconv.Itoa(id))})
			}
			if totals != nil {
				p.Pagination.Total = totals[page-1]
			}
			return p, nil
		}) {
			if !yield(g, err) {
				return
			}
		}
	}
}

func TestReadAllNoticesWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		list moody
		want []ID
		err  string
	}{
		"complete":          {moody{readings: [][][]int{{{1, 2}, {3, 4}}}}, []ID{"1", "2", "3", "4"}, ""},
		"then complete":     {moody{readings: [][][]int{{{1, 2}, {2, 1}}, {{4, 3}, {2, 1}}}}, []ID{"4", "3", "2", "1"}, ""},
		"complete together": {moody{readings: [][][]int{{{1, 2}, {2, 3}}, {{4, 3}, {3, 1}}}}, []ID{"4", "3", "1", "2"}, ""},
		"short twice":       {moody{readings: [][][]int{{{1, 2}, {2, 1}}, {{2, 3}, {3, 1}}}}, []ID{"2", "3", "1"}, "the list is short: 3 of 4 rows"},
		"one deleted while it is read": {
			moody{readings: [][][]int{{{1, 2}, {4}}, {{2, 3}, {4}}}, totals: [][]int{{4, 3}, {3, 3}}}, []ID{"2", "3", "4"}, "",
		},
		"deleted, and short then": { // 1 is in the first reading, and may be the deleted one
			moody{readings: [][][]int{{{1, 2}, {4}}, {{2, 3}, {3}}}, totals: [][]int{{4, 3}, {3, 3}}}, []ID{"2", "3"}, "the list is short: 2 of 3 rows",
		},
		"changes all the time": {
			moody{readings: [][][]int{{{1, 2}, {4}}, {{2, 4}, {5}}}, totals: [][]int{{4, 3}, {4, 3}}}, []ID{"2", "4", "5"}, "the list changed while it was read: 3 of 3 rows",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.list.t = t
			rows, err := ReadAll(c.list.walk(), func(g Guest) string { return string(g.ID) })
			ids := make([]ID, len(rows))
			for i, g := range rows {
				ids[i] = g.ID
			}
			assert.Equal(t, c.want, ids)
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			var short *ShortError
			require.ErrorAs(t, err, &short)
			assert.EqualError(t, err, c.err)
		})
	}
}

func TestReadAllPassesAnErrorOn(t *testing.T) {
	c, s := scripted(t, answers(200, `{"data":[{"id":1}],"meta":{"pagination":{"total":3,"current_page":1,"total_pages":1}}}`), answers(200, `{"data":[]}`), answers(403, ``))
	all, err := ReadAll(c.Members.All(t.Context(), "o", MemberListOptions{}), func(m Member) string { return string(m.ID) })
	assert.True(t, IsForbidden(err), "of the second reading")
	assert.Empty(t, all)
	assert.Equal(t, 3, s.count())
}

func TestAListThatCountsMoreThanItGivesIsShort(t *testing.T) {
	for name, p := range map[string]*pager{"too large a total": {n: 25, total: 30}, "page is ignored": {n: 150, ignorePage: true}} {
		ids, err := collect(t, p, GroupListOptions{})
		var short *ShortError
		require.ErrorAs(t, err, &short, name)
		assert.Len(t, ids, short.Read, name)
		assert.Len(t, p.calls, 2, name)
	}
}

func TestAllWithAPageSizeOfTheCallers(t *testing.T) {
	p := &pager{n: 12}
	ids, err := collect(t, p, GroupListOptions{PerPage: 5})
	require.NoError(t, err)
	assert.Len(t, ids, 12)
	assert.Equal(t, []string{"page=1&per_page=5", "page=2&per_page=5", "page=3&per_page=5"}, p.calls)

	p = &pager{n: 12, noMeta: true}
	ids, err = collect(t, p, GroupListOptions{PerPage: 5})
	require.NoError(t, err)
	assert.Len(t, ids, 12, "a full page of 5 is not the end")
}

func TestAllEndsWithAnErrorOnAnEndlessList(t *testing.T) {
	p := &pager{endless: true, noMeta: true}
	_, err := collect(t, p, GroupListOptions{PerPage: 2})
	require.ErrorIs(t, err, errEndless)
	assert.Contains(t, err.Error(), "GET /organizations/o/groups")
	assert.Len(t, p.calls, maxPages)
}

func TestAllPassesAnErrorOnAndStops(t *testing.T) {
	c, s := scripted(t, answers(200, `{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":4,"current_page":1,"total_pages":2}}}`), answers(403, ``))
	var got []string
	for m, err := range c.Members.All(t.Context(), "o", MemberListOptions{PerPage: 2}) {
		if err != nil {
			assert.True(t, IsForbidden(err))
			got = append(got, "error")
			continue
		}
		got = append(got, string(m.ID))
	}
	assert.Equal(t, []string{"1", "2", "error"}, got)
	assert.Equal(t, 2, s.count())
}

func TestAllStopsWhenTheCallerDoes(t *testing.T) {
	p := &pager{n: 250}
	for range newTestClient(t, Options{Transport: p}).Guests.All(t.Context(), "o", GuestListOptions{}) {
		break
	}
	assert.Len(t, p.calls, 1)
}

func TestOrganizationsListReadsAllPages(t *testing.T) {
	p := &pager{n: 130}
	all, err := newTestClient(t, Options{Transport: p}).Organizations.List(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 130)
	c, _ := scripted(t, answers(401, ``))
	_, err = c.Organizations.List(t.Context())
	assert.True(t, IsUnauthorized(err))
}
