package history

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

// A Presence says whether somebody was in a group at a moment.
type Presence string

// The presences.
const (
	In       Presence = "in"
	Out      Presence = "out"
	NotKnown Presence = "not known"
)

// ErrUnknownGroup is returned for a group that was never read.
var ErrUnknownGroup = errors.New("no reading had the group")

// An Answer is whether somebody was in a group at a moment. From and To are the times between which that is so, as
// far as it is known; either is zero where nothing is known beyond.
type Answer struct {
	Member   tallyfy.UserID // a guest's key for guests; empty for somebody whose account was deleted for good
	Name     string
	Guest    string // the address of a guest, "" for members
	Presence Presence
	From, To time.Time
	// Part says of somebody who was out at the end of a day that they were in at a moment of it.
	Part bool
}

// A Roll is who was in a group at a moment, or on a day.
type Roll struct {
	// At is the moment: of a day the last one, or the end of the latest reading, if that is of the day. AsRead says so: then
	// each answer is what that reading had.
	At     time.Time
	AsRead bool
	// Name is the group's latest name.
	Name string
	// Gone says that the group was not there any more at the latest reading.
	Gone bool
	// Since and Until are the times between which answers are known.
	Since, Until time.Time
	// Answers has everybody who is known, by name, each once.
	Answers []Answer
}

// Count returns how many answers are of a presence.
func (r *Roll) Count(p Presence) (n int) {
	for _, a := range r.Answers {
		if a.Presence == p {
			n++
		}
	}
	return n
}

// Since is when the first reading of an organisation's groups that counts had ended, and when the last one began.
// known is false before the first one.
func (h *History) Since(ctx context.Context, org tallyfy.ID) (since, until time.Time, known bool, err error) {
	r, known, err := h.row(ctx, stream{org, groupsList})
	return later(r.first, h.oldest()), r.began, known, err
}

// GuestsSince is when the first reading had ended whose guests of groups are known.
func (h *History) GuestsSince(ctx context.Context, org tallyfy.ID) (since time.Time, known bool, err error) {
	l, r, known, err := h.stored(ctx, stream{org, groupsList})
	if err != nil || !known || l.GuestsSince.IsZero() {
		return time.Time{}, false, err
	}
	return later(later(r.first, h.oldest()), l.GuestsSince), true, nil
}

// Address is the address of a guest by the id, "" if no reading of all guests had it.
func (h *History) Address(ctx context.Context, org, guest tallyfy.ID) (string, error) {
	l, _, known, err := h.stored(ctx, stream{org, guestsList})
	if err != nil || !known {
		return "", err
	}
	return l.Guests[guest].Address, nil
}

// At returns whether a member was in a group at a moment.
func (h *History) At(ctx context.Context, org, id tallyfy.ID, who tallyfy.UserID, at time.Time) (Answer, error) {
	roll, err := h.Roll(ctx, org, id, at)
	if err != nil {
		return Answer{Presence: NotKnown}, err
	}
	i := slices.IndexFunc(roll.Answers, func(a Answer) bool { return a.Member == who && who != "" })
	if i < 0 {
		return answer(nil, false, at, roll.Since, roll.Until), nil
	}
	return roll.Answers[i], nil
}

// Roll returns who was in a group at a moment.
func (h *History) Roll(ctx context.Context, org, id tallyfy.ID, at time.Time) (*Roll, error) {
	return h.roll(ctx, org, id, func(row) question { return question{at: at} })
}

// Day returns who was in a group on a day that lasts from a moment until before another one: at its end, as a Roll
// describes it.
func (h *History) Day(ctx context.Context, org, id tallyfy.ID, from, until time.Time) (*Roll, error) {
	return h.roll(ctx, org, id, func(latest row) question {
		if !latest.began.Before(from) && latest.ended.Before(until) {
			return question{at: latest.ended, from: from, asRead: true}
		}
		return question{at: until.Add(-time.Millisecond), from: from}
	})
}

// A question is of which moment a roll is, and since when somebody has to be in for a part of the day, if there is one.
type question struct {
	at, from time.Time
	asRead   bool
}

