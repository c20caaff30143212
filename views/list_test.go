package views

import (
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/views/components"
)

// rowsOf is what arrives for a page of a list with total rows.
func rowsOf(total, perPage, page int) int { return max(0, min(perPage, total-(page-1)*perPage)) }

func TestEveryRowIsReachable(t *testing.T) {
	for _, total := range []int{0, 1, 9, 10, 11, 20, 99, 100, 101, 1000, 1001} {
		for _, perPage := range PageSizes {
			page, seen, pages := 1, 0, 0
			for {
				pages++
				require.LessOrEqual(t, pages, 200, "%d rows by %d: no end", total, perPage)
				rows := rowsOf(total, perPage, page)
				r := NewPager(page, perPage, rows, total)
				if rows > 0 {
					assert.Equal(t, seen+1, r.From, "%d rows by %d, page %d", total, perPage, page)
					assert.Equal(t, seen+rows, r.To)
				} else {
					assert.Zero(t, r.From)
					assert.Zero(t, r.To)
				}
				assert.Equal(t, total, r.Total)
				seen += rows
				p := r.links("Pages", strconv.Itoa)
				assert.Equal(t, p.Next == "", p.Last == "")
				assert.Equal(t, page == 1, p.Previous == "")
				assert.Equal(t, p.Previous == "", p.First == "")
				if p.Next == "" {
					assert.Equal(t, r.Pages, page)
					break
				}
				assert.Equal(t, strconv.Itoa(page+1), p.Next)
				assert.Equal(t, strconv.Itoa(r.Pages), p.Last)
				page++
			}
			assert.Equal(t, total, seen, "%d rows by %d", total, perPage)
			assert.Equal(t, max(1, (total+perPage-1)/perPage), pages, "next is off on an exact multiple")
		}
	}
}

func TestRowsInWords(t *testing.T) {
	for _, c := range []struct {
		total, perPage, page int
		want                 string
	}{
		{0, 10, 1, "0 groups"},
		{1, 10, 1, "1 group"},
		{10, 10, 1, "10 groups"},
		{11, 10, 1, "1 to 10 of 11 groups"},
		{11, 10, 2, "11 of 11 groups"},
		{34, 25, 1, "1 to 25 of 34 groups"},
		{34, 25, 2, "26 to 34 of 34 groups"},
		{100, 100, 1, "100 groups"},
		{101, 100, 2, "101 of 101 groups"},
		{12345, 100, 50, "4,901 to 5,000 of 12,345 groups"},
	} {
		assert.Equal(t, c.want, NewPager(c.page, c.perPage, rowsOf(c.total, c.perPage, c.page), c.total).sentence("group", "groups"))
	}
}

func TestPagerOfAListThatGrowsOrLies(t *testing.T) {
	p := NewPager(2, 10, 10, 15) // five more since it was counted
	assert.Equal(t, Pager{From: 11, To: 20, Total: 20, Page: 2, Pages: 2}, p)
	p = NewPager(3, 10, 4, 0) // no count at all
	assert.Equal(t, Pager{From: 21, To: 24, Total: 24, Page: 3, Pages: 3}, p)
	assert.Empty(t, p.links("Pages", strconv.Itoa).Next)
	assert.Equal(t, 4, NewPager(9, 10, 0, 34).Pages, "past the end, the last page is known")
}

func TestPagerSaysWhereItIs(t *testing.T) {
	s := ListState{OrderKey: "sort_by", Query: "a", PerPage: 10, Page: 2}
	at := func(page int) string { return URLs{Base: "/tools"}.GroupList(s.At(page)) }
	assert.Equal(t, components.PagerProps{
		Label: "Pages of groups", Position: "11–20 of 34", First: "/tools/groups?per_page=10&q=a", Previous: "/tools/groups?per_page=10&q=a",
		Next: "/tools/groups?page=3&per_page=10&q=a", Last: "/tools/groups?page=4&per_page=10&q=a",
	}, NewPager(2, 10, 10, 34).links("Pages of groups", at))
}

func TestAnotherOrderBeginsAtItsFirstPage(t *testing.T) {
	s := ListState{OrderKey: "sort_by", Query: "a", Page: 3, PerPage: 10}
	assert.Equal(t, "?per_page=10&q=a&sort_by=name", s.orderedBy("name").query())
	assert.Equal(t, "?page=4&per_page=10&q=a", s.At(4).query())
	assert.Equal(t, 3, s.Page, "the list itself stays")
}

func TestPageSizesAreOffered(t *testing.T) {
	assert.Equal(t, []int{10, 25, 50, 100}, PageSizes)
	assert.Contains(t, PageSizes, DefaultPageSize)
	at := func(s ListState) string { return "/groups" + s.query() }
	foot := func(total, perPage int) *goquery.Document {
		s := ListState{OrderKey: "sort_by", Order: "-members", PerPage: perPage, Page: 2}
		document, err := goquery.NewDocumentFromReader(strings.NewReader(made(t, listFoot("Pages", NewPager(2, perPage, rowsOf(total, perPage, 2), total), s, at))))
		require.NoError(t, err)
		return document
	}
	sizes := foot(60, 50).Find(".page-sizes a")
	assert.Equal(t, "102550100", sizes.Text())
	assert.Equal(t, "50", sizes.Filter("[aria-current]").Text())
	assert.Equal(t, "/groups?per_page=10&sort_by=-members", sizes.First().AttrOr("href", ""))
	assert.Zero(t, foot(10, 25).Find(".page-sizes").Length(), "there is nothing to choose")
	assert.Equal(t, "/groups?per_page=50", foot(60, 50).Find(".list-foot > p:last-child a").AttrOr("href", ""), "the way back to the default order")
}

// made is what a component writes.
func made(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, c.Render(t.Context(), &b))
	return b.String()
}

func TestMenusShowWhatIsChosen(t *testing.T) {
	options := []components.Choice{{Text: "Any"}, {Value: "one", Text: "One"}}
	toolbar := made(t, listToolbar("/groups", ListState{PerPage: 25}, FilterBar{Menus: []Menu{
		{Name: "people", Label: "People", Options: options, Chosen: "one"}, {Name: "holds", Label: "Holds", Options: options},
	}}, "Search"))
	document, err := goquery.NewDocumentFromReader(strings.NewReader(toolbar))
	require.NoError(t, err)
	for name, want := range map[string]string{"people": "one", "holds": ""} {
		menu := document.Find("select[name='" + name + "']")
		assert.Equal(t, want, menu.Find("option[selected]").AttrOr("value", "none"), name)
		assert.Equal(t, want == "one", menu.HasClass("chosen"), name)
	}
	hostile := made(t, menu(Menu{Name: `"><x>`, Label: "<w>", Options: []components.Choice{{Value: `"><y>`, Text: "<z>"}}}))
	for _, tag := range []string{"<w>", "<x>", "<y>", "<z>"} {
		assert.NotContains(t, hostile, tag)
	}
}
