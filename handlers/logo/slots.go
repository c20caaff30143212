package logo

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

// Slots limits how many logos are fetched at the same time for each key. A list of a hundred rows
// would otherwise ask for a hundred files at once, and Tallyfy would answer the next page with 429.
type Slots[K comparable] struct {
	mu    sync.Mutex
	slots *expirable.LRU[K, chan struct{}] // entries do not expire
}

const (
	// slotsEach is how many logos of one key are fetched at the same time.
	slotsEach = 2
	// mostKeys limits the memory. A key that is dropped while its slots are taken gets new ones.
	mostKeys = 1000
)

// NewSlots returns slots that are all free.
func NewSlots[K comparable]() *Slots[K] {
	return &Slots[K]{slots: expirable.NewLRU[K, chan struct{}](mostKeys, nil, 0)}
}

// Take waits for a slot. Calling leave frees it.
func (s *Slots[K]) Take(ctx context.Context, key K) (leave func(), err error) {
	s.mu.Lock()
	slot, ok := s.slots.Get(key)
	if !ok {
		slot = make(chan struct{}, slotsEach)
		s.slots.Add(key, slot)
	}
	s.mu.Unlock()
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
