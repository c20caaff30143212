package history

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// Erase takes somebody out whose account was deleted for good by a change in the journal: a member, or a guest by the
// GuestKey. What remains of the events is that somebody joined or left, so that the numbers stay true.
func (h *History) Erase(ctx context.Context, org tallyfy.ID, id tallyfy.UserID, entry string) error {
	h.comparing.Lock()
	defer h.comparing.Unlock()
	for range 5 {
		if done, err := h.erase(ctx, org, id, entry); err != nil || done {
			return err
		}
	}
	return errors.New("the history is being written all the time")
}

// erase is one try. It is not done if a reading was stored meanwhile.
func (h *History) erase(ctx context.Context, org tallyfy.ID, id tallyfy.UserID, entry string) (done bool, err error) {
	type replaced struct {
		stream
		row
		*last
	}
	var list []replaced
	var events []*Event
	for _, name := range []string{membersList, groupsList, guestsList} {
		s := stream{org, name}
		l, r, known, err := h.stored(ctx, s)
		if err != nil {
			return false, err
		}
		if !known {
			continue
		}
		if slices.Contains(l.Erased, erasedHash(id)) { // a receipt is checked again whenever it is opened
			done = true
			continue
		}
		now := &last{version: newVersion(), state: l.without(id)}
		list = append(list, replaced{s, r, now})
		for group, g := range l.Groups {
			if _, in := slices.BinarySearch(g.Members, id); in {
				events = append(events, &Event{Org: org, Kind: Left, Group: group, After: r.began, By: later(h.now(), r.ended), Entry: entry, Part: true, Details: Details{In: g.Name}})
			}
		}
	}
	if done && len(list) == 0 {
		return true, nil
	}
	own, err := h.events(ctx, `org = $1 AND member = $2 AND grp <> ''`, []any{string(org), column(org, id)})
	if err != nil {
		return false, err
	}
	for _, e := range own {
		e.Details = Details{In: e.In}
	}
	done = true
	err = h.db.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		for _, l := range list {
			// A reading that began before this is not to bring the person back.
			n, err := h.replace(ctx, tx, l.stream, l.row, l.last, row{version: l.last.version, began: l.began, ended: later(h.now(), l.ended)})
			if err != nil {
				return err
			}
			if n == 0 {
				return errLater
			}
			h.streams.Remove(l.stream)
		}
		if _, err := tx.Write(ctx, `DELETE FROM dashboard_history_seen WHERE org = $1 AND member = $2`, string(org), string(id)); err != nil {
			return err
		}
		if _, err := tx.Write(ctx, `DELETE FROM dashboard_history_events WHERE org = $1 AND member = $2 AND grp = ''`, string(org), column(org, id)); err != nil {
			return err
		}
		for _, e := range own {
			data, err := h.sealDetails(e)
			if err != nil {
				return err
			}
			if _, err := tx.Write(ctx, `UPDATE dashboard_history_events SET member = '', data = $1 WHERE org = $2 AND id = $3`, data, string(org), e.ID); err != nil {
				return err
			}
		}
		return h.storeEvents(ctx, tx, events)
	})
	if errors.Is(err, errLater) {
		return false, nil
	}
	return done, err
}

// errLater says that a reading was stored meanwhile.
var errLater = errors.New("a reading was stored meanwhile")

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// without is the state without a member.
func (s *state) without(id tallyfy.UserID) *state {
	t := &state{
		Members: maps.Clone(s.Members), Groups: maps.Clone(s.Groups), Guests: maps.Clone(s.Guests),
		GuestsSince: s.GuestsSince, Erased: append(slices.Clone(s.Erased), erasedHash(id)),
	}
	delete(t.Members, id)
	maps.DeleteFunc(t.Guests, func(_ tallyfy.ID, g guest) bool { return GuestKey(g.Address) == id })
	for of := range t.Groups {
		t.set(of, id, false)
	}
	return t
}
