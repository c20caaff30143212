package removal

import (
	"encoding/json"
	"strings"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

// oldReceipt is a receipt as versions before the journal stored it.
type oldReceipt struct {
	Plan struct {
		Facts
		Lines []struct {
			Kind, Text, Now string
			Group           tallyfy.ID
		}
	}
	Head struct {
		Name, Email, Role string
		Status            struct{ Text string }
	}
	By     string
	SentAt time.Time
	State  string
}

// OldReceiptID names the record of an old receipt.
func OldReceiptID(member, record string) string { return "removal " + member + " " + record }

// FromOldReceipt makes an entry of an old receipt. scope is the organisation and the person who removed, and
// press the key of the row. ok is false for a record of another purpose.
func FromOldReceipt(press, scope string, body []byte) (e *journal.Entry, ok bool) {
	var old oldReceipt
	org, actor, scoped := strings.Cut(scope, " ")
	if json.Unmarshal(body, &old) != nil || !scoped || old.Plan.LeaverID == "" || old.SentAt.IsZero() {
		return nil, false
	}
	name := old.Head.Name
	e = &journal.Entry{At: old.SentAt, State: journal.Sent, Intent: journal.Intent{
		Org: tallyfy.ID(org), Kind: MemberRemoved, Press: press,
		Actor:    journal.Subject{Kind: journal.Member, ID: actor, Name: old.By},
		Subjects: []journal.Subject{{Kind: journal.Member, ID: string(old.Plan.LeaverID), Name: name, Email: old.Head.Email}},
		Plan:     journal.Plan{Will: "remove " + name, Did: "removed " + name, Facts: journal.Facts(old.Plan.Facts)},
	}}
	if to := old.Plan.SuccessorID; to != "" {
		e.Subjects = append(e.Subjects, journal.Subject{Kind: journal.Member, ID: string(to), Name: old.Plan.SuccessorName})
	}
	for _, l := range old.Plan.Lines {
		e.Lines = append(e.Lines, journal.Line{Kind: l.Kind, Text: l.Text, Now: l.Now, ID: l.Group})
	}
	states := map[string]journal.State{"done": journal.Done, "unknown": journal.NotConfirmed}
	if state, known := states[old.State]; known {
		e.State, e.Outcome = state, &journal.Outcome{State: state, At: old.SentAt}
	}
	role := []string{roleOf(old.Head.Role)}
	e.Differences = []journal.Difference{
		{What: "Role", Before: role, After: role},
		{What: "Status", Before: []string{strings.ToLower(old.Head.Status.Text)}, After: []string{string(tallyfy.StatusDisabled)}},
	}
	return e, true
}

// roleOf is the role that old receipts kept as a word for the screen.
func roleOf(word string) string {
	if word == "Administrator" {
		return string(tallyfy.RoleAdmin)
	}
	return strings.ToLower(word)
}
