package directory

import (
	"context"
	"sync"
	"time"
)

// A pacer lets calls through at a rate that all readings share: Tallyfy counts the calls of an address together, whoever
// makes them and for whichever list.
type pacer struct {
	burst int
	every time.Duration // 0 is no limit

	mu   sync.Mutex
	full time.Time // when as many calls as burst would be free again
}

// wait returns when the next call may be made, or the context ends. Those who wait go in the order they came.
func (p *pacer) wait(ctx context.Context) {
	if p.every <= 0 {
		return
	}
	p.mu.Lock()
	now := time.Now()
	if p.full.Before(now) {
		p.full = now
	}
	p.full = p.full.Add(p.every)
	wait := p.full.Sub(now) - time.Duration(max(1, p.burst))*p.every
	p.mu.Unlock()
	if wait > 0 {
		pause(ctx, wait)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
