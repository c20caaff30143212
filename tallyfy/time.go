package tallyfy

import (
	"strconv"
	"time"
)

// Time is a moment in an answer, always in UTC. It is zero for null, "", a missing field, for a text that
// is no date at all, and for a date before 1990, with which databases write that there is none: one odd
// date is no reason to lose a whole list, and a zero time is shown as unknown.
type Time struct{ time.Time }

// timeLayouts are the forms of the contract. Go's parser accepts a fraction of any length after
// the seconds of each.
var timeLayouts = [...]string{
	time.RFC3339,               // 2023-01-15T09:00:00Z, .000Z, .000000Z and +00:00
	time.DateTime,              // 2025-01-15 10:30:00, guests; UTC
	"2006-01-02T15:04:05",      // not seen: like the first, without a zone
	"2006-01-02T15:04:05Z0700", // not seen: an offset without a colon
	time.DateOnly,              // not seen: a day
}

// UnmarshalJSON reads every documented form. It never fails on a well-formed value.
func (t *Time) UnmarshalJSON(data []byte) error {
	*t = Time{}
	switch {
	case len(data) == 0:
	case data[0] == '"':
		*t = parseTime(unquote(data))
	default: // not seen: seconds since 1970, or milliseconds
		seconds, err := strconv.ParseInt(string(data), 10, 64)
		if err == nil && seconds > mostSeconds {
			seconds /= 1000
		}
		if err == nil && seconds <= mostSeconds {
			*t = plausible(time.Unix(seconds, 0))
		}
	}
	return nil
}

// mostSeconds is the year 5138. Larger numbers are milliseconds.
const mostSeconds = 100_000_000_000

// plausible is a time in UTC, the zero time for one before 1990 or after the year 9999, which cannot be
// written again.
func plausible(t time.Time) Time {
	if t = t.UTC(); t.Year() < 1990 || t.Year() > 9999 {
		return Time{}
	}
	return Time{t}
}

// MarshalJSON writes RFC 3339 in UTC, and null for the zero time, so that a stored value reads
// back as it was.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(t.UTC().Format(`"` + time.RFC3339Nano + `"`)), nil
}

func parseTime(s string) Time {
	for _, layout := range timeLayouts {
		parsed, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		return plausible(parsed)
	}
	return Time{}
}
