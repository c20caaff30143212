package review

import (
	"slices"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/words"
)

// A State is what a decision makes of a person, and what the latest decision has made of them. The first four
// after Undecided are also the words of the form.
type State string

// The states of a person in a review.
const (
	Undecided State = "undecided" // no decision, or one whose day has come
	Right     State = "right"     // the groups are right as they are
	Change    State = "change"    // groups are to be changed, and have not been yet
	Later     State = "later"     // not yet: again on a day
	Ask       State = "ask"       // somebody is being asked
	Left      State = "left"      // closed by itself: disabled, or not in the organisation any more
	Applied   State = "applied"   // the changes were made in Tallyfy
)

// Differs is what a second look makes of somebody that finds something: they are undecided again.
const Differs State = "differs"

// States are all states in the order in which pages name them.
var States = []State{Undecided, Later, Ask, Change, Right, Applied, Left}

// ByPerson reports that people decide so; the others are recorded.
func (s State) ByPerson() bool { return slices.Contains([]State{Right, Change, Later, Ask}, s) }

// Reviewed reports that somebody has looked and come to an end.
func (s State) Reviewed() bool { return slices.Contains([]State{Right, Change, Applied}, s) }

// A Group is a group as it was called then.
type Group struct {
	ID   tallyfy.ID
	Name string
}

// A Fact says which date of a member counts as the day of joining.
type Fact string

// The facts. The later one of the first two counts, else the first that there is.
const (
	Activated Fact = "activated" // activated_at: the account was first used, perhaps in another organisation
	Approved  Fact = "approved"  // approved_at: the invitation was accepted
	Created   Fact = "created"   // created_at: of the account, which may be older than the membership
	Seen      Fact = "seen"      // none of them is the day: when the dashboard first saw the member
)

// A Review is people who joined, and what was decided about them.
type Review struct {
	ID  string
	Org tallyfy.ID
	At  time.Time
	Spec
	// People are in the order of the queue, which never changes; those added later come last.
	People []*Person
	// Closed is when the review was closed, zero for one that is open, ClosedBy by whom. Then
	// nothing of it changes but the record of what was sent before.
	Closed   time.Time
	ClosedBy journal.Subject
	// Unreadable says that the secret that sealed the review is not listed any more.
	Unreadable bool
}

// A Spec is what a review was started with.
type Spec struct {
	Name string
	Rule Rule
	// By started it. Second, if set, is another reviewer.
	By     journal.Subject
	Second *journal.Subject `json:",omitempty"`
	// Looks says that there is to be a second look once all are decided: Book.ChooseLooks.
	Looks bool `json:",omitempty"`
	// ReadAt is the age of the members and groups that the people were taken from.
	ReadAt time.Time
	// Press is the press of the button that started it.
	Press string
}

// A Person is somebody in a review, as they were when they came into it.
type Person struct {
	ID          tallyfy.UserID
	Name, Email string
	Role        tallyfy.Role
	Title       string `json:",omitempty"`
	Status      tallyfy.Status
	Joined      time.Time
	JoinedBy    Fact
	// Groups are those they were in, in the order of names, as read at ReadAt.
	Groups []Group `json:",omitempty"`
	ReadAt time.Time
	// Guest says that the address was seen as a guest's before the person came into the review.
	Guest bool `json:",omitempty"`
	// Added is when they came into a review that had begun, zero for those from the start.
	Added time.Time `json:",omitzero"`
	// Granted says that they were made an administrator since.
	Granted bool `json:"-"`
	// Place is where they stand.
	Place Place `json:"-"`
	// Decisions are all about this person, the latest last.
	Decisions []*Decision `json:"-"`
	// Unreadable says that nothing but the id and the states is known any more.
	Unreadable bool `json:"-"`
}

