package listing

import "time"

// Day reads a day of the calendar, written like 2026-03-04, as the first moments of it and of the
// day after in a zone.
func Day(text string, zone *time.Location) (from, to time.Time, err error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	y, m, d := day.Date()
	return dayStart(y, m, d, zone), dayStart(y, m, d+1, zone), nil
}

// dayStart is the first moment of a day in a zone. Where clocks are put forward at midnight that is
// none, and where they are put back to it, it is the first of two.
func dayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	t := midnight.Add(-36 * time.Hour).In(zone) // before that day anywhere
	for {
		_, offset := t.Zone()
		_, change := t.ZoneBounds()
		start := midnight.Add(-time.Duration(offset) * time.Second).In(zone)
		switch {
		case start.Before(t): // the change of the clocks jumped over midnight
			return t
		case change.IsZero() || start.Before(change):
			return start
		}
		t = change
	}
}
