package listing

import "net/url"

// A Dimension is one thing to filter by, with its values: of each dimension at most one is chosen, and those of different
// dimensions combine.
type Dimension[T any] struct {
	// Name is the parameter in the address.
	Name   string
	Values []Value[T]
}

// A Value is a choice in a dimension.
type Value[T any] struct {
	Name string
	Fits func(T) bool
}

// Chosen says which value of which dimension is chosen.
type Chosen map[string]string

// Choose reads what an address chooses. Whatever is unknown or empty is dropped.
func Choose[T any](dimensions []Dimension[T], address url.Values) Chosen {
	chosen := Chosen{}
	for _, d := range dimensions {
		for _, v := range d.Values {
			if address.Get(d.Name) == v.Name {
				chosen[d.Name] = v.Name
			}
		}
	}
	return chosen
}

// Counts says for each value of each dimension how many items there would be with it chosen, the other dimensions being as
// they are.
type Counts map[string]map[string]int

// Narrow keeps the items that fit everything chosen, in their order, and counts what the other choices would keep.
func Narrow[T any](items []T, dimensions []Dimension[T], chosen Chosen) ([]T, Counts) {
	counts := Counts{}
	for _, d := range dimensions {
		counts[d.Name] = map[string]int{}
	}
	var kept []T
	for _, item := range items {
		misses, missed := 0, ""
		for _, d := range dimensions {
			if !fits(item, d, chosen[d.Name]) {
				misses++
				missed = d.Name
			}
		}
		if misses == 0 {
			kept = append(kept, item)
		}
		// An item that fits all other dimensions counts in this one, whatever is chosen here.
		for _, d := range dimensions {
			if misses > 1 || (misses == 1 && missed != d.Name) {
				continue
			}
			for _, v := range d.Values {
				if v.Fits(item) {
					counts[d.Name][v.Name]++
				}
			}
		}
	}
	return kept, counts
}

func fits[T any](item T, d Dimension[T], chosen string) bool {
	if chosen == "" {
		return true
	}
	for _, v := range d.Values {
		if v.Name == chosen {
			return v.Fits(item)
		}
	}
	return true
}

// Page cuts a page out of a list; past the end, the last one. It gives the page's number, from 1.
func Page[T any](items []T, page, perPage int) ([]T, int) {
	pages := max(1, (len(items)+perPage-1)/perPage)
	page = min(max(1, page), pages)
	from := (page - 1) * perPage
	return items[from:min(len(items), from+perPage)], page
}
