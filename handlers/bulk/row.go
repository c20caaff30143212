package bulk

import (
	"strconv"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// A State says how far a row is. Each row has exactly one.
type State string

// The states of a row. The plan gives the first three; a run leads from Waiting to one of the others.
const (
	Waiting State = "waiting"        // will change
	Nothing State = "nothing to do"  // it is as wished already
	Cant    State = "can't"          // and Reason says why
	Working State = "working"        // its write is being prepared or under way
	Done    State = "done"           // Tallyfy confirmed it
	Failed  State = "failed"         // it was not done; Reason says why
	Unknown State = "not known"      // whether it was done is not known yet
	Held    State = "waits for seat" // Tallyfy has no seat of the pool that it needs
	Skipped State = "skipped"        // somebody stopped the job before its turn
)

// States are all states in the order in which they are shown.
var States = []State{Failed, Unknown, Held, Working, Waiting, Done, Nothing, Cant, Skipped}

// A Row is one person or group of a job, with what happens to it.
type Row struct {
	// N counts the rows of the job from 1. Line is the line of the sheet.
	N, Line int
	// Cells are those of the line as they were given.
	Cells []string `json:",omitempty"`
	// Who is the person, or the group where the rows are groups. Its ID is empty for one who is not known. A
	// guest has no id and the address alone.
	Who journal.Subject
	// Group is the group that the person comes into or leaves. Its ID is empty for one that is not
	// known. Leave says which in a job that does both.
	Group journal.Subject `json:",omitzero"`
	Leave bool            `json:",omitempty"`
	// Before and After are what changes, in words.
	Before, After string
	// To is who takes over: a member's id or removal.LeaveWork.
	To string `json:",omitempty"`
	// New is the group to be created.
	New *tallyfy.CreateGroupRequest `json:",omitempty"`
	// Role is the new role, or that of an invitation, and Text the reason for it. In the job of a
	// review it is the role that the person had at the check.
	Role tallyfy.Role `json:",omitempty"`
	Text string       `json:",omitempty"`
	// Invite is the invitation, Planned the groups that the person is to be put into later.
	Invite  *tallyfy.InviteRequest `json:",omitempty"`
	Planned []store.PlannedGroup   `json:",omitempty"`
	// Step is the write that the row is a part of, 0 for none. Rows of one group share it.
	Step int `json:",omitempty"`
	// Pool is the pool of seats of which the row needs one: "full" or "light"; "" for none.
	Pool string `json:",omitempty"`
	// Warning says what is at stake.
	Warning string `json:",omitempty"`

	State State `json:"-"` // a column of its own
	Result
}

// A Result is how a row came out.
type Result struct {
	// Reason says why for any state but Done. Tallyfys says that the words are Tallyfy's.
	Reason   string `json:",omitempty"`
	Tallyfys bool   `json:",omitempty"`
	// Entry is the journal's entry of the step, Attempt counts its presses: a row that is tried again is
	// another press.
	Entry   string `json:",omitempty"`
	Attempt int    `json:",omitempty"`
	// At is when the row came into its state while the job ran.
	At time.Time `json:",omitzero"`
}

// setState gives a row a state, and the reason of it.
func (r *Row) setState(s State, reason string) { r.State, r.Reason, r.Tallyfys = s, reason, false }

// leaves reports that the person of a row leaves the group, in a job of a kind that changes who is in groups.
func (r *Row) leaves(kind string) bool { return r.Leave || kind == RemoveFromGroups }

// Called names who or what the row is about.
func (r *Row) Called() string {
	switch {
	case r.Who.Name != "":
		return r.Who.Name
	case r.Who.Email != "":
		return r.Who.Email
	}
	return "Line " + strconv.Itoa(r.Line)
}

// steps are the steps of the rows in order, each with its rows.
func steps(rows []*Row) (list [][]*Row) {
	at := map[int]int{}
	for _, r := range rows {
		if r.Step == 0 {
			continue
		}
		i, ok := at[r.Step]
		if !ok {
			i = len(list)
			at[r.Step], list = i, append(list, nil)
		}
		list[i] = append(list[i], r)
	}
	return list
}
