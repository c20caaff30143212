package handlers

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// guestShelf keeps answers about guests for a short time, for a form that is shown again and again while somebody
// searches in it. Recalls would not do: they are shorter, and not for the answer to a POST, as a search without script is.
// An answer belongs to the token that asked.
type guestShelf struct {
	pages *expirable.LRU[guestQuery, *tallyfy.Page[tallyfy.Guest]]

	mu      sync.Mutex
	changes uint64 // a search that began before one is not kept
}

type guestQuery struct {
	key   directory.Key
	query string
}

func newGuestShelf() *guestShelf {
	return &guestShelf{pages: expirable.NewLRU[guestQuery, *tallyfy.Page[tallyfy.Guest]](256, nil, 2*time.Minute)}
}

// search gives the first hundred guests whose address fits, and how many there are. A browser's reload asks anew.
func (s *guestShelf) search(v *visit, query string) (*tallyfy.Page[tallyfy.Guest], error) {
	key := guestQuery{v.directoryKey(), query}
	anew := v.reads() && v.reloads() // browsers send forms as if they were reloads
	if page, ok := s.pages.Get(key); ok && !anew {
		return page, nil
	}
	s.mu.Lock()
	began := s.changes
	s.mu.Unlock()
	page, err := v.api.Guests.List(v.ctx(), v.org(), tallyfy.GuestListOptions{Query: query, PerPage: 100})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == began {
		s.pages.Add(key, page)
	}
	return page, nil
}

// forget drops everything about an organisation, whoever read it.
func (s *guestShelf) forget(org tallyfy.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	for _, q := range s.pages.Keys() {
		if q.key.Organisation() == org {
			s.pages.Remove(q)
		}
	}
}
