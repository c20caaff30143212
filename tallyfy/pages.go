package tallyfy

import (
	"errors"
	"iter"
	"net/http"
)

const (
	// defaultPerPage is the documented maximum for groups; other lists allow more, but keep
	// answers small.
	defaultPerPage = 100
	// smallestPage is the smallest page size that the documentation knows (the default for groups).
	smallestPage = 10
	// maxPages ends a list that never ends.
	maxPages = 1000
)

var errEndless = errors.New("the list goes on beyond all bounds")

// pages returns every item of a list once, page after page, and yields an error at most once, as
// the last thing.
//
// Documented page sizes conflict and a service may cap them without saying so, so neither
// total_pages nor a short page ends the reading by itself. These do:
//
//   - an empty page, or one that brings nothing new (a service that ignores `page` repeats itself);
//   - the last page by its own meta, when the total equals the items seen: one call for a list
//     that fits on a page;
//   - a first page without meta of fewer than 10 items. Meta may be absent on small lists, no
//     documented page size is below 10, and so there can be no second page. A longer one without
//     meta costs the one call that finds its end.
//
// Items are told apart by id; those without one are all kept. A list that changes meanwhile may
// bring an item that moved across a page's edge never; that cannot be seen from here.
func pages[T any](path []string, perPage int, list func(page, perPage int) (*Page[T], error)) iter.Seq2[T, error] {
	if perPage <= 0 {
		perPage = defaultPerPage
	}
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		count := 0
		for page := 1; page <= maxPages; page++ {
			got, err := list(page, perPage)
			if err != nil {
				yield(none, err)
				return
			}
			fresh := 0
			for i := range got.Items {
				key := identityOf(&got.Items[i])
				if key != "" && seen[key] {
					continue
				}
				seen[key] = true
				fresh++
				if !yield(got.Items[i], nil) {
					return
				}
			}
			count += fresh
			if fresh == 0 || isLast(got.Pagination, page, perPage, count) {
				return
			}
		}
		yield(none, endless(path))
	}
}

// endless is the error of a list that goes on and on: answers came, and are of no use.
func endless(path []string) *Error {
	e := request{path: path}.refusal("The list does not end.", errEndless)
	e.Status = http.StatusOK
	return e
}

func isLast(p Pagination, page, perPage, seen int) bool {
	if !p.Known {
		return page == 1 && p.Count < min(perPage, smallestPage)
	}
	return p.CurrentPage >= p.TotalPages && p.Total == seen
}
