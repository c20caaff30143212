package tallyfy

import "encoding/json"

// Page is one page of a list.
type Page[T any] struct {
	Items      []T
	Pagination Pagination
}

// Pagination says where a page stands in its list. `links` is not read at all: it arrives as an object, an empty list,
// null or not at all, and page numbers say the same.
type Pagination struct {
	Total       int
	Count       int // on this page
	PerPage     int
	CurrentPage int // from 1
	TotalPages  int
	// Known is false when the answer had no usable meta, which small lists may lack; then the page is taken for the whole
	// list: Total and Count are its length.
	Known bool
}

// decodePagination reads meta, which may be an object, an empty list, null or missing. count is the page's real length.
func decodePagination(meta json.RawMessage, count int) Pagination {
	var w struct {
		Pagination struct {
			Total       *flexInt `json:"total"`
			Count       *flexInt `json:"count"`
			PerPage     flexInt  `json:"per_page"`
			CurrentPage flexInt  `json:"current_page"`
			TotalPages  flexInt  `json:"total_pages"`
		} `json:"pagination"`
	}
	unknown := Pagination{Total: count, Count: count, PerPage: count, CurrentPage: 1, TotalPages: 1}
	if isNull(meta) {
		return unknown
	}
	p := &w.Pagination
	if err := decode(meta, &w); err != nil || p.Total == nil || *p.Total < 0 {
		return unknown
	}
	known := Pagination{
		Total: int(*p.Total), Count: count, PerPage: max(0, int(p.PerPage)),
		CurrentPage: max(1, int(p.CurrentPage)), TotalPages: max(1, int(p.TotalPages)), Known: true,
	}
	if p.Count != nil && *p.Count >= 0 {
		known.Count = int(*p.Count)
	}
	return known
}
