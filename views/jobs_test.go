package views

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A row that failed is over, and not done.
func TestProgressOfAJobCountsWhatIsDone(t *testing.T) {
	h := JobHead{Rows: 5, Cant: 1, Nothing: 1, Left: 1, Failed: 1, Unknown: 1}
	for state, want := range map[string]string{
		"running": "Running: 0 of 3 done. 1 failed. 1 not known.", "paused": "Paused: 0 of 3 done. 1 failed. 1 not known.",
		"stopped": "Stopped: 0 of 3 done, 0 skipped. 1 failed. 1 not known.", "ended": "None of 3 done. 1 failed. 1 not known.",
	} {
		h.State = state
		assert.Equal(t, want, h.Progress())
	}
}
