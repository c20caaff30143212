package listing

import (
	"net/url"
	"slices"
	"strings"
)

// A Filter is a menu above a list, or its tabs. At most one of its values is chosen. Filters combine.
type Filter[T any] struct {
	// Name is the parameter in the address.
	Name string
	// Label names the filter. Any is the entry of a menu that keeps every item; tabs have none.
	Label, Any string
	Values     []Value[T]
	// Tabs says that the values are tabs. The first one has no name: it holds where none is chosen.
	Tabs bool
}

// A Value is an entry of a filter. Name is its value in the address, Text its words.
// Keeps reports whether an item passes.
type Value[T any] struct {
	Name, Text string
	Keeps      func(T) bool
	// Unlisted keeps the value out of the menu, and uncounted, unless it is chosen: other pages link to it.
	Unlisted bool
}

// SplitOrder takes an order apart, such as "-created_at": the field, and whether the largest comes first.
func SplitOrder(order string) (field string, down bool) {
	field, down = strings.CutPrefix(order, "-")
	return field, down
}

// A Selection is the chosen value of each filter, by the filter's name.
type Selection map[string]string

// Select reads a selection from an address. Unknown and empty values are dropped.
func Select[T any](filters []Filter[T], address url.Values) Selection {
	selection := Selection{}
	for _, f := range filters {
		for _, v := range f.Values {
			if v.Name != "" && address.Get(f.Name) == v.Name {
				selection[f.Name] = v.Name
			}
		}
	}
	return selection
}

// Counts is the number of items that each value of each filter would keep if it were chosen
// and the other filters stayed as they are.
type Counts map[string]map[string]int

// Apply keeps the items that the selection keeps, in their order, and counts for every value.
func Apply[T any](items []T, filters []Filter[T], selection Selection) ([]T, Counts) {
	numbers := make([][]int, len(filters))
	chosen := make([]func(T) bool, len(filters)) // nil keeps all
	for i, f := range filters {
		numbers[i], chosen[i] = make([]int, len(f.Values)), f.chosen(selection)
	}
	var kept []T
	for _, item := range items {
		misses, missed := 0, 0
		for i, keeps := range chosen {
			if keeps != nil && !keeps(item) {
				misses++
				missed = i
			}
		}
		if misses == 0 {
			kept = append(kept, item)
		}
		// An item that all other filters keep counts in this one, whatever is chosen here.
		for i, f := range filters {
			if misses > 1 || (misses == 1 && missed != i) {
				continue
			}
			for j, v := range f.Values {
				if (!v.Unlisted || v.Name == selection[f.Name]) && v.Keeps(item) {
					numbers[i][j]++
				}
			}
		}
	}
	counts := Counts{}
	for i, f := range filters {
		counts[f.Name] = make(map[string]int, len(f.Values))
		for j, v := range f.Values {
			counts[f.Name][v.Name] = numbers[i][j]
		}
	}
	return kept, counts
}

// chosen is what the chosen value keeps, nil for everything.
func (f Filter[T]) chosen(selection Selection) func(T) bool {
	for _, v := range f.Values {
		if v.Name == selection[f.Name] {
			return v.Keeps
		}
	}
	return nil
}

// Keep gives the items that a selection keeps, in their order.
func Keep[T any](items []T, filters []Filter[T], selection Selection) (kept []T) {
	var chosen []func(T) bool
	for _, f := range filters {
		if keeps := f.chosen(selection); keeps != nil {
			chosen = append(chosen, keeps)
		}
	}
	for _, item := range items {
		if !slices.ContainsFunc(chosen, func(keeps func(T) bool) bool { return !keeps(item) }) {
			kept = append(kept, item)
		}
	}
	return kept
}
