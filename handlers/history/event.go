package history

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// A Kind says what happened.
type Kind string

// The kinds of event.
const (
	Joined        Kind = "joined"
	Left          Kind = "left"
	GroupNew      Kind = "group new"
	GroupRenamed  Kind = "group renamed"
	GroupGone     Kind = "group gone"
	MemberNew     Kind = "member new"
	MemberGone    Kind = "member gone"
	RoleChanged   Kind = "role"
	StatusChanged Kind = "status"
	GuestNew      Kind = "guest new"
	GuestGone     Kind = "guest gone"
)

// An Event is what differed between two readings.
type Event struct {
	ID     string
	Org    tallyfy.ID
	Kind   Kind
	Member tallyfy.UserID // a guest's key for guests; empty where nobody is concerned, and for somebody whose account was deleted for good
	Group  tallyfy.ID     // empty where none is concerned
	// It happened after After, and not after By.
	After, By time.Time
	// Entry is the change in the journal that did it, empty for what happened elsewhere.
	Entry string
	// Part says that it goes with another event: the group came, or was gone, with who was in it.
	Part bool
	Details
}

// Details is what is sealed of an event.
type Details struct {
	// Who and In are the names of the member and the group.
	Who string `json:",omitempty"`
	// Guest is the address of a guest, folded; "" for members.
	Guest string `json:",omitempty"`
	In    string `json:",omitempty"`
	// Was and Is are a name, a role or a status before and after.
	Was string `json:",omitempty"`
	Is  string `json:",omitempty"`
}

// idAt is the smallest id of a time.
func idAt(t time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16) //nolint:gosec // times are after 1970
	return id.String()
}

// timeOf is the time of an id.
func timeOf(id string) time.Time {
	parsed, _ := uuid.Parse(id)                                             // no text but an id is stored as one
	return time.UnixMilli(int64(binary.BigEndian.Uint64(parsed[:8]) >> 16)) //nolint:gosec // 48 bits
}

func purposeOfEvent(org tallyfy.ID, id string) string {
	return "history event " + string(org) + " " + id
}

// column is who an event is about as its row has it. The address of a guest stands there as a hash.
func column(org tallyfy.ID, who tallyfy.UserID) string {
	address := addressOf(who)
	if address == "" {
		return string(who)
	}
	sum := sha256.Sum256([]byte("tallyfy-admin history guest v1:" + string(org) + " " + address))
	return guestPrefix + hex.EncodeToString(sum[:16])
}

func (h *History) storeEvents(ctx context.Context, tx *store.Querier, list []*Event) error {
	rows := make([][]any, len(list))
	for i, e := range list {
		var err error
		if e.ID, err = journal.NewID(e.By); err != nil {
			return err
		}
		data, err := h.sealDetails(e)
		if err != nil {
			return err
		}
		part := 0
		if e.Part {
			part = 1
		}
		rows[i] = []any{e.ID, string(e.Org), string(e.Kind), column(e.Org, e.Member), string(e.Group), e.After.UnixMilli(), e.By.UnixMilli(), e.Entry, part, data}
	}
	return tx.Insert(ctx, `dashboard_history_events (id, org, kind, member, grp, since, till, entry, part, data)`, rows, "")
}

func (h *History) sealDetails(e *Event) (string, error) {
	if e.Details == (Details{}) {
		return "", nil
	}
	return h.keys.SealJSON(purposeOfEvent(e.Org, e.ID), e.Details)
}

// A Filter says which events of an organisation are asked for. A zero field does not narrow down.
type Filter struct {
	Org tallyfy.ID
	// Subject is a member, a group or a guest that the events are about; a guest by the address. Without one, events
	// that are part of another one are left out.
	Subject journal.Subject
	// From is the first moment, To the first one after the last, at which an event was over.
	From, To time.Time
	// Before and Since are ids, of events or of the journal's entries: only older, or only newer ones.
	Before, Since string
}

// rowsAtATime is how many events one query brings.
const rowsAtATime = 100

// List yields the events that happened elsewhere, newest first. It reads on only as far as its caller goes.
func (h *History) List(ctx context.Context, f Filter) iter.Seq2[*Event, error] {
	return store.Paged(rowsAtATime, f.Before, func(before string) ([]*Event, error) {
		f.Before = before
		return h.Latest(ctx, f, rowsAtATime)
	}, func(e *Event) string { return e.ID })
}

// Latest returns the newest events that happened elsewhere, at most n.
func (h *History) Latest(ctx context.Context, f Filter, n int) ([]*Event, error) {
	where, args := h.where(f)
	return h.events(ctx, fmt.Sprintf(`%s ORDER BY id DESC LIMIT %d`, where, n), args)
}

// Count counts the events that happened elsewhere, by kind.
func (h *History) Count(ctx context.Context, f Filter) (map[Kind]int, error) {
	counts := map[Kind]int{}
	where, args := h.where(f)
	err := h.db.Query(ctx, `SELECT kind, COUNT(*) FROM dashboard_history_events WHERE `+where+` GROUP BY kind`, args, func(rows *sql.Rows) error {
		var kind Kind
		var n int
		err := rows.Scan(&kind, &n)
		counts[kind] = n
		return err
	})
	return counts, err
}

// where is the condition of a filter. Ids grow with time, so they are the order and the cursor.
func (h *History) where(f Filter) (string, []any) {
	conditions := []string{"org = $1", "entry = ''"}
	args := []any{string(f.Org)}
	add := func(condition string, arg any) {
		args = append(args, arg)
		conditions = append(conditions, fmt.Sprintf("%s $%d", condition, len(args)))
	}
	add("id >=", idAt(h.oldest()))
	switch f.Subject.Kind {
	case journal.Member:
		add("member =", f.Subject.ID)
	case journal.Group:
		add("grp =", f.Subject.ID)
	case "":
		conditions = append(conditions, "part = 0")
	default: // groups name guests by their addresses
		add("member =", column(f.Org, GuestKey(f.Subject.Email)))
	}
	if !f.From.IsZero() {
		add("id >=", idAt(f.From))
	}
	if !f.To.IsZero() {
		add("id <", idAt(f.To))
	}
	if f.Before != "" {
		add("id <", f.Before)
	}
	if f.Since != "" {
		add("id >", f.Since)
	}
	return strings.Join(conditions, " AND "), args
}

func (h *History) events(ctx context.Context, where string, args []any) (list []*Event, err error) {
	err = h.db.Query(ctx, `SELECT id, org, kind, member, grp, since, till, entry, part, data FROM dashboard_history_events WHERE `+where, args, func(rows *sql.Rows) error {
		var e Event
		var since, till, part int64
		var data string
		if err := rows.Scan(&e.ID, &e.Org, &e.Kind, &e.Member, &e.Group, &since, &till, &e.Entry, &part, &data); err != nil {
			return err
		}
		e.After, e.By, e.Part = time.UnixMilli(since), time.UnixMilli(till), part == 1
		if data != "" {
			if err := h.keys.OpenJSON(purposeOfEvent(e.Org, e.ID), data, &e.Details); err != nil { // of a lost secret: the ids are shown
				slog.Debug("an event of the history cannot be opened", slog.String("event", e.ID), slog.Any("error", err))
			}
		}
		if e.Guest != "" {
			e.Member = GuestKey(e.Guest)
		}
		list = append(list, &e)
		return nil
	})
	return list, err
}