// A Decision is one entry of the list of a review.
type Decision struct {
	// N numbers the decisions of a review from 1. Book.Append sets it, and At.
	N      int            `json:"-"`
	Member tallyfy.UserID `json:"-"`
	State  State          `json:"-"`
	At     time.Time
	// By decided, or carried out. It is empty where nobody did.
	By journal.Subject `json:",omitzero"`
	// Add and Remove are the groups to change, of Change and Applied.
	Add    []Group `json:",omitempty"`
	Remove []Group `json:",omitempty"`
	Note   string  `json:",omitempty"`
	// Role is the one in which the reviewer saw the person. Earlier versions kept none.
	Role tallyfy.Role `json:",omitempty"`
	// Until is the beginning of the day on which the person comes back, of Later, in the zone of
	// who chose it.
	Until time.Time `json:",omitzero"`
	// Groups are those that the reviewer saw the person in, read at ReadAt.
	Groups []Group   `json:",omitempty"`
	ReadAt time.Time `json:",omitzero"`
	// Short says that not all groups could be read then, so that Groups may lack some.
	Short bool `json:",omitempty"`
	// Press is the press of the button, of decisions by people.
	Press string `json:",omitempty"`
	// Entries are ids of the journal, of Applied.
	Entries []string `json:",omitempty"`
	// Since is when it was decided that stands here once more, because a part of it was carried out; else zero.
	Since time.Time `json:",omitzero"`
}

// Already reports that all was as decided before anything was sent.
func (d *Decision) Already() bool {
	return d.State == Applied && len(d.Entries) == 0 && len(d.Add)+len(d.Remove) > 0
}

// Last is the latest decision about the person, nil for none.
func (p *Person) Last() *Decision {
	if len(p.Decisions) == 0 {
		return nil
	}
	return p.Decisions[len(p.Decisions)-1]
}

// RoleDecided is the role in which the person was when it was decided last, that of the start where
// no decision has one.
func (p *Person) RoleDecided() tallyfy.Role {
	for _, d := range slices.Backward(p.Decisions) {
		if d.Role != "" {
			return d.Role
		}
	}
	return p.Role
}

// Base is the number of the latest decision, 0 for none: what a form was opened on.
func (p *Person) Base() int {
	if d := p.Last(); d != nil {
		return d.N
	}
	return 0
}

// State is what the latest decision says now.
func (p *Person) State(now time.Time) State { return p.Place.State(now) }

// Person finds somebody in the review, and their place from 0.
func (r *Review) Person(id tallyfy.UserID) (p *Person, at int) {
	at = slices.IndexFunc(r.People, func(p *Person) bool { return p.ID == id })
	if at < 0 {
		return nil, at
	}
	return r.People[at], at
}

// Counts is how many people are in each state. Together they are all people.
func (r *Review) Counts(now time.Time) map[State]int {
	counts := map[State]int{}
	for _, p := range r.People {
		counts[p.State(now)]++
	}
	return counts
}

// MostNote is the length of a note in letters.
const MostNote = 500

// tooLong says that a note is, "" for one that is not.
func tooLong(note string) string {
	if len([]rune(note)) > MostNote {
		return "The note is too long: " + words.Number(MostNote) + " letters at most."
	}
	return ""
}

// Problems says by field what is missing in what a person wants to decide, nil for nothing.
func (d *Decision) Problems(p *Person, now time.Time) map[string]string {
	problems := map[string]string{}
	switch {
	case !d.State.ByPerson():
		problems["decision"] = "Choose what you have decided."
	case d.By.ID == string(p.ID):
		problems["decision"] = "This is your own record. Another administrator has to decide it."
	case d.State == Change && len(d.Add)+len(d.Remove) == 0:
		problems["groups"] = "Choose the groups to add or to leave, or decide that it looks right."
	case d.State == Later && d.Until.IsZero():
		problems["until"] = "Give the day on which to look again."
	case d.State == Later && !d.Until.After(now):
		problems["until"] = "That day has passed or is today. Choose a later one."
	case d.State == Ask && d.Note == "":
		problems["note"] = "Write what you want to know."
	case p.Role == tallyfy.RoleAdmin && (d.State == Right || d.State == Change) && d.Note == "":
		problems["note"] = "This person stays an administrator: write why."
		if p.Granted {
			problems["note"] = "This person was made an administrator since the review was started: write why that is right."
		}
	case d.State == Change && len(d.Remove) > 0 && d.Note == "":
		problems["note"] = "Taking somebody out of a group needs a note: write why."
	}
	if problem := tooLong(d.Note); problem != "" {
		problems["note"] = problem
	}
	if len(problems) == 0 {
		return nil
	}
	return problems
}

const (
	// fastRun decisions in a row that took less than fastTime each are too fast.
	fastRun  = 5
	fastTime = 2 * time.Second
)
