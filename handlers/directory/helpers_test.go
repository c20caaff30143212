package directory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

const org tallyfy.ID = "aldermoor"

type row struct {
	ID     int    `json:"id"`
	Name   string `json:"full_name"`
	Email  string `json:"email"`
	Status string `json:"status"`
}

// crowd is n people with names that sort in the order of their numbers.
func crowd(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{ID: i + 1, Name: fmt.Sprintf("Person %06d", i+1), Email: fmt.Sprintf("p%d@example.com", i+1), Status: "active"}
	}
	return rows
}

// mostRows is how many rows the api gives at once, whatever it is asked for, so that not every test needs thousands.
const mostRows = 100

// An api answers lists of members. before, if set, runs at the start of each call; a status other than 0 is the answer.
type api struct {
	rows   func(token string) []row
	before func(ctx context.Context, page int) (status int, err error)
	calls  atomic.Int32
}

func (a *api) RoundTrip(r *http.Request) (*http.Response, error) {
	a.calls.Add(1)
	number := func(name string) int { n, _ := strconv.Atoi(r.URL.Query().Get(name)); return n }
	page, perPage := number("page"), min(number("per_page"), mostRows)
	if a.before != nil {
		switch status, err := a.before(r.Context(), page); {
		case err != nil:
			return nil, err
		case status != 0:
			return answer(r, status, map[string]string{"message": "No."}), nil
		}
	}
	all := a.rows(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	from, to := min(len(all), (page-1)*perPage), min(len(all), page*perPage)
	return answer(r, http.StatusOK, map[string]any{
		"data": all[from:to],
		"meta": map[string]any{"pagination": map[string]any{
			"total": len(all), "count": to - from, "per_page": perPage, "current_page": page, "total_pages": (len(all) + perPage - 1) / perPage,
		}},
	}), nil
}

func answer(r *http.Request, status int, body any) *http.Response {
	b, _ := json.Marshal(body)
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(b)),
		ContentLength: int64(len(b)), Request: r,
	}
}

func newAPI(rows []row) *api { return &api{rows: func(string) []row { return rows }} }

func (a *api) client(t testing.TB, token string) *tallyfy.Client {
	t.Helper()
	c, err := tallyfy.New(tallyfy.Options{BaseURL: "http://tallyfy.invalid/api", Transport: a})
	require.NoError(t, err)
	return c.WithToken(token)
}

// A reader is somebody who asks a cache.
type reader struct {
	t      testing.TB
	cache  *directory.Cache
	client *tallyfy.Client
	key    directory.Key
}

func (a *api) reader(t testing.TB, cache *directory.Cache, token string) reader {
	return reader{t, cache, a.client(t, token), directory.KeyFor(token, org)}
}

func (r reader) get() (*directory.Snapshot, error) {
	return r.cache.Get(context.Background(), r.client, r.key)
}

// whole gets a copy that must be complete and of that size.
func (r reader) whole(size int) *directory.Snapshot {
	r.t.Helper()
	s, err := r.get()
	require.NoError(r.t, err)
	assert.True(r.t, s.Complete)
	assert.Equal(r.t, size, s.Len())
	return s
}

// snapshotOf is a copy of these people.
func snapshotOf(t testing.TB, rows ...row) *directory.Snapshot {
	t.Helper()
	return newAPI(rows).reader(t, directory.New(directory.Options{}), "token").whole(len(rows))
}
