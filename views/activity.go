package views

import (
	"time"

	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ActivityState is what the address of the list of changes says.
type ActivityState struct {
	Who, What, Outcome string
	// About is whom or which group the changes are about: "member 20552".
	About string
	// From and To are days as a date field writes them, "2026-03-04". Both days are included.
	From, To string
	Query    string
	// Made is "here" or "elsewhere", empty for both.
	Made string
	// Before is the entry that the page begins after; empty for the newest.
	Before string
}

func (s ActivityState) query() string {
	return query(
		parameter{"who", s.Who}, parameter{"what", s.What}, parameter{"outcome", s.Outcome}, parameter{"about", s.About},
		parameter{"from", s.From}, parameter{"to", s.To}, parameter{"q", s.Query}, parameter{"made", s.Made}, parameter{"before", s.Before})
}

// At is the state of the page that begins after an entry; of the first page without one.
func (s ActivityState) At(before string) ActivityState {
	s.Before = before
	return s
}

func (s ActivityState) narrowed() bool { return s.At("") != ActivityState{} }

// ActivityList is the list of changes that were made through the dashboard.
type ActivityList struct {
	State ActivityState
	// AboutName names the subject that the list is about.
	AboutName string
	// Here says that a filter leaves only changes made here, though those made elsewhere are asked
	// for.
	Here bool
	// Own says that only the person's own changes are shown.
	Own      bool
	Who      []components.Choice
	What     []components.Choice
	Outcomes []components.Choice
	// Made are the places where changes were made; empty for who sees only their own.
	Made []components.Choice
	// Since is when the first reading was over, the zero time before.
	Since  time.Time
	Errors map[string]string
	Rows   []ActivityRow
	// Older is the entry that the next page begins after; empty without one.
	Older string
	// KeptDays is how long changes are listed.
	KeptDays int
}

// ActivityRow is one change in a sentence.
type ActivityRow struct {
	ID       string
	At       time.Time
	Sentence string
	// Elsewhere says that it was not made with this dashboard, and so has no receipt: its sentence says when. URL leads
	// to whom or what it is about, if anywhere. Marked sets it off from the others.
	Elsewhere, Marked bool
	URL               string
	// AskURL leads to where Tallyfy can be asked who made a change elsewhere, if it can.
	AskURL string
}

// RecentActivity is the latest changes of one person or group, on its page, or of the organisation.
type RecentActivity struct {
	Rows []ActivityRow
	// Since is when the first reading was over, for administrators; else changes made elsewhere are not listed.
	Since time.Time
	// Incomplete says that the changes, or some of them, could not be read.
	Incomplete bool
	// About is the subject, as ActivityState has it; empty for the organisation.
	About string
}

// Receipt is one change: what was planned, what became of it, and what was found afterwards.
type Receipt struct {
	Title             string
	BackText, BackURL string
	// Head is whom a removal was about.
	Head *RemovalHead
	// Kind and Summary are the result in one sentence.
	Kind    NoticeKind
	Summary string
	At      time.Time
	// CheckedAt is the zero time for a change that was not checked.
	CheckedAt   time.Time
	By          string
	Lines       []ReceiptLine
	Differences []Difference
	// RequestID is ours, UpstreamID Tallyfy's.
	RequestID, UpstreamID string
	// CheckURL looks again; empty where nothing can be checked. Overtaken says that a later change is
	// why.
	CheckURL  string
	Overtaken bool
	// LookAgain says that the change is still going on: then that is the next step.
	LookAgain bool
	// OnlyAsked says that the change was asked for, and not carried out by it.
	OnlyAsked bool
	// NoUndo says why there is no undoing, "" where there is.
	NoUndo string
	Links  []components.LinkProps
}

// checkKind is the kind of the link that looks again.
func (v Receipt) checkKind() components.ButtonKind {
	if v.LookAgain {
		return components.ButtonPrimary
	}
	return ""
}

// ReceiptLine is a sentence of the plan with the result of its check.
type ReceiptLine struct {
	PlanLine
	Result ReceiptResult
	// Detail says what was found instead, where the result alone does not.
	Detail string
	// Group is the group that the sentence is about, where a change is about several; nil for none.
	Group *GroupLink
}

// ReceiptResult is how a line of the plan came out.
type ReceiptResult string

// The results of a check.
const (
	Confirmed    ReceiptResult = "confirmed"
	NotAsPlanned ReceiptResult = "not as expected"
	NotChecked   ReceiptResult = "could not check"
	GoingOn      ReceiptResult = "going on"
)

func (r ReceiptResult) badge() string {
	switch r {
	case Confirmed:
		return "good"
	case NotAsPlanned:
		return "bad"
	case GoingOn:
		return ""
	default:
		return "warn"
	}
}

func (r ReceiptResult) word() string {
	switch r {
	case Confirmed:
		return "Confirmed"
	case NotAsPlanned:
		return "Not as expected"
	case GoingOn:
		return "Still going on"
	default:
		return "Could not check"
	}
}

// valuesShown is how many values of a property are shown before one asks for them.
const valuesShown = 20

// Difference is a property before and after a change.
type Difference struct {
	What          string
	Before, After []string
}

// note is the number of changes, which is announced when it follows the filters.
func (v ActivityList) note() string {
	if len(v.Errors) > 0 {
		return ""
	}
	n := words.Count(len(v.Rows), "change", "changes")
	if v.Older != "" || v.State.Before != "" {
		n += " on this page"
	}
	return n
}

// chips are the filters that are on, in the order of the form. Days that are none are not on.
func (v ActivityList) chips(u URLs) (list []components.Chip) {
	add := func(label, value, text string, without ActivityState) {
		if value != "" {
			list = append(list, components.Chip{Text: label + ": " + text, URL: u.Activity(without.At(""))})
		}
	}
	s := v.State
	who, what, outcome, from, to, about, made := s, s, s, s, s, s, s
	who.Who, what.What, outcome.Outcome, from.From, to.To, about.About, made.Made = "", "", "", "", "", "", ""
	add("About", s.About, names.Isolate(v.AboutName), about)
	add("Who", s.Who, textOf(v.Who, s.Who), who)
	add("What", s.What, textOf(v.What, s.What), what)
	add("Outcome", s.Outcome, textOf(v.Outcomes, s.Outcome), outcome)
	add("Made", s.Made, textOf(v.Made, s.Made), made)
	if v.Errors["from"] == "" {
		add("From", s.From, dayOf(s.From), from)
	}
	if v.Errors["to"] == "" {
		add("To", s.To, dayOf(s.To), to)
	}
	return list
}

// textOf is the text of a choice.
func textOf(choices []components.Choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return c.Text
		}
	}
	return value
}

// dayOf writes the day of a date field as the pages do: "4 Mar 2026".
func dayOf(field string) string {
	day, err := time.Parse(time.DateOnly, field)
	if err != nil {
		return field
	}
	return Clock{}.Day(day)
}

func (v ActivityList) pager(u URLs) components.PagerProps {
	at := func(before string) string { return u.Activity(v.State.At(before)) }
	return pagerBefore("Pages of changes", v.State.Before, v.Older, at)
}
