package views_test

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/static"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
)

var clock = views.Clock{Now: now, Location: time.UTC}

// BenchmarkGroups writes the list of groups with 50 rows, two thirds of them without a logo.
func BenchmarkGroups(b *testing.B) {
	v := views.GroupList{State: views.ListState{OrderKey: "sort_by", PerPage: 50, Page: 1}, Pager: views.NewPager(1, 50, 50, 312), Bar: menus("sort_by")}
	for i := range 50 {
		row := views.GroupRow{
			ID: tallyfy.ID(fmt.Sprintf("%032x", i)), Name: fmt.Sprintf("Warehouse Gdańsk %d", i), Description: "Receiving, storage & dispatch at the Baltic hub.",
			Members: i * 7, Guests: i % 4, Created: clock.Date(now.AddDate(0, -i, -3), ""), Updated: clock.Date(now.Add(-time.Duration(i*i)*time.Hour), ""),
		}
		if i%3 == 0 {
			row.LogoVersion = "0123456789ab"
		}
		v.Rows = append(v.Rows, row)
	}
	write(b, views.Groups(frame(b, views.SectionGroups), v))
}

// BenchmarkMembers is the list of members with 25 and with 100 rows.
func BenchmarkMembers(b *testing.B) {
	for _, rows := range []int{25, 100} {
		v := views.MemberList{State: views.ListState{OrderKey: "sort", PerPage: rows, Page: 1}, Pager: views.NewPager(1, rows, rows, 312), Bar: menus("sort")}
		for i := range rows {
			v.Rows = append(v.Rows, views.MemberRow{
				Person: person(i), GroupsKnown: true, Joined: now.AddDate(0, -i, -3), LastLogin: now.Add(-time.Duration(i*i) * time.Hour),
				Groups: []views.GroupLink{{ID: "6d0aa48725f2ed12a7dc900ce58a6798", Name: "Operations"}, {ID: "4f5ce93b47a0147df7e3cf9f572b6c4b", Name: "Warehouse Gdańsk"}},
			})
		}
		b.Run(strconv.Itoa(rows), func(b *testing.B) { write(b, views.Members(frame(b, views.SectionMembers), v)) })
	}
}

// BenchmarkGroup is the page of a group of 5,000 people, which shows a hundred of them at a time.
func BenchmarkGroup(b *testing.B) {
	v := views.GroupPage{
		GroupRow: views.GroupRow{ID: "6d0aa48725f2ed12a7dc900ce58a6798", Name: "Everybody", Description: "All of us.", Members: 5000, Created: clock.Date(now, ""), Updated: clock.Date(now, "")},
		BackURL:  "/groups", State: views.PeopleState{MemberPage: 1, GuestPage: 1}, Tasks: views.OpenTasks{Checked: true}, Searchable: true,
		AllMembers: 5000, MemberPager: views.NewPager(1, 100, 100, 5000), GuestPager: views.NewPager(1, 100, 0, 0),
	}
	for i := range 100 {
		v.MemberList = append(v.MemberList, views.GroupMember{Person: person(i), Known: true})
	}
	write(b, views.Group(frame(b, views.SectionGroups), v))
}

var now = time.Date(2026, 3, 4, 10, 58, 0, 0, time.UTC)

func person(i int) views.Person {
	return views.Person{
		ID: tallyfy.UserID(strconv.Itoa(20_000 + i)), Name: fmt.Sprintf("Siobhán O'Brien %d", i), Email: fmt.Sprintf("siobhan.%d@example.com", i),
		Role: "Standard", Status: views.Status{Text: "Active", Badge: "good"},
	}
}

// menus are some menus, as many as the list of members has.
func menus(order string) views.FilterBar {
	bar := views.FilterBar{}
	for _, name := range []string{"role", "status", "groups", "seen", "joined", order} {
		m := views.Menu{Name: name, Label: "Sign-in"}
		for i := range 4 {
			m.Options = append(m.Options, components.Choice{Value: strconv.Itoa(i), Text: "Administrator"})
		}
		bar.Menus = append(bar.Menus, m)
	}
	return bar
}

// frame is what is around each screen.
func frame(b *testing.B, section views.Section) views.Page {
	b.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	require.NoError(b, err)
	return views.Page{
		Title: "Groups", Section: section, Assets: static.New("/assets"), Clock: views.Clock{Now: now, Location: zone},
		Account: &views.Account{Name: "Maren Dahl", Email: "maren.dahl@example.com", Organisation: "Aldermoor Logistics", Tag: "0123456789abcdef"},
	}
}

func write(b *testing.B, screen templ.Component) {
	b.Helper()
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		require.NoError(b, screen.Render(b.Context(), &out))
	}
	b.ReportMetric(float64(out.Len()), "bytes/page")
}
