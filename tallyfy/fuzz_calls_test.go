package tallyfy

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzPath puts any text in the place of an id: the call stays below the organisation, on the API's host, and names that
// very id, or is not made at all.
func FuzzPath(f *testing.F) {
	for _, id := range []string{"a", "", ".", "..", "../users", "%2e%2e", "a/b", "a?b=c", "a#b", "@evil.example", "//evil.example", "\\", "é", "\x00", "\r\nHost: x", "\xff", " ", ";", "٣"} {
		f.Add(id, "g1")
		f.Add("o1", id)
	}
	var sent *http.Request
	base, err := New(Options{BaseURL: "https://api.test/some/prefix/api", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r
		return answers(http.StatusNotFound, "")(r)
	})})
	require.NoError(f, err)
	c := base.WithToken(testToken)
	f.Fuzz(func(t *testing.T, org, id string) {
		sent = nil
		_, err := c.Groups.Get(t.Context(), ID(org), ID(id))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "\n")
		refused := slices.ContainsFunc([]string{org, id}, func(s string) bool { return s == "" || s == "." || s == ".." })
		require.Equal(t, refused, sent == nil, "%q", err)
		if refused {
			return
		}
		target := sent.URL.String() // what goes over the wire
		rest, below := strings.CutPrefix(target, "https://api.test/some/prefix/api/organizations/")
		require.True(t, below, target)
		require.NotContains(t, rest, "?")
		require.NotContains(t, rest, "#")
		parts := strings.Split(rest, "/")
		require.Len(t, parts, 3, target)
		require.Equal(t, "groups", parts[1])
		require.Equal(t, "/some/prefix/api/organizations/"+org+"/groups/"+id, sent.URL.Path)
		require.Equal(t, "Bearer "+testToken, sent.Header.Get("Authorization"))
	})
}

