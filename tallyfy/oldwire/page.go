package oldwire

// Page is one page of a list. The texts of groups and members on a page share memory: use [strings.Clone] for one that is
// kept longer than the page.
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
	// Known is false when the answer had no total that can be read, which small lists may lack; then the page is taken for the whole
	// list: Total and Count are its length.
	Known bool
}

// paging is what meta says.
type paging struct {
	total, count, perPage, currentPage, totalPages int

	hasTotal, hasCount bool
}

// read reads meta, which may be an object, an empty list, null or anything else.
func (p *paging) read(in *input) error {
	*p = paging{}
	if in.kind() != kindObject {
		return in.skip()
	}
	return in.fields(func(name []byte) error {
		if string(name) == "pagination" && in.kind() == kindObject {
			return in.fields(func(name []byte) error { return p.readField(in, name) })
		}
		return in.skip()
	})
}

func (p *paging) readField(in *input, name []byte) (err error) {
	switch string(name) {
	case "total":
		p.total, p.hasTotal, err = in.number()
	case "count":
		p.count, p.hasCount, err = in.number()
	case "per_page":
		p.perPage, _, err = in.number()
	case "current_page":
		p.currentPage, _, err = in.number()
	case "total_pages":
		p.totalPages, _, err = in.number()
	default:
		err = in.skip()
	}
	return err
}

// of returns the pagination of a page with so many items.
func (p *paging) of(items int) Pagination {
	if !p.hasTotal || p.total < 0 {
		return Pagination{Total: items, Count: items, PerPage: items, CurrentPage: 1, TotalPages: 1}
	}
	known := Pagination{
		Total: p.total, Count: items, PerPage: max(0, p.perPage),
		CurrentPage: max(1, p.currentPage), TotalPages: max(1, p.totalPages), Known: true,
	}
	if p.hasCount && p.count >= 0 {
		known.Count = p.count
	}
	return known
}
