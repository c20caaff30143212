package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

const (
	// sightTime is how long a reading of groups or guests waits for the role of who made it. The
	// list of members is read side by side with it, or within a few minutes.
	sightTime = 10 * time.Minute
	// clockError is how far the clocks of two replicas may be apart. A reading that is in the future by more was
	// stored by a clock that was wrong: history begins anew then, for no interval with it would be true.
	clockError = 10 * time.Minute
	// observeTime bounds the storing of one reading.
	observeTime = 30 * time.Second
	// mostStreams and mostSights bound what is kept in memory: lists of organisations, and the roles of people.
	mostStreams, mostSights = 32, 1024
)

// Options is what a history is made of. All fields must be set.
type Options struct {
	DB      *store.DB
	Keys    *store.Keys
	Journal *journal.Journal
	// Keep is how long an event is kept.
	Keep time.Duration
	Now  func() time.Time
	Log  *slog.Logger
}

// A History keeps events in the dashboard's database. It is safe for concurrent use.
type History struct {
	db      *store.DB
	keys    *store.Keys
	journal *journal.Journal
	keep    time.Duration
	now     func() time.Time
	log     *slog.Logger

	// comparing is held while a reading is compared: one at a time in this process.
	comparing sync.Mutex
	streams   *expirable.LRU[stream, *last]
	sights    *expirable.LRU[sightOf, sight]
	waiting   *expirable.LRU[waits, observed] // what was read before the role of the reader was

	mu    sync.Mutex
	under map[tallyfy.ID]chan struct{} // the end of the observation that began last, while it is under way
}

// A stream is the members, the groups or the guests of an organisation.
type stream struct {
	org  tallyfy.ID
	list string
}

const (
	membersList = "members"
	groupsList  = "groups"
	guestsList  = "guests"
)

// last is what a stream was compared with last in this process.
type last struct {
	version int64
	*state
	// The items of the list that the state was made of. A copy that is read anew holds the same ones where nothing
	// has changed.
	members []*tallyfy.Member
	groups  []*tallyfy.Group
	guests  []*tallyfy.Guest
}

type sightOf struct {
	org tallyfy.ID
	by  tallyfy.UserID
}

type sight struct {
	admin bool
	at    time.Time
}

// waits is a list that waits for the role of who read it.
type waits struct {
	sightOf
	list string
}

// New returns the history of a database.
func New(o Options) *History {
	return &History{
		db: o.DB, keys: o.Keys, journal: o.Journal, keep: o.Keep, now: o.Now, log: o.Log,
		streams: expirable.NewLRU[stream, *last](mostStreams, nil, 0), sights: expirable.NewLRU[sightOf, sight](mostSights, nil, 0),
		waiting: expirable.NewLRU[waits, observed](mostStreams, nil, 0), under: map[tallyfy.ID]chan struct{}{},
	}
}

// KeptDays is how many days an event is kept.
func (h *History) KeptDays() int { return int(h.keep / (24 * time.Hour)) }

func (h *History) oldest() time.Time { return h.now().Add(-h.keep) }

// Observe compares a reading with the one before, in the background.
func (h *History) Observe(r Reading) {
	now := h.now()
	o := observed{Reading: r, began: now.Add(-r.Took).Truncate(time.Millisecond), ended: roundUp(now)}
	over := make(chan struct{})
	h.mu.Lock()
	before := h.under[r.Org]
	h.under[r.Org] = over
	h.mu.Unlock()
	go func() {
		defer func() {
			h.mu.Lock()
			if h.under[r.Org] == over {
				delete(h.under, r.Org)
			}
			h.mu.Unlock()
			close(over)
		}()
		if before != nil { // one after the other, so that the end of the last one is that of all
			<-before
		}
		ctx, done := context.WithTimeout(context.Background(), observeTime)
		defer done()
		h.comparing.Lock()
		defer h.comparing.Unlock()
		if err := h.observe(ctx, o); err != nil {
			h.log.Error("reading not compared with the one before", slog.Any("error", err))
		}
	}()
}

// roundUp is the first time of the database, which has milliseconds, that is not before t.
func roundUp(t time.Time) time.Time { return t.Add(time.Millisecond - 1).Truncate(time.Millisecond) }

// WaitUntilCompared waits until the readings that have ended are compared, but not longer than
// that. A page that shows events calls it: it may itself have waited for the reading.
func (h *History) WaitUntilCompared(ctx context.Context, org tallyfy.ID, most time.Duration) {
	h.mu.Lock()
	over := h.under[org]
	h.mu.Unlock()
	if over == nil {
		return
	}
	select {
	case <-over:
	case <-time.After(most):
	case <-ctx.Done():
	}
}

