package directory_test

import (
	"bytes"
	"cmp"
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

	"tallyfy-admin/handlers/cache"
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

type groupRow struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Members     []int  `json:"members"`
}

const payrollID = "00112233445566778899aabbccddeeff"

var someGroups = []groupRow{
	{ID: "b", Name: "Opérations", Description: "Daily freight", Members: []int{2, 1}},
	{ID: payrollID, Name: "Payroll", Description: "Ends on the 17th", Members: []int{1}},
	{ID: "a", Name: "Łódź team", Description: "O’Brien's"},
	{ID: "17", Name: "Warehouse"},
}

// An api answers lists of members and of groups, as a token sees them.
type api struct {
	rows   func(token string) []row
	groups func(token string) []groupRow
	// atOnce is how many rows it gives at the most, 100 unless set, so that not every test needs thousands.
	atOnce int
	// before, if set, runs at the start of each call; a status other than 0 is the answer.
	before func(ctx context.Context, page int) (status int, err error)
	calls  atomic.Int32
}

func newAPI(rows []row) *api {
	return &api{rows: func(string) []row { return rows }, groups: func(string) []groupRow { return someGroups }}
}

func (a *api) RoundTrip(r *http.Request) (*http.Response, error) {
	a.calls.Add(1)
	number := func(name string) int { n, _ := strconv.Atoi(r.URL.Query().Get(name)); return n }
	page, perPage := number("page"), min(number("per_page"), cmp.Or(a.atOnce, 100))
	if a.before != nil {
		switch status, err := a.before(r.Context(), page); {
		case err != nil:
			return nil, err
		case status != 0:
			return answer(r, status, map[string]string{"message": "No."}), nil
		}
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if strings.HasSuffix(r.URL.Path, "/groups") {
		return answerPage(r, a.groups(token), page, perPage), nil
	}
	return answerPage(r, a.rows(token), page, perPage), nil
}

func answerPage[T any](r *http.Request, all []T, page, perPage int) *http.Response {
	from, to := min(len(all), (page-1)*perPage), min(len(all), page*perPage)
	return answer(r, http.StatusOK, map[string]any{
		"data": all[from:to],
		"meta": map[string]any{"pagination": map[string]any{
			"total": len(all), "count": to - from, "per_page": perPage, "current_page": page, "total_pages": (len(all) + perPage - 1) / perPage,
		}},
	})
}

func answer(r *http.Request, status int, body any) *http.Response {
	b, _ := json.Marshal(body)
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(b)),
		ContentLength: int64(len(b)), Request: r,
	}
}

// gate holds calls back until it is opened.
func gate() (before func(context.Context, int) (int, error), open func()) {
	closed := make(chan struct{})
	return func(ctx context.Context, _ int) (int, error) {
		select {
		case <-closed:
			return 0, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}, func() { close(closed) }
}

// A reader asks a cache with a token.
type reader struct {
	t      testing.TB
	cache  *directory.Cache
	client *tallyfy.Client
	scope  cache.Scope
}

func (a *api) reader(t testing.TB, d *directory.Cache, token string) reader {
	t.Helper()
	c, err := tallyfy.New(tallyfy.Options{BaseURL: "http://tallyfy.invalid/api", Transport: a})
	require.NoError(t, err)
	return reader{t, d, c.WithToken(token), cache.ScopeOf(token, org)}
}

// elsewhere is the same reader in another organisation.
func (r reader) elsewhere(token string) reader {
	r.scope = cache.ScopeOf(token, "another organisation")
	return r
}

func (r reader) get() (*directory.Members, error) {
	return r.cache.Members(context.Background(), r.client, r.scope)
}

// whole gets the members, who must be complete and so many.
func (r reader) whole(size int) *directory.Members {
	r.t.Helper()
	members, err := r.get()
	require.NoError(r.t, err)
	assert.True(r.t, members.Complete)
	assert.Len(r.t, members.Items, size)
	return members
}

// groups gets the groups, which must be complete.
func (r reader) groups() *directory.Groups {
	r.t.Helper()
	groups, err := r.cache.Groups(context.Background(), r.client, r.scope)
	require.NoError(r.t, err)
	assert.True(r.t, groups.Complete)
	return groups
}

// membersOf is a copy of these people.
func membersOf(t testing.TB, rows ...row) *directory.Members {
	t.Helper()
	return newAPI(rows).reader(t, directory.New(directory.Options{}), "token").whole(len(rows))
}

func memberIDs(members []*tallyfy.Member) (ids []tallyfy.UserID) {
	for _, m := range members {
		ids = append(ids, m.ID)
	}
	return ids
}

func groupIDs(groups []*tallyfy.Group) (ids []string) {
	for _, g := range groups {
		ids = append(ids, string(g.ID))
	}
	return ids
}
