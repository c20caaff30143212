package listing

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ago(days int) tallyfy.Time { return tallyfy.Time{Time: now.AddDate(0, 0, -days)} }

func somePeople() []Person {
	person := func(id, role, status, kind string, joined, seen tallyfy.Time, groups int) Person {
		return Person{Member: &tallyfy.Member{
			ID: tallyfy.UserID(id), FirstName: id, Role: tallyfy.Role(role), Status: tallyfy.Status(status), Type: kind, CreatedAt: joined, LastLoginAt: seen,
		}, In: make([]*tallyfy.Group, groups)}
	}
	return []Person{
		person("ann", "admin", "active", "standard", ago(400), ago(1), 3),
		person("bob", "standard", "active", "standard", ago(29), tallyfy.Time{}, 0),
		person("cyd", "standard", "invited", "standard", ago(30), tallyfy.Time{}, 1),
		person("dee", "light", "disabled", "standard", ago(31), ago(9), 0),
		person("eve", "standard", "active", "bot", tallyfy.Time{}, tallyfy.Time{}, 2),
	}
}

func ids(people []Person) (list []string) {
	for _, p := range people {
		list = append(list, string(p.ID))
	}
	return list
}

func TestFiltersKeepWhatTheySay(t *testing.T) {
	for _, test := range []struct {
		address string
		want    []string
	}{
		{"", []string{"ann", "bob", "cyd", "dee", "eve"}},
		{"role=standard", []string{"bob", "cyd", "eve"}},
		{"status=active", []string{"ann", "bob"}},
		{"status=bot", []string{"eve"}},
		{"groups=none", []string{"bob", "dee"}},
		{"seen=never", []string{"bob", "cyd", "eve"}},
		{"joined=lately", []string{"bob", "cyd"}},
		{"groups=none&seen=never&role=standard", []string{"bob"}},
		{"role=light&status=active", nil},
		{"role=emperor&status=&other=1", []string{"ann", "bob", "cyd", "dee", "eve"}},
	} {
		address, err := url.ParseQuery(test.address)
		require.NoError(t, err)
		dimensions := MemberDimensions(now)
		kept, _ := Narrow(somePeople(), dimensions, Choose(dimensions, address))
		assert.Equal(t, test.want, ids(kept), test.address)
	}
}

// A count is a promise: choosing the value shows that many.
func TestCountsComeTrue(t *testing.T) {
	dimensions := MemberDimensions(now)
	starts := []Chosen{{}, {Role: "standard"}, {Role: "standard", Seen: "never"}, {Status: "active", InNone: "none"}, {Role: "light", Status: "active"}}
	for _, start := range starts {
		_, counts := Narrow(somePeople(), dimensions, start)
		for _, d := range dimensions {
			for _, v := range d.Values {
				then := Chosen{d.Name: v.Name}
				for name, value := range start {
					if name != d.Name {
						then[name] = value
					}
				}
				kept, _ := Narrow(somePeople(), dimensions, then)
				assert.Len(t, kept, counts[d.Name][v.Name], "%v, then %s=%s", start, d.Name, v.Name)
			}
		}
	}
}

func TestGroupFilters(t *testing.T) {
	team := func(name string, members, guests, disabled int) Team {
		return Team{Group: &tallyfy.Group{Name: name, Members: make([]tallyfy.UserID, members), Guests: make([]string, guests)}, Disabled: disabled}
	}
	teams := []Team{team("empty", 0, 0, 0), team("one", 1, 2, 0), team("guests", 0, 2, 0), team("many", 5, 0, 1)}
	for value, want := range map[string]string{"people=none": "empty", "people=one": "one", "people=guests": "guests", "holds=disabled": "many"} {
		address, err := url.ParseQuery(value)
		require.NoError(t, err)
		dimensions := GroupDimensions()
		kept, _ := Narrow(teams, dimensions, Choose(dimensions, address))
		require.Len(t, kept, 1, value)
		assert.Equal(t, want, kept[0].Name)
	}
}

func TestSortMembers(t *testing.T) {
	for order, want := range map[string][]string{
		"":               {"ann", "bob", "cyd", "dee", "eve"},
		"unknown":        {"ann", "bob", "cyd", "dee", "eve"},
		"-first_name":    {"eve", "dee", "cyd", "bob", "ann"},
		"created_at":     {"ann", "dee", "cyd", "bob", "eve"}, // nothing known comes last
		"-created_at":    {"bob", "cyd", "dee", "ann", "eve"},
		"-last_login_at": {"ann", "dee", "bob", "cyd", "eve"},
	} {
		people := somePeople()
		SortMembers(people, order)
		assert.Equal(t, want, ids(people), order)
	}
}

func TestPagesShowEveryRowOnce(t *testing.T) {
	for _, n := range []int{0, 1, 10, 11, 100, 101, 1001} {
		items := make([]int, n)
		for i := range items {
			items[i] = i
		}
		for _, perPage := range []int{10, 25, 100} {
			var seen []int
			pages := max(1, (n+perPage-1)/perPage)
			for page := 1; page <= pages; page++ {
				rows, at := Page(items, page, perPage)
				assert.Equal(t, page, at)
				seen = append(seen, rows...)
			}
			assert.Equal(t, n, len(seen), fmt.Sprint(n, perPage))
			last, at := Page(items, pages+5, perPage)
			assert.Equal(t, pages, at)
			again, _ := Page(items, pages, perPage)
			assert.Equal(t, again, last)
		}
	}
}
