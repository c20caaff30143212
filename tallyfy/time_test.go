package tallyfy

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTimeForms(t *testing.T) {
	nine := time.Date(2023, 1, 15, 9, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Time{
		`"2023-01-15T09:00:00Z"`:             nine,
		`"2023-01-15T09:00:00.000Z"`:         nine,
		`"2023-01-15T09:00:00.000000Z"`:      nine,
		`"2023-01-15T09:00:00.123456Z"`:      nine.Add(123456 * time.Microsecond),
		`"2023-01-15T09:00:00+00:00"`:        nine,
		`"2023-01-15T11:00:00+02:00"`:        nine,
		`"2023-01-15T03:30:00.000000-05:30"`: nine,
		`"2023-01-15T09:00:00+0000"`:         nine,
		`"2023-01-15T09:00:00"`:              nine,
		`"2023-01-15 09:00:00"`:              nine,
		`"2023-01-15"`:                       nine.Add(-9 * time.Hour),
		`null`:                               {},
		`""`:                                 {},
		`"0000-00-00 00:00:00"`:              {},
		`"yesterday"`:                        {},
		`"9999-12-31T23:59:59-01:00"`:        {},
		`0`:                                  {},
		`1673773200`:                         nine,
		`1673773200000`:                      nine,
		`-5`:                                 {},
		`1e9`:                                {},
		`9223372036854775807`:                {},
		`"1970-01-01T00:00:00Z"`:             {},
		`"1969-12-31T19:00:00-05:00"`:        {},
		`"1989-12-31 23:59:59"`:              {},
		`"1990-01-01T00:00:00Z"`:             time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC),
		`{"date":"2023-01-15"}`:              {},
	} {
		got := Time{time.Unix(1, 0)} // must be overwritten
		require.NoError(t, json.Unmarshal([]byte(in), &got), in)
		assert.Equal(t, want, got.Time, in)
		if !want.IsZero() {
			assert.Equal(t, time.UTC, got.Location(), in)
		}
	}
}

func TestTimeReadsBackWhatItWrites(t *testing.T) {
	for _, want := range []Time{{}, {time.Date(2023, 1, 15, 9, 0, 0, 123456000, time.UTC)}} {
		out, err := json.Marshal(want)
		require.NoError(t, err)
		var got Time
		require.NoError(t, json.Unmarshal(out, &got))
		assert.Equal(t, want, got)
	}
	out, err := json.Marshal(Time{})
	require.NoError(t, err)
	assert.Equal(t, "null", string(out))
}