// FuzzGroup reads a group. A list is replaced as a whole when a group is changed, so nobody may be lost on the way: what is
// read names everybody whom the JSON names, as another reading of it finds them, and is written back as it was read.
func FuzzGroup(f *testing.F) {
	seeds(f, `{"id":"a","members":[1,"2",{"id":3}],"guests":["a@x.test",{"email":"B@x.test","link":"secret"}]}`, `{"members":{"data":[1,1,01]}}`, `{"members":[9007199254740993,17.0,-0]}`,
		`{"members":[[1]]}`, `{"members":{"id":5}}`, `{"guests":[null,"","a@x.test","A@X.TEST"]}`, `{"members":null,"guests":{}}`, `{"members":[1 , 2]}`, `{"members":"1,2"}`, `{"guests":[{"mail":"a@x.test"}]}`,
		`{"members":[true]}`, `{"members":[{"ID":1}]}`, `{"members":[ ]}`, `{"data":{"id":"a"}}`, `{"members":{"dAta":[9]}}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var g Group
		if unmarshal(data, &g) != nil {
			return
		}
		var loose struct{ Members, Guests any }
		decoder := json.NewDecoder(strings.NewReader(string(data)))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&loose))
		require.Equal(t, named(loose.Members, "id"), lowered(g.Members))
		require.Equal(t, named(loose.Guests, "email"), lowered(g.Guests))

		members, guests := []UserID(g.Members), []string(g.Guests)
		body, err := json.Marshal(UpdateGroupRequest{Name: "n", Members: &members, Guests: &guests}.wire())
		require.NoError(t, err)
		var again Group
		require.NoError(t, unmarshal(body, &again))
		require.Equal(t, lowered(g.Members), lowered(again.Members))
		require.Equal(t, lowered(g.Guests), lowered(again.Guests))
	})
}

// named collects the references in a list of any shape, sorted, each once.
func named(value any, key string) []string {
	found := map[string]bool{}
	var collect func(any)
	collect = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, one := range v {
				collect(one)
			}
		case map[string]any:
			inner := v[key]
			for name, value := range v {
				if strings.EqualFold(name, "data") { // as encoding/json reads names
					inner = value
				}
			}
			collect(inner)
		case json.Number:
			whole, _, _ := strings.Cut(v.String(), ".")
			found[whole] = true
		case string:
			found[strings.ToLower(v)] = true
		}
	}
	collect(value)
	delete(found, "")
	return sorted(found)
}

func lowered[T ~string](list []T) []string {
	found := map[string]bool{}
	for _, one := range list {
		found[strings.ToLower(string(one))] = true
	}
	return sorted(found)
}

func sorted(set map[string]bool) []string {
	list := []string{}
	for one := range set {
		list = append(list, one)
	}
	slices.Sort(list)
	return list
}

// FuzzPages reads a list from a service that says anything of its size and cuts pages as it likes. The reading ends, gives
// nothing twice, and, where no total is told or the true one, gives everything.
func FuzzPages(f *testing.F) {
	f.Add(34, 10, 100, 34, 4, true)
	f.Add(34, 10, 100, 0, 1<<62, true)
	f.Add(250, 100, 10, 250, 1, true)
	f.Add(250, 10, 100, -1, -1, false)
	f.Add(0, 10, 10, 1<<62, 1<<62, true)
	f.Add(99, 33, 100, 33, 1, true)
	f.Add(9, 20, 20, 0, 0, false)
	f.Fuzz(func(t *testing.T, held, most, perPage, total, totalPages int, meta bool) {
		held = int(uint(held) % 500)
		most = smallestPage + int(uint(most)%100) // no service is known that cuts smaller pages
		perPage = smallestPage + int(uint(perPage)%100)
		calls := 0
		list := pages([]string{"things"}, perPage, func(page, perPage int) (*Page[Guest], error) {
			calls++
			size := min(perPage, most)
			var rows []string
			for i := (page - 1) * size; i < min(page*size, held); i++ {
				rows = append(rows, fmt.Sprintf(`{"id":%d}`, i))
			}
			body := `{"data":[` + strings.Join(rows, ",") + `]`
			if meta {
				body += fmt.Sprintf(`,"meta":{"pagination":{"total":%d,"count":%d,"per_page":%d,"current_page":%d,"total_pages":%d}}`, total, len(rows), size, page, totalPages)
			}
			return decodeList[Guest]([]byte(body + "}"))
		})
		seen := map[ID]bool{}
		for one, err := range list {
			if short := (*ShortError)(nil); errors.As(err, &short) {
				require.True(t, meta && total > len(seen), "%v", err)
				require.Equal(t, len(seen), short.Read)
				break
			}
			require.NoError(t, err)
			require.False(t, seen[one.ID], "%s comes twice", one.ID)
			seen[one.ID] = true
		}
		require.LessOrEqual(t, calls, held/smallestPage+2)
		if !meta || total == held {
			require.Len(t, seen, held)
		}
		if len(seen) < held {
			require.Equal(t, total, len(seen), "only a total that fits what has come may end a list early")
		}
	})
}

// FuzzAnswerHeaders: what an answer's headers say reaches logs and pages, so it is short, of one line, and without the token.
func FuzzAnswerHeaders(f *testing.F) {
	for _, id := range []string{"req-1", "", testToken, "x" + testToken, "a b", "a\nb", "<b>", strings.Repeat("x", 200), "\x1b[31m", "é"} {
		f.Add(id, "5", 429)
		f.Add("req-1", id, 503)
	}
	base, err := New(Options{})
	require.NoError(f, err)
	c := base.WithToken(testToken)
	f.Fuzz(func(t *testing.T, id, wait string, status int) {
		e := c.errorFrom(&prepared{request: request{method: "GET"}, shown: "/me"}, &http.Response{
			StatusCode: status, Header: http.Header{"X-Request-Id": {id}, "Retry-After": {wait}, "Location": {id}}, Body: http.NoBody,
		})
		require.Equal(t, status, e.Status)
		require.NotEmpty(t, e.Message)
		require.LessOrEqual(t, len(e.RequestID), 128)
		for _, text := range []string{e.RequestID, e.Error()} {
			require.NotContains(t, text, testToken)
			require.NotContains(t, text, "\n")
			require.NotContains(t, text, "\x1b")
		}
		if id == e.RequestID || strings.Contains(id, testToken) {
			return
		}
		require.Empty(t, e.RequestID, "an id is passed on whole or not at all")
	})
}
