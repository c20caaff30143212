// Package parallel makes several calls at the same time. It imports nothing of ours.
package parallel

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// Run makes the calls at the same time and returns when all are over. The first error ends the context of
// the others and is returned. A panic in a call is an error: in a goroutine of its own it would end the
// whole program.
func Run(ctx context.Context, calls ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, call := range calls {
		g.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				}
			}()
			return call(ctx)
		})
	}
	return g.Wait()
}
