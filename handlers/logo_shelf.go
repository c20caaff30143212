package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/hashicorp/golang-lru/v2/expirable"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/tallyfy"
)

// logoShelf remembers where the logos of groups are that a page has just shown, so that the browser's request for one
// takes no call to find out, and keeps small logos for a while. Everything belongs to the token that read it.
type logoShelf struct {
	places *expirable.LRU[logoKey, logoPlace]
	images *expirable.LRU[logoKey, logoImage]

	mu    sync.Mutex
	lanes *lru.Cache[directory.Key, chan struct{}]
}

type logoKey struct {
	key   directory.Key
	group tallyfy.ID
}

type logoPlace struct {
	url, version, name string
	at                 time.Time // when it was remembered
}

// placeTime is how long a place is remembered.
const placeTime = time.Hour

// logoImage is a fetched logo; a nil image is the knowledge that there is none to show.
type logoImage struct {
	version string
	image   *logo.Image
}

const (
	// keptLogo is the largest logo that is kept in memory; with keptLogos they take 32 MB at the most.
	keptLogo  = 64 << 10
	keptLogos = 512
)

// logosAtOnce is how many logos are fetched at the same time with one token. A list of a hundred rows would otherwise ask for a
// hundred files at once, and Tallyfy would answer the next page with "slow down".
const logosAtOnce = 2

func newLogoShelf() *logoShelf {
	return &logoShelf{
		lanes:  bounded[directory.Key, chan struct{}](1000),
		places: expirable.NewLRU[logoKey, logoPlace](20_000, nil, placeTime),
		images: expirable.NewLRU[logoKey, logoImage](keptLogos, nil, 10*time.Minute),
	}
}

// remember notes where a group's logo is, and gives its version: a name for this very address. A group without a logo has
// none.
func (s *logoShelf) remember(key directory.Key, id tallyfy.ID, name, url string) string {
	k := logoKey{key, id}
	if known, ok := s.places.Peek(k); ok && known.url == url && known.name == name && time.Since(known.at) < placeTime/2 {
		return known.version
	}
	place := logoPlace{url: url, name: name, at: time.Now()}
	if url != "" {
		sum := sha256.Sum256([]byte(url))
		place.version = hex.EncodeToString(sum[:6])
	}
	s.places.Add(k, place)
	return place.version
}

// lane waits for a turn to fetch a logo with a token. leave gives the turn to the next.
func (s *logoShelf) lane(ctx context.Context, key directory.Key) (leave func(), err error) {
	s.mu.Lock()
	lane, ok := s.lanes.Get(key)
	if !ok {
		lane = make(chan struct{}, logosAtOnce)
		s.lanes.Add(key, lane)
	}
	s.mu.Unlock()
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *logoShelf) forget(key directory.Key, id tallyfy.ID) {
	s.places.Remove(logoKey{key, id})
	s.images.Remove(logoKey{key, id})
}

// kept gives what is known of a group's logo, the place if nothing else. ok says that this is all there is to know.
func (s *logoShelf) kept(k logoKey) (place logoPlace, image *logo.Image, ok bool) {
	if place, ok = s.places.Get(k); !ok || place.url == "" {
		return place, nil, ok
	}
	known, ok := s.images.Get(k)
	if !ok || known.version != place.version {
		return place, nil, false
	}
	return place, known.image, true
}

func (s *logoShelf) keep(k logoKey, version string, image *logo.Image) {
	if image == nil || len(image.Data) <= keptLogo {
		s.images.Add(k, logoImage{version, image})
	}
}
