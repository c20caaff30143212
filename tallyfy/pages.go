package tallyfy

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
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
// Items are told apart by id; those without one are all kept. An item that moves across a page's edge
// meanwhile is never brought: the order of equal items may change from call to call, and a row may be
// deleted. The last thing is then a [ShortError]; see [ReadAll].
func pages[T any](path []string, perPage int, list func(page, perPage int) (*Page[T], error)) iter.Seq2[T, error] {
	if perPage <= 0 {
		perPage = defaultPerPage
	}
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		var short ShortError
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
			short.Read += fresh
			short.add(got.Pagination)
			if fresh == 0 || isLast(got.Pagination, page, perPage, short.Read) {
				if short.isShort() {
					yield(none, &short)
				}
				return
			}
		}
		yield(none, endless(path))
	}
}

// A ShortError is the error of a list whose rows are not all there: it brought fewer different ones than
// it counts, or its count changed while it was read.
type ShortError struct {
	Read, Total int
	// Changed says that the count changed: a row that was read may be gone, and another one not read.
	Changed bool

	counted bool // Total is known
}

func (e *ShortError) Error() string {
	if e.Changed {
		return fmt.Sprintf("the list changed while it was read: %d of %d rows", e.Read, e.Total)
	}
	return fmt.Sprintf("the list is short: %d of %d rows", e.Read, e.Total)
}

func (e *ShortError) isShort() bool { return e.Changed || e.Read < e.Total }

// add takes the count of one more page. The last one stands.
func (e *ShortError) add(p Pagination) {
	if p.Known {
		e.Changed = e.Changed || e.counted && p.Total != e.Total
		e.Total, e.counted = p.Total, true
	}
}

// ReadAll reads a list to its end. If it is short, it is read once more. What both readings brought
// together is then as much as can be had, unless something changed: then the second one stands for
// itself. Rows that are still missing are a [ShortError], with those that are there. walk is one of the
// All methods, which begins anew each time; key tells its rows apart.
func ReadAll[T any](walk iter.Seq2[T, error], key func(T) string) ([]T, error) {
	first, before, err := readOnce(walk)
	if err != nil || before == nil {
		return first, err
	}
	rows, after, err := readOnce(walk)
	switch {
	case err != nil || after == nil:
		return rows, err
	case before.Changed || after.Changed || before.Total != after.Total:
		return rows, after
	}
	known := make(map[string]bool, len(rows))
	for _, row := range rows {
		known[key(row)] = true
	}
	rows = append(rows, slices.DeleteFunc(first, func(row T) bool { return key(row) == "" || known[key(row)] })...)
	if after.Read = len(rows); after.isShort() {
		return rows, after
	}
	return rows, nil
}

func readOnce[T any](walk iter.Seq2[T, error]) (rows []T, short *ShortError, err error) {
	for row, err := range walk {
		switch {
		case errors.As(err, &short):
			return rows, short, nil
		case err != nil:
			return nil, nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil, nil
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