// observe takes readings of administrators only. The list of members tells who is one.
func (h *History) observe(ctx context.Context, o observed) error {
	who := sightOf{o.Org, o.By}
	for _, key := range h.waiting.Keys() {
		if w, ok := h.waiting.Peek(key); ok && o.ended.Sub(w.ended) >= sightTime {
			h.waiting.Remove(key)
		}
	}
	if o.Members != nil {
		m := o.member(o.By)
		admin := m != nil && m.Role == tallyfy.RoleAdmin
		h.sights.Add(who, sight{admin, o.ended})
		var err error
		if admin {
			err = h.compare(ctx, o)
		}
		for _, list := range []string{groupsList, guestsList} {
			earlier, waiting := h.waiting.Peek(waits{who, list})
			h.waiting.Remove(waits{who, list})
			if waiting && admin {
				err = errors.Join(err, h.compare(ctx, earlier))
			}
		}
		return err
	}
	// The role from before the reading does not count: whoever has lost it since sees less.
	s, known := h.sights.Get(who)
	if !known || s.at.Before(o.began) {
		h.waiting.Add(waits{who, o.list()}, o)
		return nil
	}
	if !s.admin {
		return nil
	}
	return h.compare(ctx, o)
}

// row is a stream as it is stored, without the state.
type row struct {
	version             int64
	first, began, ended time.Time
}

func (h *History) row(ctx context.Context, s stream) (r row, known bool, err error) {
	var first, began, ended int64
	err = h.db.Read(ctx, []any{&r.version, &first, &began, &ended},
		`SELECT version, first_ended, began, ended FROM dashboard_history_readings WHERE org = $1 AND list = $2`, string(s.org), s.list)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, false, nil
	}
	r.first, r.began, r.ended = time.UnixMilli(first), time.UnixMilli(began), time.UnixMilli(ended)
	return r, err == nil, err
}

// compare stores how a reading differs from the one before of the same list.
func (h *History) compare(ctx context.Context, o observed) error {
	s := stream{o.Org, o.list()}
	r, known, err := h.row(ctx, s)
	switch {
	case err != nil:
		return err
	case !known || r.ended.Sub(h.now()) > clockError:
		return h.begin(ctx, s, o)
	case o.began.Before(r.ended): // which of both is the later one is not known
		return nil
	}
	changed, err := h.own(ctx, s, r.began, o)
	if err != nil || changed.underWay {
		return err
	}
	before, err := h.last(ctx, s, r)
	if err != nil {
		return err
	}
	if before == nil { // of a lost secret
		return h.begin(ctx, s, o)
	}
	withGuests := s.list != groupsList || !before.GuestsSince.IsZero()
	if !withGuests { // the state is from before guests were kept
		changed.membersOnly()
	}
	events, then := changed.apply(before.state, r)
	if before.same(o) && len(events) == 0 {
		_, err := h.db.Write(ctx, `UPDATE dashboard_history_readings SET began = $1, ended = $2 WHERE org = $3 AND list = $4 AND ended = $5`,
			o.began.UnixMilli(), o.ended.UnixMilli(), string(s.org), s.list, r.ended.UnixMilli())
		return err
	}
	after := o.state()
	after.leaveOut(before.Erased)
	compared := after
	if withGuests {
		after.GuestsSince = before.GuestsSince
	} else {
		compared = after.membersOnly()
	}
	for _, e := range changes(then, compared) {
		e.After, e.By = r.began, o.ended
		changed.explain(e, o)
		events = append(events, e)
	}
	h.complete(ctx, s.org, events)
	now := &last{version: r.version, state: after}
	now.keep(o)
	if len(events) > 0 || !before.equal(after) {
		now.version = newVersion()
	}
	stored := false
	if err := h.db.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		n, err := h.replace(ctx, tx, s, r, now, row{version: now.version, began: o.began, ended: o.ended})
		if stored = err == nil && n > 0; !stored { // another replica was quicker
			return err
		}
		return h.storeEvents(ctx, tx, events)
	}); err != nil || !stored {
		return err
	}
	h.streams.Add(s, now)
	return nil
}

// newVersion tells a state that is to be stored from every other one: from those of other replicas,
// and of rows that were there before.
func newVersion() int64 { return rand.Int64() }

func purposeOfState(s stream) string { return "history state " + string(s.org) + " " + s.list }

