package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tallyfy-admin/views/components"
)

// A List is what the address of a list page says: the search, the order, and which page of how many rows. Both lists use
// the API's own names for it, so that an address can be read and typed.
type List struct {
	// SortKey is the parameter's name: sort_by for groups, sort for members (as the API has them).
	SortKey string
	Query   string
	Sort    string
	PerPage int
	Page    int
	// Chosen is the chosen value of each filter.
	Chosen map[string]string
}

// PageSizes are the numbers of rows to choose from; the second is the default.
var PageSizes = []int{10, 25, 50, 100}

// DefaultPageSize is the number of rows where the address names none.
const DefaultPageSize = 25

// maxPage is far beyond every list; the rows before a page of a larger number could not be counted.
const maxPage = 1_000_000_000

// ReadList takes a list from an address. Whatever is unknown or empty is dropped: it is no error to have followed an
// old link.
func ReadList(values url.Values, sortKey string, sorts []components.Choice) List {
	l := List{SortKey: sortKey, Query: strings.TrimSpace(values.Get("q")), PerPage: DefaultPageSize, Page: readPage(values, "page")}
	if slices.ContainsFunc(sorts, func(c components.Choice) bool { return c.Value == values.Get(sortKey) }) {
		l.Sort = values.Get(sortKey)
	}
	if n, err := strconv.Atoi(values.Get("per_page")); err == nil && slices.Contains(PageSizes, n) {
		l.PerPage = n
	}
	return l
}

func readPage(values url.Values, key string) int {
	if n, err := strconv.Atoi(values.Get(key)); err == nil && n > 1 && n <= maxPage {
		return n
	}
	return 1
}

// Encode is the list as the query of an address, "" for the plain list; what is at its default is left out.
func (l List) Encode() string {
	parts := make([]parameter, 0, 8)
	if l.Query != "" {
		parts = append(parts, parameter{"q", l.Query})
	}
	if l.Sort != "" {
		parts = append(parts, parameter{l.SortKey, l.Sort})
	}
	for name, value := range l.Chosen {
		parts = append(parts, parameter{name, value})
	}
	if l.PerPage != DefaultPageSize {
		parts = append(parts, parameter{"per_page", strconv.Itoa(l.PerPage)})
	}
	if l.Page > 1 {
		parts = append(parts, parameter{"page", strconv.Itoa(l.Page)})
	}
	return encode(parts)
}

type parameter struct{ name, value string }

// encode makes the query of an address, sorted by name; "" of nothing.
func encode(parts []parameter) string {
	if len(parts) == 0 {
		return ""
	}
	slices.SortFunc(parts, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	b.Grow(64)
	for i, p := range parts {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(url.QueryEscape(p.name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
	}
	return b.String()
}

// Refresh is the list as the query of an address that has its copy read anew first.
func (l List) Refresh() string {
	if q := l.Encode(); q != "" {
		return q + "&refresh=1"
	}
	return "?refresh=1"
}

// searched says where was searched: on a list with filters that is here, not at Tallyfy.
func (l List) searched(atTallyfy string) string {
	switch {
	case len(l.Chosen) == 0:
		return atTallyfy
	case l.Query == "":
		return "Choose fewer filters to see more."
	}
	return "Try other words, or fewer filters."
}

// noMatch words that nothing fits.
func (l List) noMatch(one string) string {
	switch {
	case l.Query != "" && len(l.Chosen) > 0:
		return "No " + one + " matches “" + l.Query + "” with these filters"
	case l.Query != "":
		return "No " + one + " matches “" + l.Query + "”"
	}
	return "No " + one + " fits these filters"
}

// At is the list at another page.
func (l List) At(page int) List {
	l.Page = page
	return l
}

// SortedBy is the list in another order, from its first page: page 3 of one order has nothing to do with page 3 of
// another.
func (l List) SortedBy(sort string) List {
	l.Sort, l.Page = sort, 1
	return l
}

// A sortHead is how the head of a column shows the order, and the order that it leads to.
type sortHead struct{ state, arrow, next string }

func (l List) sortHead(value, opposite string) sortHead {
	switch {
	case l.Sort == value && opposite != "":
		return sortHead{"ascending", "↑", opposite}
	case l.Sort == value:
		return sortHead{"other", "", value}
	case l.Sort != "" && l.Sort == opposite:
		return sortHead{"descending", "↓", value}
	}
	return sortHead{next: value}
}

// A Range says which rows of a list a page shows.
type Range struct {
	// From and To count from 1; both are 0 when there are no rows.
	From, To, Total int
	Page, Pages     int
}

// NewRange works out what the page of a list shows. rows is the number of rows that arrived.
func NewRange(l List, rows, total int) Range {
	pages := total / l.PerPage // not rounded up by adding: the total is what Tallyfy says, however large
	if total%l.PerPage > 0 {
		pages++
	}
	r := Range{Total: total, Page: l.Page, Pages: max(1, pages)}
	if rows > 0 {
		r.From = (l.Page-1)*l.PerPage + 1
		r.To = r.From + rows - 1
		// A list can grow between the count and the rows.
		r.Total = max(total, r.To)
		r.Pages = max(r.Pages, l.Page)
	}
	return r
}

// Sentence is the range in words: "1 to 25 of 312 groups".
func (r Range) Sentence(one, many string) string {
	switch {
	case r.From == 0:
		return Count(r.Total, one, many)
	case r.Pages == 1:
		return Count(r.Total, one, many)
	case r.From == r.To:
		return Number(r.From) + " of " + Count(r.Total, one, many)
	}
	return Number(r.From) + " to " + Number(r.To) + " of " + Count(r.Total, one, many)
}

// pager links to the pages around this one. base is the list's path.
func (r Range) pager(label, base string, l List) components.PagerProps {
	return r.links(label, func(page int) string { return base + l.At(page).Encode() })
}

// links leads to the pages around this one; at gives the address of each.
func (r Range) links(label string, at func(page int) string) components.PagerProps {
	p := components.PagerProps{Label: label, Position: "Page " + Number(r.Page) + " of " + Number(r.Pages)}
	if r.Page > 1 {
		p.First, p.Previous = at(1), at(r.Page-1)
	}
	if r.Page < r.Pages {
		p.Next, p.Last = at(r.Page+1), at(r.Pages)
	}
	return p
}
