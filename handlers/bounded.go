package handlers

import lru "github.com/hashicorp/golang-lru/v2"

// bounded is a table of so many entries at the most; the one used longest ago goes first.
func bounded[K comparable, V any](most int) *lru.Cache[K, V] {
	table, err := lru.New[K, V](most)
	if err != nil {
		panic(err) // only for a size that is none, a mistake in our own code
	}
	return table
}
