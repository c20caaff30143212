package history

import (
	"context"
	"errors"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// ErrNoEvent is returned for an event that there is not, or not any more.
var ErrNoEvent = errors.New("no such event")

// Event returns an event of an organisation that happened elsewhere.
func (h *History) Event(ctx context.Context, org tallyfy.ID, id string) (*Event, error) {
	if !journal.IsID(id) { // PostgreSQL refuses some texts
		return nil, ErrNoEvent
	}
	list, err := h.events(ctx, `org = $1 AND id = $2 AND entry = '' AND id >= $3`, []any{string(org), id, idAt(h.oldest())})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNoEvent
	}
	return list[0], nil
}

// A Question is what Tallyfy's activity can be asked about an event. The package does not ask it:
// somebody presses a button.
type Question struct {
	// Type is the type of what is asked about, About its id.
	Type, About string
	// First and Last are the days that are asked for, in UTC.
	First, Last time.Time

	after, by time.Time
}

const (
	// zonesBehind and zonesAhead are how far a zone is from UTC at most: in which one Tallyfy takes
	// a day is not documented.
	zonesBehind, zonesAhead = 12 * time.Hour, 14 * time.Hour
	// clocksApart is how far Tallyfy's clock and ours may be apart, seconds that are left out
	// included.
	clocksApart = time.Minute
)

// Question is what can be asked about an event, or why nothing can. Who joins or leaves a group
// changes the group.
func (e *Event) Question() (q Question, whyNot string) {
	switch {
	case e.Kind == RoleChanged:
		return q, "Tallyfy's activity does not have changes of roles. The System Log in Tallyfy's settings has those of the last 90 days."
	case e.Group != "":
		q = Question{Type: tallyfy.ActivityOfGroups, About: string(e.Group)}
	case e.Kind == GuestNew || e.Kind == GuestGone:
		return q, "Tallyfy's activity does not have guests who were added or removed."
	case e.Member == "":
		return q, "The account was deleted for good, so it is not known any more whom to ask about."
	default:
		q = Question{Type: tallyfy.ActivityOfMembers, About: string(e.Member)}
	}
	q.after, q.by = e.After.Add(-clocksApart), e.By.Add(clocksApart)
	q.First, q.Last = q.after.UTC().Add(-zonesBehind), q.by.UTC().Add(zonesAhead)
	return q, ""
}

// Aside says what else puts a member into groups or out of them, "" of other events.
func (e *Event) Aside() string {
	does := map[Kind]string{
		Joined: "A member who is enabled again comes back into their groups.",
		Left:   "A member who is disabled or removed leaves all groups.",
	}[e.Kind]
	if does == "" || e.Guest != "" {
		return ""
	}
	return does + " Tallyfy may name who did that for the member, and not for the group."
}

// Thing is what is asked about, in words.
func (q Question) Thing() string {
	if q.Type == tallyfy.ActivityOfGroups {
		return "group"
	}
	return "member"
}

// Among are the entries that are about the same at the time of the event, in their order. unread
// says that an entry lacks what tells that.
func (q Question) Among(list []tallyfy.ActivityEntry) (found []tallyfy.ActivityEntry, unread bool) {
	for _, e := range list {
		switch {
		case e.About == "" || e.CreatedAt.IsZero():
			unread = true
		case string(e.About) == q.About && !e.CreatedAt.Before(q.after) && !e.CreatedAt.After(q.by):
			found = append(found, e)
		}
	}
	return found, unread
}

// Did says what an entry says was done: "the group was updated".
func (q Question) Did(e tallyfy.ActivityEntry) string {
	switch e.Verb {
	case "created", "updated", "deleted", "invited", "enabled", "disabled", "archived", "unarchived":
		return "the " + q.Thing() + " was " + string(e.Verb)
	case "invite-accepted":
		return "the invitation was accepted"
	case "owners-updated":
		return "the owners of the " + q.Thing() + " were changed"
	case "":
		return "something was done to the " + q.Thing()
	}
	return "Tallyfy writes “" + names.Isolate(string(e.Verb)) + "” of the " + q.Thing()
}
