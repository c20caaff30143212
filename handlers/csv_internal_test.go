package handlers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

func TestSlotsOfFiles(t *testing.T) {
	s := fileSlots{of: map[tallyfy.UserID]int{}}
	first := s.take("1")
	require.NotNil(t, first)
	require.NotNil(t, s.take("1"))
	assert.Nil(t, s.take("1"), "two for a person")
	first()
	assert.NotNil(t, s.take("1"), "a slot that was given back")
	for _, person := range []tallyfy.UserID{"2", "2", "3", "3", "4", "4"} {
		require.NotNil(t, s.take(person))
	}
	assert.Nil(t, s.take("5"), "eight in all")
}

// Every file is counted, and none is sent without asking Tallyfy.
func TestFilesAreKnownByTheirRoute(t *testing.T) {
	var files []string
	for _, r := range (&App{}).routes() {
		if r.isFile() {
			files = append(files, r.path)
		}
	}
	assert.ElementsMatch(t, []string{"/access.csv", "/groups.csv", "/groups/:group/people.csv", "/members.csv", "/guests.csv", "/activity.csv", "/trash.csv", "/jobs/:job/failed.csv", "/reviews/:review/receipt.csv"}, files)
}
