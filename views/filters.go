package views

import (
	"time"

	"github.com/a-h/templ"

	"tallyfy-admin/views/components"
)

// A Filter is a menu above a list that narrows it down by something that Tallyfy's own list cannot.
type Filter struct {
	// Name is the parameter in the address.
	Name, Label string
	// Any is the entry that does not narrow down.
	Any     string
	Choices []components.Choice
}

// MemberFilters are the filters of members. A test holds them against those that are carried out.
var MemberFilters = []Filter{
	{"role", "Role", "Any role", []components.Choice{{Value: "admin", Text: "Administrator"}, {Value: "standard", Text: "Standard"}, {Value: "light", Text: "Light"}}},
	{"status", "Status", "Any status", []components.Choice{{Value: "active", Text: "Active"}, {Value: "invited", Text: "Invited"}, {Value: "disabled", Text: "Disabled"}, {Value: "bot", Text: "Bot"}}},
	{"groups", "Groups", "Any groups", []components.Choice{{Value: "none", Text: "In no group"}}},
	{"seen", "Sign-in", "Any sign-in", []components.Choice{{Value: "never", Text: "Never signed in"}}},
	{"joined", "Joined", "Joined any time", []components.Choice{{Value: "lately", Text: "Joined in the last 30 days"}}},
}

// GroupFilters are the filters of groups.
var GroupFilters = []Filter{
	{"people", "People", "Any people", []components.Choice{{Value: "none", Text: "Empty"}, {Value: "one", Text: "One member"}, {Value: "guests", Text: "Guests only"}}},
	{"holds", "Holds", "Whoever is in it", []components.Choice{{Value: "disabled", Text: "Holds disabled people"}}},
}

// A Narrowing is what the filters of a list show: the menus, what each entry would leave, and how old the copy is that they
// are worked out from.
type Narrowing struct {
	Filters []Filter
	// Counts is nil while there is no copy: then the menus have no numbers.
	Counts map[string]map[string]int
	// ReadAt is when the copy was read that the list is from; zero for a list that comes straight from Tallyfy.
	ReadAt time.Time
	// GroupsOnly says that only the names of groups in the rows are from the copy.
	GroupsOnly bool
}

// listMenus are the menus above a list: its filters, with what each entry would leave where that is known, the order, and the
// number of rows. A label is there for a screen reader only: the first entry says the same.
func listMenus(l List, n Narrowing, sorts []components.Choice) templ.Component {
	return written(func(m *markup) {
		for i := range n.Filters {
			f := &n.Filters[i]
			m.beginMenu(f.Name, f.Label, l.Chosen[f.Name] != "")
			m.option("", f.Any, l.Chosen[f.Name])
			for _, c := range f.Choices {
				m.beginOption(c.Value, l.Chosen[f.Name])
				m.text(c.Text)
				if n.Counts != nil {
					m.raw(" (")
					m.number(n.Counts[f.Name][c.Value])
					m.raw(")")
				}
				m.raw(`</option>`)
			}
			m.raw(`</select></label>`)
		}
		m.beginMenu(l.SortKey, "Order", l.Sort != "")
		for _, c := range sorts {
			m.option(c.Value, c.Text, l.Sort)
		}
		m.raw(`</select></label><label class="menu-label"><span class="visually-hidden">Rows</span><select name="per_page" data-default="`)
		m.integer(DefaultPageSize)
		m.raw(`">`)
		for _, size := range PageSizes {
			m.raw(`<option value="`)
			m.integer(size)
			if size == l.PerPage {
				m.raw(`" selected>`)
			} else {
				m.raw(`">`)
			}
			m.integer(size)
			m.raw(` rows</option>`)
		}
		m.raw(`</select></label>`)
	})
}

// beginMenu begins a menu; one that narrows the list down or changes its order is marked.
func (m *markup) beginMenu(name, label string, chosen bool) {
	m.raw(`<label class="menu-label"><span class="visually-hidden">`)
	m.text(label)
	m.raw(`</span><select name="`)
	m.text(name)
	if chosen {
		m.raw(`" class="chosen">`)
	} else {
		m.raw(`">`)
	}
}

func (m *markup) beginOption(value, chosen string) {
	m.raw(`<option value="`)
	m.text(value)
	if value == chosen {
		m.raw(`" selected>`)
	} else {
		m.raw(`">`)
	}
}

func (m *markup) option(value, text, chosen string) {
	m.beginOption(value, chosen)
	m.text(text)
	m.raw(`</option>`)
}

// Ago words how long ago something was, for what is hours old at most.
func (c Clock) Ago(t time.Time) string {
	switch d := c.Now.Sub(t); {
	case d < 10*time.Second:
		return "just now"
	case d < time.Minute:
		return Count(int(d.Seconds()), "second ago", "seconds ago")
	case d < 2*time.Hour:
		return Count(int(d.Minutes()), "minute ago", "minutes ago")
	default:
		return Count(int(d.Hours()), "hour ago", "hours ago")
	}
}

// Reading is the page that stands in for a list, or a file, until the whole of the organisation is read.
type Reading struct {
	Title string
	// What says what is being made: "The filters", "The file".
	What string
	// SoFar says how much is there: "200 members and 34 groups".
	SoFar    string
	BackText string
	BackURL  string
}
