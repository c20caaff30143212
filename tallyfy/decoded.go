package tallyfy

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	// decodedTime is how long a decoded page is kept after it was last used.
	decodedTime = 5 * time.Minute
	// decodedBytes is how much the answers may hold together whose pages are kept, and
	// decodedLargest one of them. A page of 500 members is larger: whole lists of them are kept
	// elsewhere.
	decodedBytes, decodedLargest = 4 << 20, 128 << 10
)

// decodedPages are the pages that were decoded of late, by the bytes that they came in. Most reads
// bring what the one before brought, which is not decoded again then, whoever asked: the same bytes
// are the same page. It is safe for concurrent use.
type decodedPages struct {
	mu    sync.Mutex
	pages *simplelru.LRU[[sha256.Size]byte, *decodedPage]
	bytes int
	sweep *time.Timer // nil while nothing is kept
}

type decodedPage struct {
	page any // *Page[T]
	size int
	used time.Time
}

func newDecodedPages() *decodedPages {
	d := &decodedPages{}
	d.pages, _ = simplelru.NewLRU(decodedBytes, func(_ [sha256.Size]byte, p *decodedPage) { d.bytes -= p.size }) // fails for no size only
	return d
}

// get is the page of an answer with a sum, nil if it is not kept.
func (d *decodedPages) get(sum [sha256.Size]byte) any {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.pages.Get(sum)
	if !ok {
		return nil
	}
	p.used = time.Now()
	return p.page
}

// put keeps the page of an answer of so many bytes with a sum.
func (d *decodedPages) put(sum [sha256.Size]byte, size int, page any) {
	if size > decodedLargest {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pages.Remove(sum) // of another type
	for d.bytes+size > decodedBytes {
		d.pages.RemoveOldest()
	}
	d.pages.Add(sum, &decodedPage{page, size, time.Now()})
	d.bytes += size
	if d.sweep == nil {
		d.sweep = time.AfterFunc(decodedTime, d.forget)
	}
}

// forget drops what was not used for decodedTime.
func (d *decodedPages) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		_, oldest, ok := d.pages.GetOldest()
		if !ok {
			d.sweep = nil
			return
		}
		if left := decodedTime - time.Since(oldest.used); left > 0 {
			d.sweep = time.AfterFunc(left, d.forget)
			return
		}
		d.pages.RemoveOldest()
	}
}

// decodePage decodes a list, or gives the page that was decoded of the same bytes before.
func decodePage[T any](d *decodedPages, body []byte) (*Page[T], error) {
	sum := sha256.Sum256(body)
	if page, ok := d.get(sum).(*Page[T]); ok {
		return page, nil
	}
	page, err := decodeList[T](body)
	if err == nil {
		d.put(sum, len(body), page)
	}
	return page, err
}
