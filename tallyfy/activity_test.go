package tallyfy

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestActivityShapes(t *testing.T) {
	at := Time{time.Date(2026, 3, 4, 7, 58, 9, 0, time.UTC)}
	omar := Actor{FullName: "Omar Haddad", Email: "omar@x.test"}
	for in, want := range map[string]ActivityEntry{
		`{"id":"e1","verb":["updated"],"auditable_id":"0a1b","actor_type":["user"],"actor_id":[20552],"actor":[{"full_name":"Omar Haddad","email":"omar@x.test","profile_pic":null}],
			"created_at":"2026-03-04T07:58:09.000000Z","auditable_type":"App\\Models\\Group","text":[],"undoable":false}`: {
			ID: "e1", Verb: "updated", About: "0a1b", ActorType: "user", ActorID: "20552", Actor: omar, CreatedAt: at,
		},
		`{"id":7,"verb":"updated","auditable_id":20552,"actor_type":"user","actor_id":"20552","actor":{"full_name":"Omar Haddad","email":"omar@x.test"},"created_at":"2026-03-04 07:58:09"}`: {
			ID: "7", Verb: "updated", About: "20552", ActorType: "user", ActorID: "20552", Actor: omar, CreatedAt: at,
		},
		`{"id":["7"],"auditable_id":["20552"],"actor":{"data":[{"full_name":"Omar Haddad","email":"omar@x.test"}]},"created_at":"2026-03-04T07:58:09+00:00"}`: {
			ID: "7", About: "20552", Actor: omar, CreatedAt: at,
		},
		`{"id":"e1","verb":[],"auditable_id":null,"actor_type":{},"actor_id":[null],"actor":[],"created_at":null}`: {ID: "e1"},
		`{"id":"e1","verb":[["x"]],"actor":"Omar","created_at":"yesterday"}`:                                       {ID: "e1"},
		`{"id":"e1","actor":[5],"verb":true}`:                                                                      {ID: "e1"},
		`{"id":"e1","actor":{"email":["a"],"username":5}}`:                                                         {ID: "e1", Actor: Actor{Username: "5"}},
	} {
		page, err := decodeList[ActivityEntry]([]byte(`{"data":[` + in + `]}`))
		require.NoError(t, err, in)
		assert.Equal(t, []ActivityEntry{want}, page.Items, in)
	}
	for want, a := range map[string]Actor{
		"Omar Haddad": {FullName: " Omar Haddad ", Email: "o@x.test"}, "Omar": {FirstName: "Omar", Username: "oh"}, "oh": {FullName: "\u200b", Username: "oh", Email: "o@x.test"},
		"o@x.test": {Email: "o@x.test"}, "": {},
	} {
		assert.Equal(t, want, a.Name())
	}
}

func TestActivityIsAskedForByTypeAndDay(t *testing.T) {
	c, s := scripted(t, answers(200, `{"data":[]}`))
	day := time.Date(2026, 3, 4, 23, 59, 0, 0, time.UTC)
	_, err := c.Activity.List(t.Context(), "o", ActivityOptions{Type: ActivityOfMembers, After: day, Before: day.AddDate(0, 0, 1), Page: 2, PerPage: 50})
	require.NoError(t, err)
	assert.Equal(t, "/some/prefix/api/organizations/o/activity-feeds", s.calls[0].URL.Path)
	assert.Equal(t, url.Values{"type": {"User"}, "created_after": {"2026-03-04"}, "created_before": {"2026-03-05"}, "page": {"2"}, "per_page": {"50"}}, s.calls[0].URL.Query())
	_, err = c.Activity.List(t.Context(), "o", ActivityOptions{})
	require.NoError(t, err)
	assert.Empty(t, s.calls[1].URL.RawQuery)
}

// The bound counts calls, whatever a page holds, and what lies beyond it is said.
func TestActivityIsReadWithFewCalls(t *testing.T) {
	for name, c := range map[string]struct {
		pager pager
		calls int
		read  int
		all   bool
	}{
		"one page":                    {pager{n: 100}, 1, 100, true},
		"none":                        {pager{n: 0}, 1, 0, true},
		"just three":                  {pager{n: 300}, 3, 300, true},
		"one more":                    {pager{n: 301}, 3, 300, false},
		"short pages":                 {pager{n: 100, cap: 20}, 3, 60, false},
		"short pages to the end":      {pager{n: 60, cap: 20}, 3, 60, true},
		"without counts":              {pager{n: 100, noMeta: true}, 2, 100, true},
		"without counts, cut":         {pager{n: 300, noMeta: true}, 3, 300, false},
		"the same page again":         {pager{n: 150, ignorePage: true}, 2, 100, false},
		"rows that come again":        {pager{n: 250, repeatFirst: true}, 3, 250, true},
		"more counted than there are": {pager{n: 150, total: 160}, 3, 150, false},
		"endless":                     {pager{endless: true, n: 5000}, 3, 300, false},
	} {
		p := c.pager
		list, all, err := newTestClient(t, Options{Transport: &p}).Activity.Newest(t.Context(), "o", ActivityOptions{Type: ActivityOfGroups}, 3)
		require.NoError(t, err, name)
		assert.Len(t, list, c.read, name)
		assert.Equal(t, c.all, all, name)
		assert.Len(t, p.calls, c.calls, name)
		for i, query := range p.calls {
			assert.Equal(t, fmt.Sprintf("page=%d&per_page=100&type=Group", i+1), query, name)
		}
	}
}

func TestActivityThatCannotBeRead(t *testing.T) {
	for name, step := range map[string]roundTrip{
		"refused": answers(http.StatusForbidden, `{"error":true,"message":"Forbidden."}`), "no list": answers(200, `{"data":"x"}`), "no JSON": answers(200, `<html>`),
	} {
		c, _ := scripted(t, answers(200, `{"data":[{"id":"1"}],"meta":{"pagination":{"total":9,"current_page":1,"total_pages":2}}}`), step)
		list, all, err := c.Activity.Newest(t.Context(), "o", ActivityOptions{}, 3)
		require.Error(t, err, name)
		assert.Empty(t, list, name)
		assert.False(t, all, name)
	}
}
