package views

import (
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ReviewCheck is what carrying out the decisions of a review would do.
type ReviewCheck struct {
	ID, Name string
	// Missing says what of the organisation could not be read, "" for nothing.
	Missing string
	// Groups are those that change, People all whom that is about.
	Groups []ReviewCheckGroup
	People map[tallyfy.UserID]bool
	// Held are people whose changes are not made, Changed those about whom something is different from what the reviewer
	// saw. Why follows the name.
	Held, Changed []ReviewHeld
	// Already are groups that are as decided, Skipped says of the others why they are not changed.
	Already, Skipped []string
	// Long says that the button starts a job, Job that there is one, of which Notice says how far it is.
	Long, Job bool
	// Warnings is what is at stake.
	Warnings    []string
	Seen, Press string
	Notice      *Notice
	// Error is the message of the box to tick.
	Error string
}

// A ReviewCheckGroup is one of the groups, with how many people are in it before and after.
type ReviewCheckGroup struct {
	ID                  tallyfy.ID
	Name, Before, After string
	Add, Remove         []ReviewHeld
	Stakes              []string
}

// ReviewHeld is somebody of a review with what is to be said.
type ReviewHeld struct {
	ID        tallyfy.UserID
	Name, Why string
}

// button says what it does.
func (v ReviewCheck) button() string {
	if len(v.Groups) == 0 {
		return "Record that all is in place"
	}
	return "Change " + words.Count(len(v.Groups), "group", "groups") + " for " + words.Count(len(v.People), "person", "people")
}

// lead says what is to be changed.
func (v ReviewCheck) lead() string {
	switch n := len(v.Groups); {
	case v.Job:
		return "While there is a job, nothing can be carried out besides. Decisions can still be made, and are carried out afterwards."
	case n > 0 && v.Long:
		return words.Count(n, "group changes", "groups change") + ", with one call to Tallyfy each. That takes longer than a page can wait, so it becomes a job. Each group is read again just before its call, and what others have changed stays."
	case n > 0:
		return words.Count(n, "group changes", "groups change") + ", with one call to Tallyfy each. They were read again for this page, and what others have changed stays."
	case len(v.Already) > 0:
		return "All that was decided is in place already, so nothing is sent to Tallyfy."
	case len(v.Held) > 0 || len(v.Skipped) > 0:
		return "Nothing can be changed as things are."
	}
	return "No decision waits to be carried out."
}

// asks reports that there is something to press the button for.
func (v ReviewCheck) asks() bool { return len(v.Groups) > 0 || len(v.Already) > 0 }

// already names the groups that are as decided.
func (v ReviewCheck) already() string {
	return names.List(v.Already) + " " + words.Noun(len(v.Already), "is", "are") + " as decided already."
}

// lastStep says that nothing has been done.
func (v ReviewCheck) lastStep() string {
	text := "Nothing has been changed yet. The button is the last step, and can be pressed again after later decisions."
	if v.Long {
		text += " The job goes on when you leave or sign out, and can be paused and stopped."
	}
	return text
}
