package views

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// FuzzReadList takes any address of a list. What is read of it is on offer, reads back as itself from the links that the
// page makes of it, and leads to rows that can be counted, whatever Tallyfy says how many there are.
func FuzzReadList(f *testing.F) {
	for _, query := range []string{
		"", "q=night+watch&sort=-last_name&page=3&per_page=50&role=admin", "page=9223372036854775807&per_page=100", "page=-1&per_page=0", "q=%00%ff&sort=%27", "page=1e3&per_page=٣",
		"q=+a+&q=b&page=2&page=3", "a;b&%zz", "sort=&status=bot&joined=lately&groups=none&seen=never", "q=%E2%80%83x", "page=%2B2",
	} {
		f.Add(query, 34, 10)
		f.Add(query, 1<<63-1, 100)
		f.Add(query, -1, 0)
	}
	f.Fuzz(func(t *testing.T, query string, total, rows int) {
		values, _ := url.ParseQuery(query) // what can be read of it, as for a request
		l := ReadList(values, "sort", MemberSorts)
		l.Chosen = map[string]string{}
		for _, filter := range MemberFilters {
			if offered(filter.Choices, values.Get(filter.Name)) {
				l.Chosen[filter.Name] = values.Get(filter.Name)
			}
		}
		require.Contains(t, PageSizes, l.PerPage)
		require.GreaterOrEqual(t, l.Page, 1)
		require.True(t, l.Sort == "" || offered(MemberSorts, l.Sort))
		require.Equal(t, strings.TrimSpace(l.Query), l.Query)

		for _, link := range []string{l.Encode(), l.Refresh()} {
			again, err := url.ParseQuery(strings.TrimPrefix(link, "?"))
			require.NoError(t, err)
			back := ReadList(again, "sort", MemberSorts)
			back.Chosen = map[string]string{}
			for _, filter := range MemberFilters {
				if again.Has(filter.Name) {
					back.Chosen[filter.Name] = again.Get(filter.Name)
				}
			}
			require.Equal(t, l, back)
		}

		rows = int(uint(rows) % 101) // the rows themselves are counted, at most 100 of them; the total is Tallyfy's word
		r := NewRange(l, rows, max(0, total))
		require.GreaterOrEqual(t, r.Pages, 1)
		require.GreaterOrEqual(t, r.Total, max(0, total))
		if rows == 0 {
			require.Zero(t, r.From)
			return
		}
		require.GreaterOrEqual(t, r.From, 1)
		require.Equal(t, rows-1, r.To-r.From)
		require.GreaterOrEqual(t, r.Total, r.To)
		require.LessOrEqual(t, r.Page, r.Pages)
		require.GreaterOrEqual(t, r.Pages-1, (max(1, total)-1)/l.PerPage, "every row is on a page")
	})
}

func offered(choices []components.Choice, value string) bool {
	return value != "" && slices.ContainsFunc(choices, func(c components.Choice) bool { return c.Value == value })
}

// FuzzURLs makes addresses of ids and words that come from Tallyfy or from a visitor. A browser that follows one asks for
// that very id, below the sub-path. "." and ".." are left out: a path cannot hold them, and package tallyfy refuses them.
func FuzzURLs(f *testing.F) {
	for _, id := range []string{"a", "1/../2", "..%2f", "a?b#c", "//evil.example", "\\", "javascript:alert(1)", "é", "\x00\r\n", "\xff", "a b", "%", ";x", "\"><b>", "new"} {
		f.Add(id, id)
	}
	u := URLs{Base: "/tools/tallyfy"}
	page, err := url.Parse("https://dashboard.example/tools/tallyfy/members/7")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, id, word string) {
		if id == "" || id == "." || id == ".." {
			return
		}
		for link, want := range map[string]struct {
			path      []string
			parameter string
		}{
			u.Group(tallyfy.ID(id)):                       {[]string{"groups", id}, ""},
			u.DeleteGroup(tallyfy.ID(id)):                 {[]string{"groups", id, "delete"}, ""},
			u.GroupLogo(tallyfy.ID(id), word):             {[]string{"groups", id, "logo"}, "v"},
			u.GroupPeopleFile(tallyfy.ID(id)):             {[]string{"groups", id, "people.csv"}, ""},
			u.Member(tallyfy.UserID(id)):                  {[]string{"members", id}, ""},
			u.RemovalHandover(tallyfy.UserID(id), word):   {[]string{"members", id, "remove", "handover"}, "to"},
			u.RemovalPlan(tallyfy.UserID(id), word):       {[]string{"members", id, "remove", "plan"}, "to"},
			u.RemovalReceipt(tallyfy.UserID("7"), id):     {[]string{"members", "7", "remove", "receipt", id}, ""},
			u.SignIn(word):                                {[]string{"signin"}, "next"},
			u.SignInUnsent(word):                          {[]string{"signin"}, "next"},
			u.MembersFile(List{Query: word, PerPage: 25}): {[]string{"members.csv"}, "q"},
		} {
			to, err := page.Parse(link)
			require.NoError(t, err, link)
			require.Equal(t, "https://dashboard.example", to.Scheme+"://"+to.Host)
			require.Empty(t, to.Fragment)
			parts := strings.Split(strings.TrimPrefix(to.EscapedPath(), "/tools/tallyfy/"), "/")
			require.Len(t, parts, len(want.path), link)
			for i, part := range parts {
				plain, err := url.PathUnescape(part)
				require.NoError(t, err)
				require.Equal(t, want.path[i], plain, link)
			}
			if want.parameter != "" {
				values, err := url.ParseQuery(to.RawQuery)
				require.NoError(t, err)
				require.Equal(t, word, values.Get(want.parameter), link)
			} else {
				require.Empty(t, to.RawQuery)
			}
		}
	})
}
