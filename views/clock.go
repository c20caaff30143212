package views

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"tallyfy-admin/views/words"
)

// A Clock writes times as the signed-in person reads them.
type Clock struct {
	Now      time.Time
	Location *time.Location
}

func (c Clock) in(t time.Time) time.Time {
	if c.Location == nil {
		return t.UTC()
	}
	return t.In(c.Location)
}

// Day is the date, for example "4 Mar 2026"; empty for the zero time.
func (c Clock) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.in(t).Format("2 Jan 2006")
}

// ChosenDay is a day that somebody chose. It is kept as its beginning where they are, and is the
// same day for everybody.
func ChosenDay(t time.Time) string { return Clock{Location: t.Location()}.Day(t) }

// Minute is the time of day, for example "10:58".
func (c Clock) Minute(t time.Time) string { return c.in(t).Format("15:04") }

// MinuteAfter is the time of day of t, with the date if that is another one than that of a time before:
// "10:58", or "4 Mar 2026, 10:58".
func (c Clock) MinuteAfter(before, t time.Time) string {
	if day := c.Day(t); day != c.Day(before) {
		return day + ", " + c.Minute(t)
	}
	return c.Minute(t)
}

// Between says between which times something happened: "between 3 Mar 2026, 17:20 and 18:05", or "on 3 Mar 2026, 17:20"
// where both are the same minute.
func (c Clock) Between(after, by time.Time) string {
	from := c.Day(after) + ", " + c.Minute(after)
	if c.Day(by)+", "+c.Minute(by) == from {
		return "on " + from
	}
	return "between " + from + " and " + c.MinuteAfter(after, by)
}

// exact is the form of the whole time, for example "Wednesday, 4 March 2026, 10:58:07 CET".
const exact = "Monday, 2 January 2006, 15:04:05 MST"

// Ago is the time since t in words. It is made for hours at most.
func (c Clock) Ago(t time.Time) string {
	switch d := c.Now.Sub(t); {
	case d < 10*time.Second:
		return "just now"
	case d < time.Minute:
		return words.Count(int(d.Seconds()), "second ago", "seconds ago")
	case d < 2*time.Hour:
		return words.Count(int(d.Minutes()), "minute ago", "minutes ago")
	default:
		return words.Count(int(d.Hours()), "hour ago", "hours ago")
	}
}

// days is how many days of the calendar ago t was; below zero for a day to come.
func (c Clock) days(t time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := c.in(t).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(c.Now).Sub(midnight(t)) / (24 * time.Hour))
}

// DaysAgo is the time since t in days of the calendar, later in months and years: "today", "yesterday", "16 days
// ago", "5 months ago".
func (c Clock) DaysAgo(t time.Time) string {
	switch days := c.days(t); {
	case days <= 0:
		return "today"
	case days == 1:
		return "yesterday"
	default:
		return span(days) + " ago"
	}
}

// span words a number of days: days up to 90, months up to two years, then whole years.
func span(days int) string {
	switch {
	case days <= 90:
		return words.Count(days, "day", "days")
	case days < 2*365:
		return words.Count((days*12+182)/365, "month", "months")
	default:
		return words.Count(days/365, "year", "years")
	}
}

// recent is a moment of today or yesterday in those words, of another day with its date: "today, 10:58".
func (c Clock) recent(t time.Time) Moment {
	day := c.Day(t)
	if days := c.days(t); days == 0 || days == 1 {
		day = c.DaysAgo(t)
	}
	return c.moment(t, day+", "+c.Minute(t))
}

// A Moment is a time as a page shows it, in words and exactly. Without a time, Text says that there is none.
type Moment struct {
	Text string
	At   time.Time // in the zone of the page
	// Focusable lets the moment have the focus, which shows the exact time. It is for facts about
	// one thing: in a list it would add two stops to each row.
	Focusable bool
	html      []byte // made before, by Prepared
}

// moment is a time in the words of text.
func (c Clock) moment(t time.Time, text string) Moment { return Moment{Text: text, At: c.in(t)} }

// Date is a time as its day, or none for the zero time.
func (c Clock) Date(t time.Time, none string) Moment {
	if t.IsZero() {
		return Moment{Text: none}
	}
	return c.moment(t, c.Day(t))
}

// fact is a date among the facts about one thing.
func (c Clock) fact(t time.Time, none string) Moment {
	m := c.Date(t, none)
	m.Focusable = true
	return m
}

// moment is a time in words, with the exact time under the pointer and for machines. It is no template,
// because long lists are full of it.
func moment(m Moment) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(m.Prepared().html)
		return err
	})
}

// Prepared is the moment with its HTML, for rows that are kept and shown again.
func (m Moment) Prepared() Moment {
	if m.html != nil {
		return m
	}
	text, html := templ.EscapeString(m.Text), make([]byte, 0, 160)
	if m.At.IsZero() {
		m.html = append(append(append(html, `<span class="muted">`...), text...), "</span>"...)
		return m
	}
	html = append(html, `<time datetime="`...)
	html = m.At.UTC().AppendFormat(html, time.RFC3339)
	html = append(html, `" data-exact="`...)
	html = append(html, templ.EscapeString(m.At.Format(exact))...)
	html = append(html, '"')
	if m.Focusable {
		html = append(html, ` tabindex="0"`...)
	}
	m.html = append(append(append(html, '>'), text...), "</time>"...)
	return m
}

// Zone is the name of the time zone of the page: "CET".
func (c Clock) Zone() string { return c.in(c.Now).Format("MST") }

// stamp is a day and a time of day with the zone: "28 November 2026, 17:46 CET". It is for what is kept or printed.
func (c Clock) stamp(t time.Time) string { return c.in(t).Format("2 January 2006, 15:04 MST") }
