package views

import (
	"strings"
	"time"

	"tallyfy-admin/views/components"
	"tallyfy-admin/views/words"
)

// OverviewPage is what to look at first in an organisation. Each figure leads to the list of its rows.
type OverviewPage struct {
	ReadAt time.Time
	// Missing says what could not be read, "" if nothing.
	Missing               string
	AllMembers, AllGroups components.Figure
	Findings              []OverviewFinding
	// New counts those who joined lately, Newest are the latest of them.
	New components.Figure
	// Unreviewed are those whom nobody has reviewed yet.
	Unreviewed components.Figure
	Newest     []MemberRow
	Roles      []OverviewRole
	Bots       components.Figure
	// Other is how many people are in no row of Roles: their role or status is a new one.
	Other         int
	Sizes, Joined components.ChartProps
	Activity      RecentActivity
	Visit         SinceVisit
}

// SinceVisit is what was changed elsewhere since somebody pressed Seen.
type SinceVisit struct {
	// Shown is false before the first reading, and for whoever is no administrator.
	Shown bool
	Rows  []ActivityRow
	// Counts are the numbers of all of them by kind, All their sum.
	Counts []string
	All    int
	// Upto is the newest of them.
	Upto string
	// SeenAt is when the newest that they have seen was over, the zero time for who has never
	// pressed it. Since is when the first reading was over, ReadAt when the latest began.
	SeenAt, Since, ReadAt time.Time
}

// from is when that what is shown begins.
func (v SinceVisit) from() time.Time {
	if v.SeenAt.IsZero() {
		return v.Since
	}
	return v.SeenAt
}

// none says that nothing was seen, and between when.
func (v SinceVisit) none(c Clock) string {
	if !v.ReadAt.After(v.from()) {
		return "None seen since " + c.Day(v.from()) + ", " + c.Minute(v.from()) + "."
	}
	return "None seen " + c.Between(v.from(), v.ReadAt) + "."
}

// counted is the numbers in one line.
func (v SinceVisit) counted() string { return strings.Join(v.Counts, ", ") }

// OverviewFinding is something that may need attention.
type OverviewFinding struct {
	components.Figure
	// Unknown says that too little could be read to tell.
	Attention, Unknown bool
	// Names are the first of those that are counted, More is how many more there are.
	Names []string
	More  int
	Seats []components.Figure
}

// mark is the finding's state: a sign, its word for those who do not see it, and its colour.
func (f OverviewFinding) mark() (sign, word, class string) {
	switch {
	case f.Unknown:
		return "?", "Not known:", "unknown"
	case f.Attention:
		return "!", "Needs attention:", "warn"
	}
	return "✓", "All right:", "good"
}

// OverviewRole is a row of the table of people.
type OverviewRole struct {
	Label string
	// People is the length of the role's part of the bar; 0 for the row of all.
	People   int
	Statuses []components.Figure
}

// shares is the bar above the table of people.
func (v OverviewPage) shares() components.ChartProps {
	chart := components.ChartProps{Title: "People by role"}
	for _, r := range v.Roles[:len(v.Roles)-1] {
		chart.Figures = append(chart.Figures, components.Figure{Label: r.Label, Value: r.People, Number: words.Number(r.People)})
	}
	return chart
}
