package views

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ReviewReceipt is the record of a review. There is a row for each person, and the counts are of the rows.
type ReviewReceipt struct {
	ReviewHead
	Rows []ReviewReceiptRow
	// Looks says what became of the second looks, "" for none.
	Looks string
	// Waiting is how many decisions are to be carried out.
	Waiting int
	// NotChecked says what the review does not cover, and what could not be found out.
	NotChecked []string
	// Job says that a job carries the review out, nil where none does.
	Job *Notice
	// Changed says of how many people groups were seen to change since, "" for none.
	Changed string
}

// A ReviewReceiptRow is somebody of the review with all that was decided, the latest last.
type ReviewReceiptRow struct {
	ID          tallyfy.UserID
	Name, Email string
	Role, Title string
	// Called is the name, with the address where a member looks the same.
	Called string
	Joined time.Time
	State  string
	// Unreadable says that nothing but the state is known any more.
	Unreadable bool
	Lines      []ReviewReceiptLine
	Looks      []ReviewLookLine
	// RoleChanged says which roles somebody had besides, "" for none.
	RoleChanged string
	// Changed says that groups were seen to change since, "" if not. ChangesURL lists the changes.
	Changed, ChangesURL string
}

// A ReviewReceiptLine is one decision. Before are the groups that were seen, After those with the change.
type ReviewReceiptLine struct {
	ReviewDecision
	ByEmail       string
	Before, After []string
	// Anew says that it was decided after a change had been made, Left that it is what is left of a decision of which something
	// was carried out.
	Anew, Left bool
	// Proofs say what was found in Tallyfy after a change; none for other decisions.
	Proofs []ReviewProof
}

// Sentence is the decision as a sentence, with the place that it has among the others.
func (l ReviewReceiptLine) Sentence(day func(time.Time) string) string {
	text := l.ReviewDecision.Sentence(day)
	switch {
	case l.State == "":
		return ""
	case l.Anew:
		return "New decision after the change: " + text
	case l.Left && l.State == "change":
		return "Left to do: " + text
	case l.Left:
		return "Decided meanwhile: " + text
	}
	return text
}

// A ReviewProof is what was found in Tallyfy of groups, and when. Entry is the change in the journal, "" without one.
type ReviewProof struct {
	Text    string
	Checked time.Time
	Entry   string
	Groups  []string
}

// Said is the finding as a sentence without an end. named says the groups, where there are several findings.
func (f ReviewProof) Said(named bool) string {
	if !named {
		return f.Text
	}
	return names.List(f.Groups) + ": " + strings.ToLower(f.Text[:1]) + f.Text[1:]
}

// when is the time of a finding, at the end of its sentence.
func (f ReviewProof) when(c Clock) string {
	if f.Checked.IsZero() {
		return "."
	}
	return ", " + c.stamp(f.Checked) + "."
}

// facts are what is known of somebody besides the name.
func (r ReviewReceiptRow) facts(c Clock) string {
	text := r.Role
	if r.Title != "" {
		text += ", " + names.Isolate(r.Title)
	}
	if !r.Joined.IsZero() {
		text += ". Joined " + c.Day(r.Joined)
	}
	text += "."
	if r.RoleChanged != "" {
		text += " " + r.RoleChanged + "."
	}
	return text
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

// Groups are those before and after a change, as sentences.
func (l ReviewReceiptLine) Groups() string {
	return "Before: " + groupList(l.Before) + ". After: " + groupList(l.After) + "."
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
