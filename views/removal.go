package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// RemovalHead is the member whom the wizard may remove, and the organisation.
type RemovalHead struct {
	Person
	Organisation string
	// Mark is the address, where somebody else looks the same.
	Mark string
	// To is the choice of who takes over, as far as it is made.
	To string
}

// called is the member, told from others who look the same.
func (h RemovalHead) called() string {
	if h.Mark == "" {
		return names.Isolate(h.Name)
	}
	return names.Marked(h.Name, h.Mark)
}

// Title names whom a page of the removal is about, and which step.
func (h RemovalHead) Title(step string) string {
	if step == "" {
		return "Remove " + h.called()
	}
	return "Remove " + h.called() + ": " + step
}

var removalSteps = []string{"Groups and tasks", "Who takes over", "Plan", "Receipt"}

// RemovalStart is the first step: the blockers, and what the member holds.
type RemovalStart struct {
	Head     RemovalHead
	Blockers []Blocker
	Groups   []GroupLeft
	// Note says that it is not known who stays in some groups.
	Note string
	// GroupsKnown is false when Tallyfy left the groups out of its answer.
	GroupsKnown bool
	Tasks       OpenTasks
	LeaverGuests
}

// LeaverGuests are the guests whom the leaver knows. GuestsKnown is false where they could not be read.
type LeaverGuests struct {
	Guests      []GuestRow
	GuestsKnown bool
}

// guestsUnread says that it is not known which guests the leaver knows.
func guestsUnread(leaver string) string {
	return "It could not be read whether " + names.Isolate(leaver) + " knows guests. Look again in a moment."
}

// step is 0 where the removal cannot go on: then no step comes after this page.
func (v RemovalStart) step() int {
	if len(v.Blockers) > 0 {
		return 0
	}
	return 1
}

// A Blocker is a reason why the removal cannot go on, with the way out.
type Blocker struct {
	Title, Text       string
	LinkText, LinkURL string
}

// GroupLeft is a group that somebody leaves, or that a sentence is about.
type GroupLeft struct {
	ID   tallyfy.ID
	Name string
	// Left says who is left in the group, if that is what the row is about. Warn marks that it is few.
	Left string
	Warn bool
}

// splitByLeft divides groups into those of which it is said who is left, and the others.
func splitByLeft(rows []GroupLeft) (told, others []GroupLeft) {
	for _, g := range rows {
		if g.Left != "" {
			told = append(told, g)
		} else {
			others = append(others, g)
		}
	}
	return told, others
}

// PlanLine is a sentence of a plan, with the groups that it is about.
type PlanLine struct {
	Text   string
	Groups []GroupLeft
}

// RemovalHandover is the second step: who takes over the open work.
type RemovalHandover struct {
	Head  RemovalHead
	Tasks OpenTasks
	Query string
	// To is the choice so far: a member's id, LeaveWork, or nothing.
	To         string
	Candidates []Candidate
	// Matching is how many fit the search. Candidates may be fewer.
	Matching int
	Note     string
	Problem  string
}

// LeaveWork is the choice to leave the work with the member who goes.
const LeaveWork = "leave"

// Candidate is a member who can take over.
type Candidate struct {
	Person
	// Reason says why the candidate stands near the top: "also in Finance and Legal".
	Reason    string
	LastLogin time.Time
}

// RemovalPlan is the third step: what will happen, sentence by sentence.
type RemovalPlan struct {
	Head     RemovalHead
	Lines    []PlanLine
	Warnings []string
	// To, Press and Seen are fields of the form: the choice, the press of the button, and the fingerprint of
	// the plan.
	To, Press, Seen string
	Button          string
	// Note says that it is not known who stays in some groups.
	Note string
	// Problem says why the plan is shown again.
	Problem string
	LeaverGuests
}

// guestsSentence names the guests whom the leaver knows.
func (v RemovalPlan) guestsSentence() string {
	return names.Isolate(v.Head.Name) + " knows " + words.Count(len(v.Guests), "guest", "guests") + ": " + someGuests(v.Guests) + ". A removal hands none over: do that before, or from the receipt."
}

// someGuests names the first few guests, and says how many more there are.
func someGuests(guests []GuestRow) string {
	list := make([]string, len(guests))
	for i, g := range guests {
		list[i] = g.Name
	}
	return names.First(list, namedGuests)
}

// namedGuests is how many guests the plan names.
const namedGuests = 3
