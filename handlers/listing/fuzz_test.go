package listing

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// membersOf makes a member of each byte, so that the fuzzer can make any mixture.
func membersOf(data []byte) []Member {
	members := make([]Member, len(data))
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
		members[i] = Member{Member: m, In: make([]*tallyfy.Group, b>>7)}
	}
	return members
}

// FuzzApply takes any address and any members. Only values on offer are chosen, each count comes
// true, and sorting loses nobody.
func FuzzApply(f *testing.F) {
	everyone := make([]byte, 256)
	for i := range everyone {
		everyone[i] = byte(i)
	}
	f.Add("", everyone, "-last_login_at")
	f.Add("role=admin&status=bot&groups=none&seen=never&joined=lately", everyone, "first_name")
	f.Add("role=emperor&role=admin&status=&%zz&a;b", []byte{1, 2, 3, 3, 3}, "-")
	f.Add("joined=lately&status=disabled", []byte{}, "created_at")
	f.Fuzz(func(t *testing.T, query string, data []byte, order string) {
		address, _ := url.ParseQuery(query) // what can be read of it, as for a request
		members := membersOf(data[:min(len(data), 256)])
		filters := MemberFilters(now)
		selection := Select(filters, address)
		for name, value := range selection {
			i := slices.IndexFunc(filters, func(f Filter[Member]) bool { return f.Name == name })
			require.GreaterOrEqual(t, i, 0)
			require.True(t, slices.ContainsFunc(filters[i].Values, func(v Value[Member]) bool { return v.Name == value }))
			require.Equal(t, address.Get(name), value)
		}
		kept, counts := Apply(members, filters, selection)
		for _, f := range filters {
			for _, v := range f.Values {
				if v.Unlisted && v.Name != selection[f.Name] {
					continue // not counted
				}
				then := Selection{f.Name: v.Name}
				for name, value := range selection {
					if name != f.Name {
						then[name] = value
					}
				}
				list, _ := Apply(members, filters, then)
				require.Len(t, list, counts[f.Name][v.Name], "%s=%s", f.Name, v.Name)
			}
		}
		before := slices.Sorted(slices.Values(ids(kept)))
		SortMembers(kept, order)
		require.Equal(t, before, slices.Sorted(slices.Values(ids(kept))), "sorting loses nobody")
	})
}