func (h *History) seal(s stream, st *state) (string, error) {
	packed, err := st.pack()
	if err != nil {
		return "", err
	}
	return h.keys.Seal(purposeOfState(s), packed)
}

// begin stores a reading as the first one.
func (h *History) begin(ctx context.Context, s stream, o observed) error {
	now := &last{version: newVersion(), state: o.state()}
	now.keep(o)
	text, err := h.seal(s, now.state)
	if err != nil {
		return err
	}
	if _, err := h.db.Write(ctx, `INSERT INTO dashboard_history_readings (org, list, version, first_ended, began, ended, state)
		VALUES ($1, $2, $3, $4, $5, $4, $6) ON CONFLICT (org, list) DO UPDATE SET
			version = excluded.version, first_ended = excluded.first_ended, began = excluded.began, ended = excluded.ended, state = excluded.state`,
		string(s.org), s.list, now.version, o.ended.UnixMilli(), o.began.UnixMilli(), text); err != nil {
		return err
	}
	h.streams.Add(s, now)
	return nil
}

// replace stores a state in place of the one that was read as r, unless somebody else has stored one since.
func (h *History) replace(ctx context.Context, tx *store.Querier, s stream, r row, now *last, to row) (int64, error) {
	set, args := `version = $1, began = $2, ended = $3`, []any{to.version, to.began.UnixMilli(), to.ended.UnixMilli(), string(s.org), s.list, r.ended.UnixMilli(), r.version}
	if to.version != r.version {
		text, err := h.seal(s, now.state)
		if err != nil {
			return 0, err
		}
		set += `, state = $8`
		args = append(args, text)
	}
	return tx.Write(ctx, `UPDATE dashboard_history_readings SET `+set+` WHERE org = $4 AND list = $5 AND ended = $6 AND version = $7`, args...)
}

// last is the state of a stream as it is stored. It is nil for one that cannot be opened, because its secret is not
// listed any more.
func (h *History) last(ctx context.Context, s stream, r row) (*last, error) {
	if l, ok := h.streams.Get(s); ok && l.version == r.version {
		return l, nil
	}
	var text string
	if err := h.db.Read(ctx, []any{&text}, `SELECT state FROM dashboard_history_readings WHERE org = $1 AND list = $2 AND version = $3`, string(s.org), s.list, r.version); err != nil {
		return nil, fmt.Errorf("the reading before: %w", err)
	}
	packed, err := h.keys.Open(purposeOfState(s), text)
	if err != nil {
		h.log.Warn("the reading before cannot be opened, so history begins anew", slog.Any("error", err))
		return nil, nil
	}
	st, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	l := &last{version: r.version, state: st}
	h.streams.Add(s, l)
	return l, nil
}

// stored is the state of a stream, and its row. known is false before the first reading.
func (h *History) stored(ctx context.Context, s stream) (l *last, r row, known bool, err error) {
	for range 3 { // a reading may be stored meanwhile
		if r, known, err = h.row(ctx, s); err != nil || !known {
			return nil, r, false, err
		}
		if l, err = h.last(ctx, s, r); !errors.Is(err, sql.ErrNoRows) {
			break
		}
	}
	return l, r, err == nil && l != nil, err
}

// complete gives events their organisation and the names of members, as far as they are known.
func (h *History) complete(ctx context.Context, org tallyfy.ID, list []*Event) {
	if len(list) == 0 {
		return
	}
	members, _, known, err := h.stored(ctx, stream{org, membersList})
	if err != nil { // the ids are there
		h.log.Warn("names of members not known", slog.Any("error", err))
	}
	for _, e := range list {
		e.Org = org
		if address := addressOf(e.Member); address != "" {
			e.Guest = address
		} else if e.Who == "" && known {
			e.Who = members.Members[e.Member].Name
		}
	}
}

// Sweep deletes what is past its time; call it every few minutes. The events of an organisation are
// found by its readings, so a reading never goes before them.
func (h *History) Sweep(ctx context.Context) error {
	oldest := h.oldest()
	_, err := h.db.Write(ctx, `DELETE FROM dashboard_history_events WHERE id < $1 AND org IN (SELECT org FROM dashboard_history_readings)`,
		idAt(oldest.Add(time.Millisecond))) // those of that very moment, too, as below
	if err == nil {
		_, err = h.db.Write(ctx, `DELETE FROM dashboard_history_readings WHERE ended <= $1`, oldest.UnixMilli())
	}
	_, seen := h.db.Write(ctx, `DELETE FROM dashboard_history_seen WHERE at <= $1`, oldest.UnixMilli())
	return errors.Join(err, seen)
}
