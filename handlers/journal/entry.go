package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// State is how far a change got. The words are also those of the audit log and of the metric.
type State string

// The states. An entry begins as Sent and gets one of the others once.
const (
	Sent         State = "sent"          // no outcome is stored yet, or never will be after a crash
	Done         State = "done"          // Tallyfy said so
	Refused      State = "refused"       // Tallyfy refused
	NotSent      State = "not sent"      // the call did not leave
	NotConfirmed State = "not confirmed" // the call left and its result is not known
)

// SubjectKind says what a subject is.
type SubjectKind string

// The kinds of subject that have a page.
const (
	Member SubjectKind = "member"
	Group  SubjectKind = "group"
	Guest  SubjectKind = "guest"
)

// A Subject is a person or a group as it was at the time of the change.
type Subject struct {
	Kind  SubjectKind
	ID    string
	Name  string
	Email string `json:",omitempty"`
}

// MemberSubject is a member as they are now.
func MemberSubject(m *tallyfy.Member) Subject {
	return Subject{Kind: Member, ID: string(m.ID), Name: m.Name(), Email: m.Email}
}

// GroupSubject is a group as it is now.
func GroupSubject(g *tallyfy.Group) Subject {
	return Subject{Kind: Group, ID: string(g.ID), Name: g.DisplayName()}
}

// Key names the subject in the index of subjects and in addresses: "member 20552".
func (s Subject) Key() string { return string(s.Kind) + " " + s.ID }

// addressKey names a guest in the index by a hash of the address: a group has its guests by their
// addresses only. It is "" for anybody else.
func (s Subject) addressKey(org tallyfy.ID) string {
	address := strings.ToLower(strings.TrimSpace(s.Email))
	if s.Kind != Guest || address == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("tallyfy-admin journal guest v1:" + string(org) + " " + address))
	return "address " + hex.EncodeToString(sum[:16])
}

// ParseSubject reads a subject's Key; the zero value for anything else.
func ParseSubject(key string) Subject {
	kind, id, _ := strings.Cut(key, " ")
	if !tallyfy.PlausibleID(id) || kind != string(Member) && kind != string(Group) && kind != string(Guest) {
		return Subject{}
	}
	return Subject{Kind: SubjectKind(kind), ID: id}
}

// An Intent is stored before a change is sent.
type Intent struct {
	Org       tallyfy.ID
	Kind      string // "member.remove", …
	Actor     Subject
	RequestID string
	// Press identifies the press of a button: one press makes one entry at most.
	Press string
	// Subjects are whom and what the change is about, the most important first.
	Subjects []Subject
	// Concerned are ids of further members for whom the entry shows on their page, such as the
	// members of a deleted group. Their names stand in the plan's differences.
	Concerned []tallyfy.UserID `json:"-"`
	// ConcernedGuests are the addresses of guests for whom the entry shows on their page, such as
	// those who came into a group.
	ConcernedGuests []string `json:"-"`
	// Contents is what the change deletes, to create it again; nil for changes that delete nothing. It is not
	// read with the entry.
	Contents *Contents `json:"-"`
	Plan
}

// A Plan is what was going to happen, in sentences that can be checked afterwards.
type Plan struct {
	// Will and Did are the change in words that follow a name: "remove Bo", "removed Bo".
	Will, Did string
	Lines     []Line
	// Here says that the change is one of the dashboard's own database: nothing is sent to Tallyfy.
	Here bool `json:",omitempty"`
	// Calls is how many calls a change of several things takes, one for each of the first lines; 0 for a change
	// of one thing.
	Calls       int          `json:",omitempty"`
	Warnings    []string     `json:",omitempty"`
	Differences []Difference `json:",omitempty"`
	// Facts is what the checks of this kind of change need. Only the kind's own package reads it.
	Facts json.RawMessage `json:",omitempty"`
}

// Differ adds the differences that have something before or after.
func (p *Plan) Differ(list ...Difference) {
	for _, d := range list {
		if len(d.Before)+len(d.After) > 0 {
			p.Differences = append(p.Differences, d)
		}
	}
}

// Facts is a value as Plan and Outcome keep it. It holds texts and numbers, so nothing can fail.
func Facts(v any) json.RawMessage {
	facts, _ := json.Marshal(v)
	return facts
}

// FactsOf reads the facts of an entry of a kind. ok is false for an entry of another kind, and for
// one that can't be read.
func FactsOf[T any](e *Entry, kind string) (facts T, ok bool) {
	ok = e.Kind == kind && json.Unmarshal(e.Plan.Facts, &facts) == nil
	return facts, ok
}

// A Line is one sentence of a plan. Kind says how it is checked. Now adds what was counted when the
// plan was made: it may change before the call without making the sentence untrue.
type Line struct {
	Kind string
	Text string
	Now  string     `json:",omitempty"`
	ID   tallyfy.ID `json:",omitempty"` // of the group that the line is about
	Rows []Row      `json:",omitempty"`
}

// A Row is one of the groups that a sentence is about. Text says what becomes of it, and Now what was counted
// when the plan was made. Warn says that little is left of it.
type Row struct {
	ID   tallyfy.ID
	Name string
	Text string `json:",omitempty"`
	Now  string `json:",omitempty"`
	Warn bool   `json:",omitempty"`
}

// String is the sentence with what was counted.
func (l Line) String() string {
	if l.Now == "" {
		return l.Text
	}
	return l.Text + " " + l.Now
}

// A Difference is a property before and after a change, in names. A list has several values.
type Difference struct {
	What          string
	Before, After []string `json:",omitempty"`
}

