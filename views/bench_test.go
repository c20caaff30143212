package views_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/static"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// BenchmarkGroups measures what it costs to write the list of groups with 50 rows, two thirds of them without a logo.
func BenchmarkGroups(b *testing.B) {
	assets, err := static.New("/assets")
	require.NoError(b, err)
	now := time.Date(2026, 3, 4, 10, 58, 0, 0, time.UTC)
	zone, err := time.LoadLocation("Europe/Oslo")
	require.NoError(b, err)
	page := views.Page{
		Title: "Groups", Section: views.SectionGroups, Assets: assets, Clock: views.Clock{Now: now, Location: zone},
		Account: &views.Account{Name: "Maren Dahl", Email: "maren.dahl@example.com", Organisation: "Aldermoor Logistics", Tag: "0123456789abcdef"},
	}
	list := views.List{SortKey: "sort_by", PerPage: 50, Page: 1}
	v := views.GroupList{List: list, Range: views.NewRange(list, 50, 312), Narrowing: views.Narrowing{Filters: views.GroupFilters}}
	for i := range 50 {
		row := views.GroupRow{
			ID: tallyfy.ID(fmt.Sprintf("%032x", i)), Name: fmt.Sprintf("Warehouse Gdańsk %d", i), Description: "Receiving, storage & dispatch at the Baltic hub.",
			Members: i * 7, Guests: i % 4, Created: now.AddDate(0, -i, -3), Updated: now.Add(-time.Duration(i*i) * time.Hour),
		}
		if i%3 == 0 {
			row.LogoVersion = "0123456789ab"
		}
		v.Rows = append(v.Rows, row)
	}
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		require.NoError(b, views.Groups(page, v).Render(b.Context(), &out))
	}
	b.ReportMetric(float64(out.Len()), "bytes/page")
}
