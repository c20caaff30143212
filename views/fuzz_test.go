package views

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

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
			u.Group(tallyfy.ID(id)):                            {[]string{"groups", id}, ""},
			u.DeleteGroup(tallyfy.ID(id)):                      {[]string{"groups", id, "delete"}, ""},
			u.GroupLogo(tallyfy.ID(id), word):                  {[]string{"groups", id, "logo"}, "v"},
			u.GroupPeopleFile(tallyfy.ID(id)):                  {[]string{"groups", id, "people.csv"}, ""},
			u.GroupOn(tallyfy.ID(id), word, 1):                 {[]string{"groups", id}, "on"},
			u.GroupOnFile(tallyfy.ID(id), word):                {[]string{"groups", id, "people.csv"}, "on"},
			u.Member(tallyfy.UserID(id)):                       {[]string{"members", id}, ""},
			u.RemovalHandover(tallyfy.UserID(id), word):        {[]string{"members", id, "remove", "handover"}, "to"},
			u.RemovalPlan(tallyfy.UserID(id), word):            {[]string{"members", id, "remove", "plan"}, "to"},
			u.Entry(id):                                        {[]string{"activity", id}, ""},
			u.SignIn(word):                                     {[]string{"signin"}, "next"},
			u.SignInUnsent(word):                               {[]string{"signin"}, "next"},
			u.MembersFile(ListState{Query: word, PerPage: 25}): {[]string{"members.csv"}, "q"},
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
