package views

import "time"

// Reviewed is the latest review of a person or of the people of a group. Its URL is "" for none.
type Reviewed struct {
	At time.Time
	// By is who decided, "" for a group.
	By, URL string
	// Changed says what was seen to change since, "" for nothing. ChangesURL lists the changes from that day on.
	Changed, ChangesURL string
}
