package views

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ReviewHead is what every page of a review says of it.
type ReviewHead struct {
	ID, Name, By string
	// Second is another reviewer, "" for none.
	Second     string
	At, ReadAt time.Time
	Rule       string
	People     int
	// Looked is how many were looked at, on pages that say so: also of those who left afterwards.
	Looked int
	// Open is how many are not decided. Counts are the people by state, without those of nobody.
	Open       int
	Counts     []ReviewCount
	Unreadable bool
	// Closed is when it was closed, zero for one that is open.
	Closed   time.Time
	ClosedBy string
	// Missing says what could not be read, "" for nothing.
	Missing string
}

// ReviewCount is how many people of a review are in a state.
type ReviewCount struct {
	State string
	N     int
}

// Title is the name of the review.
func (h ReviewHead) Title() string {
	if h.Unreadable {
		return "A review that can't be opened"
	}
	return names.Isolate(h.Name)
}

// closedText says when a review was closed, and by whom.
func (h ReviewHead) closedText(c Clock) string {
	text := "Closed on " + c.stamp(h.Closed)
	if h.ClosedBy != "" {
		text += " by " + names.Isolate(h.ClosedBy)
	}
	return text + ". Nothing is decided in it any more."
}

// count is how many people are in a state.
func (h ReviewHead) count(state string) (n int) {
	for _, c := range h.Counts {
		if c.State == state {
			n = c.N
		}
	}
	return n
}

// Progress says how far the review is: everybody was looked at, is still open, or left before that.
func (h ReviewHead) Progress() string {
	people, left := words.Count(h.People, "person", "people")+" looked at", h.People-h.Open-h.Looked
	switch {
	case left > 0:
		return words.Number(h.Looked) + " of " + people + ", " + words.Count(left, "has left", "have left") + " before that."
	case h.Open == 0:
		return "All " + people + "."
	}
	return words.Number(h.Looked) + " of " + people + "."
}

// ReviewStateWord is the state of a person in a review. Who is not decided may have been: put off
// to a day that has come, or sent back by a second look.
func ReviewStateWord(state string) string {
	switch state {
	case "right":
		return "Looks right"
	case "change":
		return "To change"
	case "later":
		return "Not yet"
	case "ask":
		return "Asked"
	case "left":
		return "Left"
	case "applied":
		return "Changed"
	case "differs":
		return "Second look differs"
	}
	return "Not decided"
}

// ReviewTab is the name of a state above the queue of a review.
func ReviewTab(state string) string {
	if state == "undecided" {
		return "To decide"
	}
	return ReviewStateWord(state)
}

// DecisionText is a decision within a sentence.
func DecisionText(state string) string {
	switch state {
	case "right":
		return "looks right"
	case "change":
		return "change groups"
	case "later":
		return "not yet"
	case "ask":
		return "ask someone"
	case "left":
		return "closed"
	}
	return "groups changed"
}

// DecisionLabel is a state within the counts of a review.
func DecisionLabel(state string) string { return strings.ToLower(ReviewStateWord(state)) }

func reviewBadge(state string) string {
	switch state {
	case "right", "applied":
		return "good"
	case "change", "ask", "later":
		return "warn"
	}
	return ""
}

// ReviewList is the reviews of an organisation. New is who waits for one, with no text where that is not known.
type ReviewList struct {
	Rows     []ReviewHead
	New      components.Figure
	KeptDays int
}

// ReviewForm starts a review.
type ReviewForm struct {
	Values           map[string]string
	Roles, Reviewers []components.Choice
	Errors           map[string]string
	Notice           *Notice
	Press            string
	// Since is the day from which on people count as new.
	Since string
	// Count says whom it would take, "" where that can't be counted. Takes are their names, Unknown the addresses of nobody.
	Count          string
	Takes, Unknown []string
	Missing        string
}

// ReviewPage is the queue of a review.
type ReviewPage struct {
	ReviewHead
	// Tabs are the states. Only is the one that is shown, "" for all.
	Tabs  []components.Tab
	Only  string
	List  []ReviewRow
	Pager Pager
	// Next is the person to go on with, at the place NextAt from 1; "" if there is none.
	Next   tallyfy.UserID
	NextAt int
	Looks  ReviewLooks
	// Job says that a job carries the review out, nil where none does.
	Job *Notice
	// Later joined since the review was started. Press is one press of the button that adds them.
	Later []Person
	Press string
	// Fast are the people who were decided too fast to have been looked at; FastOdd of them had groups that were not expected.
	Fast    []Person
	FastOdd int
	// From is FromCheck where the check is what to go on with, else "".
	From string
}

