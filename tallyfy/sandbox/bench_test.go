package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

var large = Options{Groups: 5000, Members: 10000}

func BenchmarkStart(b *testing.B) {
	for name, o := range map[string]Options{"seed": {}, "large": large, "100000 groups": {Groups: 100_000}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				start(b, o)
			}
		})
	}
}

func BenchmarkRequest(b *testing.B) {
	s := start(b, large)
	org := "/api/organizations/" + s.OrgID()
	for name, target := range map[string]string{
		"groups":             org + "/groups?sort_by=name&per_page=100",
		"groups search":      org + "/groups?q=around+izmir&per_page=100",
		"users page":         org + "/users?per_page=25",
		"users page, sorted": org + "/users?per_page=25&sort=-last_login_at",
		"users page, groups": org + "/users?per_page=25&with=groups",
		"users, all":         org + "/users",
		"tasks":              org + "/tasks?owners=20552&status=active&per_page=5",
		"logo":               org + "/file/" + s.main.groups[0].logo,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, target, nil)
				r.Header.Set("Authorization", "Bearer "+AdminToken)
				r.Header.Set("Accept", "application/json")
				r.Header.Set("X-Tallyfy-Client", "APIClient")
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(strings.TrimSpace(w.Body.String()))
				}
			}
		})
	}
}
