package ratelimit_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// readsOfClicks are the calls, side by side, behind the clicks of a common walk: list, next page, a
// group, back, a member, the wizard. The way back costs nothing, because a page uses what another
// has just read.
var readsOfClicks = []int{1, 1, 2, 0, 2, 1}

// Five administrators click every 3 s while the copies of their organisation are read anew every
// two minutes, at a sandbox that refuses the thirteenth read in any 5 s.
func TestAnOfficeIsNeverRefusedAndDoesNotWait(t *testing.T) {
	for members, pages := range map[int]int{60: 2, 10_000: 22} { // in each copy
		t.Run(strconv.Itoa(members)+" members", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { office(t, pages) })
		})
	}
}

func office(t *testing.T, pages int) {
	demo, err := sandbox.New(sandbox.Options{Reads: 12, Per: 5 * time.Second, Now: time.Now})
	require.NoError(t, err)
	var refused, copies atomic.Int32
	client, err := tallyfy.New(tallyfy.Options{
		BaseURL: sandbox.BaseURL, Transport: demo.Transport(), Limiter: ratelimit.New(ratelimit.Published, nil),
		OnCall: func(_ context.Context, c tallyfy.Call) {
			if c.Status == http.StatusTooManyRequests {
				refused.Add(1)
			}
		},
	})
	require.NoError(t, err)
	client = client.WithToken(sandbox.AdminToken)
	read := func(ctx context.Context) {
		if _, err := client.Groups.Get(ctx, tallyfy.ID(demo.OrgID()), tallyfy.ID(demo.Groups()[0].ID)); err != nil {
			assert.ErrorIs(t, err, context.Canceled)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			for ctx.Err() == nil {
				for range pages {
					read(ratelimit.Background(ctx))
				}
				copies.Add(1)
				wait, cancel := context.WithTimeout(ctx, 2*time.Minute)
				<-wait.Done()
				cancel()
			}
		})
		all.Go(func() {
			time.Sleep(time.Duration(i) * 3600 * time.Millisecond) // everybody is elsewhere in the walk
			for n := 0; ctx.Err() == nil; n++ {
				began := time.Now()
				var click sync.WaitGroup
				for range readsOfClicks[n%len(readsOfClicks)] {
					click.Go(func() { read(ctx) })
				}
				click.Wait()
				if ctx.Err() == nil {
					assert.Zero(t, time.Since(began), "a click waited")
				}
				time.Sleep(time.Until(began.Add(3 * time.Second)))
			}
		})
	}
	time.Sleep(20 * time.Minute)
	stop()
	all.Wait()
	assert.Zero(t, refused.Load())
	assert.GreaterOrEqual(t, copies.Load(), int32(10), "and the copies are read all the same")
}
