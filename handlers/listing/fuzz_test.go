package listing

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// peopleOf makes a person of each byte, so that the fuzzer can make any mixture.
func peopleOf(data []byte) []Person {
	people := make([]Person, len(data))
	for i, b := range data {
		m := &tallyfy.Member{
			ID:   tallyfy.UserID(string(rune('a' + i))),
			Role: []tallyfy.Role{tallyfy.RoleAdmin, tallyfy.RoleStandard, tallyfy.RoleLight, "emperor"}[b&3],
			Status: []tallyfy.Status{
				tallyfy.StatusActive, tallyfy.StatusInvited, tallyfy.StatusDisabled, "asleep",
			}[b>>2&3],
			FirstName: string(rune('a' + b%5)),
		}
		if b&16 != 0 {
			m.Type = "bot"
		}
		if b&32 != 0 {
			m.LastLoginAt = ago(int(b))
		}
		if b&64 != 0 {
			m.CreatedAt = tallyfy.Time{Time: now.Add(-time.Duration(b) * 9 * time.Hour)}
		}
		people[i] = Person{Member: m, In: make([]*tallyfy.Group, b>>7)}
	}
	return people
}

// FuzzNarrow takes any address and any people. Only what there is to choose is chosen; each count is what choosing it then
// keeps; and the pages of the sorted list hold each one who is kept once, however odd the page that is asked for.
func FuzzNarrow(f *testing.F) {
	everyone := make([]byte, 256)
	for i := range everyone {
		everyone[i] = byte(i)
	}
	f.Add("", everyone, "-last_login_at", 1, 10)
	f.Add("role=admin&status=bot&groups=none&seen=never&joined=lately", everyone, "first_name", 99, 25)
	f.Add("role=emperor&role=admin&status=&%zz&a;b", []byte{1, 2, 3, 3, 3}, "-", -1, 1)
	f.Add("joined=lately&status=disabled", []byte{}, "created_at", 1<<62, 100)
	f.Fuzz(func(t *testing.T, query string, data []byte, order string, page, perPage int) {
		address, _ := url.ParseQuery(query) // what can be read of it, as for a request
		people := peopleOf(data[:min(len(data), 256)])
		dimensions := MemberDimensions(now)
		chosen := Choose(dimensions, address)
		for name, value := range chosen {
			d := slices.IndexFunc(dimensions, func(d Dimension[Person]) bool { return d.Name == name })
			require.GreaterOrEqual(t, d, 0)
			require.True(t, slices.ContainsFunc(dimensions[d].Values, func(v Value[Person]) bool { return v.Name == value }))
			require.Equal(t, address.Get(name), value)
		}
		kept, counts := Narrow(people, dimensions, chosen)
		for _, d := range dimensions {
			for _, v := range d.Values {
				then := Chosen{d.Name: v.Name}
				for name, value := range chosen {
					if name != d.Name {
						then[name] = value
					}
				}
				list, _ := Narrow(people, dimensions, then)
				require.Len(t, list, counts[d.Name][v.Name], "%s=%s", d.Name, v.Name)
			}
		}
		before := slices.Sorted(slices.Values(ids(kept)))
		SortMembers(kept, order)
		require.Equal(t, before, slices.Sorted(slices.Values(ids(kept))), "sorting loses nobody")

		perPage = 1 + int(uint(perPage)%100) // of a few sizes that views fixes
		rows, at := Page(kept, page, perPage)
		require.GreaterOrEqual(t, at, 1)
		require.LessOrEqual(t, len(rows), perPage)
		if page >= 1 && page <= at {
			require.Equal(t, page, at)
		}
		var seen []string
		for n := 1; len(seen) < len(kept); n++ {
			rows, at := Page(kept, n, perPage)
			require.Equal(t, n, at)
			require.NotEmpty(t, rows)
			seen = append(seen, ids(rows)...)
		}
		require.Equal(t, ids(kept), seen)
	})
}
