package views

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/views/components"
)

var someSorts = []components.Choice{{Value: "", Text: "Any"}, {Value: "name", Text: "Name"}, {Value: "-name", Text: "Name, from Z"}}

func read(t *testing.T, query string) List {
	t.Helper()
	values, err := url.ParseQuery(query)
	require.NoError(t, err)
	return ReadList(values, "sort_by", someSorts)
}

func TestReadListDropsWhatItDoesNotKnow(t *testing.T) {
	plain := List{SortKey: "sort_by", PerPage: 25, Page: 1}
	for query, change := range map[string]func(*List){
		"":                            func(*List) {},
		"q=&sort_by=&per_page=&page=": func(*List) {},
		"q=+%09+":                     func(*List) {},
		"q=+night+watch+":             func(l *List) { l.Query = "night watch" },
		"q=%3Cb%3E%26":                func(l *List) { l.Query = "<b>&" },
		"q=a&q=b":                     func(l *List) { l.Query = "a" },
		"sort_by=-name":               func(l *List) { l.Sort = "-name" },
		"sort_by=email":               func(*List) {},
		"sort_by=--name":              func(*List) {},
		"sort=name":                   func(*List) {},
		"per_page=10":                 func(l *List) { l.PerPage = 10 },
		"per_page=100":                func(l *List) { l.PerPage = 100 },
		"per_page=11":                 func(*List) {},
		"per_page=0":                  func(*List) {},
		"per_page=-10":                func(*List) {},
		"per_page=10.0":               func(*List) {},
		"per_page=1e2":                func(*List) {},
		"page=7":                      func(l *List) { l.Page = 7 },
		"page=1":                      func(*List) {},
		"page=0":                      func(*List) {},
		"page=-3":                     func(*List) {},
		"page=two":                    func(*List) {},
		"page=99999999999999999999":   func(*List) {},
		"colour=red":                  func(*List) {},
	} {
		want := plain
		change(&want)
		assert.Equal(t, want, read(t, query), query)
	}
}

func TestEncodeLeavesDefaultsOutAndReadsBack(t *testing.T) {
	for query, want := range map[string]string{
		"":                                    "",
		"page=1&per_page=25":                  "",
		"q=a%26b+c":                           "?q=a%26b+c",
		"page=3&q=a":                          "?page=3&q=a",
		"per_page=50":                         "?per_page=50",
		"sort_by=-name&x=y":                   "?sort_by=-name",
		"q=%C3%A9%D7%91&page":                 "?q=%C3%A9%D7%91",
		"page=2&per_page=10&q=a&sort_by=name": "?page=2&per_page=10&q=a&sort_by=name",
	} {
		l := read(t, query)
		assert.Equal(t, want, l.Encode(), query)
		if want != "" {
			assert.Equal(t, l, read(t, l.Encode()[1:]), query)
		}
	}
	members := List{SortKey: "sort", Sort: "email", PerPage: 25, Page: 1}
	assert.Equal(t, "?sort=email", members.Encode(), "the API's own name")
}

func TestAnotherOrderBeginsAtItsFirstPage(t *testing.T) {
	l := read(t, "q=a&page=3&per_page=10")
	assert.Equal(t, "?per_page=10&q=a&sort_by=name", l.SortedBy("name").Encode())
	assert.Equal(t, "?page=4&per_page=10&q=a", l.At(4).Encode())
	assert.Equal(t, 3, l.Page, "the list itself stays")
}

// pageOf is what arrives for a page of a list with total rows.
func pageOf(total, perPage, page int) int { return max(0, min(perPage, total-(page-1)*perPage)) }

func TestEveryRowIsReachable(t *testing.T) {
	for _, total := range []int{0, 1, 9, 10, 11, 20, 99, 100, 101, 1000, 1001} {
		for _, perPage := range PageSizes {
			l := List{SortKey: "sort_by", PerPage: perPage, Page: 1}
			seen, pages := 0, 0
			for {
				pages++
				require.LessOrEqual(t, pages, 200, "%d rows by %d: no end", total, perPage)
				rows := pageOf(total, perPage, l.Page)
				r := NewRange(l, rows, total)
				if rows > 0 {
					assert.Equal(t, seen+1, r.From, "%d rows by %d, page %d", total, perPage, l.Page)
					assert.Equal(t, seen+rows, r.To)
				} else {
					assert.Zero(t, r.From)
					assert.Zero(t, r.To)
				}
				assert.Equal(t, total, r.Total)
				seen += rows
				p := r.pager("Pages", "/groups", l)
				assert.Equal(t, p.Next == "", p.Last == "")
				assert.Equal(t, l.Page == 1, p.Previous == "")
				assert.Equal(t, p.Previous == "", p.First == "")
				if p.Next == "" {
					assert.Equal(t, r.Pages, l.Page)
					break
				}
				assert.Equal(t, "/groups"+l.At(l.Page+1).Encode(), p.Next)
				assert.Equal(t, "/groups"+l.At(r.Pages).Encode(), p.Last)
				l = l.At(l.Page + 1)
			}
			assert.Equal(t, total, seen, "%d rows by %d", total, perPage)
			assert.Equal(t, max(1, (total+perPage-1)/perPage), pages, "next is off on an exact multiple")
		}
	}
}

