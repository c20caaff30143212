package views

import "tallyfy-admin/views/words"

// ReviewClosing is what closing a review does.
type ReviewClosing struct {
	ReviewHead
	Text string
	// Job says that a job carries the review out, of which Notice says how far it is.
	Job bool
	// Waiting is how many decisions to change groups stand in the way.
	Waiting     int
	Seen, Press string
	Notice      *Notice
}

func (v ReviewClosing) waitingText() string {
	return words.Count(v.Waiting, "decision to change groups is", "decisions to change groups are") + " not carried out. Apply what was decided, or decide anew, and close the review then."
}