func (h *History) roll(ctx context.Context, org, id tallyfy.ID, of func(latest row) question) (*Roll, error) {
	l, r, known, err := h.stored(ctx, stream{org, groupsList})
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, ErrUnknownGroup
	}
	events, err := h.events(ctx, `org = $1 AND grp = $2 AND id >= $3 ORDER BY till, id`, []any{string(org), string(id), idAt(h.oldest())})
	if err != nil {
		return nil, err
	}
	g, there := l.Groups[id]
	if !there && len(events) == 0 {
		return nil, ErrUnknownGroup
	}
	q := of(r)
	roll := &Roll{At: q.at, AsRead: q.asRead, Name: g.Name, Gone: !there, Since: later(r.first, h.oldest()), Until: r.began}
	people, _, _, err := h.stored(ctx, stream{org, membersList})
	if err != nil {
		return nil, err
	}
	names := map[tallyfy.UserID]string{}
	if people != nil {
		for who, m := range people.Members {
			names[who] = m.Name
		}
	}
	in := map[tallyfy.UserID]bool{}
	for _, who := range g.Members {
		in[who], names[who] = true, cmp.Or(addressOf(who), names[who])
	}
	moves := map[tallyfy.UserID][]*Event{}
	var erased []*Event
	for _, e := range events {
		roll.Name = cmp.Or(roll.Name, e.In)
		switch {
		case e.Kind != Joined && e.Kind != Left:
		case e.Member == "":
			erased = append(erased, e)
		default:
			moves[e.Member] = append(moves[e.Member], e)
			names[e.Member] = cmp.Or(names[e.Member], e.Guest, e.Who)
		}
	}
	for _, who := range slices.SortedFunc(maps.Keys(names), func(a, b tallyfy.UserID) int {
		return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(a, b))
	}) {
		since, address := roll.Since, addressOf(who)
		if address != "" {
			since = later(since, l.GuestsSince)
		}
		a := q.answer(moves[who], in[who], since, roll.Until)
		a.Member, a.Name, a.Guest = who, names[who], address
		roll.Answers = append(roll.Answers, a)
	}
	if !q.asRead { // then they are in no group
		roll.Answers = append(roll.Answers, anonymous(erased, q.at, roll.Since, roll.Until)...)
	}
	return roll, nil
}

func (q question) answer(events []*Event, now bool, since, until time.Time) Answer {
	if q.asRead {
		since, until = earlier(since, q.at), q.at
	}
	a := answer(events, now, q.at, since, until)
	for _, e := range events {
		// Who left after the day had begun was in then.
		a.Part = a.Part || !q.from.IsZero() && a.Presence == Out && e.Kind == Left && !e.After.Before(q.from) && !e.By.After(q.at)
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// answer works out whether somebody was in a group at a moment, from what happened to them there, oldest first, and
// from how it is now.
func answer(events []*Event, now bool, at, since, until time.Time) Answer {
	a := Answer{Presence: presence(now), From: since, To: until}
	if at.Before(since) {
		return Answer{Presence: NotKnown, To: since}
	}
	if at.After(until) {
		return Answer{Presence: NotKnown, From: until}
	}
	for _, e := range events {
		if e.By.After(at) {
			if e.After.Before(at) {
				return Answer{Presence: NotKnown, From: e.After, To: e.By}
			}
			a.Presence, a.To = presence(e.Kind == Left), e.After
			return a
		}
		a.From = later(since, e.By)
	}
	return a
}

func presence(in bool) Presence {
	if in {
		return In
	}
	return Out
}

// anonymous are the answers about people whose accounts were deleted for good, who are in no group now: their number
// is what is known.
func anonymous(events []*Event, at, since, until time.Time) (list []Answer) {
	if at.Before(since) || at.After(until) {
		return nil
	}
	in := 0
	for _, e := range events {
		if !e.By.After(at) {
			continue
		}
		move := 1 // who left later was in
		if e.Kind == Joined {
			move = -1
		}
		if !e.After.Before(at) {
			in += move
			continue
		}
		list = append(list, Answer{Presence: NotKnown, From: e.After, To: e.By})
		in += min(move, 0)
	}
	for range max(in, 0) {
		list = append(list, Answer{Presence: In, From: since, To: until})
	}
	return list
}

// Seen is how far somebody has seen the events, as an event's id, and when that event was over; ""
// for never. The page on which they said so may have been an old one.
func (h *History) Seen(ctx context.Context, org tallyfy.ID, who tallyfy.UserID) (upto string, at time.Time, err error) {
	err = h.db.Read(ctx, []any{&upto}, `SELECT upto FROM dashboard_history_seen WHERE org = $1 AND member = $2`, string(org), string(who))
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, nil
	}
	return upto, timeOf(upto), err
}

// SetSeen notes how far somebody has seen the events. It never goes back.
func (h *History) SetSeen(ctx context.Context, org tallyfy.ID, who tallyfy.UserID, upto string) error {
	if !journal.IsID(upto) {
		return nil
	}
	_, err := h.db.Write(ctx, `INSERT INTO dashboard_history_seen (org, member, upto, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (org, member) DO UPDATE SET upto = excluded.upto, at = excluded.at WHERE dashboard_history_seen.upto < excluded.upto`,
		string(org), string(who), upto, h.now().UnixMilli())
	return err
}