func (v ReviewPage) at(p Page) func(page int) string {
	return func(page int) string { return p.URL.ReviewQueue(v.ID, v.Only, page) }
}

// waiting reports that decisions are to be carried out.
func (v ReviewPage) waiting() bool { return v.count("change") > 0 }

// applyKind makes carrying the decisions out what comes next, once nobody is left to decide about.
func (v ReviewPage) applyKind() components.ButtonKind {
	if v.Next == "" {
		return components.ButtonPrimary
	}
	return components.ButtonPlain
}

func (v ReviewPage) startedBy() string {
	text := "Started by " + names.Isolate(v.By)
	if v.Second != "" {
		text += ", with " + names.Isolate(v.Second) + ","
	}
	return text
}

func (v ReviewPage) fastText() string {
	text := "You decided about " + words.Count(len(v.Fast), "person", "people") + " in a few seconds."
	if v.FastOdd > 0 {
		text += " " + words.Count(v.FastOdd, "of them has groups", "of them have groups") + " that were not expected."
	}
	return text + " Only you see this, and only once in a review."
}

func (v ReviewPage) laterText() string {
	list := make([]string, len(v.Later))
	for i, p := range v.Later {
		list[i] = p.Name
	}
	return words.Count(len(list), "person has", "people have") + " joined since you started: " + names.List(list) + "."
}

// ReviewRow is somebody in the queue.
type ReviewRow struct {
	Person
	At     int
	Joined time.Time
	Groups int
	// Compared says that there is something to compare the groups with.
	Compared            bool
	Missing, Unexpected int
	State, By           string
	When, Until         time.Time
	// Gone says that the person is not in the organisation any more, Unread that this is not known:
	// the list was not read to its end.
	Gone, Unread bool
	// Invited says that the invitation was not accepted yet.
	Invited bool
	// Namesake says that another member has the same name.
	Namesake bool
	// Guest says that the address was a guest's before.
	Guest bool
}

// decided is who decided when, and until when.
func (r ReviewRow) decided(c Clock) string {
	text := names.Isolate(r.By) + ", " + c.Day(r.When)
	if !r.Until.IsZero() {
		text += ", until " + ChosenDay(r.Until)
	}
	return text
}

// joinedNot stands where there is no day of joining.
func (r ReviewRow) joinedNot() string {
	if r.Invited {
		return "not yet"
	}
	return "not known"
}

// difference is how far the groups are from what is expected.
func (r ReviewRow) difference() string {
	switch {
	case r.Gone:
		return ""
	case !r.Compared && r.Missing == 0:
		return "nothing to compare with"
	case r.Missing+r.Unexpected == 0:
		return "as expected"
	case r.Unexpected == 0:
		return words.Number(r.Missing) + " missing"
	case r.Missing == 0:
		return words.Number(r.Unexpected) + " not expected"
	}
	return words.Number(r.Missing) + " missing, " + words.Number(r.Unexpected) + " not expected"
}

// ReviewPerson is one step of a review.
type ReviewPerson struct {
	Review, ReviewName string
	Person
	At, Of int
	// Called is the name, with the address where somebody else looks the same.
	Called, JobTitle string
	// Timezone is that of the person, with what time it is there now; "" for none that is known.
	Timezone string
	// Joined is zero, and JoinedBy "", for somebody of whom only an invitation is known.
	Joined              time.Time
	JoinedBy, InvitedBy string
	// Guest says that the address was a guest's before.
	Guest      bool
	LastLogin  time.Time
	Invitation Invitation
	ReadAt     time.Time
	// From is FromCheck where the visitor came from the check of the review, and goes back there;
	// else "".
	From string
	// Look says that this is a second look, which shows no decision.
	Look bool
	// Closed says that the review is closed.
	Closed bool
	// State is the person's in the review. Self is the reviewer's own record.
	State string
	Self  bool
	Admin bool
	// Gone says that the person is not in the organisation any more, Unread that they could not be
	// read. NotRead says what of the organisation could not be, "" for nothing.
	Gone, Unread bool
	NotRead      string
	Unreadable   bool
	// Compared says that the groups are compared with something, Basis with what, or why not.
	Compared bool
	Basis    string
	// There are expected, Missing are expected and not there, Unexpected are there and not expected, Groups those of which
	// nothing can be said. Others are offered by a search.
	There, Missing, Unexpected, Groups, Others []PickedGroup
	Find, FindNote                             string
	Note, Until                                string
	Errors                                     map[string]string
	Notice                                     *Notice
	// Shown are the ids of the groups that the page shows, Read the time of that as a number: what is decided is decided
	// about these.
	Shown, Read string
	// Short says that not all groups could be read then.
	Short                            bool
	Base                             int
	Press                            string
	Previous, Following, LastDecided tallyfy.UserID
	// SameAs is whom the same can be decided for as, "" for nobody.
	SameAs, SameState string
	// Link leads to this page from elsewhere, for somebody who is asked.
	Link      string
	Decisions []ReviewDecision
}

