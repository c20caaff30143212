package queue_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/queue"
	"tallyfy-admin/handlers/sitetest/postgres"
	"tallyfy-admin/handlers/store"
)

// A job that is added is worked at soon, and one that nobody added but that is open, too.
func TestJobsAreWorkedAt(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(t *testing.T) string{
		"file":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "dashboard.db") },
		"memory":   func(*testing.T) string { return "memory:" },
		"postgres": func(t *testing.T) string { return postgres.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := store.Open(t.Context(), url(t))
			require.NoError(t, err)
			defer db.Close()
			var mu sync.Mutex
			done := map[string]int{}
			o := queue.Options{
				Log:  slog.New(slog.DiscardHandler),
				Open: func(context.Context) ([]string, error) { return []string{"left behind"}, nil },
				Work: func(_ context.Context, id string) error {
					mu.Lock()
					defer mu.Unlock()
					done[id]++
					return nil
				},
			}
			q, err := queue.Start(t.Context(), db, o)
			require.NoError(t, err)
			other, err := queue.Start(t.Context(), db, o)
			require.NoError(t, err)
			require.NoError(t, q.Add(t.Context(), "added"))
			assert.Eventually(t, func() bool {
				mu.Lock()
				defer mu.Unlock()
				return done["added"] == 1 && done["left behind"] > 0
			}, 20*time.Second, 10*time.Millisecond)
			require.NoError(t, q.Stop(t.Context()))
			require.NoError(t, other.Stop(t.Context()))
		})
	}
}
