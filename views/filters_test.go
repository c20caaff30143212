package views

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		-time.Second:      "just now", // two clocks
		0:                 "just now",
		9 * time.Second:   "just now",
		10 * time.Second:  "10 seconds ago",
		59 * time.Second:  "59 seconds ago",
		60 * time.Second:  "1 minute ago",
		119 * time.Second: "1 minute ago",
		2 * time.Minute:   "2 minutes ago",
		119 * time.Minute: "119 minutes ago",
		2 * time.Hour:     "2 hours ago",
		8 * time.Hour:     "8 hours ago",
	} {
		assert.Equal(t, want, Clock{Now: now}.Ago(now.Add(-ago)), "%s", ago)
	}
}

func TestMenusHaveNumbersOnlyWhereThereIsACopy(t *testing.T) {
	f := Filter{Name: "role", Any: "Any role", Choices: MemberFilters[0].Choices[:1]}
	texts := func(n Narrowing) string {
		n.Filters = []Filter{f}
		return menuTexts(t, made(t, listMenus(List{PerPage: 25}, n, nil)), "role")
	}
	assert.Equal(t, "Any roleAdministrator", texts(Narrowing{}))
	assert.Equal(t, "Any roleAdministrator (1,200)", texts(Narrowing{Counts: map[string]map[string]int{"role": {"admin": 1200}}}))
	assert.Equal(t, "Any roleAdministrator (0)", texts(Narrowing{Counts: map[string]map[string]int{}}), "none is a number, too")
	assert.Equal(t, "Administrator", f.Choices[0].Text, "the menu itself stays as it is")
}

func TestRefreshKeepsTheList(t *testing.T) {
	assert.Equal(t, "?refresh=1", List{PerPage: DefaultPageSize, Page: 1}.Refresh())
	assert.Equal(t, "?page=2&role=admin&refresh=1", List{PerPage: DefaultPageSize, Page: 2, Chosen: map[string]string{"role": "admin"}}.Refresh())
}
