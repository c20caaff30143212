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

// sandboxAnswer is what an organisation with two pages of everything answers, as a body to decode.
func sandboxAnswer(b *testing.B, path string) []byte {
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
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeList[T](body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeGroups(b *testing.B) {
	body := sandboxAnswer(b, "/groups?per_page=50")
	b.Run("whole", func(b *testing.B) { benchmarkList[Group](b, body) })
	b.Run("summaries", func(b *testing.B) { benchmarkList[GroupSummary](b, body) })
}

func BenchmarkDecodeMemberPage(b *testing.B) {
	plain, with := sandboxAnswer(b, "/users?per_page=100"), sandboxAnswer(b, "/users?per_page=100&with=groups")
	b.Run("plain", func(b *testing.B) { benchmarkList[Member](b, plain) })
	b.Run("with groups", func(b *testing.B) { benchmarkList[Member](b, with) })
	b.Run("with groups, summaries", func(b *testing.B) { benchmarkList[MemberSummary](b, with) })
}

// A whole organisation at the documented page size of 9999.
func BenchmarkDecodeMembers(b *testing.B) {
	var body strings.Builder
	body.WriteString(`{"data":[`)
	for i := range 9999 {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"id":%d,"email":"person%d@x.test","username":"p%d","first_name":"Pat","last_name":"No %d","full_name":"Pat No %d",
			"profile_pic":null,"is_active":true,"last_login_at":"2023-01-15T09:00:00.000000Z","created_at":"2023-01-15T09:00:00+00:00",
			"role":"Standard","status":"active","type":"standard","groups":{"data":[{"id":"g","name":"G","members":[1,2,3],"guests":[]}]}}`, i, i, i, i, i)
	}
	body.WriteString(`],"meta":{"pagination":{"total":9999,"links":[]}}}`)
	decodeMembers(b, body.String())
}

// decodeMembers is the loop of a benchmark of a page of members.
func decodeMembers(b *testing.B, body string) {
	b.Helper()
	data := []byte(body)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeList[Member](data); err != nil {
			b.Fatal(err)
		}
	}
}

// A page of members with=groups, all of them in one group of 10,000.
func BenchmarkDecodeEverybodyGroup(b *testing.B) {
	var ids strings.Builder
	for i := range 10000 {
		if i > 0 {
			ids.WriteByte(',')
		}
		fmt.Fprint(&ids, 100000+i)
	}
	var body strings.Builder
	body.WriteString(`{"data":[`)
	for i := range 100 {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"id":%d,"groups":{"data":[{"id":"g","name":"Everybody","members":[%s],"guests":[]}]}}`, i, ids.String())
	}
	body.WriteString(`]}`)
	decodeMembers(b, body.String())
}

// One group of 5,000 people, in the order of their ids and in no order.
func BenchmarkDecodeLargeGroup(b *testing.B) {
	for name, id := range map[string]func(int) int{
		"ascending": func(i int) int { return 100_000 + i },
		"unordered": func(i int) int { return 100_000 + i*7919%5000 },
	} {
		ids := make([]string, 5000)
		for i := range ids {
			ids[i] = fmt.Sprint(id(i))
		}
		body := []byte(`{"data":{"id":"g","name":"Everybody","members":[` + strings.Join(ids, ",") + `],"guests":[]}}`)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := decodeItem[Group](body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The client's own share of a call, with and without what it has to decode.
func BenchmarkCall(b *testing.B) {
	for name, body := range map[string][]byte{"empty": []byte(`{"data":[]}`), "50 groups": sandboxAnswer(b, "/groups?per_page=50")} {
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

func BenchmarkWithToken(b *testing.B) {
	base, err := New(Options{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		base.WithToken(testToken)
	}
}

// Most of the answer about a group that everybody is in.
func BenchmarkSkipIDs(b *testing.B) {
	var body []byte
	body = append(body, '[')
	for i := range 10000 {
		body = append(body, fmt.Sprintf("%d,", 100000+i*3)...)
	}
	body = append(body[:len(body)-1], "]        "...)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if end, _, _ := skipIDs(body, 0); end == 0 {
			b.Fatal()
		}
	}
}
