package sandbox

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// BenchmarkTransport is a page of groups over 16 connections in process.
func BenchmarkTransport(b *testing.B) {
	s, err := New(Options{Groups: 150})
	require.NoError(b, err)
	transport := s.Transport()
	b.ReportAllocs()
	b.SetParallelism(8) // 16 on two cores
	b.RunParallel(func(next *testing.PB) {
		for next.Next() {
			r, _ := http.NewRequest(http.MethodGet, BaseURL+"/organizations/"+s.OrgID()+"/groups?per_page=50", nil)
			r.Header = http.Header{"Authorization": {"Bearer " + AdminToken}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
			answer, err := transport.RoundTrip(r)
			if !assert.NoError(b, err) {
				return
			}
			n, err := io.Copy(io.Discard, answer.Body)
			assert.NoError(b, err)
			assert.NoError(b, answer.Body.Close())
			assert.Greater(b, n, int64(10_000))
		}
	})
}
