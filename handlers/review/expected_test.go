package review_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

type personRow struct {
	ID     int    `json:"id"`
	Name   string `json:"full_name"`
	Title  string `json:"job_title"`
	Status string `json:"status"`
	Type   string `json:"type"`
}

type groupRow struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Members []int  `json:"members"`
}

// office answers with people and groups.
type office struct {
	people []personRow
	groups []groupRow
}

func (o office) RoundTrip(r *http.Request) (*http.Response, error) {
	rows, n := any(o.people), len(o.people)
	if strings.HasSuffix(r.URL.Path, "/groups") {
		rows, n = o.groups, len(o.groups)
	}
	body, _ := json.Marshal(map[string]any{"data": rows, "meta": map[string]any{"pagination": map[string]any{
		"total": n, "count": n, "per_page": 100, "current_page": 1, "total_pages": 1,
	}}})
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, nil
}

func (o office) read(t *testing.T) (*directory.Members, *directory.Groups) {
	t.Helper()
	client, err := tallyfy.New(tallyfy.Options{BaseURL: "http://tallyfy.invalid/api", Transport: o})
	require.NoError(t, err)
	copies, scope := directory.New(directory.Options{}), cache.ScopeOf("token", "aldermoor")
	members, err := copies.Members(t.Context(), client, scope)
	require.NoError(t, err)
	groups, err := copies.Groups(t.Context(), client, scope)
	require.NoError(t, err)
	require.True(t, members.Complete && groups.Complete)
	return members, groups
}

// accounts are six accountants, a disabled one, a bot, and some others. Nobody is in Empty.
func accounts() office {
	o := office{groups: []groupRow{
		{"fin", "Finance", []int{1, 2, 3, 4, 5, 20, 20}},
		{"tax", "Tax", []int{1, 2, 3}},
		{"pay", "Payroll", []int{6}},
		{"old", "Old Ledger", []int{7, 8}},
		{"all", "Everyone", []int{1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 22, 23, 24}},
		{"none", "Empty", nil},
	}}
	for i := range 6 {
		o.people = append(o.people, personRow{ID: i + 1, Title: "Accountant"})
	}
	o.people[3].Title = " accountant "
	o.people = append(
		o.people, personRow{ID: 7, Title: "Accountant", Status: "disabled"}, personRow{ID: 8, Title: "Accountant", Type: "bot"},
		personRow{ID: 20, Title: "Driver"}, personRow{ID: 21, Title: "Driver"}, personRow{ID: 22}, personRow{ID: 23}, personRow{ID: 24, Title: "Accountant", Status: "invited"},
	)
	for i := range o.people {
		o.people[i].Name = "Person " + string(rune('A'+i))
		if o.people[i].Status == "" {
			o.people[i].Status = "active"
		}
	}
	return o
}

func lines(list []review.Reason) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, strings.TrimSpace(names.Plain(r.DisplayName()+": "+r.Why)))
	}
	return out
}

