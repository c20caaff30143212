package handlers

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// recalls keeps for some seconds what pages have read, for the way back to a list and from one step of a wizard to the next: reads
// are precious. An answer belongs to the token that asked. Whatever is changed from here drops it, a browser's reload asks anew,
// and what a change is checked against is always read anew.
type recalls struct {
	kept *expirable.LRU[recallKey, any]

	mu      sync.Mutex
	changes map[tallyfy.ID]uint64 // by organisation; a reading that began before one is not kept
}

type recallKey struct {
	key  directory.Key
	what string
}

const (
	mostRecalls = 256
	// largestRecall is the size of the largest group that is kept, in people: the memory is for many small answers.
	largestRecall = 1000
)

// newRecalls keeps answers for that time; for no time it keeps none.
func newRecalls(keep time.Duration) *recalls {
	if keep <= 0 {
		return nil
	}
	return &recalls{kept: expirable.NewLRU[recallKey, any](mostRecalls, nil, keep), changes: map[tallyfy.ID]uint64{}}
}

// recall gives what was read a moment ago under that name, or reads it.
func recall[T any](ctx context.Context, v *visit, what string, read func(context.Context) (T, error)) (T, error) {
	r, k := v.app.recalls, recallKey{v.directoryKey(), what}
	if r == nil || !v.reads() {
		return read(ctx)
	}
	if known, ok := r.kept.Get(k); ok && !v.reloads() {
		if value, ok := known.(T); ok {
			return value, nil
		}
	}
	r.mu.Lock()
	began := r.changes[v.org()]
	r.mu.Unlock()
	value, err := read(ctx)
	if err == nil && worthKeeping(value) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.changes[v.org()] == began {
			r.kept.Add(k, value)
		}
	}
	return value, err
}

// worthKeeping leaves out what is no answer, or a large one.
func worthKeeping(value any) bool {
	switch v := value.(type) {
	case *tallyfy.Group:
		return len(v.Members)+len(v.Guests) <= largestRecall
	case tallyfy.OpenTasks:
		return v.Checked
	}
	return true
}

// reloads reports that the visitor wants to see the page anew.
func (v *visit) reloads() bool {
	asked := v.Request().Header.Get("Cache-Control")
	return strings.Contains(asked, "no-cache") || strings.Contains(asked, "max-age=0")
}

// forget drops everything about an organisation, whoever read it.
func (r *recalls) forget(org tallyfy.ID) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes[org]++
	for _, k := range r.kept.Keys() {
		if k.key.Organisation() == org {
			r.kept.Remove(k)
		}
	}
}