func TestRangeInWords(t *testing.T) {
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
		l := List{PerPage: c.perPage, Page: c.page}
		assert.Equal(t, c.want, NewRange(l, pageOf(c.total, c.perPage, c.page), c.total).Sentence("group", "groups"))
	}
}

func TestRangeOfAListThatGrowsOrLies(t *testing.T) {
	r := NewRange(List{PerPage: 10, Page: 2}, 10, 15) // five more since it was counted
	assert.Equal(t, Range{From: 11, To: 20, Total: 20, Page: 2, Pages: 2}, r)
	r = NewRange(List{PerPage: 10, Page: 3}, 4, 0) // no count at all
	assert.Equal(t, Range{From: 21, To: 24, Total: 24, Page: 3, Pages: 3}, r)
	assert.Empty(t, r.pager("Pages", "/groups", List{PerPage: 10, Page: 3}).Next)
	assert.Equal(t, 4, NewRange(List{PerPage: 10, Page: 9}, 0, 34).Pages, "past the end, the last page is known")
}

func TestPagerSaysWhereItIs(t *testing.T) {
	l := List{SortKey: "sort_by", Query: "a", PerPage: 10, Page: 2}
	p := NewRange(l, 10, 34).pager("Pages of groups", "/tools/groups", l)
	assert.Equal(t, components.PagerProps{
		Label: "Pages of groups", Position: "Page 2 of 4", First: "/tools/groups?per_page=10&q=a", Previous: "/tools/groups?per_page=10&q=a",
		Next: "/tools/groups?page=3&per_page=10&q=a", Last: "/tools/groups?page=4&per_page=10&q=a",
	}, p)
}

func TestPageSizesAreOffered(t *testing.T) {
	assert.Equal(t, []int{10, 25, 50, 100}, PageSizes)
	assert.Contains(t, PageSizes, DefaultPageSize)
	menus := made(t, listMenus(List{PerPage: 50}, Narrowing{}, someSorts))
	assert.Equal(t, "10 rows25 rows50 rows100 rows", menuTexts(t, menus, "per_page"))
	assert.Equal(t, 1, strings.Count(menus, `<option value="50" selected>`))
}

// made is what a component writes.
func made(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, c.Render(t.Context(), &b))
	return b.String()
}

// menuTexts is what the entries of a menu say.
func menuTexts(t *testing.T, menus, name string) string {
	t.Helper()
	document, err := goquery.NewDocumentFromReader(strings.NewReader(menus))
	require.NoError(t, err)
	menu := document.Find("select[name='" + name + "']")
	require.Equal(t, 1, menu.Length())
	return menu.Text()
}

func TestMenusShowWhatIsChosen(t *testing.T) {
	menus := made(t, listMenus(List{SortKey: "sort_by", Sort: "-name", PerPage: 25, Chosen: map[string]string{"people": "one"}}, Narrowing{Filters: GroupFilters}, someSorts))
	document, err := goquery.NewDocumentFromReader(strings.NewReader(menus))
	require.NoError(t, err)
	for name, want := range map[string]string{"people": "one", "holds": "", "sort_by": "-name", "per_page": "25"} {
		menu := document.Find("select[name='" + name + "']")
		assert.Equal(t, want, menu.Find("option[selected]").AttrOr("value", "none"), name)
		assert.Equal(t, want != "" && name != "per_page", menu.HasClass("chosen"), name)
	}
	hostile := made(t, listMenus(List{SortKey: `"><x>`, PerPage: 25}, Narrowing{}, []components.Choice{{Value: `"><y>`, Text: "<z>"}}))
	assert.NotContains(t, hostile, "<x>")
	assert.NotContains(t, hostile, "<y>")
	assert.NotContains(t, hostile, "<z>")
}
