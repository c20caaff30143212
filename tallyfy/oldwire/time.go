package oldwire

import "time"

// Time is a moment in an answer, always in UTC. It is zero for null, "", a missing field, and for a text that is no date
// at all: one odd date is no reason to lose a whole list, and a zero time is shown as unknown.
type Time struct{ time.Time }

// timeLayouts are the forms of the contract. Go's parser accepts a fraction of any length after the seconds of each.
var timeLayouts = [...]string{
	time.RFC3339,               // 2023-01-15T09:00:00Z, .000Z, .000000Z and +00:00
	time.DateTime,              // 2025-01-15 10:30:00, guests; UTC
	"2006-01-02T15:04:05",      // not seen: like the first, without a zone
	"2006-01-02T15:04:05Z0700", // not seen: an offset without a colon
	time.DateOnly,              // not seen: a day
}

// UnmarshalJSON reads every documented form. It never fails on a well-formed JSON value.
func (t *Time) UnmarshalJSON(data []byte) error {
	*t = Time{}
	if len(data) == 0 || data[0] != '"' {
		return nil
	}
	var s string
	if err := decode(data, &s); err != nil {
		return err
	}
	*t = parseTime(s)
	return nil
}

func parseTime(s string) Time {
	for _, layout := range timeLayouts {
		parsed, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		parsed = parsed.UTC()
		// An offset can move the first or last day out of the years that can be written again.
		if parsed.Year() < 1 || parsed.Year() > 9999 {
			return Time{}
		}
		return Time{parsed}
	}
	return Time{}
}

// quickTime reads the forms that the API sends, at a fraction of the cost of [time.Parse]: 2023-01-15T09:00:00 with up to nine
// digits of a fraction or without, and Z or an offset with a colon; and 2025-01-15 10:30:00. For any other text, and in the
// first and last year, ok is false, and parseTime has to look.
func quickTime(b []byte) (t Time, ok bool) {
	if len(b) < len(time.DateTime) || b[4] != '-' || b[7] != '-' || b[13] != ':' || b[16] != ':' {
		return Time{}, false
	}
	year, month, day := 100*twoDigits(b[0:])+twoDigits(b[2:]), twoDigits(b[5:]), twoDigits(b[8:])
	hour, minute, second := twoDigits(b[11:]), twoDigits(b[14:]), twoDigits(b[17:])
	if year <= 1 || year >= 9999 || month-1 > 11 || day-1 >= daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return Time{}, false
	}
	nanoseconds, offset, rest := 0, 0, b[len(time.DateTime):]
	if b[10] != 'T' {
		if b[10] != ' ' || len(rest) > 0 {
			return Time{}, false
		}
	} else if nanoseconds, offset, ok = fractionAndZone(rest); !ok {
		return Time{}, false
	}
	seconds := (daysBefore(year, month)+int64(day-1))*secondsPerDay + int64(3600*hour+60*minute+second) - int64(offset)
	return Time{time.Unix(seconds, int64(nanoseconds)).UTC()}, true
}

// noDigits is what twoDigits returns for no digits; it is too large for any part of a date, also when it is a part of a year.
const noDigits = 10000

func twoDigits(b []byte) uint {
	tens, units := b[0]-'0', b[1]-'0'
	if tens > 9 || units > 9 {
		return noDigits
	}
	return uint(tens)*10 + uint(units)
}

// fractionAndZone reads .000000Z or +00:00 or both. The offset is in seconds.
func fractionAndZone(b []byte) (nanoseconds, offset int, ok bool) {
	if len(b) > 1 && b[0] == '.' {
		digits := 0
		for b = b[1:]; digits < len(b) && b[digits]-'0' <= 9; digits++ {
			nanoseconds = nanoseconds*10 + int(b[digits]-'0')
			if digits == 9 {
				return 0, 0, false
			}
		}
		if digits == 0 {
			return 0, 0, false
		}
		b = b[digits:]
		for ; digits < 9; digits++ {
			nanoseconds *= 10
		}
	}
	if len(b) == 1 && b[0] == 'Z' {
		return nanoseconds, 0, true
	}
	if len(b) != len("+00:00") || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return 0, 0, false
	}
	hours, minutes := twoDigits(b[1:]), twoDigits(b[4:])
	if hours > 23 || minutes > 59 {
		return 0, 0, false
	}
	offset = int(3600*hours + 60*minutes)
	if b[0] == '-' {
		offset = -offset
	}
	return nanoseconds, offset, true
}

const secondsPerDay = 24 * 60 * 60

// yearDays are the days of a year that has no leap day before each month.
var yearDays = [...]uint{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

func isLeap(year uint) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month uint) uint {
	if month == 2 && isLeap(year) {
		return 29
	}
	return yearDays[month] - yearDays[month-1]
}

// daysBefore returns the days from the first of January 1970 to the first of a month.
func daysBefore(year, month uint) int64 {
	before := year - 1
	days := int64(before*365+before/4-before/100+before/400+yearDays[month-1]) - daysBefore1970
	if month > 2 && isLeap(year) {
		days++
	}
	return days
}

const daysBefore1970 = 1969*365 + 1969/4 - 1969/100 + 1969/400
