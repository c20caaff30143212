package tallyfy

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// The types of things that activity is asked for here. The API has more (documented).
const (
	ActivityOfGroups  = "Group"
	ActivityOfMembers = "User"
)

// ActivityEntry is a line of an organisation's activity: who did what to what, and when. Most
// fields arrive in lists of one (documented); they are read so, and bare. None of them fails an
// answer.
type ActivityEntry struct {
	ID FirstText `json:"id"`
	// Verb is what was done: "created", "updated", "deleted", "invited", "invite-accepted",
	// "enabled", "disabled" … (documented). What a group's update changed is not documented.
	Verb FirstText `json:"verb"`
	// About is the id of the group or the member.
	About FirstText `json:"auditable_id"`
	// ActorType is "user" or "guest" (documented).
	ActorType FirstText `json:"actor_type"`
	ActorID   FirstText `json:"actor_id"`
	Actor     Actor     `json:"actor"`
	CreatedAt Time      `json:"created_at"`
}

func (e *ActivityEntry) identity() string { return string(e.ID) }

// Actor is who did something, as an entry names them. Each field may be empty.
type Actor struct {
	Email     Text `json:"email"`
	Username  Text `json:"username"`
	FirstName Text `json:"first_name"`
	LastName  Text `json:"last_name"`
	FullName  Text `json:"full_name"`
}

// UnmarshalJSONFrom takes an object, bare or in a list. Anything else names nobody, and is no
// error: the entry counts all the same.
func (a *Actor) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	type fields Actor
	var list Include[fields]
	*a = Actor{}
	if unmarshal(value, &list) == nil && len(list) > 0 {
		*a = Actor(list[0])
	}
	return nil
}

// Name returns the full name, else first and last name, else the user name, else the email address,
// else "".
func (a Actor) Name() string {
	return firstOf(string(a.FullName), joinName(string(a.FirstName), string(a.LastName)), string(a.Username), string(a.Email))
}

// ActivityOptions are the query of a list of activity. Zero values are not sent.
type ActivityOptions struct {
	Type string // type: ActivityOfGroups or ActivityOfMembers
	// After and Before are the first and the last day (created_after, created_before: both
	// included). In which zone the service takes a day is not documented.
	After, Before time.Time
	Page          int // from 1
	PerPage       int // default 20 (documented); no maximum is documented
}

// ActivityService holds the calls on the activity of an organisation.
type ActivityService service

// List returns one page of the activity, the newest first (documented). Administrators see all of
// it, others what is about things that they may see (documented). It cannot be narrowed down to one
// group or member: entity_type knows neither (documented). No client of the vendor's reads it, so
// no shape of it was seen, and neither how long it is kept nor its refusals are documented.
//
// Teams that are created, updated and deleted, invitations and enabling are in it (the product's
// changelog of 2021-10-13); changes of roles are not, but in the System Log, for which no call is
// documented.
//
// GET /organizations/{org}/activity-feeds
func (s *ActivityService) List(ctx context.Context, org ID, o ActivityOptions) (*Page[ActivityEntry], error) {
	q := url.Values{}
	setText(q, "type", o.Type)
	setDay(q, "created_after", o.After)
	setDay(q, "created_before", o.Before)
	setNumber(q, "page", o.Page)
	setNumber(q, "per_page", o.PerPage)
	return getPage[ActivityEntry](ctx, s.client, request{op: "activity.list", path: activityPath(org), query: q})
}

func activityPath(org ID) []string { return orgPath(org, "activity-feeds") }

// setDay leaves the zero time out.
func setDay(q url.Values, name string, t time.Time) {
	if !t.IsZero() {
		q.Set(name, t.Format(time.DateOnly))
	}
}

var errEnoughPages = errors.New("as many pages were read as were asked for")

// Newest reads the newest entries with at most so many calls, ignoring o.Page; o.PerPage defaults
// to 100. all reports that there are no others: it is false when the calls did not reach the end,
// or the list changed meanwhile.
func (s *ActivityService) Newest(ctx context.Context, org ID, o ActivityOptions, calls int) (list []ActivityEntry, all bool, err error) {
	walk := pages(activityPath(org), o.PerPage, func(page, perPage int) (*Page[ActivityEntry], error) {
		if page > calls {
			return nil, errEnoughPages
		}
		o.Page, o.PerPage = page, perPage
		return s.List(ctx, org, o)
	})
	for entry, err := range walk {
		switch {
		case errors.Is(err, errEnoughPages) || errors.As(err, new(*ShortError)):
			return list, false, nil
		case err != nil:
			return nil, false, err
		}
		list = append(list, entry)
	}
	return list, true, nil
}
