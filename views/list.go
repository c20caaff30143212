package views

import (
	"maps"
	"strconv"
	"time"

	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// A ListState is what the address of a list says: the search, the order, the filters, and which
// page of how many rows. The parameters have the API's own names, so that an address can be
// read and typed.
type ListState struct {
	Query string
	// OrderKey is the parameter of the order: sort_by for groups, sort for members.
	OrderKey, Order string
	// Chosen is the chosen value of each filter, by its parameter.
	Chosen        map[string]string
	Page, PerPage int
}

// PageSizes are the numbers of rows to choose from.
var PageSizes = []int{10, 25, 50, 100}

// DefaultPageSize is the number of rows where the address names none.
const DefaultPageSize = 25

// query leaves out what is at its default.
func (s ListState) query() string { return query(s.parameters()...) }

func (s ListState) parameters() []parameter {
	list := []parameter{{"q", s.Query}, {s.OrderKey, s.Order}, {"page", pageNumber(s.Page)}}
	for name, value := range s.Chosen {
		list = append(list, parameter{name, value})
	}
	if s.PerPage != DefaultPageSize {
		list = append(list, parameter{"per_page", strconv.Itoa(s.PerPage)})
	}
	return list
}

func pageNumber(n int) string {
	if n <= 1 {
		return ""
	}
	return strconv.Itoa(n)
}

// At is the list at another page.
func (s ListState) At(page int) ListState {
	s.Page = page
	return s
}

// orderedBy is the list in another order, from its first page: the page of one order says nothing
// about another.
func (s ListState) orderedBy(order string) ListState {
	s.Order, s.Page = order, 1
	return s
}

// With is the list with another value of a filter, "" for none, from its first page.
func (s ListState) With(filter, value string) ListState {
	s.Chosen, s.Page = maps.Clone(s.Chosen), 1
	if s.Chosen == nil {
		s.Chosen = map[string]string{}
	}
	s.Chosen[filter] = value
	if value == "" {
		delete(s.Chosen, filter)
	}
	return s
}

// Cleared is the list without a search and filters, but for the one that is shown as tabs.
func (s ListState) Cleared(tabs string) ListState {
	cleared := ListState{OrderKey: s.OrderKey, Order: s.Order, PerPage: s.PerPage, Page: 1, Chosen: map[string]string{}}
	if value := s.Chosen[tabs]; value != "" {
		cleared.Chosen[tabs] = value
	}
	return cleared
}

// rowsAtOnce is the list with other pages.
func (s ListState) rowsAtOnce(n int) ListState {
	s.PerPage, s.Page = n, 1
	return s
}

// narrowed reports whether the list may lack rows because of the search or a filter.
func (s ListState) narrowed() bool { return s.Query != "" || len(s.Chosen) > 0 }

// noMatch says that the list has no rows.
func (s ListState) noMatch(many string) string {
	if s.Query != "" {
		return "No " + many + " match “" + names.Isolate(s.Query) + "”"
	}
	return "No " + many + " match"
}

// searched says what to do when the list has no rows. atTallyfy says where Tallyfy's own search looked.
func (b FilterBar) searched(s ListState, atTallyfy string) string {
	switch {
	case len(b.Chips) > 0 && s.Query != "":
		return "Remove a filter, or try other words."
	case len(b.Chips) > 0:
		return "Remove a filter."
	case b.TallyfySearch:
		return atTallyfy
	case s.Query != "":
		return "Try other words."
	}
	return ""
}

// A FilterBar is what stands between the title and the rows of a list.
type FilterBar struct {
	// TabsName is the filter that the tabs are.
	TabsName string
	Tabs     []components.Tab
	Menus    []Menu
	// Chips are the filters that are on. ClearURL removes them all, and the search.
	Chips    []components.Chip
	ClearURL string
	// ReadAt is when the copy was read that the rows are from. It is zero for a list that comes
	// straight from Tallyfy.
	ReadAt time.Time
	// TallyfySearch says that Tallyfy's own search found the rows.
	TallyfySearch bool
	// Everybody says that the list could not leave out disabled people and bots yet.
	Everybody bool
	// Missing says what the copy lacks, "" if nothing.
	Missing string
	// Elsewhere is what other lists have for a search that found nothing here.
	Elsewhere []Match
}

// on is how many menus have something chosen.
func (b FilterBar) on() (n int) {
	for _, m := range b.Menus {
		if m.Chosen != "" {
			n++
		}
	}
	return n
}

// A Match is what another list has for a search. An item without a URL has no page for the reader.
type Match struct {
	Text, URL string
	Items     []components.LinkProps
}

// A Menu is a choice above a list. The value of its first option is empty.
type Menu struct {
	Name, Label, Chosen string
	Options             []components.Choice
}

// A columnHead is how the head of a column shows the order, and the order that it leads to.
type columnHead struct{ state, arrow, next string }

// columnHead is the head of a column with an order by its field. Where largestFirst, that is what the first
// press leads to.
func (s ListState) columnHead(field string, largestFirst bool) columnHead {
	switch s.Order {
	case field:
		return columnHead{"ascending", "↑", "-" + field}
	case "-" + field:
		return columnHead{"descending", "↓", field}
	}
	if largestFirst {
		return columnHead{next: "-" + field}
	}
	return columnHead{next: field}
}

// A Pager says which rows of a list a page shows.
type Pager struct {
	// From and To count from 1. Both are 0 when there are no rows.
	From, To, Total int
	Page, Pages     int
}

// NewPager works out what a page of a list shows. rows is the number of rows that arrived, total
// the number that Tallyfy names.
func NewPager(page, perPage, rows, total int) Pager {
	pages := total / perPage // not rounded up by adding: total may be as large as an int
	if total%perPage > 0 {
		pages++
	}
	p := Pager{Total: total, Page: page, Pages: max(1, pages)}
	if rows > 0 {
		p.From = (page-1)*perPage + 1
		p.To = p.From + rows - 1
		// A list can grow between the count and the rows.
		p.Total = max(total, p.To)
		p.Pages = max(p.Pages, page)
	}
	return p
}

// LessLast does not count the last rows of the list, though they are shown.
func (p Pager) LessLast(rows int) Pager {
	p.Total -= rows
	p.To = min(p.To, p.Total)
	if p.From > p.To {
		p.From, p.To = 0, 0
	}
	return p
}

// sentence is the rows in words: "1 to 25 of 312 groups".
func (p Pager) sentence(one, many string) string {
	switch {
	case p.From == 0 || p.Pages == 1:
		return words.Count(p.Total, one, many)
	case p.From == p.To:
		return words.Number(p.From) + " of " + words.Count(p.Total, one, many)
	}
	return words.Number(p.From) + " to " + words.Number(p.To) + " of " + words.Count(p.Total, one, many)
}

// matches is the rows in words after a search among all: "12 of 5,000 members match".
func (p Pager) matches(all int, one, many string) string {
	s := words.Number(p.Total) + " of " + words.Count(all, one, many) + " match"
	if p.Total == 1 {
		s += "es"
	}
	if p.Pages > 1 {
		s += ", " + words.Number(p.From) + " to " + words.Number(p.To) + " of them here"
	}
	return s
}

// position is the rows among all: "26–50 of 57".
func (p Pager) position() string {
	if p.From == p.To {
		return words.Number(p.From) + " of " + words.Number(p.Total)
	}
	return words.Number(p.From) + "–" + words.Number(p.To) + " of " + words.Number(p.Total)
}

// links leads to the pages around this one. at gives the address of a page.
func (p Pager) links(label string, at func(page int) string) components.PagerProps {
	props := components.PagerProps{Label: label, Position: p.position()}
	if p.Page > 1 {
		props.First, props.Previous = at(1), at(p.Page-1)
	}
	if p.Page < p.Pages {
		props.Next, props.Last = at(p.Page+1), at(p.Pages)
	}
	return props
}

// pagerBefore is the pager of a list whose pages begin below an entry: this page below before, the
// next one below older. Both may be empty. at gives the address of a page.
func pagerBefore(label, before, older string, at func(before string) string) components.PagerProps {
	p := components.PagerProps{Label: label}
	if before != "" {
		p.First = at("")
	}
	if older != "" {
		p.Next = at(older)
	}
	return p
}
