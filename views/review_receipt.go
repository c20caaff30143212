package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ReviewReceipt is the record of a review. There is a row for each person, and the counts are of the rows.
type ReviewReceipt struct {
	ReviewHead
	Rows []ReviewReceiptRow
	// Waiting is how many decisions are to be carried out.
	Waiting int
	// NotChecked says what the review does not cover, and what could not be found out.
	NotChecked []string
	// Changed says of how many people groups were seen to change since, "" for none.
	Changed string
}

// A ReviewReceiptRow is somebody of the review with all that was decided, the latest last.
type ReviewReceiptRow struct {
	ID          tallyfy.UserID
	Name, Email string
	Role, Title string
	Joined      time.Time
	State       string
	// Unreadable says that nothing but the state is known any more.
	Unreadable bool
	Lines      []ReviewReceiptLine
	// Changed says that groups were seen to change since, "" if not. ChangesURL lists the changes.
	Changed, ChangesURL string
}

// A ReviewReceiptLine is one decision. Before are the groups that were seen, After those with the change.
type ReviewReceiptLine struct {
	ReviewDecision
	ByEmail       string
	Before, After []string
	// Proof says what was found in Tallyfy after a change, "" for other decisions. Checked is when, and Entry the change.
	Proof   string
	Checked time.Time
	Entry   string
}

// Last is the latest decision, an empty one if there is none.
func (r ReviewReceiptRow) Last() ReviewReceiptLine {
	if len(r.Lines) == 0 {
		return ReviewReceiptLine{}
	}
	return r.Lines[len(r.Lines)-1]
}

// tally says that the numbers agree.
func (v ReviewReceipt) tally() string {
	text := ""
	for i, c := range v.Counts {
		if i > 0 {
			text += " + "
		}
		text += words.Number(c.N) + " " + DecisionLabel(c.State)
	}
	return text + " = " + words.Count(v.People, "person", "people") + ", a row each."
}

// groupList lists groups, or says that there are none.
func groupList(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return names.List(list)
}

// made says who decided, when, and by data of which time.
func (l ReviewReceiptLine) made(c Clock) string {
	text := c.stamp(l.At)
	if l.By != "" {
		text = names.Isolate(l.By) + ", " + text
	}
	if !l.ReadAt.IsZero() {
		text += ", by data of " + c.stamp(l.ReadAt)
	}
	return text + "."
}
