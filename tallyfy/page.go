package tallyfy

import "github.com/go-json-experiment/json/jsontext"

// Page is one page of a list. It is shared with all who read the same, and must not be changed.
type Page[T any] struct {
	Items      []T
	Pagination Pagination
}

// Pagination says where a page stands in its list.
type Pagination struct {
	Total       int
	Count       int // on this page
	PerPage     int
	CurrentPage int // from 1
	TotalPages  int
	// Known is false when the answer had no total that can be read, which small lists may lack.
	// Then the page is taken for the whole list: Total and Count are its length.
	Known bool
}

// paginationOf reads the meta of an answer, for a page of so many items. A meta of another shape
// counts as none. `links` is left out: it arrives as an object, an empty list, null or not at all.
func paginationOf(meta jsontext.Value, items int) Pagination {
	var m struct {
		Pagination struct {
			Total       Text `json:"total"`
			Count       Text `json:"count"`
			PerPage     Int  `json:"per_page"`
			CurrentPage Int  `json:"current_page"`
			TotalPages  Int  `json:"total_pages"`
		} `json:"pagination"`
	}
	_ = unmarshal(meta, &m)
	p := m.Pagination
	total, ok := readInt([]byte(p.Total))
	if !ok || total < 0 {
		return Pagination{Total: items, Count: items, PerPage: items, CurrentPage: 1, TotalPages: 1}
	}
	known := Pagination{
		Total: total, Count: items, PerPage: max(0, int(p.PerPage)),
		CurrentPage: max(1, int(p.CurrentPage)), TotalPages: max(1, int(p.TotalPages)), Known: true,
	}
	if count, ok := readInt([]byte(p.Count)); ok && count >= 0 {
		known.Count = count
	}
	return known
}