// ReviewDecision is a decision in the record.
type ReviewDecision struct {
	State, By, Note   string
	At, Until, ReadAt time.Time
	Add, Remove       []string
	// Gone are those of the groups that are not there any more, of a decision that waits to be
	// carried out.
	Gone []string
	// Already says that the groups were as decided, so that nothing was sent.
	Already bool
}

// text is the decision as a sentence, and which of its groups are gone.
func (d ReviewDecision) text() string {
	text := d.Sentence(ChosenDay)
	if len(d.Gone) > 0 {
		text += " " + names.List(d.Gone) + " " + words.Noun(len(d.Gone), "is", "are") + " not there any more."
	}
	return text
}

// Sentence is the decision as a sentence. day writes the day on which the person comes back.
func (d ReviewDecision) Sentence(day func(time.Time) string) string {
	text, add, remove := ReviewStateWord(d.State), ", add to ", ", take out of "
	switch {
	case d.State == "ask":
		text = "Ask someone"
	case d.State == "change":
		text = "Change groups"
	case d.Already:
		text, add, remove = "As decided already", ", in ", ", not in "
	case d.State == "applied":
		add, remove = ", added to ", ", taken out of "
	}
	if len(d.Add) > 0 {
		text += add + names.List(d.Add)
	}
	if len(d.Remove) > 0 {
		text += remove + names.List(d.Remove)
	}
	if !d.Until.IsZero() {
		text += " until " + day(d.Until)
	}
	text += "."
	if d.Note != "" {
		text += " “" + names.Isolate(d.Note) + "”"
	}
	return text
}

// FromCheck is what the address of a step says where the check of the review led to it.
const FromCheck = "check"

// back is where the page leads back to.
func (v ReviewPerson) back(p Page) (text, url string) {
	if v.From != "" {
		return "Check and apply", p.URL.ReviewCheck(v.Review)
	}
	return v.ReviewName, p.URL.Review(v.Review)
}

func (v ReviewPerson) problems() []components.Problem {
	return components.ProblemsOf(v.Errors, "decision", "groups", "until", "note")
}

// joinedNot stands where there is no day of joining.
func (v ReviewPerson) joinedNot() string {
	if v.Invitation.Pending {
		return "not yet"
	}
	return "not known"
}

// joinedText says by which fact the day of joining is known, "" where there is none.
func (v ReviewPerson) joinedText() string {
	if v.JoinedBy == "" {
		return ""
	}
	return " Joined: " + v.JoinedBy + "."
}

// mayDecide reports that the reviewer can decide here.
func (v ReviewPerson) mayDecide() bool {
	return !v.Look && !v.Closed && !v.Self && !v.Gone && !v.Unread && v.State != "left"
}

// setTitle is the job title for which a starter set is still to be made, "" where there is
// something to compare with.
func (v ReviewPerson) setTitle() string {
	if v.Compared || v.Look || v.Basis == "" {
		return ""
	}
	return v.JobTitle
}

// openTitle stands above groups about which nothing can be said.
func (v ReviewPerson) openTitle() string {
	if len(v.There) > 0 {
		return "In these groups, too"
	}
	return "In these groups"
}

// askText is a text to send to somebody who knows.
func (v ReviewPerson) askText() string {
	text := ""
	for _, d := range v.Decisions {
		if d.State == "ask" {
			text = d.Note
		}
	}
	return text + " " + v.Link
}

func (v ReviewPerson) noteHint() string {
	if v.Admin {
		return "This person is an administrator. To keep that, or to take them out of a group, write why. Ask someone needs a note, too."
	}
	return "To take somebody out of a group, write why. For “Ask someone” what you want to know; otherwise what others should know."
}
