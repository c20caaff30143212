package directory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

type groupRow struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Members     []int  `json:"members"`
}

// An organisation answers the list of groups in pages of 100, and leaves the other lists to an api.
type organisation struct {
	*api
	groups []groupRow
	// at is when each call came, of either list.
	at []time.Time
	// asked is how many calls were for groups.
	asked int
}

func (o *organisation) RoundTrip(r *http.Request) (*http.Response, error) {
	o.at = append(o.at, time.Now())
	if !strings.HasSuffix(r.URL.Path, "/groups") {
		return o.api.RoundTrip(r)
	}
	o.asked++
	rows := make([]map[string]any, 0, len(o.groups))
	for _, g := range o.groups {
		name := strings.ReplaceAll(g.Name, "{token}", strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		rows = append(rows, map[string]any{"id": g.ID, "name": name, "description": g.Description, "members": g.Members})
	}
	body, err := json.Marshal(map[string]any{
		"data": rows, "meta": map[string]any{"pagination": map[string]any{"total": len(rows), "count": len(rows), "per_page": 100, "current_page": 1, "total_pages": 1}},
	})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, err
}

const payrollID = "00112233445566778899aabbccddeeff"

func newOrganisation() *organisation {
	return &organisation{api: newAPI(crowd(3)), groups: []groupRow{
		{ID: "b", Name: "Opérations", Description: "Daily freight", Members: []int{2, 1}},
		{ID: payrollID, Name: "Payroll", Description: "Ends on the 17th", Members: []int{1}},
		{ID: "a", Name: "Łódź team", Description: "O’Brien's"},
		{ID: "17", Name: "Seen by {token}"},
	}}
}

// An asker is a reader of groups.
type asker struct {
	reader
	o *organisation
}

func (o *organisation) asker(t *testing.T, cache *directory.Cache, token string) asker {
	c, err := tallyfy.New(tallyfy.Options{BaseURL: "http://tallyfy.invalid/api", Transport: o})
	require.NoError(t, err)
	return asker{reader{t, cache, c.WithToken(token), directory.KeyFor(token, org)}, o}
}

func (a asker) all() *directory.Groups {
	a.t.Helper()
	g, err := a.cache.Groups(context.Background(), a.client, a.key)
	require.NoError(a.t, err)
	require.True(a.t, g.Complete)
	assert.Equal(a.t, len(a.o.groups), g.Len())
	return g
}

func ids(groups []*tallyfy.Group) (list []string) {
	for _, g := range groups {
		list = append(list, string(g.ID))
	}
	return list
}

func TestGroupsAreFoundByNameDescriptionAndID(t *testing.T) {
	g := newOrganisation().asker(t, directory.New(directory.Options{}), "me").all()
	for query, want := range map[string][]string{
		"":                               {"b", payrollID, "a", "17"}, // in Tallyfy's order
		" \t":                            {"b", payrollID, "a", "17"},
		"operations":                     {"b"},
		"FREIGHT ops":                    nil,
		"freight opér":                   {"b"},
		"lodz":                           {"a"},
		"o'brien":                        {"a"},
		"17":                             {payrollID, "17"}, // in a text, and as an id
		payrollID:                        {payrollID},
		payrollID[:31]:                   nil, // an id fits whole or not
		strings.ToUpper(payrollID) + "x": nil,
		"%":                              nil,
		".*":                             nil,
	} {
		assert.Equal(t, want, ids(g.Search(query)), "%q", query)
	}
}

func TestGroupsOfAMember(t *testing.T) {
	g := newOrganisation().asker(t, directory.New(directory.Options{}), "me").all()
	assert.Equal(t, []string{"b", payrollID}, ids(g.Of("1")), "in the order of the list")
	assert.Equal(t, []string{"b"}, ids(g.Of("2")))
	assert.Empty(t, g.Of("3"))
	assert.Empty(t, g.Of("nobody"))
}

func TestMembersAreFoundByID(t *testing.T) {
	s := snapshotOf(t, row{ID: 17, Name: "Anna"}, row{ID: 171, Name: "Björn"}, row{ID: 3, Name: "Carl 17"})
	found := s.Search("17", nil)
	require.Len(t, found, 2)
	assert.Equal(t, []string{"Anna", "Carl 17"}, []string{found[0].Name(), found[1].Name()}, "not the one whose id begins like it")
	assert.Empty(t, s.Search("17", func(*tallyfy.Member) bool { return false }), "an id is no way round what a page leaves out")
}

func TestKeptCallsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOrganisation()
		a := o.asker(t, directory.New(directory.Options{MaxAge: time.Minute}), "me")
		kept := func() bool {
			calls := len(o.at)
			members, groups, ok := a.cache.Kept(a.key)
			assert.Len(t, o.at, calls)
			if ok {
				assert.Equal(t, 3, members.Len())
				assert.Equal(t, 4, groups.Len())
			}
			return ok
		}
		assert.False(t, kept())
		a.whole(3)
		assert.False(t, kept(), "one of the two is not enough")
		a.all()
		assert.True(t, kept())
		time.Sleep(time.Minute)
		assert.False(t, kept(), "too old")
		a.whole(3)
		a.all()
		assert.True(t, kept())
		a.cache.GroupsChanged(a.key)
		assert.False(t, kept())
	})
}

