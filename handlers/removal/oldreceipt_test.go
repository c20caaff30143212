package removal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/removal"
)

// oldBody is a receipt as the first release stored it.
func oldBody(state string) []byte {
	return []byte(`{"Plan":{"Organisation":"Aldermoor","LeaverID":20565,"LeaverName":"Chiara","SuccessorID":20617,"SuccessorName":"Siobhán","TasksNow":7,"SuccessorTasksNow":-1,
		"Lines":[{"Kind":"access","Text":"Chiara can't open Aldermoor any more."},{"Kind":"emptied","Text":"Payroll will have nobody in it.","Group":"4f5c"},{"Kind":"moves","Text":"Tasks move.","Now":"There are 7 open tasks now."}],
		"Warnings":null,"NewToSuccessor":["4f5c"]},
		"Head":{"ID":20565,"Name":"Chiara D'Angelo","Email":"chiara@example.com","Role":"Administrator","Status":{"Text":"Active","Badge":"good"},"Organisation":"Aldermoor"},
		"By":"Maren Dahl","SentAt":"2026-11-28T17:47:50Z","State":"` + state + `"}`)
}

func TestOldReceiptAsAnEntry(t *testing.T) {
	t.Parallel()
	for old, state := range map[string]journal.State{"done": journal.Done, "unknown": journal.NotConfirmed, "sent": journal.Sent} {
		e, ok := removal.FromOldReceipt("press", "org 20526", oldBody(old))
		require.True(t, ok)
		assert.Equal(t, state, e.State)
		if state == journal.Sent {
			assert.Nil(t, e.Outcome, "no outcome was noted")
		} else {
			assert.Equal(t, &journal.Outcome{State: state, At: e.At}, e.Outcome)
		}
		assert.Equal(t, time.Date(2026, 11, 28, 17, 47, 50, 0, time.UTC), e.At)
		assert.Equal(t, "org press", string(e.Org)+" "+e.Press)
		assert.Equal(t, journal.Subject{Kind: journal.Member, ID: "20526", Name: "Maren Dahl"}, e.Actor)
		assert.Equal(t, []journal.Subject{
			{Kind: journal.Member, ID: "20565", Name: "Chiara D'Angelo", Email: "chiara@example.com"}, {Kind: journal.Member, ID: "20617", Name: "Siobhán"},
		}, e.Subjects)
		assert.Equal(t, []journal.Line{
			{Kind: removal.Access, Text: "Chiara can't open Aldermoor any more."},
			{Kind: removal.Emptied, Text: "Payroll will have nobody in it.", ID: "4f5c"},
			{Kind: removal.Moves, Text: "Tasks move.", Now: "There are 7 open tasks now."},
		}, e.Lines)
		assert.Equal(t, "admin active", e.Before("Role")+" "+e.Before("Status"))
		assert.JSONEq(t, `{"Organisation":"Aldermoor","LeaverID":20565,"LeaverName":"Chiara","SuccessorID":20617,"SuccessorName":"Siobhán","TasksNow":7,"SuccessorTasksNow":-1,"NewToSuccessor":["4f5c"]}`,
			string(e.Facts), "its sentences can still be checked")
	}
}

func TestOldRecordsThatAreNoReceipts(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "90b8 1f0c", "{}", `{"Plan":{"LeaverID":1}}`, `[]`} {
		_, ok := removal.FromOldReceipt("press", "org 20526", []byte(body))
		assert.False(t, ok, body)
	}
	_, ok := removal.FromOldReceipt("press", "org", oldBody("done"))
	assert.False(t, ok, "without a person")
}
