package listing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/listing"
)

// Clocks are put forward at midnight in Havana, Santiago, Beirut and Cairo, and back to midnight in
// Havana: the day has no midnight, or two. Apia had no 30 December in 2011.
func TestADayBeginsAtItsFirstMoment(t *testing.T) {
	for _, c := range []struct{ zone, day, from, to string }{
		{"UTC", "2026-03-08", "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z"},
		{"Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00", "2026-03-09T00:00:00-04:00"},
		{"America/Havana", "2026-03-07", "2026-03-07T00:00:00-05:00", "2026-03-08T01:00:00-04:00"},
		{"America/Havana", "2025-11-02", "2025-11-02T00:00:00-04:00", "2025-11-03T00:00:00-05:00"},
		{"America/Santiago", "2025-09-07", "2025-09-07T01:00:00-03:00", "2025-09-08T00:00:00-03:00"},
		{"America/Santiago", "2025-04-05", "2025-04-05T00:00:00-03:00", "2025-04-06T00:00:00-04:00"},
		{"Asia/Beirut", "2025-03-30", "2025-03-30T01:00:00+03:00", "2025-03-31T00:00:00+03:00"},
		{"Africa/Cairo", "2025-04-25", "2025-04-25T01:00:00+03:00", "2025-04-26T00:00:00+03:00"},
		{"Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		{"Pacific/Kiritimati", "2026-12-31", "2026-12-31T00:00:00+14:00", "2027-01-01T00:00:00+14:00"},
	} {
		zone, err := time.LoadLocation(c.zone)
		require.NoError(t, err)
		from, to, err := listing.Day(c.day, zone)
		require.NoError(t, err)
		assert.Equal(t, c.from, from.Format(time.RFC3339), "%s in %s", c.day, c.zone)
		assert.Equal(t, c.to, to.Format(time.RFC3339), "the day after %s in %s", c.day, c.zone)
	}
	for _, wrong := range []string{"", "2026-02-30", "4.3.2026", "2026-3-4"} {
		_, _, err := listing.Day(wrong, time.UTC)
		assert.Error(t, err, wrong)
	}
}

// In Asunción the clocks were put forward at midnight of 1 October 2023.
func TestAMonthBeginsAtItsFirstMoment(t *testing.T) {
	zone, err := time.LoadLocation("America/Asuncion")
	require.NoError(t, err)
	now := time.Date(2023, 12, 5, 12, 0, 0, 0, zone)
	assert.Equal(t, "2023-10-01T01:00:00-03:00", listing.Month(now, 2).Format(time.RFC3339))
	assert.Equal(t, "2022-12-01T00:00:00-03:00", listing.Month(now, 12).Format(time.RFC3339))
}
