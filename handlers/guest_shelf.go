package handlers

import (
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// guestShelf keeps answers about guests for a short time, for a form that is shown again and again while somebody
// searches in it. An answer belongs to the token that asked.
type guestShelf struct {
	pages *expirable.LRU[guestQuery, *tallyfy.Page[tallyfy.Guest]]
}

type guestQuery struct {
	key   directory.Key
	query string
}

func newGuestShelf() *guestShelf {
	return &guestShelf{expirable.NewLRU[guestQuery, *tallyfy.Page[tallyfy.Guest]](256, nil, 2*time.Minute)}
}

// search gives the first hundred guests whose address fits, and how many there are.
func (s *guestShelf) search(v *visit, query string) (*tallyfy.Page[tallyfy.Guest], error) {
	key := guestQuery{v.directoryKey(), query}
	if page, ok := s.pages.Get(key); ok {
		return page, nil
	}
	page, err := v.api.Guests.List(v.ctx(), v.org(), tallyfy.GuestListOptions{Query: query, PerPage: 100})
	if err != nil {
		return nil, err
	}
	s.pages.Add(key, page)
	return page, nil
}

// forget drops the answers to one token, so that they are read anew.
func (s *guestShelf) forget(key directory.Key) {
	for _, q := range s.pages.Keys() {
		if q.key == key {
			s.pages.Remove(q)
		}
	}
}
