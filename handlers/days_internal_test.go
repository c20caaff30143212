package handlers

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/review"
)

// In Havana 8 March 2026 begins at 01:00.
func TestChosenDaysWithoutAMidnight(t *testing.T) {
	req := &request{reader: reader{app: &App{Options: Options{Now: time.Now}}}, who: &identity{Timezone: "America/Havana"}}
	zone := locationOf("America/Havana")
	begin, end := time.Date(2026, 3, 8, 1, 0, 0, 0, zone), time.Date(2026, 3, 9, 0, 0, 0, 0, zone)

	a := activity{request: req, errors: map[string]string{}}
	from, to := a.day("from", "2026-03-08")
	assert.True(t, from.Equal(begin), "activity from %s", from)
	assert.True(t, to.Equal(end), "activity to %s", to)

	rule, errs := req.readRule(url.Values{"who": {"dates"}, "from": {"2026-03-08"}, "to": {"2026-03-08"}}, review.Rule{}, snapshot{})
	assert.Empty(t, errs)
	assert.True(t, rule.From.Equal(begin), "a review from %s", rule.From)
	assert.True(t, rule.To.Equal(end), "a review to %s", rule.To)
	rule, _ = req.readRule(url.Values{"who": {"dates"}, "to": {"2026-03-07"}}, review.Rule{}, snapshot{})
	assert.True(t, rule.To.Equal(begin), "a review to the day before: %s", rule.To)
}
