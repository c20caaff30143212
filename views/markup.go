package views

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/a-h/templ"

	"tallyfy-admin/tallyfy"
)

// markup is HTML in the making. The rows of the lists and the navigation are written with it and not with templates: a page has
// a hundred rows, and an allocation or two for each cell is most of the cost of a page. Whatever does not come from this package
// goes through text, segment or a method made of them.
type markup struct{ b []byte }

var markups = sync.Pool{New: func() any { return new(markup) }}

// keptMarkup is the largest piece of memory that is kept for the next page.
const keptMarkup = 1 << 20

// written is a component that write makes.
func written(write func(*markup)) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		m := markups.Get().(*markup)
		m.b = m.b[:0]
		write(m)
		_, err := w.Write(m.b)
		if cap(m.b) <= keptMarkup {
			markups.Put(m)
		}
		return err
	})
}

// raw is markup of our own.
func (m *markup) raw(s string) { m.b = append(m.b, s...) }

// text is anything, between tags or in a quoted attribute.
func (m *markup) text(s string) {
	done := 0
	for i := range len(s) {
		var escaped string
		switch s[i] {
		case '&':
			escaped = "&amp;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '\'':
			escaped = "&#39;"
		case '"':
			escaped = "&#34;"
		default:
			continue
		}
		m.b = append(append(m.b, s[done:i]...), escaped...)
		done = i + 1
	}
	m.b = append(m.b, s[done:]...)
}

// segment is an id as a part of an address in a quoted attribute.
func (m *markup) segment(id string) {
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			m.text(url.PathEscape(id))
			return
		}
	}
	m.raw(id)
}

func (m *markup) integer(n int) { m.b = strconv.AppendInt(m.b, int64(n), 10) }

// number is as Number writes it.
func (m *markup) number(n int) {
	if 0 <= n && n < 1000 {
		m.integer(n)
		return
	}
	m.text(Number(n))
}

// two is a number of two digits.
func (m *markup) two(n int) { m.b = append(m.b, byte('0'+n/10%10), byte('0'+n%10)) }

// groupURL and memberURL are URLs.Group and URLs.Member.
func (m *markup) groupURL(u URLs, id tallyfy.ID) {
	m.text(u.Base)
	m.raw("/groups/")
	m.segment(string(id))
}

func (m *markup) memberURL(u URLs, id tallyfy.UserID) {
	m.text(u.Base)
	m.raw("/members/")
	m.segment(string(id))
}

// moment is the template of that name.
func (m *markup) moment(c Clock, t time.Time, other string) {
	if t.IsZero() {
		m.raw(`<span class="muted">`)
		m.text(other)
		m.raw(`</span>`)
		return
	}
	u, l := t.UTC(), c.in(t)
	year, month, day := u.Date()
	if year <= 1000 || year >= 9999 { // nothing that could be, also with the hours of a zone: not worth a line of code
		m.raw(`<time datetime="` + c.Machine(t) + `" data-exact="`)
		m.text(c.Exact(t))
		m.raw(`">` + c.Day(t) + `</time>`)
		return
	}
	hour, minute, second := u.Clock()
	m.raw(`<time datetime="`)
	m.integer(year)
	m.raw("-")
	m.two(int(month))
	m.raw("-")
	m.two(day)
	m.raw("T")
	m.clock(hour, minute, second)
	m.raw(`Z" data-exact="`)
	year, month, day = l.Date()
	hour, minute, second = l.Clock()
	zone, _ := l.Zone()
	m.raw(l.Weekday().String())
	m.raw(", ")
	m.integer(day)
	m.raw(" ")
	m.raw(month.String())
	m.raw(" ")
	m.integer(year)
	m.raw(", ")
	m.clock(hour, minute, second)
	m.raw(" ")
	m.text(zone)
	m.raw(`">`)
	m.integer(day)
	m.raw(" ")
	m.raw(month.String()[:3])
	m.raw(" ")
	m.integer(year)
	m.raw(`</time>`)
}

func (m *markup) clock(hour, minute, second int) {
	m.two(hour)
	m.raw(":")
	m.two(minute)
	m.raw(":")
	m.two(second)
}
