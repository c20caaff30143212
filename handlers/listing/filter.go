package listing

import (
	"net/url"
	"slices"
)

// A Filter is a menu above a list. At most one of its values is chosen. Filters combine.
type Filter[T any] struct {
	// Name is the parameter in the address.
	Name string
	// Label names the menu for screen readers. Any is the entry that keeps every item.
	Label, Any string
	Values     []Value[T]
}

// A Value is an entry of a filter. Name is its value in the address, Text its words in the menu.
// Keeps reports whether an item passes.
type Value[T any] struct {
	Name, Text string
	Keeps      func(T) bool
}

// An Order is a way to sort a list, by the name that Tallyfy's API gives it. The empty name is
// Tallyfy's own order.
type Order struct{ Name, Text string }

// A Selection is the chosen value of each filter, by the filter's name.
type Selection map[string]string

// Select reads a selection from an address. Unknown and empty values are dropped.
func Select[T any](filters []Filter[T], address url.Values) Selection {
	selection := Selection{}
	for _, f := range filters {
		for _, v := range f.Values {
			if address.Get(f.Name) == v.Name {
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
	counts := Counts{}
	for _, f := range filters {
		counts[f.Name] = map[string]int{}
	}
	var kept []T
	for _, item := range items {
		misses, missed := 0, ""
		for _, f := range filters {
			if !f.keeps(item, selection) {
				misses++
				missed = f.Name
			}
		}
		if misses == 0 {
			kept = append(kept, item)
		}
		// An item that all other filters keep counts in this one, whatever is chosen here.
		for _, f := range filters {
			if misses > 1 || (misses == 1 && missed != f.Name) {
				continue
			}
			for _, v := range f.Values {
				if v.Keeps(item) {
					counts[f.Name][v.Name]++
				}
			}
		}
	}
	return kept, counts
}

func (f Filter[T]) keeps(item T, selection Selection) bool {
	for _, v := range f.Values {
		if v.Name == selection[f.Name] {
			return v.Keeps(item)
		}
	}
	return true
}

// Keep gives the items that a selection keeps, in their order.
func Keep[T any](items []T, filters []Filter[T], selection Selection) (kept []T) {
	var chosen []func(T) bool
	for _, f := range filters {
		for _, v := range f.Values {
			if v.Name == selection[f.Name] {
				chosen = append(chosen, v.Keeps)
			}
		}
	}
	for _, item := range items {
		if !slices.ContainsFunc(chosen, func(keeps func(T) bool) bool { return !keeps(item) }) {
			kept = append(kept, item)
		}
	}
	return kept
}
