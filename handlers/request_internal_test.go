package handlers

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
)

// A time zone is what it says, on whatever machine: UTC stands in for one that is not known, and that is told.
func TestFindLocation(t *testing.T) {
	for name, known := range map[string]bool{
		"": true, "UTC": true, "America/New_York": true, "Local": false, "Eastern Time (US & Canada)": false, "../etc/passwd": false,
	} {
		location, ok := findLocation(name)
		assert.Equal(t, known, ok, name)
		if !known || name == "" {
			assert.Equal(t, time.UTC, location, name)
		}
	}
}