func TestWhatDropsTheGroups(t *testing.T) {
	for name, test := range map[string]struct {
		drop                  func(c *directory.Cache, mine directory.Key)
		groups, members, them int // further calls: for mine, and for the groups of another token
	}{
		"nothing":          {func(*directory.Cache, directory.Key) {}, 0, 0, 0},
		"a group changed":  {(*directory.Cache).GroupsChanged, 1, 0, 1},
		"a member changed": {func(c *directory.Cache, k directory.Key) { c.Changed(k, &tallyfy.Member{ID: "2"}) }, 1, 0, 1},
		"unknown change":   {func(c *directory.Cache, k directory.Key) { c.Changed(k, nil) }, 1, 1, 1},
		"refresh":          {(*directory.Cache).Forget, 1, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrganisation()
			cache := directory.New(directory.Options{})
			mine, theirs, elsewhere := o.asker(t, cache, "mine"), o.asker(t, cache, "theirs"), o.asker(t, cache, "mine")
			elsewhere.key = directory.KeyFor("mine", "another organisation")
			for _, a := range []asker{mine, theirs, elsewhere} {
				a.all()
				a.whole(3)
			}
			test.drop(cache, mine.key)
			calls := func(ask func()) int {
				before := len(o.at)
				ask()
				return len(o.at) - before
			}
			assert.Equal(t, test.groups, calls(func() { mine.all() }))
			assert.Equal(t, test.members, calls(func() { mine.whole(3) }))
			assert.Equal(t, test.them, calls(func() { theirs.all() }))
			assert.Zero(t, calls(func() { elsewhere.all(); elsewhere.whole(3) }), "the other organisation")
		})
	}
}

func TestTokensNeverShareGroups(t *testing.T) {
	o := newOrganisation()
	cache := directory.New(directory.Options{})
	for _, token := range []string{"one", "two", "one"} {
		found := o.asker(t, cache, token).all().Search("seen by")
		require.Len(t, found, 1)
		assert.Equal(t, "Seen by "+token, found[0].Name)
	}
	assert.Equal(t, 2, o.asked)
}

// As members are, groups that two tokens see alike stand in memory once, and the rest is each one's own.
func TestGroupsThatAreAlikeAreShared(t *testing.T) {
	o := newOrganisation()
	cache := directory.New(directory.Options{})
	mine, theirs := o.asker(t, cache, "me").all(), o.asker(t, cache, "them").all()
	for i, g := range mine.Search("") {
		if g.ID == "17" {
			assert.Equal(t, "Seen by me", g.Name)
			assert.Equal(t, "Seen by them", theirs.Search("")[i].Name)
		} else {
			assert.Same(t, g, theirs.Search("")[i])
		}
	}
	assert.Len(t, theirs.Search("them"), 1)
	assert.Empty(t, theirs.Search("seen by me"))
	assert.Equal(t, []string{"b", payrollID}, ids(theirs.Of("1")))
}