func TestExpected(t *testing.T) {
	everybody := store.StarterSet{Groups: []store.PlannedGroup{{ID: "all", Name: "Everyone"}}}
	drivers := store.StarterSet{Title: "DRIVER", Groups: []store.PlannedGroup{{ID: "none", Name: "Empty"}, {ID: "gone", Name: "Deleted"}}}
	accountants := store.StarterSet{Title: "Accountant", Groups: []store.PlannedGroup{{ID: "pay", Name: "Payroll"}}}
	for name, c := range map[string]struct {
		sets                             []store.StarterSet
		id                               tallyfy.UserID
		basis                            string
		there, missing, unexpected, open []string
		unknown                          bool
	}{
		"in all that most peers are in": {
			id: "1", basis: "Compared with 5 other active people with the job title Accountant.",
			there: []string{"Everyone: 5 of the 5 are in it.", "Finance: 4 of the 5 are in it."},
			// 2 of 5 are not most.
			unexpected: []string{"Tax: 2 of the 5 are in it."},
		},
		"the whitespace and case of a title do not count": {
			id: "4", basis: "Compared with 5 other active people with the job title accountant.",
			there:   []string{"Everyone: 5 of the 5 are in it.", "Finance: 4 of the 5 are in it."},
			missing: []string{"Tax: 3 of the 5 are in it."},
		},
		"something missing and something besides": {
			id: "6", basis: "Compared with 5 other active people with the job title Accountant.",
			there:   []string{"Everyone: 5 of the 5 are in it."},
			missing: []string{"Finance: 5 of the 5 are in it.", "Tax: 3 of the 5 are in it."}, unexpected: []string{"Payroll: 0 of the 5 are in it."},
		},
		"half of the peers are not most": {
			id: "24", basis: "Compared with 6 other active people with the job title Accountant.",
			there:   []string{"Everyone: 6 of the 6 are in it."},
			missing: []string{"Finance: 5 of the 6 are in it."},
		},
		"a disabled one is no peer, and compared": {
			id: "7", basis: "Compared with 6 other active people with the job title Accountant.",
			there:   []string{"Everyone: 6 of the 6 are in it."},
			missing: []string{"Finance: 5 of the 6 are in it."}, unexpected: []string{"Old Ledger: 0 of the 6 are in it."},
		},
		"too few with the title": {
			id: "20", unknown: true, basis: "Nothing to compare with: there is no starter set for Driver, and only 1 other active person has this job title; 4 are needed.",
			there: []string{"Everyone: Nearly everybody is in it."}, open: []string{"Finance:"},
		},
		"a set is enough, and one for everybody": {
			sets: []store.StarterSet{everybody, drivers}, id: "20", basis: "Compared with the starter set for Driver.",
			there: []string{"Everyone: In the starter set for everybody."}, missing: []string{"Empty: In the starter set for Driver."}, unexpected: []string{"Finance: Not in the starter set for Driver."},
		},
		"a set beside peers": {
			sets: []store.StarterSet{accountants}, id: "6", basis: "Compared with the starter set for Accountant, and with 5 other active people with this job title.",
			there:   []string{"Everyone: 5 of the 5 are in it.", "Payroll: In the starter set for Accountant."},
			missing: []string{"Finance: 5 of the 5 are in it.", "Tax: 3 of the 5 are in it."},
		},
		"without a title": {
			sets: []store.StarterSet{everybody, accountants}, id: "22", unknown: true, basis: "There is no job title to go by.",
			there: []string{"Everyone: In the starter set for everybody."},
		},
		"the set for everybody is missing": {
			sets: []store.StarterSet{{Groups: []store.PlannedGroup{{ID: "fin"}}}}, id: "22", unknown: true, basis: "There is no job title to go by.",
			there: []string{"Everyone: Nearly everybody is in it."}, missing: []string{"Finance: In the starter set for everybody."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			members, groups := accounts().read(t)
			m, ok := members.ByID(c.id)
			require.True(t, ok)
			d := review.Expect(c.sets, members, groups).Of(m)
			assert.Equal(t, c.basis, names.Plain(d.Basis))
			assert.Equal(t, !c.unknown, d.Known)
			assert.ElementsMatch(t, c.there, lines(d.There), "there")
			assert.ElementsMatch(t, c.missing, lines(d.Missing), "missing")
			assert.ElementsMatch(t, c.unexpected, lines(d.Unexpected), "unexpected")
			assert.ElementsMatch(t, c.open, lines(d.Open), "open")
			assert.Equal(t, len(c.missing)+len(c.unexpected), d.Size())
			assert.Len(t, groupsIn(groups, c.id), len(d.There)+len(d.Unexpected)+len(d.Open), "every group of the member is in one list")
		})
	}
}

func groupsIn(groups *directory.Groups, id tallyfy.UserID) map[tallyfy.ID]bool {
	list := map[tallyfy.ID]bool{}
	for _, g := range groups.Of(id) {
		list[g.ID] = true
	}
	return list
}