// An Outcome is how the call ended.
type Outcome struct {
	State State
	At    time.Time
	// Words is the reason for any other state than Done. Tallyfys says that they are Tallyfy's own.
	Words    string `json:",omitempty"`
	Tallyfys bool   `json:",omitempty"`
	// Missing says that the refusal was that there is no such thing, which somebody else may have done.
	Missing bool `json:",omitempty"`
	// UpstreamID is Tallyfy's id of the request.
	UpstreamID string `json:",omitempty"`
	// Subjects are those that only the answer named, such as a new group.
	Subjects []Subject `json:",omitempty"`
	// Parts are the outcomes of the calls of a change of several things, in the order of the plan's lines.
	Parts []Outcome `json:",omitempty"`
	// Facts is what a part did. Only the kind's own package reads it.
	Facts json.RawMessage `json:",omitempty"`
}

// Result is how a sentence of a plan came out.
type Result string

// The results of a check.
const (
	Confirmed     Result = "confirmed"
	NotAsExpected Result = "not as expected"
	NotChecked    Result = "could not check"
	// GoingOn says that Tallyfy is still carrying it out, or may be.
	GoingOn Result = "going on"
)

// A Finding is the result of one line. Detail says what was found, where the sentence leaves it open.
type Finding struct {
	Result Result
	Detail string `json:",omitempty"`
	// Left is how much was not done yet, and Fell when that number was last seen to have fallen.
	Left int       `json:",omitempty"`
	Fell time.Time `json:",omitzero"`
}

// Confirm is the finding of a line that is so, or of one that is not.
func Confirm(ok bool, otherwise string) Finding {
	if ok {
		return Finding{Result: Confirmed}
	}
	return Finding{Result: NotAsExpected, Detail: otherwise}
}

// A Check is what a later reading found, a finding for each line of the plan.
type Check struct {
	At       time.Time
	Findings []Finding
}

// Count returns how many lines came out that way.
func (c *Check) Count(r Result) int {
	if c == nil {
		return 0
	}
	n := 0
	for _, f := range c.Findings {
		if f.Result == r {
			n++
		}
	}
	return n
}

// Before returns the first value of a property before the change, "" without one.
func (e *Entry) Before(what string) string {
	for _, d := range e.Differences {
		if d.What == what && len(d.Before) > 0 {
			return d.Before[0]
		}
	}
	return ""
}

// Finding returns the latest finding for the plan's line of a kind; not checked without one.
func (e *Entry) Finding(kind string) Finding {
	return e.FindingAt(slices.IndexFunc(e.Plan.Lines, func(l Line) bool { return l.Kind == kind }))
}

// FindingAt returns the latest finding for the plan's line of a place; not checked without one.
func (e *Entry) FindingAt(i int) Finding {
	if e.Check == nil || i < 0 || i >= len(e.Check.Findings) {
		return Finding{Result: NotChecked}
	}
	return e.Check.Findings[i]
}

// Part returns the outcome of one call of a change of several things. ok is false while there is
// none.
func (e *Entry) Part(i int) (o Outcome, ok bool) {
	if e.Outcome == nil || i >= len(e.Outcome.Parts) {
		return Outcome{}, false
	}
	return e.Outcome.Parts[i], true
}

// An Entry is one change.
type Entry struct {
	ID    string
	At    time.Time
	State State
	Intent
	Outcome *Outcome // nil while none is stored
	Check   *Check   // the latest; nil before the first
	// AddedDays is by how many days the contents are kept longer.
	AddedDays int
	// Unreadable says that the sealed parts cannot be opened: the secret that sealed them is not listed
	// any more, or the row is damaged. Only ID, Org, At, State, Kind and the actor's id are known then.
	Unreadable bool
}

// NotMade reports whether the change was certainly not made. A refusal that was checked stood in an answer
// of success, and is not certain.
func (e *Entry) NotMade() bool {
	return (e.State == Refused || e.State == NotSent) && e.Check == nil
}

// CarriedOut reports whether a check has found that the change was made. The first sentence of a plan is
// the change itself; what follows from it may take its time. A change of several things was made when all
// its calls were.
func (e *Entry) CarriedOut() bool { return len(e.Plan.Lines) > 0 && e.made() == max(1, e.Calls) }

// made is how many of the sentences that are the change itself were found so.
func (e *Entry) made() (n int) {
	for i := range max(1, e.Calls) {
		if e.FindingAt(i).Result == Confirmed {
			n++
		}
	}
	return n
}

// AllSubjects returns the subjects of the intent and those that the outcome named. A subject that got its
// id from the outcome is there once.
func (e *Entry) AllSubjects() []Subject {
	var all []Subject
	if e.Outcome != nil {
		all = append(all, e.Outcome.Subjects...)
	}
	for _, s := range e.Subjects {
		if s.ID != "" || e.Outcome == nil || len(e.Outcome.Subjects) == 0 {
			all = append(all, s)
		}
	}
	return all
}

// SubjectsOf returns those of AllSubjects that are of a kind.
func (e *Entry) SubjectsOf(kind SubjectKind) []Subject {
	return slices.DeleteFunc(e.AllSubjects(), func(s Subject) bool { return s.Kind != kind })
}

// Subject returns the entry's main subject of a kind, the zero value without one.
func (e *Entry) Subject(kind SubjectKind) Subject {
	if list := e.SubjectsOf(kind); len(list) > 0 {
		return list[0]
	}
	return Subject{}
}

// NameOf returns the name that a subject had then, "" if the entry does not name it.
func (e *Entry) NameOf(s Subject) string {
	for _, known := range append(e.AllSubjects(), e.Actor) {
		if known.Kind == s.Kind && known.ID == s.ID {
			return known.Name
		}
	}
	return ""
}
