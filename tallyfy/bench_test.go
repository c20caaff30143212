package tallyfy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// sandboxBody is what an organisation with two pages of everything answers.
func sandboxBody(b *testing.B, path string) []byte {
	b.Helper()
	server, err := sandbox.New(sandbox.Options{Groups: 150, Members: 150})
	require.NoError(b, err)
	r := httptest.NewRequest(http.MethodGet, "/api/organizations/"+server.OrgID()+path, nil)
	r.Header.Set("Authorization", "Bearer "+sandbox.AdminToken)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Tallyfy-Client", "APIClient")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	require.Equal(b, http.StatusOK, w.Code)
	return w.Body.Bytes()
}

func benchmarkList[T any](b *testing.B, body []byte) {
	b.Helper()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeList[T](body); err != nil {
			b.Fatal(err)
		}
	}
}

// The lists that pages show.
func BenchmarkDecodeList(b *testing.B) {
	b.Run("50 groups", func(b *testing.B) { benchmarkList[Group](b, sandboxBody(b, "/groups?per_page=50")) })
	b.Run("100 members", func(b *testing.B) { benchmarkList[Member](b, sandboxBody(b, "/users?per_page=100")) })
	b.Run("100 members with groups", func(b *testing.B) {
		benchmarkList[Member](b, sandboxBody(b, "/users?per_page=100&with=groups"))
	})
}

// A page of members with=groups, all of them in one group of 10,000, in the order of their ids and in no order.
func BenchmarkDecodeEverybodyGroup(b *testing.B) {
	for name, id := range map[string]func(int) int{
		"ascending": func(i int) int { return 100_000 + i },
		"unordered": func(i int) int { return 100_000 + i*7919%10_000 },
	} {
		ids := make([]string, 10_000)
		for i := range ids {
			ids[i] = fmt.Sprint(id(i))
		}
		var rows []string
		for i := range 30 {
			rows = append(rows, fmt.Sprintf(`{"id":%d,"groups":{"data":[{"id":"g","name":"Everybody","members":[%s],"guests":[]}]}}`, i, strings.Join(ids, ",")))
		}
		body := []byte(`{"data":[` + strings.Join(rows, ",") + `]}`)
		b.Run(name, func(b *testing.B) { benchmarkList[Member](b, body) })
	}
}

// An error with messages for several fields.
func BenchmarkErrorBody(b *testing.B) {
	base, err := New(Options{})
	require.NoError(b, err)
	c := base.WithToken(testToken)
	body := []byte(`{"message":"The given data was invalid.","errors":{"name":["The name has already been taken."],"guests.3":["This is no address."]}}`)
	b.ReportAllocs()
	for b.Loop() {
		c.readErrorBody(&Error{Status: 422}, body)
	}
}

// The client's own share of a call, with and without what it has to decode.
func BenchmarkCall(b *testing.B) {
	for name, body := range map[string][]byte{"empty": []byte(`{"data":[]}`), "50 groups": sandboxBody(b, "/groups?per_page=50")} {
		b.Run(name, func(b *testing.B) {
			header := http.Header{"Content-Type": {"application/json"}}
			base, err := New(Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				return &http.Response{
					StatusCode: http.StatusOK, Header: header, Request: r,
					Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
				}, nil
			})})
			require.NoError(b, err)
			c := base.WithToken(testToken)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Groups.List(b.Context(), "o", GroupListOptions{SortBy: "name", Page: 1, PerPage: 50}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
