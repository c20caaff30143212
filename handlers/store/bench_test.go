package store

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/postgres"
)

// BenchmarkSession measures what a page costs: a load always, a save when something changed. The
// token has the length of a large JWT.
func BenchmarkSession(b *testing.B) {
	engines := map[string]func(b *testing.B) string{
		"file":     func(b *testing.B) string { return filepath.Join(b.TempDir(), "x.db") },
		"memory":   func(*testing.B) string { return "memory:" },
		"postgres": func(b *testing.B) string { return postgres.URL(b) },
	}
	for name, databaseURL := range engines {
		b.Run(name, func(b *testing.B) {
			v := newVisitor(b, newSessions(b, engine{url: databaseURL(b)}.open(b), newClock()))
			r := v.request()
			session := v.session(r)
			SetData(session, []byte(`{"Who":{"Token":"`+strings.Repeat("t", 2000)+`"}}`))
			v.save(r, session)
			r = v.request()

			b.Run("load", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					loaded, err := v.store.New(r, cookieName)
					require.NoError(b, err)
					require.False(b, loaded.IsNew)
				}
			})
			b.Run("save", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					require.NoError(b, v.store.Save(r, httptest.NewRecorder(), session))
				}
			})
		})
	}
}
